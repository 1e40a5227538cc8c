"""Nothing is lost: whatever stops a run, it goes on with the bits that an undisturbed run has."""

import errno
import json
import os
import pathlib
import random
import re
import signal
import subprocess
import time
import unittest
import unittest.mock

import h5py
import numpy

from harness import LAUNCH, REPOSITORY, EndToEndTest, metrics, temporary_folder

class SurvivalTest(EndToEndTest):
    """A run of a second or two, with a checkpoint every few steps."""

    STEPS = 1000  # 200 epochs of 5

    def setUp(self):
        super().setUp()
        self.write_small_run(
            train={"epochs": self.STEPS // 5},
            model={"dropout": 0.2},
            optimizer={"momentum": 0.9},
            schedule={"name": "cosine", "warmup_steps": min(20, self.STEPS // 2)},
            checkpoint={"every_steps": 7, "keep": 2},
        )

    def start(self, run_folder, *settings, ranks=None, environment=None):
        """Starts a training run and returns its process."""
        own = temporary_folder()
        self.addCleanup(own.cleanup)
        line = [os.environ["LOCKSTEP"], "train", "small.toml", "--run-dir", run_folder]
        line += [word for setting in settings for word in ("--set", setting)]
        if ranks is not None:
            line = [os.environ["MPIRUN"], "-n", str(ranks), *line]
        process = subprocess.Popen(
            line,
            cwd=self.folder,
            env=os.environ | LAUNCH | {"TMPDIR": own.name} | (environment or {}),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self.addCleanup(self.end, process)
        return process

    @staticmethod
    def end(process):
        """Ends a process that a failed test left behind, with all that it started."""
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    def wait_for_step(self, run_folder, step):
        """Waits until a run has recorded a step."""
        rows = self.folder / run_folder / "metrics.jsonl"
        end = time.monotonic() + 60
        while time.monotonic() < end:
            found = re.findall(r'"steps","step":(\d+)', rows.read_text()) if rows.exists() else []
            if found and int(found[-1]) >= step:
                return
            time.sleep(0.005)
        self.fail(f"no step {step} in {rows}")

    @staticmethod
    def ranks_of(process):
        """The process ids of the ranks that an mpirun, or the one under a launch/run, has started."""

        def children(parent):
            return [int(child) for child in pathlib.Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]

        def is_mpirun(child):
            try:
                return pathlib.Path(f"/proc/{child}/comm").read_text() in ("mpirun\n", "mpiexec\n")
            except FileNotFoundError:
                return False

        mpirun = [child for child in (process.pid, *children(process.pid)) if is_mpirun(child)]
        return children(mpirun[0]) if mpirun else []

    def finish(self, run_folder, ranks=None):
        return self.run_ok("train", "small.toml", "--run-dir", run_folder, ranks=ranks)

    def assert_undisturbed(self, result, run_folder):
        """The run ended as the undisturbed run `whole`, with each step once in its metrics."""
        self.assertEqual(result.outcome(), self.whole)
        self.assertEqual(metrics(self.folder / run_folder, "steps"), metrics(self.folder / "whole", "steps"))
        self.assertEqual(metrics(self.folder / run_folder, "epochs"), metrics(self.folder / "whole", "epochs"))
        with h5py.File(self.folder / run_folder / "metrics.h5") as file:
            numpy.testing.assert_array_equal(file["steps/step"][:], numpy.arange(1, self.STEPS + 1))

    def run_whole(self):
        self.whole = self.finish("whole").outcome()


class StopTest(SurvivalTest):
    def test_signals(self):
        """Each signal, at a process alone and at one of several ranks: the first and the last by turns."""
        self.run_whole()
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1)
        for number, rank in zip(numbers, ("first rank", "last rank") * 2):
            for at in ("alone", rank):
                with self.subTest(signal=number.name, at=at):
                    self.stop_and_finish(f"{number.name}-{at}".replace(" ", "-"), number, at)

    def test_signals_at_the_launcher(self):
        self.run_whole()
        self.stop_and_finish("mpirun", signal.SIGUSR1, "launcher")
        with unittest.mock.patch.dict(os.environ, {"MPIRUN": str(REPOSITORY / "launch/run")}):
            for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGUSR1):
                self.stop_and_finish(f"run-{number.name}", number, "launcher")

    def stop_and_finish(self, name, number, at):
        process = self.start(name, ranks=None if at == "alone" else 3)
        self.wait_for_step(name, 30)
        target = {"alone": [process.pid], "launcher": [process.pid]}.get(at) or self.ranks_of(process)
        os.kill(target[-1] if at == "last rank" else target[0], number)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, output + errors)
        stopped = re.search(r"^stopped: epoch \d+ step (\d+) .*", output, re.MULTILINE)
        self.assertTrue(stopped, output)
        self.assertTrue((self.folder / name / f"checkpoints/step-{int(stopped[1]):08}.h5").exists())
        self.assertLess(int(stopped[1]), self.STEPS)
        self.assert_undisturbed(self.finish(name, ranks=2), name)

    def test_after_so_many_steps(self):
        """Stopped after random numbers of steps, each time resumed on another number of ranks."""
        for seed, settings in enumerate((
            ("optimizer.momentum=0",),
            ("optimizer.momentum=0.9",),
            ("optimizer.nesterov=true", "schedule.name=step"),
            ("optimizer.weight_decay=1e-3", "schedule.name=constant"),
        )):  # fmt: skip
            choose = random.Random(seed)
            with self.subTest(settings=settings):
                options = [word for setting in settings for word in ("--set", setting)]
                whole = self.run_ok("train", "small.toml", "--run-dir", "whole", "--resume", "never", *options)
                self.whole = whole.outcome()
                name = f"pieces-{seed}"
                status = 75
                while status == 75:
                    stop = f"run.stop_after_steps={choose.randint(1, 400)}"
                    result = self.command(
                        "train", "small.toml", "--run-dir", name, *options, "--set", stop,
                        ranks=choose.choice((None, 1, 2, 3, 5, 8)),
                    )  # fmt: skip
                    status = result.status
                self.assertEqual(status, 0, result.errors)
                self.assert_undisturbed(result, name)

    def test_time_limit(self):
        process = self.start("limited", "run.time_limit=3", "train.epochs=1000000", ranks=2)
        began = time.monotonic()
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, output + errors)
        self.assertLess(time.monotonic() - began, 8, "mpirun takes a second or two to start and to end")
        self.assertIn("stopped: ", output)


