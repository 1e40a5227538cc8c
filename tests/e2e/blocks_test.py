"""Samples that stay on disk: data.order = "blocks"."""

import gzip
import itertools
import pathlib
import shutil
import unittest

import h5py
import numpy

from harness import SANITIZED, EndToEndTest, metrics, toml

SAMPLES = 6007
UNSTRATIFIED = pathlib.Path(__file__).parent / "unstratified_blocks"


def samples(count=SAMPLES, seed=1):
    """Features, 816 bytes a sample, classes in three unequal parts, and two targets."""
    draw = numpy.random.default_rng(seed)
    x = draw.normal(size=(count, 204)).astype("f4") * numpy.tile(numpy.array([1, 2, 0.5, 1, 300, 1], "f4"), 34)
    sums = x[:, 0] + x[:, 1] * x[:, 2] + 0.1 * draw.normal(size=count)
    targets = numpy.stack([100 + 20 * sums, x[:, 3]], axis=1)
    return x, numpy.digitize(sums, [-0.5, 1]), targets


CONFIG = {
    "run": {"name": "small", "seed": 3},
    "data": {"format": "hdf5", "train": "train.h5", "test": "test.h5", "order": "blocks", "window": 8,
             "standardize": True},
    "model": {"hidden": [8]},
    "train": {"epochs": 2, "global_batch": 50},
    "optimizer": {"learning_rate": 0.1},
    "checkpoint": {"every_steps": 50},
}


class BlocksCase(EndToEndTest):
    """Runs of small.toml."""

    FRACTIONS = ("data.test=", "data.test_fraction=0.1", "data.validation_fraction=0.1")

    def setUp(self):
        super().setUp()
        x, labels, targets = samples()
        with h5py.File(self.folder / "train.h5", "w") as file:
            file.create_dataset("features", data=x, chunks=(100, 204), compression="gzip", shuffle=True)
            file["labels"] = labels
        with h5py.File(self.folder / "regression.h5", "w") as file:
            file.create_dataset("features", data=x.astype("f8"), chunks=(100, 204))
            file["targets"] = targets
        test, test_labels, _ = samples(500, 2)
        with h5py.File(self.folder / "test.h5", "w") as file:
            file["features"] = test
            file["labels"] = test_labels
        numpy.save(self.folder / "x.npy", x)
        numpy.save(self.folder / "y.npy", labels)
        (self.folder / "small.toml").write_text(toml(CONFIG))

    def train(self, name, *settings, **keywords):
        more = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", "small.toml", "--run-dir", name, *more, **keywords)

    def stop(self, name, *settings):
        more = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", "small.toml", "--run-dir", name, *more, ranks=2)
        self.assertEqual(result.status, 75, result.output + result.errors)

    def newest_checkpoint(self, run):
        return max((self.folder / run / "checkpoints").glob("step-*.h5"))

    def refused(self, *settings, words):
        more = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", "small.toml", "--run-dir", "refused", *more)
        self.assertEqual(result.status, 2, result.output + result.errors)
        for word in words:
            self.assertIn(word, result.errors)


