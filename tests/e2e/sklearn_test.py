"""Learns scikit-learn's digits as well and as fast as its MLPClassifier with the same network and optimizer.

The two draw other random numbers, so only distributions can be equal: means over seeds are compared, and may
differ by what is left of the noise.
"""

import unittest
import warnings

import numpy
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier

from harness import EndToEndTest, csv_table

SEEDS = range(1, 11)
EPOCHS = 12
TRAIN_SAMPLES = 1200  # of 1797
RATE = 0.05


# Standard errors by which means of equal distributions may differ. More happens by chance in one of 1,000
# cases, and a learning rate that is a tenth smaller is noticed.
LIMIT = 4


def standard_error(values):
    """Of the means of columns."""
    return numpy.std(values, axis=0, ddof=1) / numpy.sqrt(len(values))


class SklearnTest(EndToEndTest):
    @classmethod
    def setUpClass(cls):
        """Trains MLPClassifier once per seed."""
        super().setUpClass()
        digits = load_digits()
        order = numpy.random.RandomState(0).permutation(len(digits.target))
        cls.x, cls.y = digits.data[order] / 16, digits.target[order]
        cls.theirs = numpy.array([cls.sklearn(seed) for seed in SEEDS])

    def setUp(self):
        super().setUp()
        for name, rows in (("train.csv", slice(TRAIN_SAMPLES)), ("test.csv", slice(TRAIN_SAMPLES, None))):
            columns = {f"pixel{i}": self.x[rows, i] for i in range(64)}
            self.write(name, csv_table(columns | {"digit": [str(digit) for digit in self.y[rows]]}))
        self.write_small_run(
            data={"train": "train.csv", "test": "test.csv", "test_fraction": 0, "target": "digit"},
            model={"hidden": [32], "activation": "tanh"},
            train={"epochs": EPOCHS, "global_batch": 50},
            optimizer={"learning_rate": RATE, "momentum": 0.9, "nesterov": True},
        )

    @classmethod
    def sklearn(cls, seed):
        """Mean loss of the last epoch and accuracy on the test set."""
        model = MLPClassifier(
            hidden_layer_sizes=(32,),
            activation="tanh",
            solver="sgd",
            alpha=0,
            batch_size=50,
            learning_rate_init=RATE,
            momentum=0.9,
            nesterovs_momentum=True,
            max_iter=EPOCHS,
            n_iter_no_change=EPOCHS,
            random_state=seed,
        )
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)  # the epochs are as many as wanted
            model.fit(cls.x[:TRAIN_SAMPLES], cls.y[:TRAIN_SAMPLES])
        return model.loss_, model.score(cls.x[TRAIN_SAMPLES:], cls.y[TRAIN_SAMPLES:])

    def lockstep(self, seed, *settings):
        """The same of the program."""
        options = [word for setting in (f"run.seed={seed}", *settings) for word in ("--set", setting)]
        done = self.run_ok(
            "train", "small.toml", "--run-dir", f"seed-{seed}", "--resume", "never", *options
        ).done()
        return float(done["train_loss"]), float(done["test_accuracy"])

    def distances(self, *settings):
        """How far the means of loss and of accuracy lie apart, in standard errors of their difference."""
        ours = numpy.array([self.lockstep(seed, *settings) for seed in SEEDS])
        error = numpy.hypot(standard_error(ours), standard_error(self.theirs))
        return numpy.abs(ours.mean(axis=0) - self.theirs.mean(axis=0)) / error

    def test_same_loss_and_accuracy(self):
        loss, accuracy = self.distances()
        self.assertLess(loss, LIMIT)
        self.assertLess(accuracy, LIMIT)
        self.assertGreater(self.theirs.mean(axis=0)[1], 0.95)

    def test_another_learning_rate_would_be_noticed(self):
        loss, _ = self.distances(f"optimizer.learning_rate={0.8 * RATE}")
        self.assertGreater(loss, LIMIT)


if __name__ == "__main__":
    unittest.main()