class CrashTest(SurvivalTest):
    def test_killed_at_any_moment(self):
        """SIGKILL for one rank or all, at 100 moments in all, many of them within the writing of a checkpoint."""
        # An mpirun alone does not always end when a rank was killed in its first second.
        self.enterContext(unittest.mock.patch.dict(os.environ, {"MPIRUN": str(REPOSITORY / "launch/run")}))
        self.run_whole()
        choose = random.Random(1)
        kills = 0
        round_number = 0
        while kills < 100:
            name = f"round-{round_number}"
            round_number += 1
            finished = False
            while not finished:
                ranks = choose.choice((None, None, 2, 3))
                process = self.start(name, ranks=ranks)
                try:
                    process.wait(choose.uniform(0.05, 1.0))
                    finished = True
                except subprocess.TimeoutExpired:
                    victims = [process.pid] if ranks is None else self.ranks_of(process)
                    for victim in victims if choose.random() < 0.5 else victims[:1]:
                        os.kill(victim, signal.SIGKILL)
                    kills += len(victims) > 0
                output, errors = process.communicate(timeout=60)
                if finished and process.returncode != 0:
                    self.fail(output + errors)
                self.assert_metrics_are_whole(name)
            self.assert_undisturbed(self.finish(name), name)

    def assert_metrics_are_whole(self, run_folder):
        table = self.folder / run_folder / "metrics.h5"
        if table.exists():
            with h5py.File(table) as file:
                for group in file.values():
                    self.assertEqual(len({len(column) for column in group.values()}), 1)
        rows = self.folder / run_folder / "metrics.jsonl"
        if rows.exists():
            for line in rows.read_text().splitlines()[:-1]:
                json.loads(line)


class BrokenDiskTest(SurvivalTest):
    STEPS = 10  # two epochs of 5, so that each of the run's calls can have its turn

    def test_every_call_to_the_file_system_may_fail(self):
        """The n-th write, flush, rename or close and those of its kind after it fail, for every n, by turns for want of
        space and for a fault of the disk: the message names a file and the cause, and the run goes on from its last
        checkpoint to the bits of the undisturbed run."""
        self.run_whole()
        kinds = set()
        number = 1
        while self.break_and_finish(f"broken-{number}", number, (errno.ENOSPC, errno.EIO)[number % 2], kinds):
            number += 1
        self.assertGreater(number, 50)
        self.assertEqual(kinds, {"write", "fsync", "rename", "close"})

    def test_short_epochs_do_not_wait_for_the_disk(self):
        """metrics.h5 is written anew once a second at most, not in each of 150 epochs: its thousandth call to the file
        system, which would fail, is never made."""
        environment = {"LD_PRELOAD": os.environ["FAULTS"], "LOCKSTEP_FAULT": f"1000 {errno.EIO} short/metrics.h5"}
        result = self.command(
            "train", "small.toml", "--run-dir", "short", "--set", "train.epochs=150", "--set", "checkpoint.every_epochs=0",
            environment=LAUNCH | environment,
        )  # fmt: skip
        self.assertEqual(result.status, 0, result.errors)
        with h5py.File(self.folder / "short/metrics.h5") as file:
            self.assertEqual(len(file["epochs/step"]), 150)

    def test_predictions_on_a_full_disk(self):
        self.run_whole()
        for name in ("predictions.csv", "predictions.h5"):
            for number in (1, 2):
                environment = {
                    "LD_PRELOAD": os.environ["FAULTS"],
                    "LOCKSTEP_FAULT": f"{number} {errno.ENOSPC} {name}",
                }
                result = self.command(
                    "predict", "whole", "--input", "classes.csv", "--output", name,
                    environment=LAUNCH | environment,
                )  # fmt: skip
                self.assertEqual(result.status, 1, result.output + result.errors)
                self.assertIn(name, result.errors)
                self.assertIn(os.strerror(errno.ENOSPC), result.errors)
                self.assertEqual(list(self.folder.glob("predictions*")), [])

    def break_and_finish(self, name, number, error, kinds):
        report = self.folder / f"{name}.kind"
        environment = {
            "LD_PRELOAD": os.environ["FAULTS"],
            "LOCKSTEP_FAULT": f"{number} {error} {name}/",
            "LOCKSTEP_FAULT_REPORT": str(report),
        }
        process = self.start(name, environment=environment)
        output, errors = process.communicate(timeout=60)
        if not report.exists():
            self.assertEqual(process.returncode, 0, output + errors)
            return False
        kinds.add(report.read_text())
        self.assertEqual(process.returncode, 1, output + errors)
        self.assertEqual(len(errors.splitlines()), 1, errors)
        self.assertIn(name, errors)
        self.assertIn(os.strerror(error), errors)
        self.assert_undisturbed(self.finish(name), name)
        return True


