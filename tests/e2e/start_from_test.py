"""A new run that begins with the weights of another: what it takes over, what it may change, what is refused."""

import csv
import unittest

import h5py
import numpy
import torch

from harness import EndToEndTest, csv_table, small_table


class StartFromTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(data={"standardize": True})
        self.first = self.train("first").done()

    def train(self, run_folder, *arguments, ranks=None, **settings):
        options = [word for key, value in settings.items() for word in ("--set", f"{key.replace('__', '.')}={value}")]
        return self.run_ok("train", "small.toml", "--run-dir", run_folder, *arguments, *options, ranks=ranks)

    def arrays(self, run_folder, step, group="model/layers"):
        with h5py.File(self.folder / run_folder / f"checkpoints/step-{step:08}.h5") as file:
            found = {}
            file[group].visititems(
                lambda name, item: found.update({name: item[:]}) if isinstance(item, h5py.Dataset) else None
            )
            return found

    def assert_equal_arrays(self, left, right):
        self.assertEqual(set(left), set(right))
        for name, values in left.items():
            numpy.testing.assert_array_equal(values, right[name], name)

    def test_begins_where_the_other_has_ended(self):
        begun = self.train("second", "--start-from", "first", train__epochs=0)
        self.assertEqual(begun.done()["digest"], self.first["digest"])
        self.assertEqual(begun.done()["test_loss"], self.first["test_loss"])
        self.assertIn("note:    begins with the weights of first/checkpoints/best.h5 (digest ", begun.output)
        self.assertNotIn("resumed", begun.output)
        values = self.run_ok("inspect", "second").values()
        self.assertEqual(values["started_from"], self.first["digest"])
        self.assertEqual(values["step"], "0")
        self.assertEqual(self.run_ok("inspect", "first").values()["started_from"], "initial weights")

    def test_same_bits_on_any_number_of_ranks_and_after_an_interruption(self):
        start = ("--start-from", "first/checkpoints/step-00000020.h5")
        settings = {"optimizer__name": "adamw", "train__epochs": 3, "model__activation": "tanh"}
        alone = self.train("alone", *start, **settings).outcome()
        self.assertNotEqual(alone["digest"], self.first["digest"])
        for ranks in (2, 3, 8):
            self.assertEqual(self.train(f"ranks-{ranks}", *start, ranks=ranks, **settings).outcome(), alone)
        line = ["train", "small.toml", "--run-dir", "stopped", *start]
        line += [f"--set={key.replace('__', '.')}={value}" for key, value in settings.items()]
        stopped = self.command(*line, "--set=run.stop_after_steps=7", ranks=3)
        self.assertEqual(stopped.status, 75, stopped.errors)
        resumed = self.run_ok(*line, ranks=2)  # the same command goes on, as after a failure
        self.assertIn("resumed: after epoch 1, step 7", resumed.output)
        self.assertEqual(resumed.outcome(), alone)
        self.assertEqual(self.run_ok("inspect", "stopped").values()["started_from"], self.first["digest"])

    def test_columns_are_found_by_name_and_scaled_as_before(self):
        with open(self.folder / "classes.csv", newline="") as file:
            rows = list(csv.reader(file))
        order = [5, 3, 6, 0, 1, 2, 4]
        self.write("moved.csv", "".join(",".join(row[i] for i in order) + "\n" for row in rows))
        plain = self.train("plain", "--start-from", "first").outcome()
        moved = self.train("moved", "--start-from", "first", data__train="moved.csv").outcome()
        self.assertEqual(moved, plain)
        self.run_ok("evaluate", "moved")  # which reads the file again
        # Other samples do not move the scale.
        fewer = "".join(",".join(row) + "\n" for row in rows[:100])
        self.write("fewer.csv", fewer)
        self.train("fewer", "--start-from", "first", data__train="fewer.csv")
        for name in ("feature_shift", "feature_scale"):
            before, after = (self.arrays(run, step, "data")[name] for run, step in (("first", 20), ("fewer", 8)))
            numpy.testing.assert_array_equal(before, after)

    def test_other_targets_get_a_new_last_layer(self):
        regression = {"data__train": "values.csv", "data__target": "left", "train__loss": "mse"}
        run = self.train("other", "--start-from", "first", train__epochs=0, data__standardize_targets="true", **regression)
        self.assertIn("the last layer is a new one", run.output)
        table = small_table()
        self.write("values.csv", csv_table({name: table[name] for name in (*"abcdef", "left")}))
        before, after = self.arrays("first", 20), self.arrays("other", 0)
        self.assertEqual(after["2/weight"].shape, (8, 1))
        for name in ("0/weight", "0/bias", "1/weight", "1/bias"):
            numpy.testing.assert_array_equal(before[name], after[name])
        self.assertGreater(self.arrays("other", 0, "data")["target_shift"][0], 50)

    def test_frozen_layers_stay_those_of_the_other(self):
        self.train("tuned", "--start-from", "first", train__freeze=2, optimizer__weight_decay=0.1)
        before, after = self.arrays("first", 20), self.arrays("tuned", 20)
        for name in before:
            self.assertEqual(numpy.array_equal(before[name], after[name]), not name.startswith("2/"), name)

    def test_what_does_not_fit_is_refused(self):
        self.write("three.csv", "a,b,kind\n1,2,low\n2,3,high\n3,1,low\n4,4,middle\n")
        self.train("second", "--start-from", "first")
        for words, arguments in (
            ("its hidden layers are [16, 8], and model.hidden says [16, 9]", ["--set", "model.hidden=[16, 9]"]),
            ("[16 with layer normalization", ["--set", "model.normalization=layer"]),
            ("there is no column 'c' in it", ["--set", "data.train=three.csv"]),
        ):
            refused = self.command("train", "small.toml", "--run-dir", "new", "--start-from", "first", *arguments)
            self.assertEqual(refused.status, 2, refused.errors)
            self.assertIn(words, refused.errors)
        for words, arguments in (
            ("the run in second began with " + self.first["digest"], ["--run-dir", "second", "--start-from", "second"]),
            ("the run in first began with initial weights", ["--run-dir", "first", "--start-from", "second"]),
            ("lies in the folder of this run", ["--run-dir", "second", "--resume=never", "--start-from", "second"]),
            ("nowhere", ["--run-dir", "new", "--start-from", "nowhere"]),
        ):
            refused = self.command("train", "small.toml", *arguments)
            self.assertEqual(refused.status, 2, refused.errors)
            self.assertIn(words, refused.errors)


