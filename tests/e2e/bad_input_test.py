"""Bad input: every mistake ends with status 2 and one message that names it, and leaves nothing behind."""

import gzip
import re
import shutil
import unittest

import h5py
import numpy

from harness import SANITIZED, SharedRunTest, csv_table, idx_file, small_table, seal

IMAGES = numpy.arange(20 * 4 * 4).reshape(20, 4, 4) % 256
LABELS = numpy.arange(20) % 3
HDF5 = ("data.format=hdf5", "data.target=[]")
IDX = ("data.format=idx", "data.target=[]", "data.train={ images = 'images.idx', labels = 'labels.idx' }")
MESSAGE = re.compile(r"^(?:lockstep|rank \d+ \([^)]*\)): (.*)$", re.MULTILINE)
CRASH = re.compile(
    "terminate called|Segmentation|Assertion|core dumped|lockstep: bug|runtime error|Sanitizer"
)


def train(*settings, config="small.toml"):
    """The command line of a training with these settings."""
    return ("train", config, *(word for setting in settings for word in ("--set", setting)))


def csv(**columns):
    """The small table with some columns replaced, or left out where None is given."""
    table = small_table(rows=20)
    table = {name: table[name] for name in (*"abcdef", "kind")} | columns
    return csv_table({name: values for name, values in table.items() if values is not None})


