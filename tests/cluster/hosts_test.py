"""Training over several hosts: the same bits over any links, and nothing is lost with a host."""

import contextlib
import json
import os
import re
import subprocess
import sys
import time
import unittest

import h5py
import numpy

from harness import REPOSITORY, Result
from hosts import Hosts, NoNamespaces, enter_sandbox, run
from survival_test import SurvivalTest

SKIPPED = 77  # the status by which ctest knows that this test could not run
RUN = REPOSITORY / "launch/run"


class HostsTest(SurvivalTest):
    """The whole run is that of one rank on this machine; all others must be the same to the last bit."""

    def hosts(self, **options):
        hosts = Hosts(**options)
        self.addCleanup(hosts.close)
        return hosts

    def train(self, hosts, run_folder, ranks, *settings):
        """Trains from the first host, with launch/run, and returns the Result."""
        result = self.run_ok(
            "train", "small.toml", "--run-dir", run_folder, *settings, timeout=40,
            program=hosts.on("node1", RUN, "-n", ranks), environment=hosts.environment,
        )  # fmt: skip
        self.assertRegex(
            result.output, rf"(?m)^ranks: +{ranks} on {len(hosts.names)} hosts \({', '.join(hosts.names)}\);"
        )
        return result

    @staticmethod
    def received(port):
        """The bytes that a host has sent into its port of the switch."""
        link = subprocess.run(
            ["ip", "-json", "-statistics", "link", "show", port], text=True, capture_output=True, check=True
        )
        return json.loads(link.stdout)[0]["stats64"]["rx"]["bytes"]


class SameBitsTest(HostsTest):
    STEPS = 20  # four epochs

    # Weights and biases of 4 bytes each, of which hosts send and gather their shares at every step.
    HIDDEN = [512, 512]
    BYTES = 4 * (7 * 512 + 513 * 512 + 513 * 3)

    def setUp(self):
        super().setUp()
        self.write_small_run(model={"hidden": self.HIDDEN}, optimizer={"momentum": 0.9})
        self.run_whole()

    def test_one_and_two_ranks_a_host(self):
        for slots in (1, 2):
            with self.subTest(slots=slots), contextlib.closing(Hosts(slots=slots)) as hosts:
                self.assert_undisturbed(self.train(hosts, f"slots-{slots}", 3 * slots), f"slots-{slots}")

    def test_gigabit_links(self):
        hosts = self.hosts(rate="1gbit")
        began = time.monotonic()
        result = self.train(hosts, "gigabit", 3)
        seconds = time.monotonic() - began
        self.assert_undisturbed(result, "gigabit")
        self.assertIn("with train.slices = 6 no more than 1.3 times", result.output)
        for name in hosts.names:
            sent = self.received(f"port-{name}")
            self.assertGreater(sent, self.STEPS * self.BYTES, "every step's gradients and parameters go over the link")
            self.assertLess(sent / seconds, 1.05 * 125e6)

    def test_delay_and_loss(self):
        delay = 0.002
        hosts = self.hosts(delay=delay, loss=0.001)
        began = time.monotonic()
        result = self.train(hosts, "far", 3)
        self.assertGreater(time.monotonic() - began, self.STEPS * 3 * delay, "a step has at least three exchanges")
        self.assert_undisturbed(result, "far")


class PredictionTest(HostsTest):
    ROWS = 120_000  # six blocks

    def setUp(self):
        super().setUp()
        self.write_small_run(train={"epochs": 1})
        self.run_ok("train", "small.toml", "--run-dir", "run", "--set", "data.scale=standard")
        self.values = numpy.random.RandomState(2).normal(size=(self.ROWS, 6)).astype("f4")

    def predict(self, source, output, hosts=None, ranks=1):
        with h5py.File(self.folder / source, "w") as file:
            file["features"], file["feature_names"] = self.values, list("abcdef")
        how = {}
        if hosts is not None:
            how = {"program": hosts.on("node1", RUN, "-n", ranks), "environment": hosts.environment}
        return self.command("predict", "run", "--input", source, "--output", output, timeout=60, **how)

    def test_hosts_take_blocks_in_turn(self):
        alone = self.predict("new.h5", "alone.csv")
        self.assertEqual(alone.status, 0, alone.errors)
        hosts = self.hosts(number=2, slots=2)
        for ranks in (2, 4):
            result = self.predict("new.h5", "p.csv", hosts, ranks)
            self.assertEqual(result.status, 0, result.errors)
            self.assertIn(alone.output.replace("alone", "p"), result.output)
            expected = (self.folder / "alone.csv").read_bytes()
            self.assertEqual((self.folder / "p.csv").read_bytes(), expected)

    def test_one_host_tells_what_failed(self):
        self.values[70_000] = 3e38  # in the block of the second host
        hosts = self.hosts(number=2)
        result = self.predict("far.h5", "far.csv", hosts, 2)
        self.assertEqual(result.status, 2, result.errors)
        self.assertEqual(result.errors.count("far.h5: sample 70000: column 'c' is 3"), 1, result.errors)
        self.assertFalse((self.folder / "far.csv").exists())


