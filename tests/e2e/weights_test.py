"""Weights of samples and classes: the same bits on any number of ranks, and a weight of 0 leaves a sample out."""

import unittest

import h5py
import numpy

from harness import EndToEndTest, csv_table, metrics, small_table

RANKS = (2, 3, 5, 8)


class WeightsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(data={"validation_fraction": 0.2})
        table = small_table()
        random = numpy.random.RandomState(2)
        self.weights = random.choice([0.25, 0.7, 1, 3.3], len(table["a"]))
        self.x = {name: table[name] for name in "abcdef"}
        self.table = self.x | {"w": self.weights, "kind": table["kind"]}
        self.write("weighted.csv", csv_table(self.table))
        with h5py.File(self.folder / "weighted.h5", "w") as file:
            file["features"] = numpy.array(list(self.x.values())).T
            file["targets"] = numpy.array([table["left"] / 20 - 5, table["right"]]).T
            file["w"] = self.weights

    def train(self, name, *settings, ranks=None, status=0):
        """Trains and returns all that the run computed, or what it said where it was to end otherwise."""
        options = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", "small.toml", "--run-dir", name, *options, ranks=ranks)
        self.assertEqual(result.status, status, result.errors)
        if status:
            return result.errors
        return result.outcome() | {group: metrics(self.folder / name, group) for group in ("steps", "epochs")}

    def check(self, name, *settings):
        """The same on any number of ranks, and when it is interrupted within an epoch."""
        alone = self.train(f"{name}-alone", *settings)
        for ranks in RANKS:
            self.assertEqual(self.train(f"{name}-{ranks}", *settings, ranks=ranks), alone, ranks)
        self.train(f"{name}-resumed", *settings, "run.stop_after_steps=7", ranks=3, status=75)
        self.assertEqual(self.train(f"{name}-resumed", *settings, ranks=2), alone)
        return alone

    def test_same_bits(self):
        weighted = ("data.train=weighted.csv", "data.weights=w")
        table = "train.class_weights={ low = 2, high = 0.3 }"
        batch_norm = ("model.normalization=batch", "train.label_smoothing=0.1")
        runs = [
            self.check("samples", *weighted),
            self.check("both", *weighted, table, "optimizer.name=adamw", *batch_norm),
            self.check("balanced", "train.class_weights=balanced", "train.clip_norm=0.5"),
            self.check("regression", "data.format=hdf5", "data.train=weighted.h5", "data.target=[]", "data.weights=w",
                       "train.loss=huber", "train.global_batch=9"),
        ]
        runs.append(self.train("none"))
        self.assertEqual(len({run["digest"] for run in runs}), len(runs))

    def test_equal_weights_change_nothing_but_rounding(self):
        plain = self.train("plain")
        for weight in (4, 0.7):
            self.write("equal.csv", csv_table(self.table | {"w": numpy.full(len(self.weights), weight)}))
            equal = self.train(f"equal-{weight}", "data.train=equal.csv", "data.weights=w")
            for value in ("train_loss", "test_loss", "test_accuracy"):
                self.assertAlmostEqual(float(equal[value]), float(plain[value]), delta=1e-5)
        self.assertEqual(self.train("equal", "train.class_weights={ low = 4, middle = 4, high = 4 }"), plain)

    def test_a_weight_of_zero_leaves_a_sample_out(self):
        """It has no part in anything: not in batches, their statistics, the scale of features and the split."""
        settings = ("data.weights=w", "model.normalization=batch", "data.standardize=true")
        left_out = numpy.arange(len(self.weights)) % 5 == 2
        weights = numpy.where(left_out, 0, self.weights)
        outcomes = []
        for name, factor in (("zero", 1), ("other", -7)):
            changed = {column: numpy.where(left_out, factor * x, x) for column, x in self.x.items()}
            self.write(f"{name}.csv", csv_table(self.table | changed | {"w": weights}))
            outcomes.append(self.train(name, f"data.train={name}.csv", *settings, ranks=2))
        kept = {column: numpy.asarray(values)[~left_out].tolist() for column, values in self.table.items()}
        self.write("kept.csv", csv_table(kept))
        outcomes.append(self.train("kept", "data.train=kept.csv", *settings))
        self.assertEqual(outcomes[0], outcomes[1])
        self.assertEqual(outcomes[0], outcomes[2])

    def test_a_class_of_weight_zero_is_not_learnt(self):
        self.train("run", "train.class_weights={ middle = 0 }", "train.epochs=20", ranks=2)
        self.run_ok("evaluate", "run", "--output", "run.h5")
        with h5py.File(self.folder / "run.h5") as file:
            self.assertEqual(file["confusion"][:, 2].sum(), 0)
            self.assertGreater(file["classes/support"][2], 0)

    def test_what_is_refused(self):
        for row, weight, message in ((3, "-1", "sample 3: its weight 'w' is -1"), (5, "nan", ":7: "), (5, "", ":7: ")):
            weights = [f"{w}" for w in self.weights]
            weights[row] = weight
            self.write("wrong.csv", csv_table(self.table | {"w": weights}))
            for ranks in (None, 2):
                errors = self.train("run", "data.train=wrong.csv", "data.weights=w", ranks=ranks, status=2)
                self.assertIn(message, errors)
                self.assertIn("wrong.csv", errors)
        for message, *settings in (
            ("there is no class 'cat'", "train.class_weights={ cat = 2 }"),
            ("there is no column 'v'", "data.train=weighted.csv", "data.weights=v"),
            ("has numbers to learn, not classes", "train.class_weights=balanced", "data.train=values.csv",
             "data.target=left,right", "train.loss=mse"),
        ):
            self.assertIn(message, self.train("run", *settings, ranks=2, status=2))
        self.train("run", "train.class_weights=balanced", "run.stop_after_steps=3", status=75)
        errors = self.train("run", "train.class_weights={ low = 2 }", status=2)
        self.assertIn("train.class_weights", errors)


if __name__ == "__main__":
    unittest.main()
