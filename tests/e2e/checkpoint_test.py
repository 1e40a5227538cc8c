"""Checkpoints read with h5py and NumPy alone: all that it takes to get the program's numbers without it."""

import csv
import gzip
import tomllib
import unittest

import h5py
import numpy

from harness import CONFIGS, SharedRunTest, csv_table, small_table, xxh3

ACTIVATIONS = {
    "identity": lambda x: x,
    "sigmoid": lambda x: 1 / (1 + numpy.exp(-x)),
    "tanh": numpy.tanh,
    "relu": lambda x: numpy.maximum(x, 0),
    "leaky_relu": lambda x: numpy.where(x > 0, x, numpy.float32(0.01) * x),
}


class Checkpoint:
    """A checkpoint file, read as the documentation describes it."""

    def __init__(self, path):
        with h5py.File(path) as file:
            self.attributes = dict(file.attrs)
            self.arrays, self.unchecked = {}, []
            file.visititems(self.keep)
        self.config = tomllib.loads(self.attributes["config"])
        self.layers = []
        while f"model/layers/{len(self.layers)}/weight" in self.arrays:
            prefix = f"model/layers/{len(self.layers)}"
            self.layers.append((self.arrays[f"{prefix}/weight"], self.arrays[f"{prefix}/bias"]))

    def keep(self, name, item):
        """Takes an array, and notes its name where its numbers have no Fletcher-32 checksums."""
        if isinstance(item, h5py.Group):
            return
        self.arrays[name] = item[()]
        if item.dtype.kind != "O" and not item.fletcher32:
            self.unchecked.append(name)

    def outputs(self, features):
        """The network's outputs for raw features, shape (samples, features), in double precision."""
        x = (features - self.arrays["data/feature_shift"]) * self.arrays["data/feature_scale"].astype("f8")
        model = self.config["model"]
        activations = [layer["activation"] for layer in model["layers"]] + [model["output_activation"]]
        for (weight, bias), activation in zip(self.layers, activations, strict=True):
            x = ACTIVATIONS[activation](x @ weight.astype("f8") + bias)
        return x

    def digest(self):
        """XXH3, 64 bits, over weight and bias of each layer in order."""
        return xxh3(b"".join(array.tobytes() for layer in self.layers for array in layer))


def softmax(logits):
    shares = numpy.exp(logits - logits.max(axis=1, keepdims=True))
    return shares / shares.sum(axis=1, keepdims=True)


def read_predictions(path):
    """Predictions in a CSV file: the names of its columns, the texts of `class`, the numbers."""
    with open(path, newline="") as file:
        header, *rows = csv.reader(file)
    first = header.index("class") + 1 if "class" in header else 1
    numbers = numpy.array([row[first:] for row in rows], "f8")
    assert [row[0] for row in rows] == [str(number) for number in range(len(rows))]
    return header, [row[first - 1] for row in rows], numbers


class CheckpointTest(SharedRunTest):
    """Tests of the newest checkpoint of one run, in the folder that they share."""

    def setUp(self):
        super().setUp()
        self.folder = self.shared
        self.done = self.made.done()
        self.path = self.folder / f"run/checkpoints/step-{int(self.done['step']):08}.h5"
        self.checkpoint = Checkpoint(self.path)

    def check_attributes(self, epochs, task):
        attributes = self.checkpoint.attributes
        self.assertEqual(attributes["format_version"], 3)
        self.assertEqual(
            "lockstep " + attributes["lockstep_version"], self.run_ok("--version").output.strip()
        )
        self.assertEqual(attributes["epoch"], epochs)
        self.assertEqual(str(attributes["step"]), self.done["step"])
        self.assertEqual(attributes["digest"], self.done["digest"])
        self.assertEqual(attributes["task"], task)
        self.assertRegex(attributes["blas_kernel"], r"^(OpenBLAS|libxsmm) \S+ \S+$")
        text = (self.shared / "run/config.toml").read_text()
        self.assertTrue(text.startswith("# Written by Lockstep: "))
        self.assertEqual(attributes["config"], text.partition("\n")[2])

    def check_arrays(self, widths):
        """Shapes and types of the parameters and of the velocity, and that checksums guard all numbers."""
        for prefix in ("model", "optimizer/velocity"):
            for k, (inputs, outputs) in enumerate(zip(widths, widths[1:])):
                for name, shape in (("weight", (inputs, outputs)), ("bias", (outputs,))):
                    array = self.checkpoint.arrays[f"{prefix}/layers/{k}/{name}"]
                    self.assertEqual((array.shape, array.dtype), (shape, numpy.dtype("<f4")))
        self.assertEqual(len(self.checkpoint.layers), len(widths) - 1)
        self.assertEqual(self.checkpoint.unchecked, [])

    def check_digest(self):
        self.assertEqual(self.checkpoint.digest(), self.done["digest"])
        for path in ("run", self.path):
            values = self.run_ok("inspect", path).values()
            self.assertEqual(values["digest"], self.done["digest"])
            self.assertEqual(values["step"], self.done["step"])

    def check_evaluate(self, score_name):
        """The program's own evaluation of the file is the run's last line, at any number of ranks."""
        alone = self.run_ok("evaluate", self.path)
        for name in ("test_loss", score_name):
            self.assertEqual(alone.values()[name], self.done[name])
        for ranks in (1, 2, 3):
            self.assertEqual(self.run_ok("evaluate", self.path, ranks=ranks).output, alone.output)

    def predict(self, source, name, *options, ranks=None):
        self.run_ok("predict", self.path, "--input", source, "--output", name, *options, ranks=ranks)
        return self.folder / name


