"""The promise: a run computes the same bits on any number of ranks.

The small table has 201 training samples, which the global batch of 50 does not divide: the last batch of an
epoch is a single sample, so that most slices are empty.
"""

import unittest

from harness import EndToEndTest, csv_table, metrics, small_table

REGRESSION = (
    "data.train=values.csv",
    "data.target=['left', 'right']",
    "train.loss=mse",
    "data.standardize_targets=true",
)


class DigestTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run()

    def train(self, name, *settings, ranks=None):
        """Trains and returns all that the run computed: its last line and rows of metrics, without times."""
        options = [word for setting in settings for word in ("--set", setting)]
        result = self.run_ok(
            "train", "small.toml", "--run-dir", name, "--resume", "never", *options, ranks=ranks
        )
        return result.outcome() | {group: metrics(self.folder / name, group) for group in ("steps", "epochs")}

    def check(self, *settings, ranks):
        """The run alone and on each of these numbers of ranks computes the same."""
        alone = self.train("alone", *settings)
        self.assertRegex(alone["digest"], "^[0-9a-f]{16}$")
        for count in ranks:
            with self.subTest(settings=settings, ranks=count):
                self.assertEqual(self.train(f"ranks-{count}", *settings, ranks=count), alone)
        return alone["digest"]

    def test_any_number_of_ranks(self):
        self.check(ranks=(1, 2, 3, 4, 5, 6, 7, 8))

    def test_momentum_and_weight_decay(self):
        self.check("optimizer.momentum=0.9", "optimizer.weight_decay=1e-3", ranks=(2, 3, 8))

    def test_nesterov_cosine_and_warm_up(self):
        settings = ("optimizer.momentum=0.8", "optimizer.nesterov=true", "schedule.name=cosine")
        self.check(*settings, "schedule.warmup_steps=5", "model.activation=tanh", ranks=(3, 7))

    def test_sigmoid_with_squared_error_on_classes(self):
        settings = ("train.loss=mse", "data.classes=['low', 'middle', 'high']", "data.standardize=true")
        self.check(*settings, "model.activation=sigmoid", "model.output_activation=sigmoid", ranks=(2, 5))

    def test_regression_on_two_targets(self):
        self.check(
            *REGRESSION, "model.activation=leaky_relu", "optimizer.learning_rate=0.01", ranks=(2, 3, 7)
        )

    def test_every_choice_with_dropout_on_every_number_of_ranks(self):
        """Each optimizer setting and schedule in one of these; every_choice_test.py has all activations and losses."""
        momentum = "optimizer.momentum=0.9"
        one_hot = ("train.loss=mse", "data.classes=['low', 'middle', 'high']")
        for activation, *settings in (
            ("relu", momentum, "schedule.name=cosine", "schedule.warmup_steps=3"),
            ("leaky_relu", momentum, "optimizer.nesterov=true", "schedule.name=step", "schedule.every_epochs=1"),
            ("tanh", "optimizer.weight_decay=1e-3", *one_hot, "model.output_activation=sigmoid"),
            ("sigmoid", *REGRESSION, "schedule.name=constant"),
            ("identity", *REGRESSION, momentum, "optimizer.learning_rate=0.01"),
        ):
            settings = ("model.dropout=0.3", f"model.activation={activation}", *settings)
            self.check(*settings, ranks=(1, 2, 3, 4, 5, 7, 8))

    def test_each_kind_of_kernels(self):
        """OpenBLAS has its own bits, the others the same. Layers of several panels, the last ones narrow."""
        wide = ("model.hidden=[150, 70]", "train.slices=5")
        digests = [
            self.check(f"train.kernels={kernels}", *wide, ranks=(2, 3, 5))
            for kernels in ("auto", "portable", "openblas")
        ]
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])

    def test_batches_of_many_blocks(self):
        """Slices of more samples than a rank takes at a time, and of fewer."""
        table = small_table(rows=6000)
        self.write("classes.csv", csv_table({name: table[name] for name in (*"abcdef", "kind")}))
        settings = ("train.global_batch=4800", "train.epochs=2", "model.dropout=0.2")
        self.check("train.slices=4", *settings, ranks=(2, 3, 4))
        self.check("train.slices=16", *settings, ranks=(2, 5))

    def test_perceptron(self):
        self.write_small_run(model={"hidden": [], "activation": None})
        self.check(ranks=(2, 5))

    def test_odd_number_of_slices(self):
        self.check("train.slices=5", ranks=(2, 3, 4, 5))

    def test_more_slices_than_samples(self):
        self.check("train.slices=64", "train.global_batch=7", "train.epochs=1", ranks=(2, 5, 8))

    def test_one_batch_larger_than_the_data(self):
        self.check("train.global_batch=1000", ranks=(2, 3))

    def test_slices_of_the_world_repeat_on_the_same_world(self):
        first = self.train("first", "train.slices=world", ranks=3)
        self.assertEqual(self.train("second", "train.slices=world", ranks=3), first)
        self.assertEqual(self.train("third", "train.slices=3"), first)

    def test_digest_tells_runs_apart(self):
        digests = [
            self.train(f"run-{number}", *settings)["digest"]
            for number, settings in enumerate([(), ("run.seed=4",), ("optimizer.learning_rate=0.1000001",)])
        ]
        self.assertEqual(len(set(digests)), 3, digests)


if __name__ == "__main__":
    unittest.main()
