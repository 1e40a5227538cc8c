"""Trained networks in other programs: ONNX Runtime answers as `predict` does.

Activations, losses and kinds of scale are taken from the program's own list of keys, so that new ones are among them.
"""

import csv
import json
import sys
import unittest

import h5py
import numpy

from harness import REPOSITORY, EndToEndTest, idx_file

# ONNX Runtime is not in Debian: launch/install --tests
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
sys.path.append(str(REPOSITORY / "build/python/lib" / VERSION / "site-packages"))
import onnxruntime  # pylint: disable=wrong-import-position

ROWS = 300
NORMALIZATIONS = ("none", "batch", "layer")
NUMBERS = {"elu": "model.elu_alpha=0.7", "leaky_relu": "model.leaky_slope=0.2"}  # that activations have


def mixed_table(kinds):
    """A column of numbers for each kind of scale, with gaps, columns of words, a class, and a target for each kind."""
    draw = numpy.random.default_rng(1)
    columns = {"time": 1.7e9 + draw.uniform(0, 1, ROWS)}
    columns |= {f"x_{kind}": numpy.exp(draw.normal(-1, 1, ROWS)) * draw.choice([-1, 1], ROWS) for kind in kinds}
    columns["count"] = draw.poisson(1.5, ROWS).astype(float)
    sums = draw.normal(0, 0.1, ROWS) + sum(numpy.sign(columns[f"x_{kind}"]) for kind in kinds)
    texts = {name: list(map(repr, map(float, values))) for name, values in columns.items()}
    for name in list(texts)[1:3]:
        texts[name] = ["" if draw.random() < 0.1 else text for text in texts[name]]
    texts["town"] = draw.choice(["Ulm", "Köln", "a \"b\", c", ""], ROWS, p=[0.4, 0.3, 0.2, 0.1]).tolist()
    texts["grade"] = draw.choice(["1", "2", "10"], ROWS).tolist()
    texts["kind"] = numpy.array(["low", "middle", "hi?\\gh"])[numpy.digitize(sums, [-1, 1])].tolist()
    texts["left"], texts["right"] = ([str(int(value)) for value in draw.random(ROWS) < 0.5] for _ in range(2))
    texts |= {f"y_{kind}": list(map(repr, map(float, 1000 * numpy.exp(sums + k)))) for k, kind in enumerate(kinds)}
    return texts


def write_table(path, texts):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(texts)
        writer.writerows(zip(*texts.values()))


