"""Every metric is that of scikit-learn, from the outputs that `evaluate --samples` writes, at any number of ranks."""

import json
import math
import unittest
import warnings

import h5py
import numpy
from sklearn import metrics as theirs

from harness import EndToEndTest, SharedRunTest, csv_table, rows_of, small_table

VALIDATION = {"validation_fraction": 0.2}


def classification_scores(labels, outputs, probabilities=True, weights=None):
    """scikit-learn's metrics of a classification."""
    by_weight = {"sample_weight": weights}
    classes = range(outputs.shape[1])
    predicted = outputs.argmax(axis=1)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        scores = {
            "accuracy": theirs.accuracy_score(labels, predicted, **by_weight),
            "balanced_accuracy": theirs.balanced_accuracy_score(labels, predicted, **by_weight),
            "macro_f1": theirs.f1_score(labels, predicted, average="macro", zero_division=0, **by_weight),
        }
        if len(classes) > 2:
            scores["top5_accuracy"] = theirs.top_k_accuracy_score(labels, outputs, k=5, labels=classes, **by_weight)
        if probabilities:
            scores["log_loss"] = theirs.log_loss(labels, outputs.astype("f8"), labels=classes, **by_weight)
        if len(set(labels)) < len(classes):
            scores["roc_auc"] = math.nan
        elif len(classes) == 2:
            scores["roc_auc"] = theirs.roc_auc_score(labels, outputs[:, 1], **by_weight)
        else:
            rest = [theirs.roc_auc_score(labels == c, outputs[:, c], **by_weight) for c in classes]
            scores["roc_auc"] = numpy.mean(rest)
    return scores