class SmallSharedMemoryTest(HostsTest):
    """A host whose shared memory is small, as in a container: what does not fit is told before it is taken."""

    def setUp(self):
        super().setUp()
        self.write_small_run(train={"epochs": 1})
        random = numpy.random.RandomState(1)
        with h5py.File(self.folder / "large.h5", "w") as file:
            file["features"] = random.normal(size=(600000, 10)).astype("f4")  # 24 MB
            file["labels"] = random.randint(0, 3, 600000)

    def test_data_and_parameters(self):
        hosts = self.hosts(number=1, slots=2)
        run(*hosts.on("node1", "mount", "-o", "remount,size=16m", "/dev/shm"))
        large_data = ("data.format=hdf5", "data.train=large.h5", "data.target=[]", "train.global_batch=600000")
        for what, settings in {
            "the data": large_data,
            "parameters and gradients": ("model.hidden=[2048, 2048]",),
        }.items():
            with self.subTest(what):
                result = self.command(
                    "train", "small.toml", "--run-dir", "small", *(word for s in settings for word in ("--set", s)),
                    timeout=60, program=hosts.on("node1", RUN, "-n", 2), environment=hosts.environment,
                )  # fmt: skip
                self.assertEqual(result.status, 1, result.output + result.errors)
                self.assertRegex(
                    result.errors, rf"(?m)^rank 0 \(node1\): /dev/shm: [\d.]+ MB are wanted there for {what}, and "
                )
                self.assertFalse((self.folder / "small/checkpoints").exists())
                self.assertEqual(subprocess.run(hosts.on("node1", "ls", "/dev/shm"), capture_output=True).stdout, b"")


class LostHostTest(HostsTest):
    STEPS = 200 * 26  # 200 epochs

    def test_a_link_that_is_cut(self):
        """The job ends, and launch/run finishes it when the link is back."""
        self.write_small_run(
            train={"epochs": self.STEPS // 26, "global_batch": 8}, checkpoint={"every_steps": 100, "every_epochs": 0}
        )
        self.run_whole()
        hosts = self.hosts()
        for victim in ("node1", "node3"):
            with self.subTest(victim=victim):
                self.cut_and_finish(hosts, f"cut-{victim}", victim)

    def cut_and_finish(self, hosts, run_folder, victim):
        line = [RUN, "--restarts", 3, "-n", 3, os.environ["LOCKSTEP"], "train", "small.toml", "--run-dir", run_folder]
        errors = self.folder / f"{run_folder}.errors"
        with open(errors, "w") as file:
            process = subprocess.Popen(
                hosts.on("node1", *line),
                cwd=self.folder,
                env=hosts.environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=file,
                start_new_session=True,
            )
        self.addCleanup(self.end, process)
        self.addCleanup(hosts.close)
        self.wait_for_step(run_folder, 250)
        hosts.cut(victim)
        began = time.monotonic()
        while not (ended := re.search(r"(?m)^launch/run: ended with status (\d+);.*", errors.read_text())):
            self.assertLess(time.monotonic() - began, 20, f"the job ends: {errors.read_text()}")
            self.assertIsNone(process.poll(), errors.read_text())
            time.sleep(0.1)
        self.assertGreater(time.monotonic() - began, 1, "it had not ended before")
        self.assertIn("ended with status 205; restart 1 of 3 in 2 s", ended[0])
        hosts.mend(victim)
        output, _ = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 0, output + errors.read_text())
        self.assertRegex(output, r"(?m)^resumed: ")
        self.assertEqual(errors.read_text().count("launch/run: "), 1, "one restart")
        self.assert_undisturbed(Result(subprocess.CompletedProcess(line, 0, output)), run_folder)


if __name__ == "__main__":
    try:
        enter_sandbox()
    except NoNamespaces as error:
        print(f"NOT TESTED: {error}", file=sys.stderr)
        sys.exit(1 if os.environ.get("CI") else SKIPPED)
    unittest.main()
