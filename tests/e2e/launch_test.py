"""launch/run: what it sets for mpirun, when it starts the command again, and how it ends."""

import os
import re
import signal
import subprocess
import sys
import time
import unittest
import unittest.mock

from harness import LAUNCH, REPOSITORY, EndToEndTest, Result, temporary_folder
from survival_test import SurvivalTest

RUN = REPOSITORY / "launch/run"
CORES = REPOSITORY / "launch/cores"
COUNT = "echo start >> starts; "  # a program's first words, so that a test knows how often it was started


class LaunchTest(EndToEndTest):
    def launch(self, *arguments, program=(), environment=LAUNCH):
        """Runs launch/run with arguments, and with the environment that users have: without what tests set."""
        own = {name: value for name, value in os.environ.items() if not name.startswith("OMPI_")}
        with temporary_folder() as temporary:
            completed = subprocess.run(
                [*program, RUN, *map(str, arguments)],
                cwd=self.folder,
                env=own | {"TMPDIR": temporary} | environment,
                text=True,
                capture_output=True,
                timeout=60,
                check=False,
            )
        return Result(completed)

    def starts(self):
        return len((self.folder / "starts").read_text().split())


class CommandTest(LaunchTest):
    def test_the_printed_command_can_be_typed(self):
        words = ("-n", 2, "bash", "-c", 'echo "one  word" $OMPI_COMM_WORLD_SIZE $OMP_NUM_THREADS')
        result = self.launch(*words)
        self.assertEqual((result.output, result.errors), ("one  word 2 1\n" * 2, ""), "it is printed when asked for")
        result = self.launch("-v", "--restarts", 0, *words)
        self.assertEqual(result.output, "one  word 2 1\n" * 2, result.errors)
        line = re.fullmatch(r"\$ (env .* mpirun .* -n 2 bash -c .*)\n", result.errors)
        self.assertTrue(line, result.errors)
        with temporary_folder() as own:
            typed = subprocess.run(
                ["bash", "-c", line[1]], text=True, capture_output=True, check=False, timeout=60,
                env=os.environ | LAUNCH | {"TMPDIR": own},
            )  # fmt: skip
        self.assertEqual((typed.stdout, typed.stderr), (result.output, ""))

    def test_help_and_wrong_usage(self):
        self.assertIn("--restarts N", self.launch("--help").output)
        for count in ("", "-1", "many"):
            result = self.launch("--restarts", count, "-n", 1, "true")
            self.assertEqual((result.status, result.output), (2, ""))
            self.assertEqual(result.errors, "launch/run: --restarts wants a number of times, such as --restarts 3\n")


class BindingTest(LaunchTest):
    PRINT = "echo $(sed -n 's/^Cpus_allowed_list:.//p' /proc/self/status)"

    def cores(self, program=()):
        return int(subprocess.run([*program, CORES], text=True, capture_output=True, check=True).stdout)

    def test_one_rank_a_core(self):
        cores = self.cores()
        result = self.launch("-n", cores, "bash", "-c", self.PRINT)
        self.assertEqual(result.status, 0, result.errors)
        self.assertEqual(len(set(result.output.split())), cores, "each rank has a core of its own")
        self.assertNotIn("warning", result.errors)

    def test_more_ranks_than_cores(self):
        one = ["taskset", "--cpu-list", str(min(os.sched_getaffinity(0)))]
        self.assertEqual(self.cores(one), 1)
        for program in ((), one):
            cores = self.cores(program)
            result = self.launch("-n", cores + 1, "printenv", "OMPI_MCA_mpi_yield_when_idle", program=program)
            self.assertEqual((result.status, result.output), (0, "1\n" * (cores + 1)), result.errors)
            self.assertIn(f"warning: {cores + 1} ranks, but {cores} core", result.errors)

    def test_what_the_user_sets_goes_before(self):
        for words, environment in (
            (["--bind-to", "none"], {}),
            ([], {"OMPI_MCA_hwloc_base_binding_policy": "none"}),
        ):
            cores = self.cores()
            result = self.launch("-n", cores, *words, "bash", "-c", self.PRINT, environment=LAUNCH | environment)
            self.assertEqual(len(set(result.output.splitlines())), 1, result.output + result.errors)


