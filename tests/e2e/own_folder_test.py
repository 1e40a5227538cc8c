"""A run owns its folder, files of the user stay, and output that cannot be written is a failure."""

import os
import re
import shutil
import signal
import subprocess
import time

import h5py

from harness import LAUNCH, EndToEndTest, SharedRunTest


class OwnerTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(train={"epochs": 1000000}, checkpoint={"every_steps": 5})

    def start(self):
        process = subprocess.Popen(
            [os.environ["LOCKSTEP"], "train", "small.toml"],
            cwd=self.folder, env=os.environ | LAUNCH, text=True,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def wait_for_checkpoint(self):
        checkpoints = self.folder / "runs/small/checkpoints"
        end = time.monotonic() + 60
        while not list(checkpoints.glob("step-*.h5")):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)

    def test_the_second_start_is_refused_and_the_first_goes_on(self):
        first = self.start()
        self.wait_for_checkpoint()
        for resume in ("auto", "never"):
            second = self.command("train", "small.toml", "--resume", resume, "--force")
            self.assertEqual(second.status, 2, second.output + second.errors)
            self.assertRegex(second.errors, rf"runs/small: another run uses this folder: process {first.pid} on \S+, since")
        # Whoever only reads is not refused.
        self.run_ok("inspect", "runs/small")
        first.send_signal(signal.SIGHUP)
        output, errors = first.communicate(timeout=60)
        self.assertEqual(first.returncode, 75, output + errors)
        self.assertFalse((self.folder / "runs/small/owner").exists())

    def test_after_a_kill_it_goes_on_at_once(self):
        first = self.start()
        self.wait_for_checkpoint()
        first.kill()
        began = time.monotonic()
        again = self.command("train", "small.toml", "--set", "run.stop_after_steps=1")
        self.assertEqual(again.status, 75, again.output + again.errors)
        self.assertIn("resumed: ", again.output)
        self.assertNotIn("is waited for", again.output)
        self.assertLess(time.monotonic() - began, 20)

    def test_one_of_two_that_start_together_wins(self):
        both = [self.start(), self.start()]
        end = time.monotonic() + 60
        while all(process.poll() is None for process in both):
            self.assertLess(time.monotonic(), end)
            time.sleep(0.01)
        lost, won = sorted(both, key=lambda process: process.poll() is None)
        self.assertEqual(lost.returncode, 2)
        self.wait_for_checkpoint()
        won.terminate()
        output, errors = won.communicate(timeout=60)
        self.assertEqual(won.returncode, 75, output + errors)
        # Files are whole, and of one run.
        self.run_ok("inspect", "runs/small")
        with h5py.File(self.folder / "runs/small/metrics.h5") as file:
            steps = file["steps/step"][:]
        self.assertEqual(list(steps), list(range(1, len(steps) + 1)))


