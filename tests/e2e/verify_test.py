"""lockstep verify: it says yes to a configuration that is reproducible, and no when one run differs."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

from harness import LAUNCH, EndToEndTest

# An mpirun that trains with another seed on three ranks.
LIAR = """#!/bin/bash
case " $* " in *" -n 3 "*) set -- "$@" --set run.seed=99 ;; esac
exec "$MPIRUN" "$@"
"""


class VerifyTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(model={"dropout": 0.2}, optimizer={"momentum": 0.9}, train={"epochs": 100})

    def verify(self, *arguments, ranks=None, environment=None):
        return self.command(
            "verify", "small.toml", *arguments, ranks=ranks, environment=LAUNCH | (environment or {})
        )

    def assert_nothing_left(self, result):
        """Neither the run's own folder nor anything that the runs have left."""
        self.assertEqual(sorted(path.name for path in self.folder.iterdir() if path.is_dir()), [])
        self.assertNotIn("lockstep-verify", result.output)

    def test_equal_digests(self):
        result = self.verify("--ranks", "2,3,8,9", "--steps", "31", "--set", "train.slices=8")
        self.assertEqual(result.status, 0, result.output + result.errors)
        note, header, *rows, verdict = result.output.splitlines()
        self.assertEqual(note, "note: 9 ranks are more than the 8 slices of a step, and left out")
        self.assertEqual(header.split(), ["digest", "time", "run"])
        runs = [row.split("s  ")[-1] for row in rows]
        self.assertEqual(
            runs,
            [
                "1 rank to step 31",
                "2 ranks to step 31",
                "3 ranks to step 31",
                "8 ranks to step 31",
                "2 ranks to step 10, then 8 ranks to step 20, then 1 rank to step 31",
            ],
        )
        self.assertEqual(verdict, "verify: all 5 digests are equal after 31 steps")
        whole = self.command("train", "small.toml", "--run-dir", "run", "--set", "run.stop_after_steps=31")
        self.assertEqual(whole.status, 75)
        digest = self.run_ok("inspect", "run").values()["digest"]
        self.assertEqual({row.split()[0] for row in rows}, {digest})

    def test_a_short_run_is_verified_to_its_end(self):
        result = self.verify("--ranks", "2", "--set", "train.epochs=2")
        self.assertEqual(result.status, 0, result.output + result.errors)
        self.assertIn("after 10 steps", result.output)
        self.assert_nothing_left(result)

    def test_a_run_that_differs(self):
        liar = self.write("bin/mpirun", LIAR)
        liar.chmod(0o755)
        path = {"PATH": f"{liar.parent}:{os.environ['PATH']}"}
        result = self.verify("--ranks", "2,3,4", "--steps", "20", environment=path)
        self.assertEqual(result.status, 1, result.output + result.errors)
        self.assertIn("1 of 4 runs differ", result.errors)
        good = self.verify("--ranks", "2,4", "--steps", "20", environment=path)
        self.assertEqual(good.status, 0, good.output + good.errors)

    def test_what_cannot_be_verified(self):
        for arguments, *words in (
            (["--set", "train.slices=world"], "train.slices", "number"),
            (["--set", "train.epoch=3"], "train.epoch", "train.epochs"),
            (["--set", "data.train=no.csv"], "no.csv: no such file"),
            (["--ranks", "9"], "nothing to compare", "9 ranks", "8 slices", "train.slices", "--ranks"),
            (["--set", "train.slices=1"], "2, 3, 8 ranks", "1 slice"),
            (["--set", "train.epochs=0"], "train.epochs = 0"),
            (["--set", "optimizer.learning_rate=0"], "optimizer.learning_rate = 0"),
            (["--ranks", "0"], "--ranks"),
            (["--steps", "0"], "0 is not a whole number above 0"),
        ):
            with self.subTest(arguments=arguments):
                result = self.verify(*arguments)
                self.assertEqual(result.status, 2, result.output + result.errors)
                for word in words:
                    self.assertIn(word, result.errors)
                self.assert_nothing_left(result)

    def test_under_a_launcher(self):
        for ranks in (1, 2):
            result = self.verify(ranks=ranks)
            self.assertEqual(result.status, 2, result.output + result.errors)
            self.assertEqual(result.errors.count("call it alone"), 1)

    def test_without_mpirun(self):
        result = self.verify(environment={"PATH": "/nowhere"})
        self.assertEqual(result.status, 1, result.output + result.errors)
        self.assertIn("mpirun: cannot be started: No such file", result.errors)

    def test_a_signal_ends_it_and_what_it_started(self):
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as own:
            process = subprocess.Popen(
                [os.environ["LOCKSTEP"], "verify", "small.toml", "--set", "train.epochs=1000000",
                 "--steps", "1000000"],
                cwd=self.folder, env=os.environ | LAUNCH | {"TMPDIR": own}, text=True,
                stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            )  # fmt: skip
            end = time.monotonic() + 60
            while not list(pathlib.Path(own).glob("lockstep-verify-*/run-0/metrics.jsonl")):
                self.assertLess(time.monotonic(), end)
                time.sleep(0.05)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=60)
            self.assertEqual(process.returncode, 1, errors)
            self.assertIn("stopped on request", errors)
            self.assertEqual(list(pathlib.Path(own).glob("lockstep-verify-*")), [])


if __name__ == "__main__":
    unittest.main()