class StepTest(BlocksCase):
    def test_same_bits_on_any_number_of_ranks_and_after_an_interruption(self):
        weights = ("augment.mixup=0.4", "train.class_weights=balanced")
        many = ("augment.mixup=1", "train.global_batch=3000", "train.slices=3", "checkpoint.every_steps=1")
        for stop, settings in (77, ()), (77, ("train.slices=3", *self.FRACTIONS)), (77, weights), (1, many):
            alone = self.train("alone", *settings)
            self.assertIn("21 blocks of 300 samples", alone.output)
            for ranks in (3,) if SANITIZED or stop == 1 else (2, 3) if settings else (2, 3, 8):
                self.assertEqual(self.train(f"ranks-{ranks}", *settings, ranks=ranks).outcome(), alone.outcome())
            self.stop("stopped", *settings, f"run.stop_after_steps={stop}")
            resumed = self.train("stopped", *settings, ranks=3)
            self.assertIn("resumed: after epoch", resumed.output)
            self.assertEqual(resumed.outcome(), alone.outcome())
            self.assertEqual(metrics(self.folder / "stopped", "epochs"), metrics(self.folder / "alone", "epochs"))
            shutil.rmtree(self.folder / "alone")
            shutil.rmtree(self.folder / "stopped")
            for folder in self.folder.glob("ranks-*"):
                shutil.rmtree(folder)

    def test_evaluate_has_the_test_samples_of_the_run(self):
        done = self.train("run", *self.FRACTIONS).done()
        text = self.run_ok("evaluate", "run").output
        self.assertIn(done["test_accuracy"], text)
        self.assertIn("test_samples: 601\n", text)

    def test_columns_of_a_file_in_fortrans_order(self):
        """A block is what is read of each column at a time, and trains to the bits of as large chunks of rows."""
        x, labels, _ = samples()
        numpy.save(self.folder / "columns.npy", numpy.asfortranarray(x))
        with h5py.File(self.folder / "rows.h5", "w") as file:
            file.create_dataset("features", data=x, chunks=(1024, 204))
            file["labels"] = labels
        keys = ("data.window=16", *self.FRACTIONS)
        rows = self.train("rows", "data.train=rows.h5", *keys)
        settings = ("data.format=npy", "data.train={ features = 'columns.npy', labels = 'y.npy' }", *keys)
        for ranks in (1, 2, 3):
            self.assertEqual(self.train(f"columns-{ranks}", *settings, ranks=ranks).outcome(), rows.outcome())

    def test_what_cannot_be_read_in_blocks_is_refused(self):
        self.refused("augment.mixup=0.2", "train.global_batch=15",
                     words=["augment.mixup", "8 slices", "a train.global_batch of at least 16"])  # fmt: skip
        self.refused("data.order=global", words=["data.window", 'data.order = "blocks"'])
        numpy.savez(self.folder / "xy.npz", features=samples()[0], labels=samples()[1])
        self.refused("data.format=npy", "data.train=xy.npz", words=["xy.npz", "cannot be read in parts", "lockstep pack"])
        with h5py.File(self.folder / "train.h5", "a") as file:
            file["features"][4321, 2] = numpy.nan
        self.refused(words=["train.h5", "sample 4321, column 2, is nan"])

    def test_a_run_whose_version_held_back_other_samples_is_refused_with_what_to_do(self):
        for path in UNSTRATIFIED.glob("*.[tn]*"):
            shutil.copy(path, self.folder)
        checkpoints = self.folder / "run/checkpoints"
        checkpoints.mkdir(parents=True)
        shutil.copy(UNSTRATIFIED / "step-00000012.h5", checkpoints)
        files = ("--set", 'data.train={features="x.npy",labels="y.npy"}')
        more = ("train", "train.toml", "--run-dir", "run", "--set", "train.epochs=3")
        for command in (more, ("evaluate", "run", *files)):
            result = self.command(*command)
            self.assertEqual(result.status, 2, result.output)
            self.assertIn("where the file is the same, use lockstep 0.7.0", result.errors)
        self.run_ok("train", "train.toml", "--run-dir", "run", "--resume", "never")
        numpy.save(self.folder / "x.npy", 2 * numpy.load(self.folder / "x.npy"))
        result = self.command(*more)
        self.assertEqual(result.status, 2, result.output)
        self.assertIn("belongs to a run on other data", result.errors)
        self.assertNotIn("use lockstep", result.errors, "the same version")

    def test_a_window_that_is_too_small_says_what_it_takes(self):
        with h5py.File(self.folder / "wide.h5", "w") as file:
            file.create_dataset("features", data=numpy.random.default_rng(1).normal(size=(900, 3000)).astype("f4"))
            file["labels"] = numpy.arange(900) % 2
        self.refused("data.train=wide.h5", "data.window=1", "data.test=", "data.test_fraction=0.1",
                     words=["data.window: 1 MiB is too little", "give at least"])  # fmt: skip