class ExportTest(EndToEndTest):
    """Runs of small.toml, whose samples are those of table.csv."""

    def setUp(self):
        super().setUp()
        self.kinds = self.choices("data.scale")
        self.table = mixed_table(self.kinds)
        write_table(self.folder / "table.csv", self.table)
        self.targets = [f"y_{kind}" for kind in self.kinds]
        scales = {f"x_{kind}": kind for kind in self.kinds} | {"count": "quantile", "time": "standard"}
        self.write_small_run(
            data={
                "train": "table.csv",
                "scale": scales,
                "missing": "median",
                "missing_indicator": True,
                "categorical": "grade",
                "ignore": [*self.targets, "left", "right"],
            },
            model={"hidden": None, "activation": None},
            train={"epochs": 2},
        )

    def train(self, name, *settings):
        options = [word for setting in settings for word in ("--set", setting)]
        self.run_ok("train", "small.toml", "--run-dir", name, *options)

    def layered_runs(self):
        """Trains a network for each loss; together they have every activation with every normalization. Yields the
        loss, and the name of the run."""
        losses, activations = self.choices("train.loss"), self.choices("model.activation")
        layers = [(a, n) for a in activations for n in NORMALIZATIONS]
        share = -(-len(layers) // len(losses))
        for number, loss in enumerate(losses):
            own = (2 * layers)[number * share :][:share]
            texts = (f"{{ units = 9, activation = '{a}', normalization = '{n}' }}" for a, n in own)
            settings = [f"train.loss={loss}", f"model.layers=[{', '.join(texts)}]", "optimizer.learning_rate=0.0001"]
            settings += ["model.residual=true"]
            settings += [setting for name, setting in NUMBERS.items() if name in dict(own)]
            if loss != "cross_entropy":
                ignored = ",".join(["kind", *self.targets])
                settings += ["data.target=left,right", f"data.ignore={ignored}"]
            self.train(loss, *settings)
            yield loss

    def predictions(self, run, samples="table.csv"):
        """The outputs of `predict`, and the labels of a classification, else None."""
        self.run_ok("predict", run, "--input", samples, "--output", "p.h5", "--force")
        with h5py.File(self.folder / "p.h5") as file:
            if "labels" not in file:
                return file["outputs"][()], None
            labels = file["labels"]
            return file["outputs"][()], list(map(str, labels[()] if labels.dtype.kind == "i" else labels.asstr()[()]))


class OnnxTest(ExportTest):
    def session(self, run):
        self.run_ok("export", run, "--onnx", "model.onnx", "--force")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        return onnxruntime.InferenceSession(self.folder / "model.onnx", options, providers=["CPUExecutionProvider"])

    def feeds(self, session):
        """The samples of the table as the session's inputs, by the names in its metadata."""
        names = session.get_modelmeta().custom_metadata_map
        numbers = [self.table[name] for name in json.loads(names["feature_names"])]
        words = [self.table[name] for name in json.loads(names["word_names"])]
        numbers = [[float(text or "nan") for text in column] for column in numbers]
        return {"features": numpy.array(numbers).T, "words": numpy.array(words, object).T}

    def check(self, session, feeds, outputs, labels):
        """All at once, and the first alone."""
        scale = numpy.maximum(abs(outputs).max(axis=0), 1)
        for rows in (len(outputs), 1):
            results = session.run(None, {name: values[:rows] for name, values in feeds.items()})
            found = dict(zip([output.name for output in session.get_outputs()], results))
            self.assertEqual(found["outputs"].dtype, outputs.dtype)
            self.assertLess(abs((found["outputs"] - outputs[:rows]) / scale).max(), 1e-6)
            if labels is None:
                self.assertNotIn("labels", found)
            else:
                self.assertEqual(found["labels"].tolist(), labels[:rows])

    def test_every_activation_normalization_and_loss(self):
        for run in self.layered_runs():
            with self.subTest(loss=run):
                session = self.session(run)
                self.check(session, self.feeds(session), *self.predictions(run))

    def test_targets_on_every_scale(self):
        scales = ", ".join(f"{target} = '{kind}'" for target, kind in zip(self.targets, self.kinds))
        settings = (f"data.target={','.join(self.targets)}", "data.ignore=kind,left,right", "optimizer.learning_rate=0.001")
        self.train("run", *settings, f"data.scale_targets={{ {scales} }}", "train.loss=mae", "model.hidden=[5]")
        session = self.session("run")
        self.check(session, self.feeds(session), *self.predictions("run"))
        names = session.get_modelmeta().custom_metadata_map
        self.assertEqual(json.loads(names["target_names"]), self.targets)

    def test_images(self):
        draw = numpy.random.default_rng(2)
        images = draw.integers(0, 256, (60, 5, 4))
        self.write("images", idx_file(images))
        self.write("labels", idx_file(numpy.arange(60) % 3))
        data = "data.train={ images = 'images', labels = 'labels' }"
        unset = ("data.target=[]", "data.ignore=[]", "data.categorical=[]", "data.missing=error", "data.format=idx")
        for scale, loss in (("none", "mse"), ("standard", "binary_cross_entropy"), ("quantile", "cross_entropy")):
            with self.subTest(scale=scale):
                settings = (f"data.scale={scale}", f"train.loss={loss}", "model.hidden=[5]")
                self.train(scale, data, *unset, "data.missing_indicator=false", *settings)
                session = self.session(scale)
                self.check(session, {"features": images.astype("u1")}, *self.predictions(scale, "images"))

    def test_words_that_training_has_not_seen_are_none(self):
        self.train("run", "data.unseen=zero", "model.hidden=[5]")
        self.table["town"] = ["Bonn"] * ROWS
        write_table(self.folder / "other.csv", self.table)
        session = self.session("run")
        self.check(session, self.feeds(session), *self.predictions("run", "other.csv"))

    def test_files_are_not_lost(self):
        self.train("run", "model.hidden=[]")
        self.assertEqual(self.command("export", "run").status, 2)
        self.write("notes.onnx", "mine")
        result = self.command("export", "run", "--onnx", "notes.onnx")
        self.assertEqual(result.status, 2)
        self.assertIn("--onnx notes.onnx: there is a file of this name that Lockstep did not write", result.errors)
        self.run_ok("export", "run", "--onnx", "notes.onnx", "--force", "--name", "plain")
        self.run_ok("export", "run", "--onnx", "notes.onnx")
        result = self.command("export", "run", "--onnx", "a.onnx", "--name", "a-b")
        self.assertIn("--name", result.errors)
        self.assertEqual(result.status, 2)


if __name__ == "__main__":
    unittest.main()
