"""The validation set chooses the best epoch and ends a run early; the test set is measured once, and chooses nothing."""

import re
import shutil
import unittest

from harness import SharedRunTest, EndToEndTest, csv_table, metrics, small_table

SETTINGS = {
    "data": {"validation_fraction": 0.2},
    "train": {"epochs": 60, "patience": 4},
    "optimizer": {"learning_rate": 0.3, "momentum": 0.9},
    "checkpoint": {"every_steps": 1, "keep": 0},
}
STEPS = 4  # of an epoch: 161 training samples in batches of 50


class EarlyStopTest(SharedRunTest):
    """One run that stops early, with a checkpoint of every step, and runs that have to be like it."""

    def make(self):
        self.write_small_run(**SETTINGS)
        return self.run_ok("train", "small.toml", "--run-dir", "whole")

    def setUp(self):
        super().setUp()
        self.folder = self.shared
        self.whole = self.made.outcome()
        self.epochs = metrics(self.shared / "whole", "epochs")
        self.last, self.best = int(self.whole["epoch"]), int(self.whole["best_epoch"])

    def check_same(self, name, **options):
        result = self.run_ok("train", "small.toml", "--run-dir", name, **options)
        self.assertEqual(result.outcome(), self.whole)
        if "already complete" not in result.output:
            epochs = metrics(self.shared / name, "epochs")
            self.assertEqual(epochs, self.epochs[-len(epochs):])
        return result

    def test_it_stops_when_patience_is_at_its_end(self):
        self.assertLess(self.last, 60)
        losses = [row["validation_loss"] for row in self.epochs]
        self.assertEqual(len(losses), self.last)
        self.assertEqual(self.best, 1 + losses.index(min(losses)))
        self.assertEqual(self.last, self.best + 4)
        self.assertRegex(self.made.output, rf"\nearly:   stopped after epoch {self.last}: 4 epochs without a gain of "
                                           rf"validation_loss; the best was \S+ after epoch {self.best}\n")

    def test_epochs_show_the_validation_set_alone(self):
        lines = [line for line in self.made.output.splitlines() if line.startswith("epoch ")]
        for line, row in zip(lines, self.epochs, strict=True):
            self.assertLessEqual(len(line), 80)
            self.assertIn(f"  validation_loss {row['validation_loss']:.4f}  accuracy {row['validation_accuracy']:.4f}",
                          line)
            self.assertFalse(any(name.startswith("test") for name in row), row)
        self.assertEqual([line.split()[0] for line in self.made.output.splitlines() if "test_" in line], ["done:"])
        self.assertIn("data:    161 training, 40 validation and 50 test samples; ", self.made.output)

    def test_the_test_set_measures_the_best_parameters(self):
        for path in ("whole", "whole/checkpoints/best.h5", f"whole/checkpoints/step-{self.best * STEPS:08}.h5"):
            values = self.run_ok("evaluate", path, ranks=2).values()
            for name in ("test_loss", "test_accuracy"):
                self.assertEqual(values[name], self.whole[name])
        newest = self.run_ok("inspect", "whole").values()
        self.assertEqual((newest["digest"], newest["epoch"]), (self.whole["digest"], self.whole["epoch"]))
        self.assertEqual(newest["best_step"], str(self.best * STEPS))

    def test_any_number_of_ranks(self):
        for ranks in (1, 2, 3, 5, 8):
            with self.subTest(ranks=ranks):
                self.check_same(f"ranks-{ranks}", ranks=ranks)

    def test_interruptions_around_the_deciding_epoch(self):
        """As after a kill: the run's folder has what was there at that step."""
        end = STEPS * self.last
        for step, ranks in ((end - STEPS - 1, 2), (end - STEPS, None), (end - 1, 3), (end, 2)):
            with self.subTest(step=step):
                checkpoints = self.shared / f"from-{step}/checkpoints"
                checkpoints.mkdir(parents=True)
                for name in (f"step-{step:08}", "best"):
                    shutil.copy(self.shared / f"whole/checkpoints/{name}.h5", checkpoints)
                result = self.check_same(f"from-{step}", ranks=ranks)
                self.assertEqual("already complete: it stopped early" in result.output, step == end)

    def test_stops_on_request(self):
        """Before the best epoch, at its last step, and at the last step of the deciding epoch."""
        for step, ranks in ((STEPS * self.best - 2, 2), (STEPS * self.best, None), (STEPS * self.last, 3)):
            with self.subTest(step=step):
                name = f"stopped-{step}"
                first = self.command("train", "small.toml", "--run-dir", name, "--set", f"run.stop_after_steps={step}")
                self.assertEqual(first.status, 0 if step == STEPS * self.last else 75, first.errors)
                self.check_same(name, ranks=ranks)

    def test_a_run_that_has_stopped_is_complete(self):
        before = {path: path.stat().st_mtime_ns for path in (self.shared / "whole").rglob("*.*")}
        again = self.check_same("whole", ranks=2)
        self.assertIn(f"already complete: it stopped early after epoch {self.last}, as train.patience = 4 says",
                      again.output)
        self.assertNotIn("\nepoch ", again.output)
        self.assertEqual({path: path.stat().st_mtime_ns for path in (self.shared / "whole").rglob("*.*")}, before)

    def test_a_lost_best_checkpoint_does_not_move_the_stop(self):
        shutil.copytree(self.shared / "whole", self.shared / "lost")
        for path in (self.shared / "lost/checkpoints").iterdir():
            if path.name != f"step-{STEPS * (self.last - 1):08}.h5":
                path.unlink()
        result = self.run_ok("train", "small.toml", "--run-dir", "lost")
        self.assertIn("is not there, so the best begins anew", result.output)
        self.assertEqual(result.done()["epoch"], self.whole["epoch"])
        self.assertEqual(result.done()["digest"], self.whole["digest"])

    def test_what_decides_is_compared_at_a_resume(self):
        for setting in ("train.patience=5", "train.monitor=accuracy", "train.min_gain=0.1", "data.validation_fraction=0.3",
                        "run.split_seed=4"):
            result = self.command("train", "small.toml", "--run-dir", "whole", "--set", setting)
            self.assertEqual(result.status, 2, setting)
            self.assertIn(setting.split("=")[0], result.errors)
        result = self.command("train", "small.toml", "--run-dir", "whole", "--set", "data.validation_fraction=0",
                              "--set", "train.patience=0")
        self.assertEqual(result.status, 2, result.output)


