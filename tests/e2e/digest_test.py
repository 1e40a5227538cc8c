"""The promise: a run computes the same bits on any number of ranks.

The small table has 201 training samples, which the global batch of 50 does not divide: the last batch of an
epoch is a single sample, so that most slices are empty.
"""

import unittest

import h5py
import numpy

from harness import SANITIZED, EndToEndTest, csv_table, idx_file, metrics, small_table

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
        """The run alone and on each of these numbers of ranks computes the same. Where a sanitizer watches, bits are not
        what it is about: the least and the most ranks do."""
        if SANITIZED:
            ranks = (ranks[0], ranks[-1])
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

    def test_every_optimizer_and_clipping(self):
        """The list is the program's own. Batches of one sample, the last ones, leave most slices empty."""
        for name in self.choices("optimizer.name"):
            clipping = "train.clip_norm=0.5" if name in ("adamw", "lamb", "lars") else "train.clip_value=0.05"
            settings = (f"optimizer.name={name}", "optimizer.weight_decay=0.01", "optimizer.decay_biases=false")
            self.check(*settings, clipping, "optimizer.l1_penalty=1e-4", "train.average=ema", ranks=(2, 3, 5, 8))

    def test_sigmoid_with_squared_error_on_classes(self):
        settings = ("train.loss=mse", "data.classes=['low', 'middle', 'high']", "data.standardize=true")
        self.check(*settings, "model.activation=sigmoid", "model.output_activation=sigmoid", ranks=(2, 5))

    def test_regression_on_two_targets(self):
        self.check(
            *REGRESSION, "model.activation=leaky_relu", "optimizer.learning_rate=0.01", ranks=(2, 3, 7)
        )

    def test_every_choice_with_dropout(self):
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
            self.check(*settings, ranks=(2, 3, 5, 8))

    def test_rate_that_waits_for_gains(self):
        """Whatever the epochs bring is no gain: the rate falls after each but the first, interrupted or not."""
        settings = ("schedule.name=plateau", "schedule.every_epochs=1", "schedule.gamma=0.5", "train.min_gain=10")
        settings += ("data.validation_fraction=0.2", "train.epochs=4")
        digest = self.check(*settings, ranks=(2, 3, 8))
        rates = {row["epoch"]: row["learning_rate"] for row in metrics(self.folder / "alone", "steps")}
        self.assertEqual([round(rates[epoch], 6) for epoch in (1, 2, 3, 4)], [0.1, 0.1, 0.05, 0.025])
        for stop in (8, 9, 13):  # 4 steps per epoch
            options = [f"--set={setting}" for setting in settings]
            line = ["train", "small.toml", "--run-dir", f"stopped-{stop}", *options]
            stopped = self.command(*line, f"--set=run.stop_after_steps={stop}", ranks=2)
            self.assertEqual(stopped.status, 75, stopped.errors)
            self.assertEqual(self.run_ok(*line).outcome()["digest"], digest)

    def test_frozen_layers_stay_as_they_begin(self):
        optimizer = ("optimizer.name=adamw", "optimizer.weight_decay=0.1", "train.clip_norm=0.5")
        self.check("train.freeze=1", *optimizer, ranks=(2, 3, 8))
        self.check("train.freeze=2", "optimizer.name=lamb", "optimizer.weight_decay=0.1", ranks=(2, 5))
        self.train("begin", "train.epochs=0")
        self.train("end", "train.freeze=1", *optimizer)
        with (
            h5py.File(self.folder / "begin/checkpoints/step-00000000.h5") as begin,
            h5py.File(self.folder / "end/checkpoints/step-00000020.h5") as end,
        ):
            for name, stays in (("0/weight", True), ("0/bias", True), ("1/weight", False), ("2/weight", False)):
                before, after = (file[f"model/layers/{name}"][:] for file in (begin, end))
                self.assertEqual(numpy.array_equal(before, after), stays, name)

    def test_augmented_images(self):
        """Each in its own way in each epoch, whichever rank it is on, and after an interruption."""
        random = numpy.random.RandomState(1)
        self.write("images", idx_file(random.randint(0, 256, (230, 10, 9))))
        self.write("labels", idx_file(random.randint(0, 3, 230)))
        data = {"format": "idx", "train": {"images": "images", "labels": "labels"}, "target": None}
        ways = {"flip": 0.5, "flip_vertical": 0.1, "shift": 1.5, "rotation": 20, "scale": 0.2, "shear": 10}
        self.write_small_run(data=data, augment=ways | {"elastic": 6, "elastic_sigma": 2, "erase": 0.3})
        digest = self.check(ranks=(2, 3, 5, 8))
        self.assertNotEqual(self.train("plain", *(f"augment.{way}=0" for way in ways))["digest"], digest)
        stopped = self.command(
            "train", "small.toml", "--run-dir", "stopped", "--set", "run.stop_after_steps=6", ranks=3
        )
        self.assertEqual(stopped.status, 75, stopped.errors)
        self.assertEqual(self.run_ok("train", "small.toml", "--run-dir", "stopped").outcome()["digest"], digest)

    def test_mixed_samples(self):
        """Each with the one after it in the batch, whichever rank and block that is in; and after an interruption."""
        self.write_small_run(augment={"mixup": 0.4})
        digest = self.check("train.class_weights=balanced", "model.normalization=batch", ranks=(2, 3, 5, 8))
        self.assertNotEqual(self.train("plain", "augment.mixup=0")["digest"], digest)
        regression = (*REGRESSION, "model.dropout=0.2")
        alone = self.check(*regression, ranks=(3, 8))
        options = [f"--set={setting}" for setting in regression]
        line = ["train", "small.toml", "--run-dir", "stopped", *options]
        self.assertEqual(self.command(*line, "--set=run.stop_after_steps=6", ranks=3).status, 75)
        self.assertEqual(self.run_ok(*line).outcome()["digest"], alone)

    def test_each_kind_of_kernels(self):
        """OpenBLAS has its own bits, the others the same. Layers of several panels, the last ones narrow."""
        wide = ("model.hidden=[150, 70]", "train.slices=5")
        digests = [
            self.check(f"train.kernels={kernels}", *wide, ranks=(2, 3, 5))
            for kernels in ("auto", "portable", "openblas")
        ]
        self.assertEqual(digests[0], digests[1])
        self.assertNotEqual(digests[0], digests[2])

    def test_bfloat16(self):
        """Layers of several panels and odd sizes, slices of odd numbers of samples; by all kernels, interrupted or not."""
        settings = ("train.precision=bfloat16", "model.hidden=[151, 70]", "train.slices=5", "model.dropout=0.2")
        settings += ("optimizer.momentum=0.9", "train.average=ema", "model.normalization=batch")
        digest = self.check(*settings, ranks=(2, 3, 5))
        self.assertEqual(self.check("train.kernels=portable", *settings, ranks=(2, 5)), digest)
        self.assertNotEqual(self.train("floats", *settings[1:])["digest"], digest)
        options = [f"--set={setting}" for setting in settings]
        for stop, before, after in ((3, None, 3), (7, 3, 2), (8, 5, None)):
            line = ["train", "small.toml", "--run-dir", f"stopped-{stop}", *options]
            stopped = self.command(*line, f"--set=run.stop_after_steps={stop}", ranks=before)
            self.assertEqual(stopped.status, 75, stopped.errors)
            self.assertEqual(self.run_ok(*line, ranks=after).outcome()["digest"], digest)

    def test_batches_of_many_blocks(self):
        """Slices of more samples than a rank takes at a time, and of fewer."""
        table = small_table(rows=6000)
        self.write("classes.csv", csv_table({name: table[name] for name in (*"abcdef", "kind")}))
        settings = ("train.global_batch=4800", "train.epochs=2", "model.dropout=0.2", "augment.mixup=1")
        self.check("train.slices=4", *settings, ranks=(2, 3, 4))
        self.check("train.slices=4", *settings, "train.precision=bfloat16", ranks=(2, 4))
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
