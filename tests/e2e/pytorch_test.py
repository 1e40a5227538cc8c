"""Training computes what PyTorch computes, step for step, from the same initial weights and order of samples.

tests/reference/pytorch_reference.py made the numbers to compare with, without any of the program's code.
"""

import importlib.util
import json
import sys
import unittest

import h5py
import numpy

from harness import REPOSITORY, EndToEndTest, csv_table, metrics, toml

sys.path.insert(0, str(REPOSITORY / "tests" / "reference"))
import pytorch_reference as reference  # noqa: E402

# Both sides compute in single precision but round differently: they take sums in another order, and have
# other functions exp and tanh. Over all cases with their 204 steps, the largest difference of a loss is 3e-7,
# of a gradient's norm 4e-7 and of a weight 6e-7, where all three are of the size of 1: roundings of 6e-8.
# The test allows ten times as much, for other BLAS kernels. A wrong formula differs by 1e-3 and more.
TOLERANCE = {"rtol": 5e-6, "atol": 5e-6}


# In bfloat16 such a difference now and then moves a factor of a product to another number of 8 bits, after which the
# runs part; by the end of 204 steps they are about as far from each other as from a run in float32. So the first 12 are
# compared. Most losses differ by 1e-7 there, and the largest difference of a loss or a norm is 4e-5. With products in
# float32 losses would differ by up to 7e-4 and norms by up to 9e-3.
OF_BFLOAT16 = {"rtol": 1e-4, "atol": 1e-4}


KINDS = ("weight", "bias", "scale", "running_mean", "running_variance")  # of a layer's arrays


class PytorchTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        for name, columns in reference.tables().items():
            self.write(name, csv_table(columns))
        self.stored = json.loads(reference.STORED.read_text())

    def train(self, name, run_folder, *settings, ranks=None, kinds=KINDS):
        """Trains a case and returns the arrays of its last checkpoint's model, in order."""
        config = self.write(f"{name}.toml", toml(reference.CASES[name]))
        done = self.run_ok("train", config, "--run-dir", run_folder, *settings, ranks=ranks).done()
        with h5py.File(self.folder / run_folder / f"checkpoints/step-{int(done['step']):08}.h5") as file:
            layers = file["model/layers"]
            places = [f"{k}/{kind}" for k in range(len(layers)) for kind in kinds]
            return [layers[place][:] for place in places if place in layers]

    def check_initial_weights(self, name):
        """They are NumPy's bit by bit."""
        expected = [array for layer in reference.initial_weights(reference.CASES[name]) for array in layer]
        found = self.train(name, f"{name}-initial", "--set", "train.epochs=0", kinds=KINDS[:2])
        self.assertEqual(len(found), len(expected))
        for ours, theirs in zip(found, expected):
            numpy.testing.assert_array_equal(ours, theirs)

    def check(self, *names, ranks=None):
        """Each step's loss, rate and gradient, each epoch's test loss and the last weights are PyTorch's."""
        for name in names:
            with self.subTest(name, ranks=ranks):
                weights = self.train(name, name, ranks=ranks)
                steps, epochs = (metrics(self.folder / name, group) for group in ("steps", "epochs"))
                found = {
                    key: [row[key] for row in steps] for key in ("loss", "learning_rate", "gradient_norm")
                }
                found["test_loss"] = [row["test_loss"] for row in epochs]
                found["weights"] = numpy.concatenate([array.ravel() for array in weights])
                self.compare(found, name)

    def compare(self, found, name):
        expected = self.stored[name]
        self.assertEqual(set(found), set(expected))
        in_bfloat16 = "precision" in reference.CASES[name]["train"]
        for key, values in expected.items():
            numpy.testing.assert_allclose(found[key], values, err_msg=key, **OF_BFLOAT16 if in_bfloat16 else TOLERANCE)

    def test_every_case_is_compared(self):
        self.assertEqual(set(self.stored), set(reference.CASES))
        self.assertEqual({len(numbers["loss"]) for numbers in self.stored.values()}, {204, 85, 34, 12})

    def test_every_activation_and_loss_is_compared(self):
        sections = reference.CASES.values()
        activations = {layer["activation"] for case in sections for layer in case["model"]["layers"]}
        self.assertEqual(activations, set(self.choices("model.activation")))
        self.assertEqual({case["train"]["loss"] for case in sections}, set(self.choices("train.loss")))

    def test_initial_weights(self):
        """Of a case for each kind; what is trained shows any difference in the others."""
        kinds = {}
        for name, config in reference.CASES.items():
            kinds.setdefault((config["model"].get("init"), config["model"].get("init_distribution")), name)
        self.assertGreaterEqual(len(kinds), 7)
        for name in kinds.values():
            with self.subTest(name):
                self.check_initial_weights(name)

    def test_activations(self):
        self.check("identity", "sigmoid", "tanh", "relu", "leaky_relu", "leaky_slope", "elu", "elu_alpha", "selu")
        self.check("gelu", "silu", "softplus")

    def test_networks(self):
        self.check("mixed", "perceptron", "zeros", "dropout")

    def test_squared_error(self):
        self.check("mse", "mse_standardized", "mse_two_targets", "mse_classes")

    def test_other_losses(self):
        self.check("label_smoothing", "binary_cross_entropy", "mae", "huber", "huber_delta", "quantile", "poisson")

    def test_weights(self):
        self.check("class_weights", "class_weights_balanced", "weights")

    if importlib.util.find_spec("torch"):

        def test_class_weights_are_those_of_cross_entropy(self):
            """A mean by the weights of labels is what PyTorch calls `weight`; with smoothing it has another."""
            import torch

            z, y, weight = torch.randn(9, 3), torch.arange(9) % 3, torch.tensor([2, 0.5, 1])
            ours = reference.loss_function({"loss": "cross_entropy"})(z, y, weight[y])
            self.assertAlmostEqual(float(ours), float(torch.nn.CrossEntropyLoss(weight)(z, y)), places=6)

    def test_mixup(self):
        self.check("mixup", "mixup_weights")

    def test_optimizer(self):
        self.check("momentum", "nesterov", "weight_decay", "l1_penalty", "average")

    def test_optimizers(self):
        self.check("adam", "adamw", "nadam", "rmsprop", "rmsprop_momentum", "adagrad", "lamb", "lars")

    def test_normalization(self):
        self.check("batch_norm", "batch_norm_of_slices", "layer_norm", "residual")
        self.check("batch_norm", "batch_norm_of_slices", ranks=3)

    def test_clipping(self):
        self.check("clip_norm", "clip_value", "clip_norm_lamb")

    def test_bfloat16(self):
        self.check("bfloat16", "bfloat16_values")
        self.check("bfloat16", "bfloat16_values", ranks=3)

    def test_schedules(self):
        self.check("cosine", "step", "exponential", "linear", "polynomial", "cosine_restarts", "one_cycle")

    def test_on_several_ranks(self):
        self.check("nesterov", "mse_classes", ranks=2)
        self.check("cosine", "mse_two_targets", "lamb", ranks=3)
        self.check("mixed", "dropout", ranks=5)

    if importlib.util.find_spec("torch"):

        def test_stored_numbers_are_those_of_the_installed_pytorch(self):
            for name, config in reference.CASES.items():
                with self.subTest(name):
                    self.compare(reference.train(config), name)


if __name__ == "__main__":
    unittest.main()