class ImagesTest(CheckpointTest):
    """Fashion-MNIST, an epoch with a small network."""

    IMAGES = "/usr/share/datasets/fashion-mnist/t10k-images-idx3-ubyte.gz"
    LABELS = "/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz"

    def make(self):
        settings = ("train.epochs=1", "model.hidden=[24]", "model.activation=tanh", "schedule.warmup_steps=0")
        options = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", CONFIGS / "fashion_mnist.toml", "--run-dir", "run", *options, ranks=2)

    def setUp(self):
        super().setUp()
        self.images = numpy.frombuffer(gzip.open(self.IMAGES).read()[16:], "u1").reshape(10000, 784)
        self.labels = numpy.frombuffer(gzip.open(self.LABELS).read()[8:], "u1")
        self.outputs = self.checkpoint.outputs(self.images)

    def test_attributes(self):
        self.check_attributes(1, "classification")
        self.assertEqual(self.checkpoint.attributes["train_samples"], 54000)

    def test_arrays(self):
        self.check_arrays([784, 24, 10])
        self.assertEqual(self.checkpoint.arrays["data/feature_shape"].tolist(), [28, 28])
        names = [name.decode() for name in self.checkpoint.arrays["data/output_names"]]
        self.assertEqual(names, self.checkpoint.config["data"]["classes"])

    def test_digest(self):
        self.check_digest()

    def test_evaluate(self):
        self.check_evaluate("test_accuracy")

    def test_accuracy_and_loss(self):
        """The same number of right images, but for those whose two best outputs are equal to seven digits."""
        right = int(numpy.sum(self.outputs.argmax(axis=1) == self.labels))
        second, first = numpy.sort(self.outputs, axis=1)[:, -2:].T
        close = int(numpy.sum(first - second < 1e-6))
        self.assertLessEqual(abs(right - round(10000 * float(self.done["test_accuracy"]))), close)
        self.assertGreater(right, 7000)
        loss = -numpy.log(softmax(self.outputs)[numpy.arange(10000), self.labels]).mean()
        self.assertAlmostEqual(loss, float(self.done["test_loss"]), delta=2e-6)

    def test_predictions(self):
        path = self.predict(self.IMAGES, "predictions.csv")
        header, classes, probabilities = read_predictions(path)
        names = self.checkpoint.config["data"]["classes"]
        self.assertEqual(header, ["sample", "class", *names])
        numpy.testing.assert_allclose(probabilities, softmax(self.outputs), rtol=1e-4, atol=1e-6)
        self.assertEqual(classes, [names[label] for label in probabilities.argmax(axis=1)])
        with h5py.File(self.predict(self.IMAGES, "predictions.h5", ranks=3)) as file:
            self.assertEqual(file["outputs"].dtype, numpy.dtype("<f4"))
            numpy.testing.assert_array_equal(file["outputs"][:], probabilities.astype("f4"))
            numpy.testing.assert_array_equal(file["labels"][:], probabilities.argmax(axis=1))
            self.assertEqual(file["output_names"].asstr()[:].tolist(), names)
        for ranks in (1, 2, 3):
            other = self.predict(self.IMAGES, f"predictions-{ranks}.csv", ranks=ranks)
            self.assertEqual(other.read_bytes(), path.read_bytes())


