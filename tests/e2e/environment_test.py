"""What a run's folder keeps of the machine, the program and its starts."""

import datetime
import json
import os
import pathlib
import platform
import re
import socket
import subprocess

import h5py

from harness import REPOSITORY, EndToEndTest, rows_of


def output_of(*command):
    return subprocess.run(command, check=True, text=True, capture_output=True).stdout.strip()


class EnvironmentTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run()
        self.run_folder = self.folder / "runs/small"

    def starts(self):
        return json.loads((self.run_folder / "environment.json").read_text())["starts"]

    def test_machine_program_and_command(self):
        began = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
        self.run_ok("train", "small.toml", ranks=2)
        (start,) = self.starts()
        time = datetime.datetime.fromisoformat(start["start_time"].replace("Z", "+00:00"))
        self.assertLessEqual(began, time)
        self.assertLess(time, began + datetime.timedelta(minutes=5))
        self.assertEqual(start["command_line"], [os.environ["LOCKSTEP"], "train", "small.toml"])
        self.assertEqual((start["ranks"], start["hosts"]), (2, [socket.gethostname()]))
        named = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.MULTILINE)
        self.assertIn(named[1] if named else platform.machine(), start["processor"])
        self.assertEqual(start["mpi"].split()[-1], "v" + output_of(os.environ["MPIRUN"], "--version").splitlines()[0].split()[-1])
        self.assertEqual(start["hdf5"], h5py.version.hdf5_version)
        self.assertEqual(start["c_library"], " ".join(platform.libc_ver()))
        self.assertEqual(start["lockstep"], self.run_ok("--version").output.split()[1])
        self.assertRegex(start["compiler"], r"^(GNU|Clang) \d+\.\d+")
        self.assertIn("-ffp-contract=off", start["compiler_flags"])
        facts = self.run_ok("inspect", "runs/small").values()
        self.assertEqual(start["kernels"], facts["blas_kernel"])
        self.assertEqual((start["first_step"], start["last_step"]), (0, int(facts["step"])))
        self.assertEqual(start["outcome"], "done")
        self.assertEqual(int(start["start_unix_time"]), time.timestamp())
        self.assertAlmostEqual(start["last_unix_time"] - start["start_unix_time"], start["wall_seconds"], delta=1)
        self.assertGreater(start["wall_seconds"], 0)

    def test_the_commit_is_that_of_the_source(self):
        self.run_ok("train", "small.toml")
        commit = self.starts()[0]["commit"]
        if not (REPOSITORY / ".git").exists():
            self.assertEqual(commit, "unknown")
            return
        known = output_of("git", "-c", f"safe.directory={REPOSITORY}", "-C", REPOSITORY, "cat-file", "-t",
                          commit.removesuffix("-modified"))  # fmt: skip
        self.assertEqual(known, "commit")

    def test_metrics_have_the_same_as_attributes(self):
        self.run_ok("train", "small.toml")
        (start,) = self.starts()
        with h5py.File(self.run_folder / "metrics.h5") as file:
            attributes = dict(file.attrs)
        for name in ("processor", "ranks", "mpi", "hdf5", "kernels", "compiler", "commit", "start_time", "last_step"):
            self.assertEqual(attributes[name], start[name], name)
        for name in ("hosts", "command_line", "environment"):
            self.assertEqual(json.loads(attributes[name]), start[name], name)
        self.assertLessEqual(0, attributes["wall_seconds"])
        self.assertLessEqual(attributes["wall_seconds"], start["wall_seconds"])

    def test_each_start_of_a_run_is_kept(self):
        stop = "run.stop_after_steps"
        self.assertEqual(self.command("train", "small.toml", "--set", f"{stop}=3").status, 75)
        self.run_ok("train", "small.toml", ranks=3)
        starts = self.starts()
        self.assertEqual(len(starts), 2)
        self.assertEqual((starts[0]["outcome"], starts[0]["last_step"], starts[0]["ranks"]), ("stopped", 3, 1))
        self.assertEqual((starts[-1]["outcome"], starts[-1]["first_step"], starts[-1]["ranks"]), ("done", 3, 3))
        # One that was complete before adds none, and one that begins anew keeps none.
        self.run_ok("train", "small.toml")
        self.assertEqual(self.starts(), starts)
        self.run_ok("train", "small.toml", "--resume", "never")
        self.assertEqual(len(self.starts()), 1)

    def test_times_of_checkpoints(self):
        """Between begin and end of the start that wrote them; those of an earlier start stay, up to where it goes on."""
        self.write_small_run(data={"validation_fraction": 0.2}, checkpoint={"every_steps": 2})
        stopped = self.command("train", "small.toml", "--set", "run.stop_after_steps=5")
        self.assertEqual(stopped.status, 75)
        self.run_ok("train", "small.toml", ranks=2)
        rows = rows_of(self.run_folder, "checkpoints")
        newest = [row["step"] for row in rows if row["newest"]]
        self.assertEqual(newest, [2, 4, 5, 6, 8, 10, 12, 14, 16])
        best = int(self.run_ok("inspect", "runs/small").values()["best_step"])
        self.assertEqual([row["step"] for row in rows if row["best"]][-1], best)
        first, second = self.starts()
        for row in rows:
            start = first if row["step"] <= 5 else second
            self.assertLessEqual(start["start_unix_time"], row["time"])
            self.assertLessEqual(row["time"], start["last_unix_time"])

    def test_a_killed_run_has_no_outcome(self):
        self.write_small_run(train={"epochs": 1000000}, checkpoint={"every_steps": 1})
        killed = self.command("train", "small.toml", program=("timeout", "-s", "KILL", "2"))
        self.assertNotEqual(killed.status, 0)
        (start,) = self.starts()
        self.assertNotIn("outcome", start)
        self.assertGreater(start["last_step"], 0)
        self.assertGreater(start["wall_seconds"], 0)
