"""Every configuration in configs/ does what its comment says."""

import pathlib
import shutil

from harness import CONFIGS, EndToEndTest, data_of, named_digests

FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


class ConfigsTest(EndToEndTest):
    def accuracy(self, config, *settings, ranks=2):
        return float(self.run_ok("train", CONFIGS / config, *settings, ranks=ranks).done()["test_accuracy"])

    def test_fashion_mnist_reaches_0_89_within_12_epochs(self):
        config = CONFIGS / "fashion_mnist.toml"
        result = self.run_ok("train", config, ranks=2)
        self.assertLessEqual(int(result.done()["epoch"]), 12)
        self.assertGreaterEqual(float(result.done()["test_accuracy"]), 0.89)
        self.assertIn(([], result.done()["digest"]), named_digests(config))

    def test_a_perceptron_cannot_learn_xor(self):
        result = self.run_ok("train", CONFIGS / "xor_perceptron.toml")
        accuracies = [float(line.split("test_accuracy ")[1].split()[0]) for line in result.output.splitlines()
                      if line.startswith("epoch ")]
        self.assertEqual(len(accuracies), 500)
        self.assertLessEqual(max(accuracies), 0.75)

    def test_hidden_units_learn_xor(self):
        self.assertEqual(self.accuracy("xor_mlp.toml", ranks=1), 1.0)

    def test_diabetes_reaches_r2_0_40(self):
        result = self.run_ok("train", CONFIGS / "diabetes.toml", ranks=2)
        self.assertGreaterEqual(float(result.done()["test_r2"]), 0.40)

    def test_satellite_reaches_0_90(self):
        config = CONFIGS / "satellite.toml"
        result = self.run_ok("train", config, *data_of(config, self.folder), ranks=2)
        self.assertGreaterEqual(float(result.done()["test_accuracy"]), 0.90)
        self.assertIn(([], result.done()["digest"]), named_digests(config))

    def test_activations_learn_fashion_mnist(self):
        for activation in ("relu", "leaky_relu", "tanh", "gelu"):
            with self.subTest(activation):
                self.assertGreater(self.activation_accuracy(activation), 0.85)
        sigmoid = self.activation_accuracy("sigmoid")
        identity = self.activation_accuracy("identity")
        self.assertGreater(sigmoid, 0.83)
        self.assertTrue(0.80 < identity < sigmoid, f"identity {identity}, sigmoid {sigmoid}")

    def activation_accuracy(self, activation):
        return self.accuracy(
            "activations.toml", "--set", f"run.name={activation}", "--set", f"model.activation={activation}"
        )


class MnistTest(EndToEndTest):
    """mnist.toml, in a copy of configs/ so that data/mnist is the test's own."""

    def setUp(self):
        super().setUp()
        shutil.copytree(CONFIGS, self.folder / "configs")
        self.config = self.folder / "configs" / "mnist.toml"

    def test_missing_files_are_explained(self):
        result = self.command("train", self.config)
        self.assertEqual(result.status, 2)
        self.assertIn(str(self.folder / "data/mnist"), result.errors)
        self.assertIn("four files", result.errors)

    def test_trains_on_files_of_the_same_format(self):
        data = self.folder / "data" / "mnist"
        data.mkdir(parents=True)
        for file in FASHION.glob("*.gz"):
            (data / file.name).symlink_to(file)
        result = self.run_ok("train", self.config, "--set", "train.epochs=1", ranks=2)
        self.assertGreater(float(result.done()["test_accuracy"]), 0.8)
