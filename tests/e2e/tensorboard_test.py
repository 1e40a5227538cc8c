"""metrics.tensorboard: TensorBoard reads what metrics.h5 has, each step once, however often the run was interrupted."""

import json
import subprocess

import h5py
import numpy

from harness import REPOSITORY, EndToEndTest

PYTHON = REPOSITORY / "build/python/bin/python"  # has TensorBoard: launch/install --tests
READ = """
import json, pathlib, sys
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.backend.event_processing.plugin_event_accumulator import EventAccumulator
shown = EventAccumulator(sys.argv[1], size_guidance={"tensors": 0}).Reload()
tags = {tag: [[e.step, e.tensor_proto.float_val[0]] for e in shown.Tensors(tag)] for tag in shown.Tags()["tensors"]}
raw = {}
for path in sorted(pathlib.Path(sys.argv[1]).glob("*tfevents*")):
    for event in EventFileLoader(str(path)).Load():
        for value in event.summary.value:
            raw.setdefault(value.tag, []).append(event.step)
print(json.dumps([tags, raw]))
"""


class TensorBoardTest(EndToEndTest):
    def train(self, *settings, ranks=None, status=0):
        words = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", self.config, "--run-dir", "run", *words, ranks=ranks)
        self.assertEqual(result.status, status, result.errors)

    def check(self):
        """All numbers of steps and epochs are there, once, in the files and as TensorBoard shows them."""
        folder = self.folder / "run"
        done = subprocess.run([PYTHON, "-c", READ, folder], capture_output=True, text=True, check=True)
        shown, raw = json.loads(done.stdout)
        expected = {}
        with h5py.File(folder / "metrics.h5") as file:
            for group in ("steps", "epochs"):
                for name in set(file[group]) - {"step", "epoch"}:
                    expected[f"{group}/{name}"] = (file[f"{group}/step"][:], file[f"{group}/{name}"][:])
        self.assertEqual(set(shown), set(expected))
        for tag, (steps, values) in expected.items():
            self.assertEqual(raw[tag], steps.tolist(), tag)
            numpy.testing.assert_array_equal([step for step, _ in shown[tag]], steps)
            numpy.testing.assert_array_equal([value for _, value in shown[tag]], values.astype("f4"))

    def events(self):
        return sorted(path.name for path in (self.folder / "run").glob("*tfevents*"))

    def test_interrupted(self):
        self.config = self.write_small_run(metrics={"tensorboard": True})
        foreign = self.write("run/events.out.tfevents.1.theirs", "not ours")
        self.train("run.stop_after_steps=7", status=75)
        self.check()
        # As if it had been killed before: the steps after the epoch are lost, and made again.
        (self.folder / "run/checkpoints/step-00000007.h5").unlink()
        self.train(ranks=2)
        self.check()
        self.assertEqual(len(self.events()), 3)
        self.train()  # complete: nothing is added
        self.assertEqual(len(self.events()), 3)
        with open(self.folder / "run" / self.events()[-1], "ab") as file:
            file.write(b"\x20\0\0\0")  # of a record that a crash cut short
        self.train("train.epochs=5")
        self.check()
        self.run_ok("train", self.config, "--run-dir", "run", "--resume", "never")
        self.check()
        self.assertEqual(len(self.events()), 2)
        self.assertEqual(foreign.read_text(), "not ours")

    def test_without(self):
        self.config = self.write_small_run()
        self.train()
        self.assertEqual(self.events(), [])