class RegressionTest(CheckpointTest):
    """Two targets, standardized for the training."""

    def make(self):
        self.write_small_run(
            data={
                "train": "train.csv",
                "test": "test.csv",
                "test_fraction": 0,
                "target": ["right", "left"],
                "standardize": True,
                "standardize_targets": True,
            },
            model={"activation": "leaky_relu"},
            train={"loss": "mse", "epochs": 20},
            optimizer={"momentum": 0.9, "learning_rate": 0.05},
        )
        for name, seed in (("train.csv", 1), ("test.csv", 2)):
            columns = small_table(seed=seed)
            del columns["kind"]
            self.write(name, csv_table(columns))
        return self.run_ok("train", "small.toml", "--run-dir", "run", ranks=3)

    def setUp(self):
        super().setUp()
        self.train, self.test = (
            numpy.loadtxt(self.shared / name, skiprows=1, delimiter=",") for name in ("train.csv", "test.csv")
        )
        self.targets = self.test[:, [7, 6]]  # in the order of data.target
        arrays = self.checkpoint.arrays
        outputs = self.checkpoint.outputs(self.test[:, :6])
        self.expected = outputs / arrays["data/target_scale"] + arrays["data/target_shift"]

    def test_attributes(self):
        self.check_attributes(20, "regression")

    def test_arrays(self):
        self.check_arrays([6, 16, 8, 2])
        arrays = self.checkpoint.arrays
        self.assertEqual([name.decode() for name in arrays["data/output_names"]], ["right", "left"])
        self.assertEqual([name.decode() for name in arrays["data/feature_names"]], list("abcdef"))
        for kind, columns in (("feature", self.train[:, :6]), ("target", self.train[:, [7, 6]])):
            numpy.testing.assert_allclose(arrays[f"data/{kind}_shift"], columns.mean(axis=0), rtol=1e-13)
            numpy.testing.assert_allclose(arrays[f"data/{kind}_scale"], 1 / columns.std(axis=0), rtol=1e-13)

    def test_digest(self):
        self.check_digest()

    def test_evaluate(self):
        self.check_evaluate("test_r2")

    def test_r2_and_loss(self):
        residual = ((self.expected - self.targets) ** 2).mean(axis=0)
        r2 = (1 - residual / self.targets.var(axis=0)).mean()
        self.assertAlmostEqual(r2, float(self.done["test_r2"]), delta=5e-6)
        self.assertGreater(r2, 0.5)
        loss = (residual * self.checkpoint.arrays["data/target_scale"] ** 2).mean()
        self.assertAlmostEqual(loss, float(self.done["test_loss"]), delta=5e-6)

    def test_predictions_are_in_the_units_of_the_data(self):
        header, _, predictions = read_predictions(self.predict("test.csv", "predictions.csv"))
        self.assertEqual(header, ["sample", "right", "left"])
        scale = numpy.abs(self.targets).max(axis=0)
        numpy.testing.assert_allclose(predictions / scale, self.expected / scale, atol=2e-6, rtol=0)
        with h5py.File(self.predict("test.csv", "predictions.h5", ranks=2)) as file:
            self.assertNotIn("labels", file)
            self.assertEqual(file["outputs"].dtype, numpy.dtype("<f8"))
            numpy.testing.assert_array_equal(file["outputs"][:], predictions)

    def test_columns_are_found_by_name(self):
        columns = small_table(seed=2)
        other = {"remark": ["none"] * 251} | {name: columns[name] for name in "fbdcae"}
        self.write("other.csv", csv_table(other))
        in_order = self.predict("test.csv", "in-order.csv")
        self.assertEqual(self.predict("other.csv", "other-order.csv").read_bytes(), in_order.read_bytes())

    def test_features_in_hdf5(self):
        with h5py.File(self.shared / "features.h5", "w") as file:
            file["features"] = self.test[:, :6]
        in_csv = self.predict("test.csv", "from-csv.csv")
        for options in ((), ("--input-format", "hdf5")):
            self.assertEqual(
                self.predict("features.h5", "from-hdf5.csv", *options).read_bytes(), in_csv.read_bytes()
            )


if __name__ == "__main__":
    unittest.main()