class StartFromOnnxTest(EndToEndTest):
    """Networks that PyTorch has written, for small.toml."""

    MODULES = {
        "identity": torch.nn.Identity(), "sigmoid": torch.nn.Sigmoid(), "tanh": torch.nn.Tanh(),
        "relu": torch.nn.ReLU(), "leaky_relu": torch.nn.LeakyReLU(0.2), "elu": torch.nn.ELU(0.7),
        "selu": torch.nn.SELU(), "gelu": torch.nn.GELU(), "silu": torch.nn.SiLU(), "softplus": torch.nn.Softplus(),
    }  # fmt: skip
    NUMBERS = {"leaky_relu": {"leaky_slope": 0.2}, "elu": {"elu_alpha": 0.7}}

    def setUp(self):
        super().setUp()
        self.write_small_run(model={"activation": "tanh"})
        torch.manual_seed(1)

    def export(self, name, *modules):
        """Writes a file of these modules, which take the six features."""
        network = torch.nn.Sequential(*modules)
        network.eval()
        torch.onnx.export(network, torch.zeros(1, 6), self.folder / name, opset_version=15)
        return network

    def perceptron(self, name, activation, outputs=3, first=()):
        return self.export(
            name, *first, torch.nn.Linear(6, 16), activation, torch.nn.Linear(16, 8), activation, torch.nn.Linear(8, outputs)
        )

    def train(self, start, *settings, run="run", **keywords):
        options = [word for setting in settings for word in ("--set", setting)]
        line = ["train", "small.toml", "--run-dir", run, "--resume", "never", "--start-from", start, *options]
        return self.command(*line, **keywords)

    def weights(self):
        with h5py.File(self.folder / "run/checkpoints/step-00000000.h5") as file:
            layers = file["model/layers"]
            return [layers[f"{k}/{name}"][:] for k in range(len(layers)) for name in ("weight", "bias")]

    def test_weights_are_those_of_pytorch(self):
        """With every activation, by whatever operators PyTorch writes it."""
        self.assertEqual(set(self.choices("model.activation")), set(self.MODULES))
        for name, module in self.MODULES.items():
            numbers = [f"model.{key}={value}" for key, value in self.NUMBERS.get(name, {}).items()]
            network = self.perceptron("net.onnx", module, first=[torch.nn.Flatten()])
            result = self.train("net.onnx", "train.epochs=0", f"model.activation={name}", *numbers)
            self.assertEqual(result.status, 0, result.errors)
            self.assertIn("note:    begins with the weights of net.onnx (digest ", result.output)
            for found, expected in zip(self.weights(), network.parameters(), strict=True):
                numpy.testing.assert_array_equal(found.T, expected.detach().numpy())

    def test_products_without_a_bias_or_with_one_beside_them(self):
        class Products(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.first = torch.nn.Parameter(torch.randn(6, 16))
                self.second = torch.nn.Linear(16, 8, bias=False)
                self.third = torch.nn.Parameter(torch.randn(8, 3))
                self.bias = torch.nn.Parameter(torch.randn(3))

            def forward(self, x):
                return self.bias + torch.tanh(self.second(torch.tanh(x @ self.first))) @ self.third

        network = Products()
        self.export("net.onnx", network)
        self.assertEqual(self.train("net.onnx", "train.epochs=0").status, 0)
        first, no_bias, second, none, third, bias = self.weights()
        numpy.testing.assert_array_equal(first, network.first.detach())
        numpy.testing.assert_array_equal(second.T, network.second.weight.detach())
        numpy.testing.assert_array_equal(third, network.third.detach())
        numpy.testing.assert_array_equal(bias, network.bias.detach())
        self.assertEqual(abs(no_bias).max() + abs(none).max(), 0)

    def test_same_bits_on_any_number_of_ranks_and_after_an_interruption(self):
        self.perceptron("net.onnx", torch.nn.Tanh(), outputs=5)
        alone = self.train("net.onnx", "data.scale=standard")
        self.assertIn("the last layer is a new one, as that one has another number of outputs", alone.output)
        line = ["train", "small.toml", "--run-dir", "stopped", "--start-from", "net.onnx", "--set=data.scale=standard"]
        self.assertEqual(self.command(*line, "--set=run.stop_after_steps=7", ranks=3).status, 75)
        self.assertEqual(self.run_ok(*line, ranks=2).outcome(), alone.outcome())
        self.perceptron("net.onnx", torch.nn.Tanh())
        other = self.command(*line)
        self.assertEqual(other.status, 2)
        self.assertIn("the run in stopped began with", other.errors)

    def test_what_does_not_fit_is_refused(self):
        linear = torch.nn.Linear
        files = {
            "Softmax": [linear(6, 16), torch.nn.Tanh(), linear(16, 3), torch.nn.Softmax(1)],
            "BatchNormalization": [torch.nn.BatchNorm1d(6), linear(6, 3), torch.nn.ReLU6()],
            "Clip": [linear(6, 16), torch.nn.ReLU6(), linear(16, 3)],
            "its layers are 6-16-3": [linear(6, 16), torch.nn.Tanh(), linear(16, 3)],
            'layer 1 has the activation "relu", and by [model] "tanh"': [
                linear(6, 16), torch.nn.ReLU(), linear(16, 8), torch.nn.Tanh(), linear(8, 3)
            ],
            "layer 2 has an activation of LeakyRelu": [
                linear(6, 16), torch.nn.Tanh(), linear(16, 8), torch.nn.LeakyReLU(0.3), linear(8, 3)
            ],
        }  # fmt: skip
        for words, modules in files.items():
            self.export("net.onnx", *modules)
            self.refused(words, self.train("net.onnx"))
        self.perceptron("net.onnx", torch.nn.Tanh())
        self.refused("neither normalization nor residual", self.train("net.onnx", "model.normalization=layer"))
        whole = (self.folder / "net.onnx").read_bytes()
        for size in range(0, len(whole), len(whole) // 40):
            self.write("net.onnx", whole[:size])
            self.refused("net.onnx: ", self.train("net.onnx"))
        self.refused("nowhere.onnx: no such file", self.train("nowhere.onnx"))

    def refused(self, words, result):
        self.assertEqual(result.status, 2, f"{words}: {result.output}{result.errors}")
        self.assertIn(words, result.errors)


if __name__ == "__main__":
    unittest.main()