class MetricsTest(EndToEndTest):
    def evaluate(self, name, *options, ranks=None):
        """What the program prints of a run, its scores alone and those of its file in HDF5."""
        self.run_ok("evaluate", name, "--output", f"{name}.h5", "--samples", "--force", *options, ranks=ranks)
        result = self.run_ok("evaluate", name, *options, ranks=ranks)
        return result, {key.removeprefix("test_"): float(value) for key, value in result.values().items()
                        if key.startswith("test_")}

    def check_classification(self, name, probabilities=True):
        result, scores = self.evaluate(name)
        with h5py.File(self.folder / f"{name}.h5") as file:
            labels, outputs = file["samples/label"][:], file["samples/outputs"][:]
            weights = file["samples/weight"][:] if "samples/weight" in file else None
            table = {column: values[:] for column, values in file["classes"].items()}
            attributes = dict(file.attrs)
            confusion = file["confusion"][:]
        expected = classification_scores(labels, outputs, probabilities, weights)
        for metric, value in expected.items():
            numpy.testing.assert_allclose(scores[metric], value, atol=2e-6, err_msg=metric)
            numpy.testing.assert_allclose(attributes[f"test_{metric}"], value, rtol=1e-6, err_msg=metric)
        self.assertEqual("log_loss" in scores, probabilities)
        classes = range(outputs.shape[1])
        predicted = outputs.argmax(axis=1)
        of_classes = {"labels": classes, "sample_weight": weights}
        each = theirs.precision_recall_fscore_support(labels, predicted, zero_division=0, **of_classes)
        for column, values in zip(("precision", "recall", "f1", "support"), each):
            numpy.testing.assert_allclose(table[column], values, rtol=1e-12, err_msg=column)
        numpy.testing.assert_allclose(confusion, theirs.confusion_matrix(labels, predicted, **of_classes), rtol=1e-12)
        self.assertEqual(confusion.dtype, "i8" if weights is None else "f8")
        for ranks in (2, 3, 8):
            self.assertEqual(self.evaluate(name, ranks=ranks)[0].output, result.output)
        return result

    def test_three_classes(self):
        self.write_small_run(data=VALIDATION)
        self.run_ok("train", "small.toml", "--run-dir", "run")
        result = self.check_classification("run")
        self.assertRegex(result.output, r"\nclass   precision +recall +f1 +support\n")
        self.assertRegex(result.output, r"\nconfusion matrix: .*\n +0 +1 +2\n 0( +\d+){3}  high\n 1( +\d+){3}  low\n")
        lines = result.output.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines[:4]],
                         ["checkpoint", "test_samples", "test_loss", "test_accuracy"])

    def test_two_and_many_classes(self):
        """Digits of a coarse sum: some classes are rare, and the test set has not all of them."""
        random = numpy.random.RandomState(5)
        for name, cuts in (("two", [0.0]), ("many", numpy.linspace(-3, 3, 12))):
            x = random.normal(size=(400, 3))
            kinds = [f"k{k:02}" for k in numpy.digitize(x.sum(axis=1), cuts)]
            self.write(f"{name}.csv", csv_table({"a": x[:, 0], "b": x[:, 1], "c": x[:, 2], "kind": kinds}))
            self.write_small_run(data={"train": f"{name}.csv", "test_fraction": 0.1})
            self.run_ok("train", "small.toml", "--run-dir", name)
            self.check_classification(name)

    def test_weights(self):
        """Metrics are by the weights of samples, and say so; weights of classes are for training alone."""
        table = small_table()
        weights = numpy.random.RandomState(3).choice([0, 0.3, 1, 2.7], len(table["a"]))
        columns = {name: table[name] for name in "abcdef"} | {"w": weights, "kind": table["kind"]}
        self.write_small_run(data={"validation_fraction": 0.2, "weights": "w"})
        self.write("classes.csv", csv_table(columns))
        self.run_ok("train", "small.toml", "--run-dir", "run", "--set=train.class_weights=balanced")
        result = self.check_classification("run")
        self.assertEqual(result.values()["weighted_by"], "w")
        with h5py.File(self.folder / "run.h5") as file:
            self.assertEqual(file.attrs["weighted_by"], "w")
            numpy.testing.assert_allclose(file["samples/weight"][:], weights[file["samples/row"][:]], rtol=1e-7)
        self.run_ok("evaluate", "run", "--output", "run.json", "--samples")
        document = json.loads((self.folder / "run.json").read_text())
        self.assertEqual(document["weighted_by"], "w")
        total = sum(row["weight"] for row in document["samples"])
        self.assertAlmostEqual(sum(row["support"] for row in document["classes"]), total)
        self.assertAlmostEqual(sum(map(sum, document["confusion"])), total)
        own = ("--set=data.test=plain.csv", "--set=data.weights=")
        self.write("plain.csv", csv_table({name: values for name, values in columns.items() if name != "w"}))
        self.assertNotIn("weighted_by", self.evaluate("run", *own)[0].values())

    def test_classes_by_squared_error(self):
        """There are no probabilities, and so no log loss."""
        self.write_small_run(data={"classes": ["high", "low", "middle"]}, train={"loss": "mse"})
        self.run_ok("train", "small.toml", "--run-dir", "run")
        self.check_classification("run", probabilities=False)

    def test_regression(self):
        self.check_regression()

    def test_weighted_regression(self):
        self.check_regression(weights=numpy.random.RandomState(4).choice([0.2, 1, 5.5], 251))

    def check_regression(self, weights=None):
        self.write_small_run(
            data=VALIDATION | {"train": "values.csv", "target": ["left", "right"], "standardize_targets": True},
            train={"loss": "mse", "epochs": 8},
            optimizer={"learning_rate": 0.05},
        )
        columns = small_table()
        by_weight = ()
        if weights is not None:
            numbers = {name: column for name, column in columns.items() if name != "kind"}
            self.write("values.csv", csv_table(numbers | {"w": weights}))
            by_weight = ("--set=data.weights=w",)
        self.run_ok("train", "small.toml", "--run-dir", "run", *by_weight)
        result, scores = self.evaluate("run")
        with h5py.File(self.folder / "run.h5") as file:
            targets, outputs = file["samples/targets"][:], file["samples/outputs"][:]
            table = {column: values[:] for column, values in file["targets"].items()}
            rows = file["samples/row"][:]
        how = {"multioutput": "raw_values", "sample_weight": None if weights is None else weights[rows].astype("f4")}
        numpy.testing.assert_allclose(targets, numpy.array([columns["left"], columns["right"]]).T[rows], rtol=1e-6)
        expected = {
            "r2": theirs.r2_score(targets, outputs, **how),
            "rmse": numpy.sqrt(theirs.mean_squared_error(targets, outputs, **how)),
            "mae": theirs.mean_absolute_error(targets, outputs, **how),
        }
        for metric, values in expected.items():
            numpy.testing.assert_allclose(table[metric], values, rtol=1e-9)
            self.assertAlmostEqual(scores[metric], values.mean(), delta=1e-6)
        self.assertRegex(result.output, r"\ntarget +r2 +rmse +mae\nleft .*\nright .*\n$")
        for ranks in (2, 3, 8):
            self.assertEqual(self.evaluate("run", ranks=ranks)[0].output, result.output)
        self.run_ok("evaluate", "run", "--output", "run.json", "--samples", ranks=2)
        document = json.loads((self.folder / "run.json").read_text())
        self.assertEqual([row["name"] for row in document["targets"]], ["left", "right"])
        numpy.testing.assert_allclose([row["outputs"] for row in document["samples"]], outputs, rtol=1e-12)
        self.assertEqual([row["row"] for row in document["samples"]], rows.tolist())