class RestartTest(LaunchTest):
    def test_the_number_of_restarts_is_a_bound(self):
        for status in (1, 3, 75, 137):
            with self.subTest(status=status):
                (self.folder / "starts").unlink(missing_ok=True)
                result = self.launch("--restarts", 1, "-n", 1, "bash", "-c", COUNT + f"exit {status}")
                self.assertEqual((result.status, self.starts()), (status, 2), result.errors)
                self.assertIn(f"launch/run: ended with status {status}; restart 1 of 1 in 2 s\n", result.errors)
                self.assertTrue(result.errors.endswith(f"launch/run: ended with status {status} after 1 restarts\n"))

    def test_done_and_wrong_input_are_not_started_again(self):
        for status in (0, 2):
            with self.subTest(status=status):
                (self.folder / "starts").unlink(missing_ok=True)
                result = self.launch("--restarts", 3, "-n", 1, "bash", "-c", COUNT + f"exit {status}")
                self.assertEqual((result.status, self.starts()), (status, 1), result.errors)

    def test_without_the_option_there_is_none(self):
        result = self.launch("-n", 1, "bash", "-c", COUNT + "exit 3")
        self.assertEqual((result.status, self.starts()), (3, 1), result.errors)

    def test_a_pause_that_grows_and_a_signal_in_it(self):
        errors = self.folder / "errors"
        own = temporary_folder()
        self.addCleanup(own.cleanup)
        with open(errors, "w") as file:
            process = subprocess.Popen(
                [RUN, "--restarts", "5", "-n", "1", "bash", "-c", COUNT + "exit 3"],
                cwd=self.folder, stderr=file, env=os.environ | LAUNCH | {"TMPDIR": own.name}, start_new_session=True,
            )  # fmt: skip
        self.addCleanup(SurvivalTest.end, process)
        end = time.monotonic() + 40
        while "restart 2 of 5 in 4 s" not in errors.read_text():
            self.assertLess(time.monotonic(), end, errors.read_text())
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        began = time.monotonic()
        self.assertEqual(process.wait(10), 3)
        self.assertLess(time.monotonic() - began, 2)
        self.assertEqual(self.starts(), 2)

    def test_a_second_signal_ends_what_does_not_stop(self):
        process = subprocess.Popen(
            [RUN, "-n", "1", "bash", "-c", "trap '' USR1; " + COUNT + "sleep 60"],
            cwd=self.folder, env=os.environ | LAUNCH, start_new_session=True,
        )  # fmt: skip
        self.addCleanup(SurvivalTest.end, process)
        end = time.monotonic() + 20
        while not (self.folder / "starts").exists():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        with self.assertRaises(subprocess.TimeoutExpired):
            process.wait(1.5)
        process.send_signal(signal.SIGTERM)
        self.assertNotEqual(process.wait(10), 0)

    def test_an_mpirun_that_hangs_in_its_end(self):
        """It waits for a lock for ever when its rank has ended, a zombie or gone; nothing else is mistaken for that."""
        started = []
        hang = "lock = threading.Lock(); lock.acquire(); lock.acquire()"
        for name, rank, end, asked, status in (
            ("zombie", "sleep 1", hang, False, 137),
            ("gone", "true", f"rank.wait(); {hang}", False, 137),
            ("asked", "true", f"rank.wait(); signal.signal(signal.SIGUSR1, signal.SIG_IGN); {hang}", True, 75),
            ("rank", "sleep 25", "lock = threading.Lock(); lock.acquire(); lock.acquire(timeout=22)", False, 0),
            ("no lock", "true", "rank.wait(); time.sleep(22)", False, 0),
        ):
            folder = self.folder / name
            folder.mkdir()
            mpirun = folder / "mpirun"
            mpirun.write_text(
                f"#!/usr/bin/env {sys.executable}\nimport signal, subprocess, threading, time\n"
                f"rank = subprocess.Popen({rank.split()})\n{end}\n"
            )
            mpirun.chmod(0o755)
            process = subprocess.Popen(
                [RUN, "-n", "1", "program"], text=True, stderr=subprocess.PIPE, start_new_session=True,
                env=os.environ | {"PATH": f"{folder}:{os.environ['PATH']}"},
            )  # fmt: skip
            self.addCleanup(SurvivalTest.end, process)
            started.append((name, process, asked, status))
        time.sleep(2)
        for _, process, asked, _ in started:
            if asked:
                process.send_signal(signal.SIGTERM)
        for name, process, _, status in started:
            with self.subTest(name):
                _, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, status, errors)
                self.assertEqual("mpirun hangs" in errors, status != 0, errors)


class ResumeTest(SurvivalTest):
    def setUp(self):
        super().setUp()
        patch = unittest.mock.patch.dict(os.environ, {"MPIRUN": str(RUN)})
        patch.start()
        self.addCleanup(patch.stop)
        self.run_whole()

    def start_run(self, run_folder, restarts, *settings):
        """Starts a run under launch/run with so many restarts."""
        wrapper = self.write("run", f'#!/bin/sh\nexec "{RUN}" -v --restarts {restarts} "$@"\n')
        wrapper.chmod(0o755)
        with unittest.mock.patch.dict(os.environ, {"MPIRUN": str(wrapper)}):
            return self.start(run_folder, *settings, ranks=2)

    def test_a_killed_rank(self):
        process = self.start_run("killed", 1)
        self.wait_for_step("killed", 30)
        os.kill(self.ranks_of(process)[1], signal.SIGKILL)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        self.assertRegex(output, r"(?m)^resumed: ")
        self.assertIn("restart 1 of 1", errors)
        self.assert_undisturbed(Result(subprocess.CompletedProcess([], 0, output, errors)), "killed")

    def test_a_stop_that_nobody_asked_launch_run_for(self):
        process = self.start_run("pieces", 3, "run.stop_after_steps=400")
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors)
        self.assertEqual(output.count("\nresumed: "), 2, output)
        self.assert_undisturbed(Result(subprocess.CompletedProcess([], 0, output, errors)), "pieces")

    def test_a_stop_that_was_asked_for(self):
        process = self.start_run("asked", 3)
        self.wait_for_step("asked", 30)
        process.send_signal(signal.SIGTERM)
        output, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 75, output + errors)
        self.assertNotIn("restart 1", errors)
        self.assert_undisturbed(self.finish("asked", ranks=2), "asked")

    def test_a_stop_while_mpirun_starts(self):
        """A signal is not lost, whether mpirun and the ranks are ready for it or die of it."""
        for delay in (0, 0.02, 0.05, 0.1, 0.2, 0.4):
            with self.subTest(delay=delay):
                process = self.start_run("early", 3, "train.epochs=1000000")
                self.assertEqual(process.stderr.readline()[:5], "$ env")
                time.sleep(delay)
                process.send_signal(signal.SIGTERM)
                output, errors = process.communicate(timeout=60)
                self.assertEqual(process.returncode, 75, output + errors)
                if "stopped: " not in output:
                    self.assertRegex(errors, r"launch/run: stopped with status \d+; run it again")


if __name__ == "__main__":
    unittest.main()