class ValidationTest(EndToEndTest):
    def train(self, name, *settings, **options):
        return self.command("train", "small.toml", "--run-dir", name, *self.set(*settings), **options)

    @staticmethod
    def set(*settings):
        return [word for setting in settings for word in ("--set", setting)]

    def test_without_validation_nothing_is_chosen(self):
        self.write_small_run(checkpoint={"every_steps": 3})
        result = self.run_ok("train", "small.toml")
        self.assertRegex(result.output, r"\nnote:    the result is the last epoch's: .*data\.validation_fraction")
        self.assertNotIn("\nbest:", result.output)
        done = result.done()
        self.assertEqual(done["best_epoch"], done["epoch"])
        checkpoints = self.folder / "runs/small/checkpoints"
        self.assertEqual((checkpoints / "best.h5").read_bytes(), (checkpoints / "step-00000020.h5").read_bytes())
        self.assertEqual(self.run_ok("inspect", checkpoints / "best.h5").values()["best_step"], "0")
        self.assertEqual(self.run_ok("evaluate", "runs/small").values()["test_loss"], done["test_loss"])
        row = metrics(self.folder / "runs/small", "epochs")[-1]
        self.assertEqual(f"{row['test_accuracy']:.6f}", done["test_accuracy"])
        (checkpoints / "best.h5").unlink()
        self.assertIn("best.h5 is not there: made again", self.run_ok("train", "small.toml", ranks=2).output)
        self.assertEqual((checkpoints / "best.h5").read_bytes(), (checkpoints / "step-00000020.h5").read_bytes())
        added = self.command("train", "small.toml", *self.set("data.validation=classes.csv"))
        self.assertEqual(added.status, 2, added.output)
        self.assertIn("belongs to a run without a validation set", added.errors)

    def test_another_validation_set_begins_the_best_anew(self):
        self.write_small_run(data={"validation": "classes.csv"}, train={"patience": 3, "epochs": 9})
        first = self.train("run", "run.stop_after_steps=10")
        self.assertEqual(first.status, 75, first.errors)
        table = small_table(seed=7)
        del table["left"], table["right"]
        self.write("other.csv", csv_table(table))
        result = self.train("run", "data.validation=other.csv", ranks=2)
        self.assertIn("chosen by another validation set, so the best begins anew", result.output)
        self.assertEqual(result.status, 0, result.errors)
        alone = self.train("alone", "data.validation=other.csv").outcome()
        self.assertEqual(result.outcome()["digest"], alone["digest"])

    def test_another_monitor_begins_the_best_anew(self):
        self.write_small_run(data={"validation_fraction": 0.2})
        self.assertEqual(self.train("run", "run.stop_after_steps=9").status, 75)
        options = self.set("train.monitor=accuracy")
        result = self.run_ok("train", "small.toml", "--run-dir", "run", "--allow-changed-arithmetic", *options)
        self.assertIn("chosen by another train.monitor, so the best begins anew", result.output)
        values = [row["validation_accuracy"] for row in metrics(self.folder / "run", "epochs")[2:]]
        self.assertRegex(result.output, f"best:    validation_accuracy {max(values):.4f} after")

    def test_a_validation_set_that_is_another_set_is_said(self):
        self.write_small_run(data={"validation": "classes.csv", "test": "classes.csv", "test_fraction": 0})
        output = self.train("run").output
        for words in ("holds the training samples: as validation set", "holds the test samples: what is chosen"):
            self.assertEqual(len(re.findall(f"note:    .*classes.csv {words}", output)), 1, output)

    def test_a_regression_and_its_split(self):
        self.write_small_run(
            data={"train": "values.csv", "target": ["left", "right"], "standardize_targets": True,
                  "validation_fraction": 0.1},
            train={"loss": "mse", "monitor": "r2"},
            optimizer={"learning_rate": 0.05},
        )
        result = self.run_ok("train", "small.toml", ranks=3)
        rows = metrics(self.folder / "runs/small", "epochs")
        best = max(rows, key=lambda row: row["validation_r2"])
        self.assertEqual(result.done()["best_epoch"], str(best["epoch"]))
        self.assertIn(f"best:    validation_r2 {best['validation_r2']:.4f} after epoch {best['epoch']}, ", result.output)
        values = self.run_ok("evaluate", "runs/small").values()
        self.assertEqual(values["test_r2"], result.done()["test_r2"])
        self.assertEqual(values["test_samples"], "50")
        moved = self.command("evaluate", "runs/small", *self.set("data.validation_fraction=0.2"))
        self.assertEqual(moved.status, 2)
        self.assertIn("would move the split", moved.errors)

    def test_notes_are_of_the_validation_set(self):
        self.write_small_run(data={"validation_fraction": 0.2, "train": "values.csv", "target": ["left", "right"]},
                             train={"loss": "mse"}, optimizer={"learning_rate": 0})
        notes = [re.findall(r"note:    validation_r2 .* after epoch (\d+)", self.train(f"on-{ranks}", ranks=ranks).output)
                 for ranks in (None, 3)]
        self.assertEqual(notes, [["1", "4"]] * 2)

    def test_bad_input(self):
        self.write_small_run()
        cases = {
            ("data.validation=classes.csv", "data.validation_fraction=0.1"): "not both",
            ("data.validation=none.csv",): "none.csv",
            ("data.validation=values.csv",): "kind",
            ("data.validation_fraction=1",): "less than 1",
            ("data.validation_fraction=0.1", "train.monitor=r2"): "is of regressions",
            ("data.validation_fraction=0.1", "train.monitor=auc"): "must be one of",
            ("data.validation_fraction=0.1", "train.patience=-1"): "at least 0",
            ("train.patience=3",): "data.validation_fraction",
            ("train.monitor=accuracy",): "data.validation_fraction",
        }
        for settings, word in cases.items():
            for ranks in (None, 2) if "none.csv" in word else (None,):
                result = self.train("run", *settings, ranks=ranks)
                self.assertEqual(result.status, 2, (settings, result.output))
                self.assertIn(word, result.errors)
        self.assertFalse((self.folder / "run").exists())


if __name__ == "__main__":
    unittest.main()