class FileTest(BlocksCase):
    def test_the_pass_is_kept_for_the_next_run_and_made_again_for_another_file(self):
        first = self.train("first").outcome()
        (survey,) = self.folder.glob("train.h5.*.survey")
        before = survey.stat().st_mtime_ns
        self.assertEqual(self.train("second").outcome(), first)
        self.assertEqual(survey.stat().st_mtime_ns, before)
        survey.write_bytes(survey.read_bytes()[:-100])  # damaged
        self.assertEqual(self.train("third").outcome(), first)
        with h5py.File(self.folder / "train.h5", "a") as file:
            file["features"][:10] = 7
        self.assertNotEqual(self.train("fourth").outcome(), first)

    def test_formats_and_kinds_of_data(self):
        plain = ("data.format=npy", 'data.train={features="x.npy",labels="y.npy"}')
        both = (*plain, *self.FRACTIONS)
        self.assertEqual(self.train("npy", *both).outcome(), self.train("npy-2", *both, ranks=2).outcome())
        numbers = ("train.loss=mse", "data.train=regression.h5", "data.scale_targets=standard", *self.FRACTIONS)
        done = self.train("mse", *numbers)
        self.assertEqual(self.train("mse-2", *numbers, ranks=2).outcome(), done.outcome())
        self.assertGreater(float(done.done()["test_r2"]), 0.5)
        quantile = ("data.scale=quantile", "data.standardize=false")
        self.assertEqual(self.train("q", *quantile).outcome(), self.train("q-2", *quantile, ranks=2).outcome())

    def test_a_sorted_file_is_learnt_as_well_as_in_memory(self):
        with h5py.File(self.folder / "train.h5", "a") as file:
            order = numpy.argsort(file["labels"][:], kind="stable")
            file["features"][:] = file["features"][:][order]
            file["labels"][:] = file["labels"][:][order]
        blocks = self.train("blocks", "train.epochs=4").done()
        in_memory = {key: value for key, value in CONFIG["data"].items() if key not in ("order", "window")}
        (self.folder / "small.toml").write_text(toml(CONFIG | {"data": in_memory}))
        memory = self.train("memory", "train.epochs=4").done()
        self.assertLess(abs(float(blocks["test_accuracy"]) - float(memory["test_accuracy"])), 0.05)

    def test_pack_writes_what_trains_to_the_same_bits(self):
        x, labels, targets = samples(700)
        words = numpy.array(["low", "middle", "high"])[labels]
        rows = [",".join(["kind", *(f"f{i}" for i in range(6)), "left"])]
        rows += [",".join([word, *map(repr, row[:6].astype("f8").tolist()), repr(target)])
                 for word, row, target in zip(words, x, targets[:, 0])]  # fmt: skip
        (self.folder / "table.csv").write_text("\n".join(rows) + "\n")
        data = {"format": "csv", "train": "table.csv", "test_fraction": 0.2, "target": "kind", "ignore": ["left"]}
        for name, changes in ("kind", {}), ("left", {"target": "left", "ignore": ["kind"], "scale_targets": "standard"}):
            train = CONFIG["train"] | ({"loss": "mse"} if changes else {})
            csv = CONFIG | {"data": data | changes | {"standardize": True}, "train": train}
            (self.folder / "csv.toml").write_text(toml(csv))
            packed = csv["data"] | {"format": "hdf5", "train": f"{name}.h5", "target": None, "ignore": None}
            (self.folder / "packed.toml").write_text(toml(csv | {"data": packed}))
            output = self.run_ok("pack", "csv.toml", "--output", f"{name}.h5").output
            self.assertIn(f"700 samples in {name}.h5", output)
            runs = [self.run_ok("train", f"{kind}.toml", "--run-dir", f"{name}-{kind}") for kind in ("csv", "packed")]
            self.assertEqual(runs[0].outcome(), runs[1].outcome())
            self.run_ok("train", "packed.toml", "--run-dir", f"{name}-blocks", "--set", "data.order=blocks")
        with h5py.File(self.folder / "kind.h5") as file:
            self.assertEqual([name.decode() for name in file["class_names"]], ["high", "low", "middle"])
            self.assertEqual(file["features"].dtype, "f8")
        kept = self.command("pack", "csv.toml", "--output", "test.h5")
        self.assertEqual(kept.status, 2, "a file of the user's")
        self.run_ok("pack", "csv.toml", "--output", "kind.h5", "--float32")
        with h5py.File(self.folder / "kind.h5") as file:
            self.assertEqual(file["features"].dtype, "f4")

    def write_table(self):
        """table.csv: words and numbers with gaps, weights of which some are 0, groups of samples, and three classes."""
        draw = numpy.random.default_rng(3)
        x, labels, _ = samples(4000)
        x = x[:, :100].astype("f8")
        x[draw.random(x.shape) < 0.001] = numpy.nan
        colours = numpy.array(["red", "green", "", "blue", "Ash"])[draw.integers(0, 5, len(x))]
        words = numpy.array(["low", "middle", "high"])[labels]
        lines = [",".join(["colour", *(f"f{i}" for i in range(100)), "code", "w", "who", "kind"])]
        for i, row in enumerate(x):
            cells = ["" if value != value else repr(value) for value in row.tolist()]
            lines.append(",".join([colours[i], *cells, str(i * i % 7), str(i % 4), f"p{i // 3}", words[i]]))
        (self.folder / "table.csv").write_text("\n".join(lines) + "\n")

    def test_a_table_with_words_is_learnt_from_as_in_memory(self):
        """Words, scales, weights and the split are those of the table in memory, at any number of ranks."""
        self.write_table()
        data = {"format": "csv", "train": "table.csv", "target": "kind", "test_fraction": 0.1,
                "validation_fraction": 0.1, "categorical": ["code"], "weights": "w", "ignore": ["who"],
                "missing": {'"*"': "mean", "f7": "drop"}, "standardize": True}  # fmt: skip
        table = {"run": {"name": "table", "seed": 3}, "data": data, "model": {"hidden": [8]},
                 "train": {"epochs": 2, "global_batch": 50, "class_weights": "balanced"},
                 "checkpoint": {"every_steps": 20}}  # fmt: skip
        (self.folder / "csv.toml").write_text(toml(table))
        grouped = {"group": "who", "ignore": None}
        (self.folder / "grouped.toml").write_text(toml(table | {"data": data | grouped}))
        self.run_ok("pack", "grouped.toml", "--output", "table.h5")
        packed = data | {"format": "hdf5", "train": "table.h5", "target": None, "ignore": None, "categorical": None}
        (self.folder / "small.toml").write_text(toml(table | {"data": packed}))
        in_memory = self.run_ok("train", "csv.toml", "--run-dir", "csv")
        self.assertEqual(self.train("packed").outcome(), in_memory.outcome())

        blocks = ("data.order=blocks", "data.window=16")
        alone = self.train("alone", *blocks)
        with h5py.File(self.newest_checkpoint("alone")) as here, h5py.File(self.newest_checkpoint("csv")) as there:
            for name in ("test_digest", "validation_digest", "train_samples"):
                self.assertEqual(here.attrs[name], there.attrs[name], name)
            for name in ("feature_words", "feature_word_counts", "output_names", "feature_least"):
                self.assertEqual(list(here[f"data/{name}"]), list(there[f"data/{name}"]), name)
            for name in ("feature_shift", "feature_scale", "feature_fill"):
                numpy.testing.assert_allclose(here[f"data/{name}"], there[f"data/{name}"], rtol=1e-9)
        for ranks in (2, 3):
            self.assertEqual(self.train(f"ranks-{ranks}", *blocks, ranks=ranks).outcome(), alone.outcome())
        self.stop("stopped", *blocks, "run.stop_after_steps=77")
        self.assertEqual(self.train("stopped", *blocks, ranks=3).outcome(), alone.outcome())
        groups = self.train("groups", *blocks, "data.group=who")
        self.assertIn("groups of", groups.output)

    def test_logarithms_and_medians_are_those_of_all_samples(self):
        """Of more than those whose values are kept for quantiles: to the last digits what memory has, on any number of ranks."""
        draw = numpy.random.default_rng(7)
        x = numpy.exp(3 * draw.normal(size=(150_001, 3))) * draw.choice([-1, 1], (150_001, 3), p=[0.2, 0.8])
        x[draw.random(x.shape) < 0.01] = numpy.nan
        numpy.save(self.folder / "x.npy", x)
        numpy.save(self.folder / "y.npy", numpy.nan_to_num(x).sum(axis=1))
        data = {"format": "npy", "train": {"features": "x.npy", "targets": "y.npy"}, "test_fraction": 0.01,
                "scale": {"0": "log", "1": "log", "2": "standard"}, "scale_targets": "log",
                "missing": {"0": "mean", '"*"': "median"}}  # fmt: skip
        table = {"run": {"name": "table", "seed": 3}, "data": data, "model": {"hidden": [4]},
                 "train": {"loss": "mse", "epochs": 1, "global_batch": 5000}}  # fmt: skip
        (self.folder / "small.toml").write_text(toml(table))
        self.train("memory")
        blocks = ("data.order=blocks", "data.window=32")
        outcomes = []
        for ranks in (1, 2, 3):
            outcomes.append(self.train(f"ranks-{ranks}", *blocks, ranks=ranks).outcome())
            (survey,) = self.folder.glob("x.npy.*.survey")
            survey.unlink()
        self.assertEqual(outcomes[1:], outcomes[:1] * 2)
        with h5py.File(self.newest_checkpoint("ranks-3")) as here, h5py.File(self.newest_checkpoint("memory")) as there:
            for name in ("feature_shift", "feature_scale", "target_shift", "target_scale"):
                numpy.testing.assert_allclose(here[f"data/{name}"], there[f"data/{name}"], rtol=1e-12)
            self.assertEqual(list(here["data/feature_fill"][1:]), list(there["data/feature_fill"][1:]), "medians")

    def test_a_data_set_of_twenty_times_the_memory(self):
        """The largest process of a run takes no more than a twentieth; the file is sparse."""
        rows, columns = 400000, 1024
        header = {"descr": "<f4", "fortran_order": False, "shape": (rows, columns)}
        labels = numpy.random.default_rng(1).integers(0, 2, rows).astype("u1")
        with open(self.folder / "x.npy", "wb") as file:
            numpy.lib.format.write_array_header_1_0(file, header)
            begin = file.tell()
            file.truncate(begin + 4 * rows * columns)
            for row in range(0, rows, 500):
                file.seek(begin + 4 * row * columns)
                file.write((labels[row] + numpy.arange(16)).astype("f4").tobytes())
        numpy.save(self.folder / "y.npy", labels)
        size = (self.folder / "x.npy").stat().st_size
        config = CONFIG | {
            "data": {"format": "npy", "train": {"features": "x.npy", "labels": "y.npy"}, "test_fraction": 0.001,
                     "order": "blocks", "window": 16},
            "train": {"epochs": 1, "global_batch": 500},
            "checkpoint": {},
        }  # fmt: skip
        (self.folder / "small.toml").write_text(toml(config))
        self.assertLess(20 * self.peak_memory("train", "small.toml", "--run-dir", "run"), size)

    def test_data_in_memory_are_there_once(self):
        """While a host loads samples it has them and at most 64 MB a rank: 50 MB as float32, which their arrays hold, and
        100 MB as the float64 that texts are read as.
        """
        rows, columns = 250_000, 50
        x = numpy.zeros((rows, columns), "f4")
        y = (numpy.arange(rows) % 2).astype("u1")
        numpy.save(self.folder / "x.npy", x)
        numpy.save(self.folder / "y.npy", y)
        numpy.save(self.folder / "columns.npy", numpy.asfortranarray(x))
        numpy.savez_compressed(self.folder / "columns.npz", features=numpy.asfortranarray(x), labels=y)
        with h5py.File(self.folder / "x.h5", "w") as file:
            file.create_dataset("features", data=x, chunks=(1000, columns), compression="gzip", compression_opts=1)
            file["labels"] = y
        line = ",".join(["0"] * columns)
        names = ",".join([*(f"x{i}" for i in range(columns)), "y"])
        text = "\n".join([names, *[f"{line},0\n{line},1"] * (rows // 2)]) + "\n"
        self.write("x.csv", text)
        self.write("x.csv.gz", gzip.compress(text.encode(), 1))
        self.write_small_run(train={"epochs": 0}, data={"test_fraction": 0.3}, model={"hidden": [2]})
        settings = (
            (8, "csv", "data.train=x.csv", "data.target=y"),
            (8, "csv", "data.train=x.csv.gz", "data.target=y"),
            (4, "hdf5", "data.train=x.h5", "data.target=[]"),
            (4, "hdf5", "data.train=x.h5", "data.target=[]", "data.ignore=[1]"),
            (4, "npy", "data.train={features='x.npy', labels='y.npy'}", "data.target=[]"),
            (4, "npy", "data.train={features='columns.npy', labels='y.npy'}", "data.target=[]"),
            (4, "npy", "data.train=columns.npz", "data.target=[]"),
        )
        for ranks, (number, data_format, *others) in itertools.product((None, 2), settings):
            with self.subTest(ranks=ranks, settings=others):
                words = [word for setting in (f"data.format={data_format}", *others) for word in ("--set", setting)]
                peak = self.peak_memory("train", "small.toml", "--resume", "never", "--run-dir", "run", *words, ranks=ranks)
                self.assertLess(peak, number * rows * columns + 64e6 * (ranks or 1))


if __name__ == "__main__":
    unittest.main()
