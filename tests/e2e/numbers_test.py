"""Numbers keep their digits from the file to the prediction, what is not finite is never a result, and a test set holds
nothing that the network was trained on."""

import pathlib
import shutil
import unittest

import h5py
import numpy
from sklearn.metrics import r2_score

from harness import EndToEndTest

FORMAT_1 = pathlib.Path(__file__).parent / "format_1"


class NumbersTest(EndToEndTest):
    def train(self, name, *settings, **options):
        """Trains on NAME.csv or NAME.h5 in the run's folder NAME."""
        return self.command("train", "small.toml", "--run-dir", name, *self.set(*settings), **options)

    @staticmethod
    def set(*settings):
        return [word for setting in settings for word in ("--set", setting)]

    def csv(self, name, columns):
        """Writes float64 columns with all their digits."""
        rows = [",".join(map(repr, map(float, row))) for row in zip(*columns.values())]
        self.write(name, "\n".join([",".join(columns), *rows]) + "\n")

    def linear(self, **changes):
        """Configures a regression without hidden layers of a target y."""
        self.write_small_run(
            data={"target": "y", "standardize": True, "standardize_targets": True},
            model={"hidden": [], "activation": None},
            train={"loss": "mse", "epochs": 10},
            **changes,
        )

    def failed(self, result, status, *words):
        self.assertEqual(result.status, status, result.output + result.errors)
        for word in words:
            self.assertIn(word, result.errors)
        self.assertEqual(result.errors.count(words[0]), 1, result.errors)

    def test_digits_far_from_zero(self):
        """Unix times as a feature, energies near -291230 and targets 1e8 + u: R2 is scikit-learn's."""
        self.linear()
        u = numpy.random.RandomState(1).uniform(size=600)
        cases = {
            "times": {"x": 1.7e9 + 100 * u, "y": u},
            "energies": {"x": u, "y": -291230.1 + 0.05 * u},
            "large": {"x": u, "y": 1e8 + u},
        }
        for name, columns in cases.items():
            with self.subTest(name):
                self.csv(f"{name}.csv", columns)
                files = (f"data.train={name}.csv", f"data.test={name}.csv", "data.test_fraction=0")
                done = self.train(name, *files).done()
                self.assertGreater(float(done["test_r2"]), 0.99)
                self.run_ok("predict", name, "--input", f"{name}.csv", "--output", f"{name}.h5")
                with h5py.File(self.folder / f"{name}.h5") as file:
                    outputs = file["outputs"][:, 0]
                self.assertAlmostEqual(r2_score(columns["y"], outputs), float(done["test_r2"]), delta=1e-6)
                self.assertGreater(len(numpy.unique(outputs)), 590)
        self.run_ok("predict", "energies", "--input", "energies.csv", "--output", "p.csv")
        texts = [line.split(",")[1] for line in (self.folder / "p.csv").read_text().splitlines()[1:]]
        with h5py.File(self.folder / "energies.h5") as file:
            self.assertEqual(list(map(float, texts)), file["outputs"][:, 0].tolist())

    def test_the_same_bits_on_any_number_of_ranks_and_after_a_stop(self):
        self.linear()
        u = numpy.random.RandomState(2).uniform(size=(3, 300))
        self.csv("t.csv", {"a": 1.7e9 + 60 * u[0], "b": 1e-9 * u[1], "y": 1e8 + u[0] + u[1] + 0.1 * u[2]})
        alone = self.train("alone", "data.train=t.csv").outcome()
        for ranks in (2, 3, 8):
            self.assertEqual(self.train(f"on-{ranks}", "data.train=t.csv", ranks=ranks).outcome(), alone)
        stopped = self.train("alone-again", "data.train=t.csv", "run.stop_after_steps=17")
        self.assertEqual(stopped.status, 75)
        self.assertEqual(self.train("alone-again", "data.train=t.csv", ranks=2).outcome(), alone)
        newest = max((self.folder / "on-3/checkpoints").glob("step-*.h5"))
        self.assertEqual(self.run_ok("evaluate", newest, ranks=2).values()["test_r2"], alone["test_r2"])

    def test_tables_are_tables_in_every_type_and_shape(self):
        """Dummy variables of unsigned bytes are numbers; (n, k, 1) is standardized by columns as (n, k) is."""
        self.write_small_run(data={"format": "hdf5", "target": None})
        random = numpy.random.RandomState(3)
        dummies = numpy.eye(4, dtype="u1")[random.randint(4, size=200)]
        spread = random.normal(size=(200, 4)) * [1, 1e3, 1e-3, 1] + [0, 5e4, 0, 1]
        labels = dummies[:, 0] ^ (spread[:, 0] > 0)
        cases = [
            ("data.standardize=false", (dummies, dummies.astype("i8"), dummies.reshape(200, 4, 1))),
            ("data.standardize=true", (spread, spread.reshape(200, 4, 1), spread.reshape(200, 1, 4))),
        ]
        for setting, tables in cases:
            outcomes = []
            for table in tables:
                with h5py.File(self.folder / "t.h5", "w") as file:
                    file["features"], file["labels"] = table, labels.astype("i4")
                outcomes.append(self.train("run", "data.train=t.h5", setting, "run.seed=1").outcome())
                shutil.rmtree(self.folder / "run")
            self.assertEqual(outcomes[1:], outcomes[:1] * 2)

    def test_constant_columns_are_said(self):
        self.linear()
        u = numpy.random.RandomState(4).uniform(size=100)
        self.csv("t.csv", {"x": u, "same": 0.3 + 5e-17 * (u > 0.5), "y": u})
        self.assertGreater(len(set((self.folder / "t.csv").read_text().splitlines())), 2)
        result = self.train("run", "data.train=t.csv")
        self.assertIn("note:    constant over the training samples, taken as 0: column 'same'\n", result.output)
        self.assertGreater(float(result.done()["test_r2"]), 0.99)

    def test_what_is_not_finite_is_no_result(self):
        self.write_small_run(
            data={"target": "y", "test": "e.csv", "test_fraction": 0, "train": "t.csv"},
            train={"epochs": 60},
            model={"hidden": [8]},
            optimizer={"learning_rate": 1},
        )
        self.write("t.csv", "x,z,y\n-2,2,a\n-1,1,a\n1,-1,b\n2,-2,b\n")
        self.write("e.csv", "x,z,y\n-1,1,a\n1,-1,b\n")
        self.run_ok("train", "small.toml", "--run-dir", "run")
        self.write("far.csv", "x,z,y\n-1,1,a\n1,-1,b\n-3e38,3e38,a\n3e38,-3e38,b\n")
        where = "far.csv: sample 2: an output of layer 0 is not finite"
        for ranks in (None, 2):
            predict = ("predict", "run", "--input", "far.csv", "--output", "p.csv")
            self.failed(self.command(*predict, ranks=ranks), 1, "far.csv: sample 2: the prediction is not finite")
            self.assertFalse((self.folder / "p.csv").exists())
            evaluate = ("evaluate", "run", "--set", "data.test=far.csv")
            self.failed(self.command(*evaluate, ranks=ranks), 1, where)
        stopped = self.train("other", "data.test=far.csv")
        self.failed(stopped, 1, "far.csv: sample ", "an output of layer 0 is not finite")
        self.assertNotIn("done:", stopped.output)
        self.assertFalse((self.folder / "other/checkpoints/best.h5").exists())

        self.write("beyond.csv", "x,z,y\n-1,1,a\n1,-1e39,b\n")
        result = self.command("predict", "run", "--input", "beyond.csv", "--output", "p.csv")
        self.failed(result, 2, "beyond.csv: sample 1: column 'z' is -1e+39")

    def test_the_split_is_the_checkpoints(self):
        """A network that knows its training samples by heart is not measured on them."""
        self.write_small_run()
        self.train("run")
        before = self.run_ok("evaluate", "run").values()
        self.failed(self.command("evaluate", "run", *self.set("run.seed=4")), 2, "would move the split")

        table = (self.folder / "classes.csv").read_text().splitlines()
        self.write("classes.csv", "\n".join([table[0], *table[:0:-1]]) + "\n")
        for ranks in (None, 2):
            self.failed(self.command("evaluate", "run", ranks=ranks), 2, "classes.csv: has changed since")
        self.write("moved.csv", "\n".join(table) + "\n")
        moved = self.run_ok("evaluate", "run", *self.set("data.train=moved.csv")).values()
        self.assertEqual(moved, before)
        of_its_own = self.run_ok("evaluate", "run", *self.set("data.test=classes.csv"))
        self.assertRegex(of_its_own.output, "note: .*classes.csv holds samples that the network was trained on")
        (self.folder / "classes.csv").unlink()
        of_its_own = self.run_ok("evaluate", "run", *self.set("data.test=moved.csv"))
        self.assertEqual(of_its_own.values()["test_samples"], "251")

    def test_checkpoints_of_format_1(self):
        """What the file holds was printed by the program that wrote it; see make.sh beside it."""
        for name in ("train.toml", "table.csv"):
            shutil.copy(FORMAT_1 / name, self.folder)
        checkpoints = self.folder / "run/checkpoints"
        checkpoints.mkdir(parents=True)
        shutil.copy(FORMAT_1 / "step-00000008.h5", checkpoints)
        table = self.set("data.train=table.csv")
        values = self.run_ok("evaluate", "run", *table).values()
        self.assertEqual((values["test_loss"], values["test_r2"]), ("0.598616", "0.264508"))
        values = self.run_ok("inspect", "run").values()
        self.assertEqual((values["format_version"], values["digest"]), ("1", "3b50e4b0422b0b50"))
        self.run_ok("predict", "run", "--input", "table.csv", "--output", "p.csv")

        train = ("train", "train.toml", "--run-dir", "run", *self.set("train.epochs=6"))
        self.failed(self.command(*train), 2, "checkpoint format 1")
        resumed = self.run_ok(*train, "--allow-changed-arithmetic")
        self.assertRegex(resumed.output, "resumed: after epoch 4, step 8.*\\nwarning: .*not those of an undisturbed.*format 1")
        self.assertEqual(resumed.done()["train_loss"], "0.577021")  # as an undisturbed run had it
        self.assertEqual(self.run_ok("inspect", "run").values()["format_version"], "3")
        self.write("table.csv", (self.folder / "table.csv").read_text().replace("1", "2"))
        shutil.copy(FORMAT_1 / "step-00000008.h5", self.folder)
        self.failed(self.command("evaluate", "step-00000008.h5", *table), 2, "table.csv: has changed since")


if __name__ == "__main__":
    unittest.main()
