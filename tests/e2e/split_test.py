"""Which samples test and choose: of each class its share, whole groups on one side, and the samples of before in old runs."""

import pathlib
import re
import shutil
import unittest

import h5py
import numpy
from sklearn.model_selection import StratifiedGroupKFold

from harness import EndToEndTest, csv_table, small_table

UNSTRATIFIED = pathlib.Path(__file__).parent / "unstratified"


class SplitTest(EndToEndTest):
    def train(self, folder, *settings, ranks=None, config="small.toml"):
        words = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", config, "--run-dir", folder, *words, ranks=ranks)

    def support(self, folder):
        """The test samples of each class, in order."""
        return [int(line.split()[-1]) for line in re.findall(
            r"(?m)^\w+(?: +[0-9.]+){3} +[0-9]+$", self.run_ok("evaluate", folder).output)]  # fmt: skip

    def test_each_class_has_its_share_of_the_test_set(self):
        self.write_small_run(data={"test_fraction": 0.3, "validation_fraction": 0.1})
        self.train("run", "train.epochs=1")
        kinds = sorted(small_table()["kind"])
        shares = [0.3 * kinds.count(kind) for kind in sorted(set(kinds))]
        self.assertTrue(numpy.allclose(self.support("run"), shares, atol=1), (self.support("run"), shares))

    def test_runs_from_before_keep_their_test_set(self):
        """What is expected was printed by the program that wrote the checkpoint; see make.sh beside it."""
        for name in ("train.toml", "table.csv"):
            shutil.copy(UNSTRATIFIED / name, self.folder)
        checkpoints = self.folder / "run/checkpoints"
        checkpoints.mkdir(parents=True)
        shutil.copy(UNSTRATIFIED / "step-00000008.h5", checkpoints)
        table = ("--set", "data.train=table.csv")
        values = self.run_ok("evaluate", "run", *table).values()
        self.assertEqual((values["test_loss"], values["test_accuracy"]), ("1.379733", "0.200000"))
        changed = "--allow-changed-arithmetic"  # of the program's version
        half = self.run_ok("train", "train.toml", "--run-dir", "run", "--set", "train.epochs=6", changed, ranks=2)
        self.assertEqual(half.done()["digest"], "2f140935e2381663")
        whole = self.run_ok("train", "train.toml", "--run-dir", "run", "--set", "train.epochs=7", changed)
        self.assertEqual(whole.done()["digest"], "f0018d43e08861b7")
        self.assertNotEqual(self.train("new", config="train.toml").done()["test_loss"], "1.379733")

    def write_grouped(self):
        """groups.csv and groups.h5: 40 patients of 1 to 30 samples, each with more of one class than of the others."""
        draw = numpy.random.default_rng(2)
        patients = numpy.repeat(numpy.arange(40), draw.integers(1, 31, 40))
        often = draw.integers(0, 3, 40)[patients]
        kinds = numpy.where(draw.random(len(patients)) < 0.6, often, draw.integers(0, 3, len(patients)))
        x = (draw.normal(size=(len(patients), 4)) + kinds[:, None]).astype("f4")
        order = draw.permutation(len(patients))
        patients, kinds, x = patients[order], kinds[order], x[order]
        columns = {name: x[:, i] for i, name in enumerate("abcd")}
        names = [f"patient {number}" for number in patients]
        self.write("groups.csv", csv_table(columns | {"patient": names, "kind": [f"k{kind}" for kind in kinds]}))
        with h5py.File(self.folder / "groups.h5", "w") as file:
            file["features"], file["feature_names"] = x, list("abcd")
            file["labels"], file["patient"] = [f"k{kind}" for kind in kinds], patients
        self.write_small_run(data={"train": "groups.csv", "validation_fraction": 0.1, "group": "patient"})
        return patients, kinds

    def test_groups_stay_together(self):
        patients, kinds = self.write_grouped()
        runs = [self.train(f"run{ranks}", ranks=ranks) for ranks in (None, 2, 3)]
        stopped = ("--run-dir", "again", "--set", "run.stop_after_steps=7")
        self.assertEqual(self.command("train", "small.toml", *stopped, ranks=3).status, 75)
        runs.append(self.train("again"))
        runs.append(self.train("hdf5", "data.format=hdf5", "data.train=groups.h5", "data.target=[]"))
        self.assertEqual(len({run.done()["digest"] for run in runs}), 1)
        self.assertRegex(runs[0].output, r"note: +\d+ of 40 groups of .*groups.csv are test data: \d+ of \d+ samples\n")
        self.assertRegex(runs[0].output, r"note: +\d+ of \d+ groups of .*groups.csv are validation data")
        self.assertRegex(runs[0].output, "; 4 numbers, 3 classes")

        # The test set is at least as near to each class's share as the fifths of scikit-learn.
        wanted = numpy.bincount(kinds) / 5
        distance = lambda counts: numpy.abs(counts - wanted).sum()
        folds = StratifiedGroupKFold(5, shuffle=True, random_state=1).split(kinds, kinds, patients)
        best = min(distance(numpy.bincount(kinds[test], minlength=3)) for _, test in folds)
        self.assertLessEqual(distance(self.support("run2")), best)
        for folder in ("run3", "hdf5"):
            self.assertEqual(self.support(folder), self.support("run2"))

    def test_groups_are_of_no_use_without_a_split(self):
        self.write_grouped()
        refused = self.command("train", "small.toml", "--set", "data.train=classes.csv")
        self.assertEqual(refused.status, 2)
        self.assertIn("there is no column 'patient'", refused.errors)
        own = ("--set", "data.test=groups.csv", "--set", "data.test_fraction=0")
        refused = self.command("train", "small.toml", *own, "--set", "data.validation_fraction=0")
        self.assertEqual(refused.status, 2)
        self.assertIn("data.group: has no effect here", refused.errors)
        self.train("run")
        refused = self.command("evaluate", "run", "--set", "data.group=kind")
        self.assertIn("data.group", refused.errors)
        without = [line.rsplit(",", 2) for line in (self.folder / "groups.csv").read_text().splitlines()]
        self.write("new.csv", "".join(f"{x},{kind}\n" for x, _, kind in without))
        self.run_ok("evaluate", "run", "--set", "data.test=new.csv")
        self.run_ok("predict", "run", "--input", "new.csv", "--output", "p.csv")


if __name__ == "__main__":
    unittest.main()