class OwnFilesTest(SharedRunTest):
    def make(self):
        self.write_small_run(train={"epochs": 1})
        return self.run_ok("train", "small.toml")

    def refused(self, *arguments, words):
        result = self.command(*arguments)
        self.assertEqual(result.status, 2, f"{arguments}\n{result.output}{result.errors}")
        for word in words:
            self.assertIn(word, result.errors)

    def setUp(self):
        super().setUp()
        shutil.copytree(self.shared, self.folder, dirs_exist_ok=True)

    def test_a_run_replaces_only_what_a_run_has_written(self):
        own = {"config.toml": (self.folder / "small.toml").read_text(), "metrics.jsonl": "notes", "metrics.h5": "notes",
               "checkpoints/best.h5": "notes", "profile.json": "{}",
               "environment.json": "{}"}  # fmt: skip
        for name, text in own.items():
            folder = f"of-{name.replace('/', '-')}"
            self.write(f"{folder}/{name}", text)
            command = ["train", "small.toml", "--run-dir", folder, "--resume", "never"]
            self.refused(*command, words=[f"{folder}/{name}: Lockstep did not write it", "--force"])
            self.assertEqual((self.folder / folder / name).read_text(), text)
            self.assertEqual(
                sorted(path.name for path in (self.folder / folder).iterdir()), [name.partition("/")[0]], "nothing else"
            )
        self.run_ok("train", "small.toml", "--run-dir", "of-config.toml", "--force")
        self.assertIn("Written by Lockstep", (self.folder / "of-config.toml/config.toml").read_text())

        # A version that did not mark its configuration has it in its checkpoints too.
        config = self.folder / "runs/small/config.toml"
        config.write_text(config.read_text().partition("\n")[2])
        # What it has written, it replaces; what was changed since, it does not.
        self.run_ok("train", "small.toml", "--resume", "never")
        with (self.folder / "runs/small/config.toml").open("a") as file:
            file.write("# my notes\n")
        self.refused("train", "small.toml", words=["runs/small/config.toml", "changed since"])

    def test_what_is_read_is_never_replaced(self):
        (self.folder / "small.toml").rename(self.folder / "config.toml")
        before = (self.folder / "config.toml").read_text()
        self.refused("train", "config.toml", "--run-dir", ".", "--force", words=["config.toml: this run reads it"])
        self.assertEqual((self.folder / "config.toml").read_text(), before)

        best = "runs/small/checkpoints/best.h5"
        os.link(self.folder / "classes.csv", self.folder / "hard.csv")
        (self.folder / "soft.csv").symlink_to("classes.csv")
        (self.folder / "soft.h5").symlink_to(best)
        (self.folder / "full.csv").symlink_to("/dev/full")
        content = {name: (self.folder / name).read_bytes() for name in ("classes.csv", best)}
        predict = ["predict", best, "--input", "classes.csv", "--force", "--output"]
        for output, words in {
            "classes.csv": "is the input itself",
            "hard.csv": "is the input itself",
            "soft.csv": "is the input itself",
            "./runs/../classes.csv": "is the input itself",
            best: "is the checkpoint itself",
            "soft.h5": "is the checkpoint itself",
            "full.csv": "is not a regular file",
        }.items():
            self.refused(*predict, output, words=[output, words])
        for name, before in content.items():
            self.assertEqual((self.folder / name).read_bytes(), before)

    def test_predictions_replace_predictions(self):
        predict = ["predict", "runs/small", "--input", "classes.csv", "--output"]
        self.write("notes.csv", "a,b\n1,2\n")
        self.refused(*predict, "notes.csv", words=["notes.csv", "--force"])
        self.assertEqual((self.folder / "notes.csv").read_text(), "a,b\n1,2\n")
        (self.folder / "link.csv").symlink_to("notes.csv")
        self.run_ok(*predict, "link.csv", "--force")
        self.assertTrue((self.folder / "link.csv").is_symlink())
        self.run_ok(*predict, "notes.csv")
        for _ in range(2):
            self.run_ok(*predict, "p.h5")

    def test_a_pipe_is_not_waited_for(self):
        os.mkfifo(self.folder / "pipe")
        self.refused("train", "pipe", words=["pipe: is not a regular file"])
        self.refused("inspect", "pipe", words=["pipe: is not a regular file"])
        self.refused("train", "small.toml", "--set", "data.train=/dev/zero", words=["/dev/zero: is not a regular file"])

    def test_output_that_cannot_be_written_is_a_failure(self):
        for arguments in (["--help"], ["--version"], ["train", "--help"], ["inspect", "runs/small"],
                          ["evaluate", "runs/small"]):  # fmt: skip
            with self.subTest(arguments=arguments):
                self.assert_output_fails(arguments)
        self.assert_output_fails(["train", "small.toml", "--set", "train.epochs=9"], "the run has ended after step")
        # What was computed is kept, and the run goes on from it.
        again = self.run_ok("train", "small.toml", "--set", "train.epochs=9")
        self.assertRegex(again.output, r"resumed: after epoch \d, step \d+")

    def assert_output_fails(self, arguments, words="standard output: cannot write"):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run(
                [os.environ["LOCKSTEP"], *arguments], cwd=self.folder, env=os.environ | LAUNCH,
                stdout=full, stderr=subprocess.PIPE, text=True, timeout=60, check=False,
            )  # fmt: skip
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertIn(words, result.stderr)
        self.assertIn(os.strerror(28), result.stderr)

    def test_memory_goes_by_the_samples_that_there_are(self):
        huge = self.run_ok("train", "small.toml", "--run-dir", "huge", "--set", "train.global_batch=4000000000")
        whole = self.run_ok("train", "small.toml", "--run-dir", "whole", "--set", "train.global_batch=201")
        self.assertEqual(huge.outcome(), whole.outcome())
        self.assertTrue(re.search("digest [0-9a-f]{16}", whole.output))
