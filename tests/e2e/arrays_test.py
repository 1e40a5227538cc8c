"""Data as NumPy, Keras and h5py leave them: arrays by name, columns, several files, words, IDX of any type."""

import unittest

import h5py
import numpy
import numpy.lib.recfunctions

from harness import EndToEndTest, csv_table, idx_file, small_table


def idx_numbers(array, code):
    """The bytes of an IDX file of another type than unsigned bytes."""
    return bytes([0, 0, code, array.ndim]) + numpy.array(array.shape, ">u4").tobytes() + array.tobytes()


class ArraysTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(train={"epochs": 1})
        table = small_table()
        self.names = list("abcdef")
        self.x = numpy.stack([numpy.float32(table[name]) for name in self.names], axis=1)
        self.kind = numpy.array(table["kind"])
        self.y = numpy.float32(table["left"])
        self.digest = self.train("csv").done()["digest"]

    def train(self, name, *settings, ranks=None):
        """Trains in the folder NAME with these settings in place of the CSV table."""
        words = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", "small.toml", "--run-dir", name, *words, ranks=ranks)

    def refused(self, *settings, words):
        result = self.command("train", "small.toml", *(word for setting in settings for word in ("--set", setting)))
        self.assertEqual(result.status, 2, result.output + result.errors)
        for word in words:
            self.assertIn(word, result.errors)

    def write_hdf5(self, name, arrays):
        with h5py.File(self.folder / name, "w") as file:
            for key, value in arrays.items():
                file[key] = value.astype("S") if value.dtype.kind == "U" else value

    def predictions(self, run, path, *options):
        self.run_ok("predict", run, "--input", path, "--output", "predictions.csv", *options)
        return (self.folder / "predictions.csv").read_text()

    def test_the_same_table_in_every_format(self):
        """Arrays train to the digest of the CSV table that has the same numbers, and predict the same."""
        columns = numpy.array(self.names)
        numpy.savez(self.folder / "table.npz", features=self.x, labels=self.kind, feature_names=columns)
        turned = numpy.asfortranarray(self.x)
        numpy.savez_compressed(self.folder / "other.npz", x_train=turned, kinds=self.kind.astype("S"))
        numpy.save(self.folder / "x.npy", self.x.astype(">f8"))
        numpy.save(self.folder / "y.npy", self.kind)
        self.write_hdf5("table.h5", {"train/x": self.x, "train/y": self.kind})
        names = "{ features = 'x_train', labels = 'kinds' }"
        cases = {
            "npz": ("npy", "data.train=table.npz"),
            "other": ("npy", "data.train=other.npz", f"data.names={names}"),
            "npy": ("npy", "data.train={ features = 'x.npy', labels = 'y.npy' }"),
            "hdf5": ("hdf5", "data.train={ path = 'table.h5', names = { features = 'train/x', labels = 'train/y' } }"),
        }
        expected = self.predictions("csv", "classes.csv")
        for ranks, (name, (kind, *settings)) in zip((1, 2, 3, 2), cases.items()):
            with self.subTest(name):
                run = self.train(name, f"data.format={kind}", "data.target=[]", *settings, ranks=ranks)
                self.assertEqual(run.done()["digest"], self.digest)
                own = {"other": "other.npz", "hdf5": "table.h5"}.get(name, "table.npz")
                for path in ("x.npy", own):
                    self.assertEqual(self.predictions(name, path), expected)
                self.run_ok("evaluate", name)
        self.run_ok("evaluate", "hdf5", "--set", "data.format=npy", "--set", "data.test=table.npz")

    def test_a_keras_file_has_training_and_test_set(self):
        """`lockstep init` finds both; a second start goes on; evaluate measures the test set of the same file."""
        arrays = {"x_train": self.x[:200], "y_train": self.y[:200], "x_test": self.x[200:], "y_test": self.y[200:]}
        numpy.savez(self.folder / "keras.npz", **arrays)
        self.write_hdf5("keras.h5", arrays)
        digests = set()
        for name, ranks in (("keras.npz", 3), ("keras.h5", 2)):
            output = name.replace(".", "_") + ".toml"
            self.run_ok("init", name, "--output", output)
            text = (self.folder / output).read_text()
            self.assertIn('names = { features = "x_train", targets = "y_train" }', text)
            self.assertIn('names = { features = "x_test", targets = "y_test" }', text)
            run = ("train", output, "--run-dir", name + ".run", "--set", "train.epochs=3")
            self.assertEqual(self.command(*run, "--set", "run.stop_after_steps=7").status, 75)
            done = self.run_ok(*run, ranks=ranks).done()
            digests.add(done["digest"])
            self.assertIn(done["test_r2"], self.run_ok("evaluate", name + ".run").output)
        self.assertEqual(len(digests), 1)
        self.refused("data.format=npy", "data.target=[]", "data.train=keras.npz",
                     words=["there is no array 'features'", "'x_train', 'y_train', 'x_test', 'y_test'"])

    def test_choice_of_columns(self):
        """Columns of arrays are left out by name, by number and by pattern, as those of CSV tables are."""
        extra = numpy.zeros((len(self.x), 1), "f4")
        wide = numpy.concatenate([extra, self.x, extra], axis=1)
        names = numpy.array(["id", *self.names, "note_1"], "S")
        self.write_hdf5("wide.h5", {"features": wide, "labels": self.kind, "feature_names": names})
        self.write_hdf5("unnamed.h5", {"features": wide, "labels": self.kind})
        expected = self.predictions("csv", "classes.csv")
        cases = {
            "names": ("wide.h5", "data.ignore=id,note_*"),
            "numbers": ("unnamed.h5", "data.ignore=1,8"),
            "pattern": ("wide.h5", "data.features=['[a-f]']"),
        }
        for name, (path, choice) in cases.items():
            with self.subTest(name):
                run = self.train(name, "data.format=hdf5", "data.target=[]", f"data.train={path}", choice, ranks=2)
                self.assertEqual(run.done()["digest"], self.digest)
                self.assertEqual(self.predictions(name, path), expected)
        self.refused("data.format=hdf5", "data.target=[]", "data.train=wide.h5", "data.ignore=idx",
                     words=["no column fits 'idx' of data.ignore", "'id', 'a'"])
        self.write_hdf5("images.h5", {"features": wide.reshape(-1, 2, 4), "labels": self.kind})
        self.refused("data.format=hdf5", "data.target=[]", "data.train=images.h5", "data.ignore=1",
                     words=["images.h5", "choose columns of tables"])

    def test_several_files(self):
        """Files one after the other train to the digest of one file of the same rows, on any number of ranks."""
        header, *rows = (self.folder / "classes.csv").read_text().splitlines()
        (self.folder / "parts").mkdir()
        self.write("parts/1.csv", "\n".join([header, *rows[:100]]) + "\n")
        turned = [";".join(reversed(line.split(","))) for line in [header, *rows[100:180]]]
        self.write("parts/2.csv", "\n".join(turned) + "\n")
        self.write("parts/3.csv", "\n".join([header, *rows[180:]]) + "\n")
        files = [f"parts/{i}.csv" for i in (1, 2, 3)]
        for ranks, setting in ((1, "data.train=parts/*.csv"), (3, f"data.train={files}")):
            run = self.train(f"csv-{ranks}", setting, ranks=ranks)
            self.assertEqual(run.done()["digest"], self.digest)
            self.assertIn("parts/2.csv is read as CSV with semicolons", run.output)
        for i, part in enumerate((slice(0, 100), slice(100, 251))):
            self.write_hdf5(f"{i}.h5", {"features": self.x[part], "labels": self.kind[part]})
            numpy.savez(self.folder / f"{i}.npz", features=self.x[part], labels=self.kind[part])
            numpy.save(self.folder / f"x{i}.npy", self.x[part])
            numpy.save(self.folder / f"y{i}.npy", self.kind[part])
        of_files = "data.train={ features = 'x?.npy', labels = ['y0.npy', 'y1.npy'] }"
        for kind, setting in (("hdf5", "data.train=?.h5"), ("npy", "data.train=?.npz"), ("npy", of_files)):
            run = self.train(f"{kind}-{len(setting)}", f"data.format={kind}", "data.target=[]", setting, ranks=2)
            self.assertEqual(run.done()["digest"], self.digest)
        self.refused("data.train=parts/*.txt", words=["parts/*.txt: no file fits this pattern"])
        self.write("parts/2.csv", (self.folder / "parts/2.csv").read_text() + "low;x;1;1;1;1;1\n")
        self.refused("data.train=parts/*.csv", words=["parts/2.csv:82: column 'f': 'x' is not a finite number"])
        self.write("parts/2.csv", "a,b,c,d,e,kind\n1,2,3,4,5,low\n")
        self.refused("data.train=parts/*.csv", words=["parts/2.csv: there is no column 'f' in it"])

    def write_words(self):
        """One table with gaps: words.csv, words.npz and words.h5 of texts, records.h5 of records, which it returns."""
        random = numpy.random.RandomState(2)
        size = numpy.float32(random.normal(size=120))
        size[[3, 50]] = numpy.nan
        job = random.choice(["cook", "smith", "é", "NA"], 120, p=[0.4, 0.4, 0.1, 0.1])
        code = random.randint(0, 3, 120)
        smokes = random.randint(0, 2, 120).astype(bool)
        kind = numpy.where(code + (job == "cook") > 1, "high", "low")
        sizes = ["" if numpy.isnan(number) else f"{number:.9g}" for number in size]
        table = numpy.stack([sizes, job, code.astype(str), smokes.astype(int).astype(str)], axis=1)
        names = numpy.array(["size", "job", "code", "smokes"])
        lines = [",".join([*names, "kind"]), *(",".join([*row, label]) for row, label in zip(table, kind))]
        self.write("words.csv", "\n".join(lines) + "\n")
        numpy.savez(self.folder / "words.npz", features=table, labels=kind, feature_names=names)
        texts = h5py.string_dtype()
        with h5py.File(self.folder / "words.h5", "w") as file:
            for name, array in (("features", table), ("labels", kind), ("feature_names", names)):
                file[name] = array.astype(texts)
        codes = h5py.enum_dtype({"0": 0, "1": 1, "2": 2}, "i1")
        records = numpy.zeros(120, [("size", "f4"), ("job", texts), ("code", codes), ("smokes", "?"), ("note", "S3")])
        records["size"], records["job"], records["code"], records["smokes"] = size, job, code, smokes
        with h5py.File(self.folder / "records.h5", "w") as file:
            file["features"] = records
            file["labels"] = kind.astype(texts)
        self.word_kinds = kind.astype("S")
        return records

    def test_words_and_gaps(self):
        """Texts, enumerations and codes in arrays are the words of a CSV table, in training and prediction."""
        records = self.write_words()
        self.write("new.csv", "size,job,code,smokes\n1,cook,2,0\n,smith,0,1\n")
        keys = ("data.missing={ size = 'median', job = 'drop' }", "data.categorical=code")
        cases = {
            "words.csv": ("data.format=csv",),
            "words.npz": ("data.format=npy", "data.target=[]"),
            "words.h5": ("data.format=hdf5", "data.target=[]"),
            "records.h5": ("data.format=hdf5", "data.target=[]", "data.ignore=note"),
        }
        digests, predictions = set(), set()
        for ranks, (name, settings) in zip((1, 3, 2, 2), cases.items()):
            run = self.train(f"run-{name}", f"data.train={name}", *settings, *keys, ranks=ranks)
            self.assertIn("how many they have: 'job: 3', 'code: 3'", run.output)
            digests.add(run.done()["digest"])
            predictions.add(self.predictions(f"run-{name}", "new.csv"))
        with h5py.File(self.folder / "whole.h5", "w") as file:  # also what is to be learnt is a field
            file["table"] = numpy.lib.recfunctions.append_fields(records, "kind", self.word_kinds, usemask=False)
        settings = ("data.train=whole.h5", "data.format=hdf5", "data.target=kind", "data.names={ features = 'table' }")
        digests.add(self.train("run-whole", *settings, "data.ignore=note", *keys, ranks=2).done()["digest"])
        predictions.add(self.predictions("run-whole", "new.csv"))
        table = numpy.zeros(120, [("size", ">f4"), ("job", "U5"), ("code", "i1"), ("smokes", "?"), ("note", "c8")])
        for name in ("size", "job", "code", "smokes"):
            table[name] = records[name]
        whole = numpy.lib.recfunctions.append_fields(table, "kind", self.word_kinds, usemask=False)
        numpy.savez_compressed(self.folder / "records.npz", features=table, labels=self.word_kinds)
        numpy.save(self.folder / "whole.npy", whole)
        for ranks, (name, target) in enumerate((("records.npz", "[]"), ("whole.npy", "kind")), 1):
            of_numpy = ("data.format=npy", f"data.train={name}", f"data.target={target}", "data.ignore=note", *keys)
            digests.add(self.train(f"run-{name}", *of_numpy, ranks=ranks).done()["digest"])
            predictions.add(self.predictions(f"run-{name}", "new.csv"))
        self.assertEqual((len(digests), len(predictions)), (1, 1))
        known = records["job"] != "NA"
        self.write_hdf5("some.h5", {"features": records[known]})
        numpy.save(self.folder / "some.npy", whole[known])
        numpy.savez_compressed(self.folder / "some.npz", features=table[known])
        some = [self.predictions("run-words.csv", name, "--keep", "job") for name in ("some.h5", "some.npy", "some.npz")]
        self.assertEqual(len(set(some)), 1)
        self.refused(*of_numpy, "data.ignore=[]", words=["'features['note']' holds complex numbers"])
        self.refused(*of_numpy, "data.target=[]", words=["whole.npy: there is neither", "data.target may name the field"])
        self.run_ok("evaluate", "run-whole")
        self.refused(*settings, "data.target=sort", words=["whole.h5: there is no column 'sort' in it", "'kind'"])
        self.refused(*settings[1:3], "data.train=words.h5", words=["words.h5: data.target names fields of records"])
        records["job"] = "cook"
        cases = {
            "sailor": "records.h5: sample 7: column 'job': 'sailor' is no word of the training data",
            "NA": "records.h5: sample 7: column 'job': 'NA' is a missing value",
        }
        for job, words in cases.items():
            records["job"][7] = job
            with h5py.File(self.folder / "records.h5", "w") as file:
                file["features"] = records
            result = self.command("predict", "run-words.csv", "--input", "records.h5", "--output", "x.csv")
            self.assertEqual(result.status, 2)
            self.assertIn(words, result.errors)

    def test_targets_in_records(self):
        """Fields of records are the targets and weights of a regression, as columns of a CSV table are."""
        table = {name: numpy.float32(column) for name, column in small_table().items() if name != "kind"}
        table["weight"] = numpy.float32(numpy.arange(len(self.x)) % 3 + 1)
        self.write("values.csv", csv_table(table))
        records = numpy.zeros(len(self.x), [(name, "f4") for name in table])
        for name, column in table.items():
            records[name] = column
        self.write_hdf5("records.h5", {"features": records})
        keys = ("data.target=right,left", "data.weights=weight", "train.loss=mse", "optimizer.learning_rate=1e-4")
        of_csv = self.train("values", "data.train=values.csv", *keys).done()
        of_records = self.train("records", "data.format=hdf5", "data.train=records.h5", *keys, ranks=3).done()
        self.assertEqual(of_records["digest"], of_csv["digest"])
        self.assertEqual(self.predictions("records", "records.h5"), self.predictions("values", "values.csv"))

    def test_points_in_time(self):
        """datetime64 is the Unix time in seconds, and NaT a gap, as in a CSV table of such numbers."""
        when = numpy.datetime64("2001-02-03T04:05:06.5", "ms") + 86_400_250 * numpy.arange(len(self.x))
        seconds = [f"{number / 1000}" for number in when.astype("i8")]
        for sample in range(5, 250, 10):
            seconds[sample], when[sample] = "", numpy.datetime64("NaT")
        table = {"a": [repr(float(number)) for number in self.x[:, 0]], "when": seconds, "kind": self.kind}
        self.write("times.csv", csv_table(table))
        records = numpy.zeros(len(self.x), [("a", "f4"), ("when", "M8[ns]"), ("kind", self.kind.dtype)])
        records["a"], records["when"], records["kind"] = self.x[:, 0], when, self.kind
        numpy.save(self.folder / "times.npy", records)
        keys = ("data.missing={ when = 'mean' }", "data.standardize=true")
        of_csv = self.train("times", "data.train=times.csv", *keys).done()
        of_numpy = self.train("records", "data.format=npy", "data.train=times.npy", "data.target=kind", *keys, ranks=2)
        self.assertEqual(of_numpy.done()["digest"], of_csv["digest"])
        self.assertRegex(of_numpy.output, r"gaps in the training samples, filled by data.missing: \d+ in column 'when'")
        self.assertEqual(self.predictions("records", "times.npy"), self.predictions("times", "times.csv"))

    def test_idx_of_any_type(self):
        """Numbers in IDX train as those of an HDF5 file do, with classes and with targets."""
        self.write("x.idx", idx_numbers(self.x.astype(">f4"), 0x0D))
        labels = numpy.unique(self.kind, return_inverse=True)[1]
        self.write("labels.idx", idx_numbers(labels.astype(">i2"), 0x0B))
        self.write("bytes.idx", idx_file(labels))
        self.write("y.idx", idx_numbers(self.y.astype(">f8"), 0x0E))
        for outputs in ("labels.idx", "bytes.idx"):
            run = self.train(f"run-{outputs}", "data.format=idx", "data.target=[]",
                             f"data.train={{ images = 'x.idx', labels = '{outputs}' }}", ranks=2)
            self.assertEqual(run.done()["digest"], self.digest)
        self.write_hdf5("values.h5", {"features": self.x, "targets": self.y})
        digests = {
            self.train(kind, f"data.format={kind}", "data.target=[]", "train.loss=mse", "data.standardize_targets=true",
                       f"data.train={path}").done()["digest"]
            for kind, path in (("idx", "{ images = 'x.idx', targets = 'y.idx' }"), ("hdf5", "values.h5"))
        }
        self.assertEqual(len(digests), 1)


if __name__ == "__main__":
    unittest.main()