class LostRankTest(SurvivalTest):
    def test_a_rank_that_hangs_is_named(self):
        process = self.start("hung", "train.epochs=1000000", "train.watchdog_seconds=2", ranks=3)
        self.wait_for_step("hung", 30)
        ranks = self.ranks_of(process)
        os.kill(ranks[1], signal.SIGSTOP)
        began = time.monotonic()
        output, errors = process.communicate(timeout=60)
        self.assertLess(time.monotonic() - began, 2 + 5)
        self.assertNotEqual(process.returncode, 0)
        self.assertRegex(errors, r"(?m)^rank \d \(.+\): no progress for 2 s, in step \d+, ")
        self.assert_gone(ranks)

    def assert_gone(self, ranks):
        end = time.monotonic() + 5
        while any(map(self.is_alive, ranks)) and time.monotonic() < end:
            time.sleep(0.05)
        self.assertFalse([rank for rank in ranks if self.is_alive(rank)], "no rank is left behind")

    def test_a_rank_that_is_killed_is_named(self):
        for victim in (0, 2):
            with self.subTest(victim=victim):
                name = f"killed-{victim}"
                # Without a limit for ranks that hang: one that is gone is noticed all the same.
                process = self.start(name, "train.epochs=1000000", "train.watchdog_seconds=0", ranks=3)
                self.wait_for_step(name, 30)
                ranks = self.ranks_of(process)
                os.kill(ranks[victim], signal.SIGKILL)
                began = time.monotonic()
                _, errors = process.communicate(timeout=60)
                self.assertLess(time.monotonic() - began, 5)
                self.assertNotEqual(process.returncode, 0)
                self.assertRegex(
                    errors, rf"(?m)^rank {victim} \(.+\): the process has ended in step \d+, [a-z ]+: killed"
                )
                self.assert_gone(ranks)

    def test_a_suspended_job_goes_on(self):
        """A batch system may stop all ranks, one after the other, for longer than a rank may hang."""
        settings = ("train.epochs=500", "train.watchdog_seconds=2", "checkpoint.every_steps=1000")
        process = self.start("suspended", *settings, ranks=3)
        self.wait_for_step("suspended", 30)
        ranks = self.ranks_of(process)
        for rank in ranks:
            os.kill(rank, signal.SIGSTOP)
            time.sleep(0.3)
        time.sleep(4)
        for rank in reversed(ranks):
            os.kill(rank, signal.SIGCONT)
            time.sleep(0.3)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        whole, _ = self.start("whole", *settings).communicate(timeout=60)
        self.assertEqual(output.split()[-1], whole.split()[-1], "the digest")

    @staticmethod
    def is_alive(process):
        """True unless the process is gone, or dead and only waits for its parent to notice."""
        try:
            return pathlib.Path(f"/proc/{process}/stat").read_text().rpartition(") ")[2][0] not in "ZX"
        except FileNotFoundError:
            return False

    def test_numbers_that_are_not_finite_stop_the_run(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                name = f"diverged-{ranks}"
                result = self.command(
                    "train", "small.toml", "--run-dir", name, "--set", "data.target=left",
                    "--set", "data.train=values.csv", "--set", "train.loss=mse",
                    "--set", "optimizer.learning_rate=1e5", "--set", "checkpoint.every_steps=1", ranks=ranks,
                )  # fmt: skip
                self.assertEqual(result.status, 1, result.output + result.errors)
                self.assertRegex(result.errors, r"step \d+: .*not finite")
                self.assertIn("optimizer.learning_rate", result.errors)
                for path in (self.folder / name / "checkpoints").iterdir():
                    with h5py.File(path) as file:
                        file["model"].visititems(
                            lambda _, item: self.assertTrue(numpy.isfinite(item[:]).all())
                            if isinstance(item, h5py.Dataset)
                            else None
                        )


if __name__ == "__main__":
    unittest.main()
