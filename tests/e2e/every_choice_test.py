"""Every activation and every loss that the program has computes the same bits on any number of ranks, and when a run is
interrupted. Both are taken from its own list of keys, so that new ones are among them.

A network has several activations, so that a run for each loss covers them all.
"""

import csv
import unittest

import h5py
import numpy

from harness import EndToEndTest, csv_table, metrics, small_table

LAYERS = 3


class EveryChoiceTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(model={"hidden": None, "activation": None}, train={"epochs": 2})
        # Targets that are 0 or 1 suit every loss.
        table = small_table()
        flags = {name: (table[name] > table[name].mean()).astype("f4") for name in ("left", "right")}
        self.write("flags.csv", csv_table({name: table[name] for name in "abcdef"} | flags))

    def train(self, name, *settings, ranks=None, status=0):
        """Trains and returns all that the run computed, or nothing where it is to be interrupted."""
        options = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", "small.toml", "--run-dir", name, *options, ranks=ranks)
        self.assertEqual(result.status, status, result.errors)
        if status == 0:
            return result.outcome() | {group: metrics(self.folder / name, group) for group in ("steps", "epochs")}
        return None

    def test_same_bits_on_any_number_of_ranks_and_after_an_interruption(self):
        activations, losses = self.choices("model.activation"), self.choices("train.loss")
        self.assertIn("gelu", activations)
        self.assertIn("huber", losses)
        turn = activations * LAYERS * len(losses)
        self.assertGreaterEqual(LAYERS * len(losses), len(activations), "every activation has its turn")
        for number, loss in enumerate(losses):
            own = turn[LAYERS * number :][:LAYERS]
            layers = ", ".join(f"{{ units = {9 + k}, activation = '{name}' }}" for k, name in enumerate(own))
            settings = [f"train.loss={loss}", f"model.layers=[{layers}]", "optimizer.learning_rate=0.05"]
            if loss != "cross_entropy":
                settings += ["data.train=flags.csv", "data.target=left,right"]
            with self.subTest(loss=loss, activations=own):
                alone = self.train(f"{loss}-alone", *settings)
                for ranks in (2, 3, 5, 8):
                    self.assertEqual(self.train(f"{loss}-{ranks}", *settings, ranks=ranks), alone, ranks)
                self.train(f"{loss}-resumed", *settings, "run.stop_after_steps=7", ranks=3, status=75)
                self.assertEqual(self.train(f"{loss}-resumed", *settings, ranks=2), alone)

    def test_normalization_has_the_same_bits_too(self):
        """With statistics of the whole batch, of slices, which are as small as a sample, and of units."""
        common = ["model.activation=relu", "model.residual=true", "train.average=ema", "train.clip_norm=1"]
        for name, *settings in (
            ("batch", "model.hidden=[9, 9, 9]", "model.normalization=batch", "optimizer.name=adamw"),
            ("slice", "model.hidden=[9, 9]", "model.normalization=batch", "model.norm_over=slice"),
            ("layer", "model.hidden=[40, 40]", "model.normalization=layer", "model.dropout=0.2"),
            ("frozen", "model.hidden=[9, 9]", "model.normalization=batch", "train.freeze=1"),
        ):
            settings += common
            with self.subTest(normalization=name):
                alone = self.train(f"{name}-alone", *settings)
                for ranks in (2, 3, 5, 8):
                    self.assertEqual(self.train(f"{name}-{ranks}", *settings, ranks=ranks), alone, ranks)
                self.train(f"{name}-resumed", *settings, "run.stop_after_steps=7", ranks=3, status=75)
                self.assertEqual(self.train(f"{name}-resumed", *settings, ranks=2), alone)
                evaluated = self.run_ok("evaluate", f"{name}-alone/checkpoints/step-00000010.h5", ranks=2).values()
                self.assertEqual(evaluated["test_loss"], alone["test_loss"])

    def test_predictions_are_what_the_loss_makes_of_outputs(self):
        """Means with Poisson's loss, probabilities with that for several labels, and R2 is of them."""
        links = {"poisson": numpy.exp, "binary_cross_entropy": lambda z: 1 / (1 + numpy.exp(-z)), "mae": lambda z: z}
        for loss, link in links.items():
            settings = ("data.train=flags.csv", "data.target=left,right", "model.hidden=[5]", "model.activation=tanh")
            test = ("data.test=flags.csv", "data.test_fraction=0")
            self.train(loss, *settings, *test, f"train.loss={loss}")
            self.run_ok("predict", loss, "--input", "flags.csv", "--output", "predictions.csv")
            with open(self.folder / "flags.csv", newline="") as file:
                table = numpy.array([list(map(float, row)) for row in list(csv.reader(file))[1:]])
            with h5py.File(self.folder / loss / "checkpoints/best.h5") as file:
                layers = [(layer["weight"][:], layer["bias"][:]) for layer in file["model/layers"].values()]
            hidden = numpy.tanh(table[:, :6] @ layers[0][0] + layers[0][1])
            expected = link(hidden @ layers[1][0] + layers[1][1])
            with open(self.folder / "predictions.csv", newline="") as file:
                header, *rows = csv.reader(file)
            self.assertEqual(header, ["sample", "left", "right"])
            numpy.testing.assert_allclose(numpy.array(rows)[:, 1:].astype(float), expected, rtol=1e-5, atol=1e-6)
            targets = table[:, 6:]
            residual = ((expected - targets) ** 2).sum(axis=0)
            r2 = (1 - residual / ((targets - targets.mean(axis=0)) ** 2).sum(axis=0)).mean()
            self.assertAlmostEqual(float(self.run_ok("evaluate", loss).values()["test_r2"]), r2, places=5)


if __name__ == "__main__":
    unittest.main()
