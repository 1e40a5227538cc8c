"""train --seeds: the runs of single seeds, in turn, and predictions of all of them."""

import csv
import statistics

import h5py
import numpy

from harness import SharedRunTest


def table_of(path):
    with open(path, encoding="utf-8", newline="") as file:
        head, *rows = csv.reader(file)
    return head, rows


class SeedsTest(SharedRunTest):
    def make(self):
        config = self.write_small_run(data={"validation_fraction": 0.1})
        return self.run_ok("train", config, "--seeds", "4,1,9", "--run-dir", "all", ranks=2)

    def done(self, line):
        words = line.removeprefix("done: ").split()
        return dict(zip(words[::2], words[1::2]))

    def test_runs(self):
        """Each is the run that --set run.seed makes, and the last line has their statistics."""
        results = []
        for seed in (4, 1, 9):
            settings = (f"run.seed={seed}", "run.split_seed=3")
            words = [word for setting in settings for word in ("--set", setting)]
            results.append(self.run_ok("train", self.shared / "small.toml", "--run-dir", f"{seed}", *words).done())
        lines = [self.done(line) for line in self.made.output.splitlines() if line.startswith("done: ")]
        self.assertEqual([line["digest"] for line in lines[:-1]], [result["digest"] for result in results])
        self.assertEqual(lines[-1]["seeds"], "3")
        for name in ("test_loss", "test_accuracy"):
            values = [float(result[name]) for result in results]
            self.assertAlmostEqual(float(lines[-1][name]), statistics.mean(values), delta=2e-6)
            self.assertAlmostEqual(float(lines[-1][name + "_sd"]), statistics.stdev(values), delta=2e-6)
        for seed, result in zip((4, 1, 9), results):
            self.assertRegex(self.made.output, rf"\n{seed} .*  {result['digest']}\n")

    def test_goes_on(self):
        """After an interruption, on other ranks, and when all is done."""
        command = ("train", self.shared / "small.toml", "--seeds", "4,1,9", "--run-dir", "again")
        stopped = self.command(*command, "--set", "run.stop_after_steps=7")
        self.assertEqual(stopped.status, 75, stopped.errors)
        self.assertEqual([path.name for path in (self.folder / "again").iterdir()], ["seed-4"])
        for options in ({"ranks": 3}, {}):
            last = self.run_ok(*command, "--resume", "must", **options).output.splitlines()[-1]
            self.assertEqual(last, self.made.output.splitlines()[-1])

    def test_without_a_split(self):
        """A test set of its own leaves nothing for run.split_seed to draw."""
        config = self.write_small_run(data={"test_fraction": 0, "test": "classes.csv"})
        done = self.run_ok("train", config, "--seeds", "1,2", "--run-dir", "own", "--set", "train.epochs=1").done()
        self.assertEqual(done["seeds"], "2")

    def test_at_once(self):
        """Two groups of ranks, one larger than the other, come to the same bits, after an interruption, too."""
        command = ("train", self.shared / "small.toml", "--seeds", "4,1,9", "--run-dir", "two", "--at-once", 2)
        stopped = self.command(*command, "--set", "run.stop_after_steps=7", ranks=3)
        self.assertEqual(stopped.status, 75, stopped.errors)
        self.assertEqual({path.name for path in (self.folder / "two").iterdir()}, {"seed-4", "seed-1"})
        output = self.run_ok(*command, ranks=3).output
        table = self.made.output.splitlines()[-7:]
        self.assertEqual(output.splitlines()[-7:], table)
        self.assertNotIn("seed:    1,", output)
        log = (self.folder / "two/seed-1/log.txt").read_text()
        self.assertRegex(log, r"(?s)seed:    1, 2 of 3.*stopped: .*seed:    1, 2 of 3.*resumed: after.*done: ")

    def test_prediction(self):
        data = self.shared / "classes.csv"
        for run in ("all", "all/seed-1", "all/seed-4", "all/seed-9"):
            name = run.replace("/", "-")
            said = self.run_ok("predict", self.shared / run, "--input", data, "--output", f"{name}.csv").output
            self.run_ok("predict", self.shared / run, "--input", data, "--output", f"{name}.h5")
            self.assertEqual(" of 3 networks" in said, run == "all")
        parts = []
        for seed in (1, 4, 9):
            with h5py.File(self.folder / f"all-seed-{seed}.h5") as file:
                parts.append(file["outputs"][:].astype(float))
        with h5py.File(self.folder / "all.h5") as file:
            mean, spread, labels = file["outputs"][:], file["spread"][:], file["labels"][:]
            names = file["output_names"][:]
        numpy.testing.assert_allclose(mean, numpy.mean(parts, axis=0), rtol=1e-6)
        numpy.testing.assert_allclose(spread, numpy.std(parts, axis=0, ddof=1), atol=1e-12)
        numpy.testing.assert_array_equal(labels, names[mean.argmax(axis=1)])
        head, rows = table_of(self.folder / "all.csv")
        self.assertEqual(head[2:], [name.decode() for name in names] + [f"{name.decode()} sd" for name in names])
        numpy.testing.assert_allclose([[float(x) for x in row[2:5]] for row in rows], mean, rtol=1e-7)
        numpy.testing.assert_allclose([[float(x) for x in row[5:]] for row in rows], spread, rtol=1e-6, atol=1e-12)

    def test_bad_input(self):
        config = self.write_small_run()
        for seeds, said in (("1,x", "'x' is no whole number"), ("1,2,1", "1 is there twice"), ("1", "two or more"),
                            ("1,,2", "'' is no"), ("-1,2", "'-1' is no")):  # fmt: skip
            result = self.command("train", config, f"--seeds={seeds}", "--run-dir", "r")
            self.assertEqual(result.status, 2)
            self.assertIn(said, result.errors)
        result = self.command("train", config, "--seeds=1,2,3", "--at-once=3", "--run-dir", "r", ranks=2)
        self.assertEqual(result.status, 2)
        self.assertIn("3 seeds on 2 ranks can be trained 2 at a time", result.errors)
        self.assertFalse((self.folder / "r").exists())
        self.run_ok("train", config, "--run-dir", "r")
        result = self.command("train", config, "--seeds=1,2", "--run-dir", "r")
        self.assertEqual(result.status, 2)
        self.assertIn("holds a run of its own", result.errors)
        for seed, rows in ((1, 0.2), (2, 0.3)):
            fraction = f"data.test_fraction={rows}"
            self.run_ok("train", config, "--run-dir", f"m/seed-{seed}", "--set", "run.seed=1", "--set", fraction)
        result = self.command("predict", "m", "--input", "classes.csv", "--output", "p.csv")
        self.assertEqual(result.status, 2)
        self.assertIn("was trained on other data", result.errors)
        self.assertFalse((self.folder / "p.csv").exists())