class BadInputTest(SharedRunTest):
    def make(self):
        """Trains the model whose checkpoint the tests spoil."""
        self.write_small_run(train={"epochs": 1})
        self.run_ok("train", "small.toml", "--run-dir", "trained")
        shutil.copy(self.folder / "trained/checkpoints/step-00000005.h5", self.folder / "good.h5")

    def setUp(self):
        super().setUp()
        shutil.copytree(self.shared, self.folder, dirs_exist_ok=True)

    def contents(self):
        """Every file below the test's folder with its size and time of change."""
        paths = sorted(self.folder.rglob("*"))
        return [(str(path), path.stat().st_size, path.stat().st_mtime_ns) for path in paths]

    def refused(self, *arguments, words, ranks=None, status=2, program=()):
        """Runs the command, alone or on `ranks` ranks, and checks how it ends. Its message has `words`."""
        with self.subTest(arguments=arguments, ranks=ranks):
            before = self.contents()
            result = self.command(*arguments, ranks=ranks, program=program)
            self.assertEqual(result.status, status, result.errors)
            messages = MESSAGE.findall(result.errors)
            self.assertEqual(len(messages), 1, result.errors)
            for word in words:
                self.assertIn(word, messages[0])
            self.assertNotRegex(result.errors, CRASH)
            if ranks is None:  # else mpirun has its say too
                lines = [
                    line for line in result.errors.splitlines() if not line.startswith("See lockstep --help")
                ]
                self.assertEqual(len(lines), 1, result.errors)
            self.assertEqual(result.output, "")
            self.assertEqual(self.contents(), before)

    def refused_everywhere(self, *arguments, words):
        """The same alone and under mpirun: one rank speaks, and mpirun's status is the program's."""
        self.refused(*arguments, words=words)
        self.refused(*arguments, words=words, ranks=2)

    def config_refused(self, text, *words):
        """The same for a configuration with this text."""
        self.write("spoilt.toml", text)
        self.refused(*train(config="spoilt.toml"), words=words)

    def test_more_than_can_be_counted(self):
        """Of sparse files. They are refused before memory is taken: a tenth of what their data would need is enough."""
        most_samples, most_columns = 2**32 - 1, 2**31 - 1
        numpy.save(self.folder / "two.npy", numpy.array([0, 1], "u1"))
        for name, shape in ("rows", (most_samples + 2,)), ("long", (most_samples + 2, 1)), ("wide", (2, most_columns + 1)):
            with open(self.folder / f"{name}.npy", "wb") as file:
                header = {"descr": "|u1", "fortran_order": False, "shape": shape}
                numpy.lib.format.write_array_header_1_0(file, header)
                file.truncate(file.tell() + shape[0] * (shape[1] if len(shape) > 1 else 1))
        for name, shape in ("long", (most_samples + 2, 1)), ("wide", (2, most_columns + 1)):
            layout = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
            layout.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
            layout.set_fill_time(h5py.h5d.FILL_TIME_NEVER)
            with h5py.File(self.folder / f"{name}.h5", "w") as file:
                for array, of in (b"features", shape), (b"labels", shape[:1]):
                    h5py.h5d.create(file.id, array, h5py.h5t.STD_U8LE, h5py.h5s.create_simple(of), layout)
        little = () if SANITIZED else ("prlimit", "--data=400000000")  # AddressSanitizer reserves terabytes
        npy = "data.format=npy"
        for name, labels, words in (
            ("long", "rows", [f"{most_samples + 2} samples", str(most_samples)]),
            ("wide", "two", [f"{most_columns + 1} numbers in a sample", str(most_columns)]),
        ):
            files = f"data.train={{features='{name}.npy', labels='{labels}.npy'}}"
            for settings in (npy, files), ("data.format=hdf5", f"data.train={name}.h5"):
                for order in "global", "blocks":
                    self.refused(*train(*settings, "data.target=[]", f"data.order={order}"), words=words, program=little)

    def test_command_line(self):
        self.refused(words=["(init, keys, train, evaluate, predict, export, inspect, verify, pack, doctor)"])
        self.refused_everywhere("trian", words=["trian"])
        self.refused("train", words=["CONFIG.toml"])
        self.refused("train", "small.toml", "--epochs", "3", words=["--epochs"])
        self.refused("train", "small.toml", "other.toml", words=["other.toml"])
        self.refused("train", "small.toml", "--resume", "maybe", words=["--resume", "maybe", "never"])
        self.refused("train", "small.toml", "--run-dir", words=["--run-dir"])
        self.refused("evaluate", words=["CHECKPOINT|RUN_DIR"])
        self.refused("predict", "good.h5", "--output", "x.csv", words=["--input"])
        self.refused("predict", "good.h5", "--input", "classes.csv", words=["--output"])
        arguments = ("predict", "good.h5", "--input", "classes.csv", "--output")
        self.refused(*arguments, "x.txt", words=["--output", ".csv or .h5"])
        self.refused(*arguments, "x.csv", "--input-format", "png", words=["--input-format", "png", "csv"])

    def test_settings_of_the_command_line(self):
        self.refused(*train("train.epochs"), words=["--set train.epochs", "KEY=VALUE"])
        self.refused(*train("=3"), words=["--set =3", "KEY=VALUE"])
        self.refused(*train("train epochs=3"), words=["--set train epochs=3"])
        self.refused_everywhere(*train("train.epoch=3"), words=["--set train.epoch=3", "train.epochs"])
        self.refused(*train("train.epochs=many"), words=["--set train.epochs=many", "whole number"])
        self.refused(*train("train=3"), words=["--set train=3", "train"])

    def test_configuration_file(self):
        self.refused_everywhere(*train(config="absent.toml"), words=["absent.toml", "no such file"])
        self.refused(*train(config="trained"), words=["trained", "is a folder"])
        self.config_refused("", "spoilt.toml", "run.name", "missing")
        self.config_refused("[run]\nname = 'x'\n[data\nformat = 'csv'\n", "spoilt.toml:3: ")
        self.config_refused("[run]\nname = 'x'\nname = 'y'\n", "spoilt.toml:3: ", "name")
        self.config_refused("\0\x01binary", "spoilt.toml:1: ")

    def test_keys(self):
        text = self.write_small_run(train={"epoch": 3}).read_text()
        line = text.splitlines().index("epoch = 3") + 1
        self.config_refused(text, f"spoilt.toml:{line}: train.epoch:", "train.epochs")
        self.write_small_run()
        for setting, *words in (
            ("trian.loss=mse", "trian.loss", "train.loss"),
            ("train.epochs='2'", "train.epochs", "whole number"),
            ("train.epochs=2.5", "train.epochs", "whole number"),
            ("train.epochs=-1", "train.epochs", "at least 0"),
            ("train.global_batch=0", "train.global_batch", "at least 1"),
            ("train.slices=0", "train.slices", "at least 1"),
            ("train.slices=all", "train.slices", "world"),
            ("train.kernels=mkl", "train.kernels", "libxsmm", "openblas"),
            ("train.loss=hinge", "train.loss", "cross_entropy"),
            ("optimizer.name=adamw2", "optimizer.name", "sgd"),
            ("optimizer.learning_rate=fast", "optimizer.learning_rate", "number"),
            ("optimizer.learning_rate=-0.1", "optimizer.learning_rate", "at least 0"),
            ("optimizer.learning_rate=nan", "optimizer.learning_rate", "finite"),
            ("optimizer.learning_rate=inf", "optimizer.learning_rate", "finite"),
            ("optimizer.momentum=1.5", "optimizer.momentum", "between 0 and 1"),
            ("optimizer.nesterov=true", "optimizer.nesterov", "optimizer.momentum"),
            ("schedule.name=linear2", "schedule.name", "cosine"),
            ("run.seed=-1", "run.seed", "at least 0"),
            ("run.name=''", "run.name"),
            ("run.name='../other'", "run.name"),
            ("model.hidden=16", "model.hidden", "list"),
            ("model.hidden=[0]", "model.hidden", "from 1"),
            ("model.activation=swish", "model.activation", "leaky_relu"),
            ("model.output_activation=sigmoid", "model.output_activation", "cross_entropy"),
            ("model.dropout=1", "model.dropout", "less than 1"),
            ("model.dropout=half", "model.dropout", "number"),
            ("model.layers=[{ units = 3 }]", "model.layers", "model.hidden"),
            ("data.standardize=yes", "data.standardize", "true or false"),
            ("data.standardize_targets=true", "data.standardize_targets", "regression"),
            ("data.format=parquet", "data.format", "hdf5"),
            ("data.target=[]", "data.target"),
            ("data.train=''", "data.train", "missing"),
            ("data.train=7", "/7: no such file"),
            ("data.test=classes.csv", "data.test", "data.test_fraction"),
            ("data.test_fraction=0", "data.test", "data.test_fraction"),
            ("data.test_fraction=1", "data.test_fraction", "less than 1"),
            ("data.format=idx", "data.train", "images", "labels"),
        ):
            self.refused(*train(setting), words=words)

    def test_layers(self):
        text = self.write_small_run(model={"layers": 0}).read_text()
        text = text.replace('hidden = [16, 8]\nactivation = "relu"\nlayers = 0\n', "")
        self.config_refused(text + "[[model.layers]]\nactivation = 'relu'\n", "model.layers", "units")
        self.config_refused(
            text + "[[model.layers]]\nunits = 3\nunit = 4\n", "model.layers", "'unit'", "units"
        )
        self.config_refused(text + "[[model.layers]]\nunits = 0\n", "model.layers", "units")
        self.config_refused(text + "[[model.layers]]\nunits = 1\nactivation = 'x'\n", "model.layers", "tanh")

    def test_more_ranks_than_slices(self):
        self.refused(*train("train.slices=2"), words=["3 ranks", "2 slices", "train.slices to 3"], ranks=3)

    def test_tables(self):
        self.refused_everywhere(*train("data.train=no.csv"), words=["no.csv", "no such file"])
        self.refused(*train("data.train=trained"), words=["trained", "is a folder"])
        self.refused(*train("data.target=sort"), words=["classes.csv", "'sort'", "'kind'"])
        self.refused(*train("data.target=['a', 'kind']"), words=["classes.csv", "one target"])
        self.refused(*train("train.loss=mse"), words=["classes.csv:2", "'kind'", "not a finite number"])
        lines = csv().splitlines()
        for name, text, *words in (
            ("empty", "", "empty"),
            ("header", lines[0] + "\n", "no samples"),
            ("text", csv(b=["1"] * 7 + ["one"] + ["1"] * 12), ":9", "'b'", "'one'"),
            ("blank", csv(b=["1"] * 7 + [""] + ["1"] * 12), ":9", "'b'"),
            ("nan", csv(c=["nan"] * 20), ":2", "'c'", "'nan'"),
            ("infinite", csv(c=["1"] * 19 + ["inf"]), ":21", "'c'", "'inf'"),
            ("ragged", "\n".join(lines[:5] + [lines[5] + ",1"] + lines[6:]), ":6", "8 fields", "first line has 7"),
            ("quote", "\n".join(lines[:5] + ['"' + lines[5]] + lines[6:]), "quot"),
            ("twice", "\n".join([lines[0].replace("b", "a"), *lines[1:]]), "'a'"),
            ("binary", b"a,b\n\0\0\0\1\n", ""),
            ("headless", "\n".join(lines[1:]), "'kind'", "'column_1'", "data.header"),
            ("colons", csv().replace(",", ":"), "'kind'", "data.separator"),
            ("latin", csv(kind=["caf\u00e9"] * 20).encode("latin1"), ":2", "UTF-8"),
            ("missing", csv(kind=["low"] * 10 + ["NA"] + ["high"] * 9), ":12", "'kind'", "missing value"),
            ("one class", csv(kind=["low"] * 20), "two classes"),
            ("regression", csv(kind=[f"{i}.5" for i in range(20)]), ":2", 'train.loss = "mse"', "data.classes"),
        ):
            self.write(f"{name}.csv", text)
            self.refused(*train(f"data.train={name}.csv"), words=[f"{name}.csv", *words])
        self.refused(*train("data.train=text.csv"), words=["text.csv:9", "'b'", "'one'"], ranks=2)

    def test_vast_files(self):
        """Two gigabytes of anything are refused in a moment and in little memory."""
        noise = numpy.random.RandomState(1).bytes(1 << 20)
        for name, begin in (("noise", noise), ("noise.h5", noise), ("zeros", b""), ("text", b"a,b,kind\n" * 1000)):
            path = self.write(name, begin)
            with open(path, "r+b") as file:
                file.truncate(2 << 30)  # the rest takes no room on the disk
            self.refused(*train(config=name), words=[name, "no configuration"])
            self.refused(*train(f"data.train={name}"), words=[name])
            self.refused(*train(*HDF5, f"data.train={name}"), words=[name, "not an HDF5 file"])
            images = f"data.train={{ images = '{name}', labels = '{name}' }}"
            self.refused(*train("data.format=idx", "data.target=[]", images), words=[name, "not an IDX file"])
            self.refused("inspect", name, words=[name, "not a checkpoint"])
            self.refused("predict", "good.h5", "--input", name, "--output", "x.csv", words=[name])
        for letter in "a,":
            self.write("endless.csv", letter * (20 << 20))
            self.refused(*train("data.train=endless.csv"), words=["endless.csv:1", "no table"])

    def test_targets_that_a_loss_does_not_take(self):
        values = ("data.train=values.csv", "data.target=left,right")
        for loss, wanted in (("binary_cross_entropy", "from 0 to 1"), ("poisson", "from 0 on")):
            words = ["values.csv: sample ", "target '", f'"{loss}"', wanted]
            self.refused_everywhere(*train(*values, f"train.loss={loss}"), words=words)
        self.refused(*train(*values, "train.loss=poisson", "data.standardize_targets=true"), words=["have bounds"])

    def test_test_tables(self):
        with_test = ("data.test_fraction=0", "data.test=test.csv")
        self.write("test.csv", csv(kind=["low"] * 19 + ["huge"]))
        self.refused_everywhere(*train(*with_test), words=["test.csv:21", "'huge'", "'low'"])
        self.write("test.csv", csv(b=None))
        self.refused(*train(*with_test), words=["test.csv", "'b'"])
        self.write("one.csv", "\n".join(csv().splitlines()[:2]) + "\n")
        self.refused(*train("data.train=one.csv"), words=["one.csv:2", "'kind'", "two classes"])

    def test_idx_files(self):
        images, labels = idx_file(IMAGES), idx_file(LABELS)
        compressed = gzip.compress(images)
        for name, image_bytes, label_bytes, *words in (
            ("wrong magic", b"\x89PNG" + images[4:], labels, "images.idx", "not an IDX file"),
            ("empty", b"", labels, "images.idx", "too short"),
            ("other type", images[:2] + b"\x0a" + images[3:], labels, "images.idx", "not an IDX file"),
            ("floats", images[:2] + b"\x0d" + images[3:], labels, "images.idx", "ends after 80"),
            ("cut", images[:-1], labels, "images.idx", "319 of the 20 x 4 x 4"),
            ("cut in header", images[:10], labels, "images.idx", "header"),
            ("more", images + b"\0", labels, "images.idx", "more than"),
            ("gzip cut", compressed[:-20], labels, "images.idx", "gzip"),
            (
                "gzip damaged",
                compressed[:40] + b"\xff\xff\xff\xff" + compressed[44:],
                labels,
                "images.idx",
                "gzip",
            ),
            ("vast", images[:4] + b"\xff" * 12 + images[16:], labels, "images.idx", "header promises"),
            ("exchanged", labels, images, "exchanged"),
            ("mismatch", images, idx_file(LABELS[:-1]), "images.idx", "20 samples", "labels.idx", "19 labels"),
            ("no images", idx_file(IMAGES[:0]), idx_file(LABELS[:0]), "images.idx", "no samples"),
        ):
            self.write("images.idx", image_bytes)
            self.write("labels.idx", label_bytes)
            self.refused(*train(*IDX), words=words)
            if name == "gzip cut":
                self.refused(*train(*IDX), words=words, ranks=2)
        self.write("images.idx", images)
        self.write("labels.idx", labels)
        words = ["labels.idx", "sample 2", "is 2", "2 classes", "'cat', 'dog'"]
        self.refused(*train(*IDX, "data.classes=['cat', 'dog']"), words=words)
        self.refused(*train(*IDX, "data.classes=['cat', 'dog', 'cat']"), words=["'cat'", "twice"])

    def test_hdf5_tables(self):
        def refused(words, **datasets):
            with h5py.File(self.folder / "table.h5", "w") as file:
                for name, values in datasets.items():
                    file[name] = values
            self.refused(*train(*HDF5, "data.train=table.h5"), words=["table.h5", *words])

        x = numpy.ones((20, 3), "f4")
        refused(["'features'", "its datasets are 'labels' (20)"], labels=LABELS)
        refused(["'labels'", "'targets'"], features=x)
        refused(["'labels'", "(19)"], features=x, labels=LABELS[:-1])
        refused(["'features'", "(20)"], features=x[:, 0], labels=LABELS)
        refused(["sample 0", "1, 1", "one-hot"], features=x, labels=numpy.ones((20, 2)))
        refused(["two classes"], features=x, labels=LABELS * 0)
        refused(["sample 1", "0.5"], features=x, labels=LABELS / 2)
        refused(["sample 0", "nan"], features=x * numpy.nan, labels=LABELS)
        refused(["mse"], features=x, targets=x)
        self.refused(*train(*HDF5), words=["classes.csv", "not an HDF5 file"])

    def test_checkpoints(self):
        good = (self.folder / "good.h5").read_bytes()
        self.write("cut.h5", good[: len(good) // 2])
        self.write("text.h5", "not HDF5\n")
        self.write("empty.h5", "")
        (self.folder / "hollow").mkdir()
        with h5py.File(self.folder / "other.h5", "w") as file:
            file["features"] = numpy.ones((2, 6), "f4")
        self.spoil("newer.h5", lambda file: file.attrs.modify("format_version", 99))
        self.spoil(
            "shape.h5", lambda file: self.replace(file, "model/layers/0/weight", numpy.ones((6, 17), "f4"))
        )
        self.spoil("lacking.h5", lambda file: file.__delitem__("model/layers/1/bias"))
        self.spoil("config.h5", lambda file: file.attrs.modify("config", "[run"))
        self.spoil("digest.h5", lambda file: self.replace(file, "model/layers/2/bias", numpy.ones(3, "f4")))
        weights = h5py.File(self.folder / "good.h5", "r")["model/layers/0/weight"][:].tobytes()
        self.assertEqual(good.count(weights), 1)
        self.write("flipped.h5", good.replace(weights, bytes([weights[0] ^ 1]) + weights[1:]))
        for name, *words in (
            ("none.h5", "no such file"),
            ("cut.h5", ""),
            ("text.h5", "not a checkpoint"),
            ("empty.h5", "not a checkpoint"),
            ("hollow", "no checkpoint"),
            ("other.h5", "not a checkpoint"),
            ("newer.h5", "99"),
            ("shape.h5", "model/layers/0/weight", "(6, 17)", "(6, 16)"),
            ("lacking.h5", "model/layers/1/bias"),
            ("config.h5", ":1:"),
            ("digest.h5", "damaged", "digest"),
            ("flipped.h5", "damaged"),
        ):
            self.refused("inspect", name, words=[name, *words])
            self.refused("evaluate", name, words=[name, *words])
        self.refused("evaluate", "cut.h5", words=["cut.h5"], ranks=2)
        self.refused("inspect", "none.h5", words=["none.h5"], ranks=2)
        arguments = ("predict", "flipped.h5", "--input", "classes.csv", "--output", "x.csv")
        self.refused(*arguments, words=["flipped.h5"], ranks=2)

    def spoil(self, name, change):
        """Writes a copy of the good checkpoint on which `change` was called."""
        shutil.copy(self.folder / "good.h5", self.folder / name)
        with h5py.File(self.folder / name, "r+") as file:
            change(file)
        seal(self.folder / name)

    @staticmethod
    def replace(file, name, values):
        del file[name]
        file[name] = values

    def test_evaluate(self):
        arguments = ("evaluate", "good.h5", "--set")
        self.refused(*arguments, "data.trian=x", words=["data.trian", "data.train"])
        self.refused_everywhere(*arguments, "data.train=no.csv", words=["no.csv", "no such file"])
        self.write("other.csv", csv(kind=["low", "huge"] * 10))
        self.refused(*arguments, "data.train=other.csv", words=["other.csv", "good.h5"])

    def test_predict(self):
        self.write("narrow.csv", csv(b=None))
        self.write("images.idx", idx_file(IMAGES))
        with h5py.File(self.folder / "narrow.h5", "w") as file:
            file["features"] = numpy.ones((2, 5), "f4")

        def refused(source, *words, ranks=None, options=()):
            arguments = ("predict", "good.h5", "--input", source, "--output", "x.csv", *options)
            self.refused(*arguments, words=[source, *words], ranks=ranks)

        refused("narrow.csv", "'b'")
        refused("narrow.csv", "'b'", ranks=2)
        refused("none.csv", "no such file")
        refused("images.idx", "4 x 4")
        refused("narrow.h5", "5 numbers", "6 numbers")
        refused("classes.csv", "IDX", options=["--input-format", "idx"])
        for output in ("nowhere/x.csv", "nowhere/x.h5"):
            arguments = ("predict", "good.h5", "--input", "classes.csv", "--output", output)
            self.refused_everywhere(*arguments, words=[output, "no folder nowhere"])

    def test_output_that_cannot_be_written(self):
        """The input is right and the disk is not: status 1."""
        self.refused("train", "small.toml", "--run-dir", "good.h5", words=["good.h5"], status=1)
        self.refused("train", "small.toml", "--run-dir", "good.h5", words=["good.h5"], status=1, ranks=2)


if __name__ == "__main__":
    unittest.main()
