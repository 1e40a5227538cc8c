"""A new run that begins with the weights of another: what it takes over, what it may change, what is refused."""

import csv
import unittest

import h5py
import numpy

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


if __name__ == "__main__":
    unittest.main()