class MonitorTest(EndToEndTest):
    """A run may be chosen by any of them, and writes all that are cheap after each epoch."""

    COLUMNS = ["loss", "accuracy", "balanced_accuracy", "top5_accuracy", "log_loss", "macro_f1"]

    def test_columns(self):
        self.write_small_run(data=VALIDATION)
        self.run_ok("train", "small.toml", ranks=2)
        with h5py.File(self.folder / "runs/small/metrics.h5") as file:
            names = {name for name in file["epochs"] if name.startswith(("validation", "test"))}
        self.assertEqual(names, {f"validation_{column}" for column in self.COLUMNS})

    def test_monitors(self):
        better = {"roc_auc": max, "macro_f1": max, "log_loss": min, "balanced_accuracy": max}
        for monitor, best_of in better.items():
            self.write_small_run(data=VALIDATION, train={"monitor": monitor, "epochs": 6})
            runs = {}
            for ranks in (None, 3):
                result = self.run_ok("train", "small.toml", "--run-dir", f"{monitor}-{ranks}", ranks=ranks)
                rows = rows_of(self.folder / f"{monitor}-{ranks}", "epochs")
                values = [row[f"validation_{monitor}"] for row in rows]
                runs[ranks] = values, result.outcome()
            self.assertEqual(runs[None], runs[3])
            best = rows[int(result.done()["best_epoch"]) - 1]
            self.assertEqual(best[f"validation_{monitor}"], best_of(values))
            self.assertIn(f"  {monitor} {values[0]:.4f}", result.output)
            inspected = self.run_ok("inspect", f"{monitor}-3/checkpoints/best.h5").values()
            self.assertEqual(inspected["best_score"], f"{best_of(values):.6f}")

    def test_an_area_under_roc_wants_every_class(self):
        kinds = ["a", "b"] * 100 + ["rare"]
        self.write("rare.csv", csv_table({"x": list(range(201)), "kind": kinds}))
        self.write_small_run(data=VALIDATION | {"train": "rare.csv"}, train={"monitor": "roc_auc"})
        for ranks in (None, 2):
            result = self.command("train", "small.toml", ranks=ranks)
            self.assertEqual(result.status, 2)
            self.assertIn("no validation sample is of class 'rare'", result.errors)

    def test_a_monitor_of_what_is_not_there_is_refused(self):
        self.write_small_run(data=VALIDATION)
        for settings, word in (
            (("train.monitor=log_loss", "train.loss=mse", "data.classes=high,low,middle"), "of probabilities"),
            (("train.monitor=rmse",), "of regressions"),
            (("train.monitor=f1",), "macro_f1"),
        ):
            options = [part for setting in settings for part in ("--set", setting)]
            result = self.command("train", "small.toml", *options)
            self.assertEqual(result.status, 2)
            self.assertIn(word, result.errors)


class OutputTest(SharedRunTest):
    """What evaluate writes, and what it never replaces."""

    def make(self):
        self.write_small_run(data=VALIDATION)
        return self.run_ok("train", "small.toml", "--run-dir", "run")

    def setUp(self):
        super().setUp()
        self.folder = self.shared

    def test_json(self):
        self.run_ok("evaluate", "run", "--output", "out.json")
        self.run_ok("evaluate", "run", "--output", "out.json", "--samples")  # its own file
        document = json.loads((self.folder / "out.json").read_text())
        values = self.run_ok("evaluate", "run").values()
        self.assertEqual(f"{document['test_macro_f1']:.6f}", values["test_macro_f1"])
        self.assertEqual([row["name"] for row in document["classes"]], ["high", "low", "middle"])
        self.assertEqual(numpy.sum(document["confusion"]), document["test_samples"])
        self.assertEqual(len(document["samples"]), document["test_samples"])
        self.assertAlmostEqual(sum(document["samples"][0]["outputs"]), 1, delta=1e-6)

    def test_nothing_of_the_users_is_replaced(self):
        self.write("mine.json", "{}")
        self.write("mine.h5", "mine")
        for name in ("mine.json", "mine.h5"):
            result = self.command("evaluate", "run", "--output", name)
            self.assertEqual(result.status, 2)
            self.assertIn("did not write as an evaluation", result.errors)
        self.run_ok("evaluate", "run", "--output", "mine.json", "--force")
        cases = {
            "run/checkpoints/best.h5": "is the checkpoint itself",
            "none/out.h5": "no folder none",
            "out.csv": "must end in .h5 or .json",
        }
        for name, words in cases.items():
            result = self.command("evaluate", "run", "--output", name, "--force")
            self.assertEqual(result.status, 2, name)
            self.assertIn(words, result.errors + result.output)
        self.assertEqual(self.command("evaluate", "run", "--samples").status, 2)


if __name__ == "__main__":
    unittest.main()
