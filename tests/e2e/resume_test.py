"""An interrupted run that goes on, at any number of ranks, is the run that was never interrupted."""

import contextlib
import fcntl
import json
import shutil
import unittest

from harness import LAUNCH, EndToEndTest, metrics

STEPS_PER_EPOCH = 5  # 201 training samples in batches of 50


class ResumeTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(optimizer={"momentum": 0.9, "weight_decay": 1e-4})

    def train(self, run_folder, *settings, resume="auto", ranks=None):
        options = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok(
            "train", "small.toml", "--run-dir", run_folder, "--resume", resume, *options, ranks=ranks
        )

    def rows(self, run_folder):
        """Everything that a run wrote down, without times."""
        return {group: metrics(self.folder / run_folder, group) for group in ("steps", "epochs")}

    def checkpoints(self, run_folder):
        return sorted(path.name for path in (self.folder / run_folder / "checkpoints").iterdir())

    def copy_checkpoint(self, run_folder, step, new_folder):
        """A new run's folder with nothing but one checkpoint, as after a move to another cluster."""
        target = self.folder / new_folder / "checkpoints"
        target.mkdir(parents=True)
        shutil.copy(self.folder / run_folder / f"checkpoints/step-{step:08}.h5", target)

    def assert_refused(self, *arguments, words, ranks=None):
        result = self.command("train", "small.toml", *arguments, ranks=ranks)
        self.assertEqual(result.status, 2, result.errors)
        for word in words:
            self.assertIn(word, result.errors)

    def test_after_an_epoch(self):
        whole = self.train("whole").outcome()
        for ranks_before, ranks_after in ((None, 3), (8, None), (2, 5)):
            with self.subTest(before=ranks_before, after=ranks_after):
                name = f"from-{ranks_before}-to-{ranks_after}"
                self.train(name, "train.epochs=2", ranks=ranks_before)
                resumed = self.train(name, ranks=ranks_after)
                self.assertIn("resumed: after epoch 2, step 10", resumed.output)
                self.assertEqual(resumed.outcome(), whole)
                self.assertEqual(self.rows(name), self.rows("whole"))

    def test_every_optimizer(self):
        """All that they keep is in the checkpoint, and a step knows its number."""
        for name in self.choices("optimizer.name"):
            settings = (f"optimizer.name={name}", "train.clip_norm=0.3", "train.average=ema")
            with self.subTest(optimizer=name):
                self.write_small_run()
                whole = self.train(f"{name}-whole", *settings).outcome()
                stopped = self.command(
                    *("train", "small.toml", "--run-dir", name, "--set", "run.stop_after_steps=7"),
                    *(word for setting in settings for word in ("--set", setting)),
                    ranks=3,
                )
                self.assertEqual(stopped.status, 75, stopped.errors)
                self.assertEqual(self.train(name, *settings, ranks=2).outcome(), whole)
                self.assertEqual(self.rows(name), self.rows(f"{name}-whole"))

    def test_by_other_kernels(self):
        """As on another processor; OpenBLAS, which has bits of its own, is refused."""
        whole = self.train("whole").outcome()
        self.train("other", "train.epochs=2")
        portable = LAUNCH | {"LIBXSMM_TARGET": "snb"}
        resumed = self.run_ok("train", "small.toml", "--run-dir", "other", environment=portable)
        self.assertIn("blas:    portable ", resumed.output)
        self.assertEqual(resumed.outcome(), whole)
        self.train("openblas", "train.epochs=2")
        words = ("matrix products by ", "and now OpenBLAS", "set train.kernels")
        self.assert_refused("--run-dir", "openblas", "--set", "train.kernels=openblas", words=words)

    def test_a_run_that_is_further_than_asked_is_done(self):
        whole = self.train("run").outcome()
        self.assertEqual(self.train("run", "train.epochs=2", ranks=2).outcome(), whole)

    def test_within_an_epoch(self):
        every_step = ("checkpoint.every_steps=1", "checkpoint.keep=0")
        whole = self.train("whole", *every_step).outcome()
        rows = self.rows("whole")
        for step, ranks in ((1, 3), (8, None), (9, 5), (13, 2)):
            with self.subTest(step=step, ranks=ranks):
                name = f"from-{step}"
                self.copy_checkpoint("whole", step, name)
                self.assertEqual(self.train(name, *every_step, resume="must", ranks=ranks).outcome(), whole)
                for group, expected in rows.items():
                    self.assertEqual(self.rows(name)[group], [row for row in expected if row["step"] > step])

    def test_with_a_schedule_that_depends_on_the_length(self):
        schedule = ("schedule.name=cosine", "schedule.warmup_steps=3", "optimizer.nesterov=true")
        every_step = ("checkpoint.every_steps=1", "checkpoint.keep=0")
        whole = self.train("whole", *schedule, *every_step).outcome()
        self.copy_checkpoint("whole", 7, "resumed")
        self.assertEqual(self.train("resumed", *schedule, ranks=2).outcome(), whole)

    def test_with_dropout(self):
        settings = ("model.dropout=0.4", "checkpoint.every_steps=1", "checkpoint.keep=0")
        whole = self.train("whole", *settings).outcome()
        self.assertNotEqual(whole["digest"], self.train("without").outcome()["digest"])
        for step, ranks in ((3, 5), (10, None)):
            self.copy_checkpoint("whole", step, f"from-{step}")
            self.assertEqual(self.train(f"from-{step}", *settings, ranks=ranks).outcome(), whole)

    def test_rows_after_the_checkpoint_are_made_again(self):
        """A run that crashed has written metrics of steps that its newest checkpoint does not have."""
        whole = self.train("run", "checkpoint.every_steps=3", "checkpoint.keep=0").outcome()
        rows = self.rows("run")
        for path in (self.folder / "run/checkpoints").iterdir():
            if path.name > "step-00000012.h5" or path.name == "best.h5":
                path.unlink()
        with open(self.folder / "run/metrics.jsonl", "a") as log:
            log.write('{"group":"steps","step":21,"ep')  # the crash came while a row was written
        resumed = self.train("run", "checkpoint.every_steps=3", "checkpoint.keep=0", ranks=2)
        self.assertIn("resumed: after epoch 2, step 12", resumed.output)
        self.assertEqual(resumed.outcome(), whole)
        self.assertEqual(self.rows("run"), rows)

    def test_checkpoint_of_a_step_that_ends_an_epoch(self):
        """It is the epoch's checkpoint: nothing is evaluated or written down twice."""
        settings = ("checkpoint.every_steps=5", "checkpoint.every_epochs=0", "checkpoint.keep=0")
        whole = self.train("run", *settings, "train.epochs=2")
        self.assertEqual(
            self.checkpoints("run"), ["best.h5", "step-00000005.h5", "step-00000010.h5"], whole.output
        )
        self.assertEqual(self.run_ok("inspect", "run").values()["epoch"], "2")
        rows = self.rows("run")
        self.assertEqual(self.train("run", *settings, "train.epochs=2").outcome(), whole.outcome())
        self.assertEqual(self.rows("run"), rows)

    def test_finished_run_repeats_its_last_line(self):
        first = self.train("run", ranks=2).outcome()
        rows = self.rows("run")
        for ranks in (None, 3):
            again = self.train("run", ranks=ranks)
            self.assertNotIn("epoch 4/4", again.output)
            self.assertEqual(again.outcome(), first)
            self.assertEqual(self.rows("run"), rows)

    def test_never_begins_anew(self):
        first = self.train("run").outcome()
        rows = self.rows("run")
        again = self.train("run", resume="never", ranks=2)
        self.assertNotIn("resumed", again.output)
        self.assertIn("epoch 1/4", again.output)
        self.assertEqual(again.outcome(), first)
        self.assertEqual(self.rows("run"), rows)

    def test_never_with_a_shorter_run_leaves_no_newer_checkpoint(self):
        self.train("run")
        self.train("run", "train.epochs=1", resume="never")
        self.assertEqual(self.checkpoints("run"), ["best.h5", "step-00000005.h5"])
        self.assertEqual([row["step"] for row in self.rows("run")["epochs"]], [5])

    def test_never_keeps_the_earlier_run_when_the_input_is_bad(self):
        self.train("run")
        before = self.checkpoints("run"), self.rows("run")
        self.assert_refused(
            "--run-dir", "run", "--resume", "never", "--set", "data.train=no.csv", words=["no.csv"]
        )
        self.assertEqual((self.checkpoints("run"), self.rows("run")), before)

    def test_must_wants_a_checkpoint(self):
        for ranks in (None, 2):
            self.assert_refused(
                "--run-dir", "empty", "--resume", "must", words=["empty", "no checkpoint"], ranks=ranks
            )
        self.assertFalse((self.folder / "empty").exists())

    def test_other_computation_is_refused(self):
        self.train("run", "train.epochs=1")
        for key, value in (
            ("optimizer.learning_rate", "0.2"),
            ("optimizer.momentum", "0.8"),
            ("train.global_batch", "49"),
            ("train.slices", "9"),
            ("train.precision", "bfloat16"),
            ("run.seed", "4"),
            ("model.hidden", "[16, 9]"),
            ("data.test_fraction", "0.3"),
        ):
            with self.subTest(key=key):
                named = "model.layers" if key == "model.hidden" else key
                self.assert_refused(
                    "--run-dir", "run", "--set", f"{key}={value}", words=[named, "step-00000005.h5"]
                )

    def test_another_precision_is_allowed_on_request(self):
        """The network goes on in it, and the checkpoint says so."""
        self.train("run", "train.epochs=2", "train.precision=bfloat16")
        words = ["train.precision = 'bfloat16', and now it is 'float32'", "--allow-changed-arithmetic"]
        self.assert_refused("--run-dir", "run", words=words, ranks=2)
        allowed = self.run_ok("train", "small.toml", "--run-dir", "run", "--allow-changed-arithmetic", ranks=2)
        self.assertIn("warning: the arithmetic was changed", allowed.output)
        self.assertNotIn("bfloat16 by", allowed.output)
        changes = self.run_ok("inspect", "run").values()["arithmetic_changes"]
        self.assertEqual(changes, "after step 10: train.precision = 'bfloat16', and now it is 'float32'")

    def test_other_data_are_refused(self):
        self.train("run", "train.epochs=1")
        table = (self.folder / "classes.csv").read_text().splitlines()
        self.write("fewer.csv", "\n".join(table[:-1]) + "\n")
        self.assert_refused(
            "--run-dir", "run", "--set", "data.train=fewer.csv", words=["fewer.csv", "other data"]
        )

    def test_damaged_checkpoints_are_passed_over(self):
        whole = self.train("whole").outcome()
        self.train("run", "train.epochs=3", "checkpoint.keep=0")
        for name in ("step-00000010", "step-00000015", "best"):
            path = self.folder / f"run/checkpoints/{name}.h5"
            path.write_bytes(path.read_bytes()[:-1000])
        resumed = self.train("run", ranks=2)
        self.assertIn("damaged: run/checkpoints/step-00000015.h5", resumed.output)
        self.assertIn("damaged: run/checkpoints/step-00000010.h5", resumed.output)
        self.assertIn("resumed: after epoch 1, step 5", resumed.output)
        self.assertEqual(resumed.outcome(), whole)
        self.assertIn("step-00000015.h5.damaged", self.checkpoints("run"))

    def test_a_best_checkpoint_that_is_gone_or_damaged(self):
        """It is that of the undisturbed run again, and a complete run writes nothing else."""
        validation = "data.validation_fraction=0.2"
        self.train("run", validation)
        checkpoints = self.folder / "run/checkpoints"
        best = self.run_ok("inspect", "run/checkpoints/best.h5").values()
        shutil.copy(checkpoints / "best.h5", checkpoints / f"step-{int(best['step']):08}.h5")
        before = {path: path.stat().st_mtime_ns for path in (self.folder / "run").rglob("*.*")}
        self.assertIn("already complete; raise train.epochs", self.train("run", validation, ranks=2).output)
        self.assertEqual({path: path.stat().st_mtime_ns for path in (self.folder / "run").rglob("*.*")}, before)
        for harm, word in ((lambda path: path.unlink(), "is not there"), (lambda path: path.write_bytes(b"x"), "damaged")):
            harm(checkpoints / "best.h5")
            self.assertIn(word, self.train("run", validation).output)
            again = self.run_ok("inspect", "run/checkpoints/best.h5").values()
            self.assertEqual((again["step"], again["digest"]), (best["step"], best["digest"]))

    def test_changed_arithmetic_is_allowed_and_kept(self):
        self.train("run", "train.epochs=1", "train.slices=world", ranks=2)
        settings = ("--run-dir", "run", "--set", "train.slices=world")
        self.assert_refused(*settings, words=["2 slices", "set train.slices = 2"], ranks=3)
        allowed = self.run_ok("train", "small.toml", *settings, "--allow-changed-arithmetic", ranks=3)
        self.assertIn("warning: the arithmetic was changed", allowed.output)
        self.assertIn("after step 5: 2 slices", self.run_ok("inspect", "run").values()["arithmetic_changes"])

    def test_nothing_but_damaged_checkpoints_is_refused(self):
        self.train("run", "train.epochs=1")
        for path in (self.folder / "run/checkpoints").iterdir():
            path.write_bytes(path.read_bytes()[:-1])
        self.assert_refused("--run-dir", "run", words=["step-00000005.h5", "damaged", "--resume never"], ranks=2)

    def test_locks_on_files_are_no_obstacle(self):
        """Some network file systems refuse locks, and some keep those of a node that died."""
        whole = self.train("whole").outcome()
        self.train("run", "train.epochs=2")
        with contextlib.ExitStack() as files:
            for path in sorted((self.folder / "run").rglob("*.h5")):
                fcntl.flock(files.enter_context(open(path, "r+b")), fcntl.LOCK_EX)
            self.assertEqual(self.train("run", ranks=2).outcome(), whole)

    def test_only_the_newest_checkpoints_are_kept(self):
        self.train("two", "checkpoint.every_steps=2", "checkpoint.every_epochs=0", "checkpoint.keep=2")
        self.assertEqual(self.checkpoints("two"), ["best.h5", "step-00000018.h5", "step-00000020.h5"])
        self.train("all", "checkpoint.keep=0")
        ends = [f"step-{STEPS_PER_EPOCH * epoch:08}.h5" for epoch in range(1, 5)]
        self.assertEqual(self.checkpoints("all"), ["best.h5", *ends])
        self.train("end", "checkpoint.every_epochs=0")
        self.assertEqual(self.checkpoints("end"), ["best.h5", "step-00000020.h5"])

    def test_best_checkpoint_is_that_of_the_best_epoch(self):
        chosen = ("data.validation_fraction=0.2", "train.monitor=accuracy")
        self.train("run", "checkpoint.keep=0", "train.epochs=8", *chosen)
        epochs = self.rows("run")["epochs"]
        best = max(epochs, key=lambda row: (row["validation_accuracy"], -row["validation_loss"]))
        values = self.run_ok("inspect", "run/checkpoints/best.h5").values()
        self.assertEqual(values["step"], str(best["step"]), json.dumps(epochs))
        self.assertEqual(values["best_score"], f"{best['validation_accuracy']:.6f}")
        same = self.run_ok("inspect", f"run/checkpoints/step-{best['step']:08}.h5").values()
        self.assertEqual(values["digest"], same["digest"])


if __name__ == "__main__":
    unittest.main()
