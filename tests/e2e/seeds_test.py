"""train --seeds: the runs of single seeds, in turn, and predictions of all of them."""

import csv
import json
import os
import pathlib
import signal
import statistics
import subprocess
import time

import h5py
import numpy
from sklearn import metrics

from harness import LAUNCH, SharedRunTest, children_of, temporary_folder


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

    def signal_one_rank(self, command, rank, is_time):
        """Starts two groups on three ranks, and as soon as `is_time` sends SIGTERM to one rank."""
        line = [os.environ["MPIRUN"], "-n", "3", os.environ["LOCKSTEP"], *map(str, command)]
        with temporary_folder() as own, open(self.folder / "output", "w") as output:
            job = subprocess.Popen(
                line, cwd=self.folder, stdout=output, stderr=output, env=os.environ | LAUNCH | {"TMPDIR": own}
            )
            try:
                until = time.monotonic() + 60
                while not is_time():
                    self.assertIsNone(job.poll(), (self.folder / "output").read_text())
                    self.assertLess(time.monotonic(), until)
                    time.sleep(0.01)
                of_rank = f"OMPI_COMM_WORLD_RANK={rank}".encode()
                for child in children_of(job.pid):
                    if of_rank in pathlib.Path(f"/proc/{child}/environ").read_bytes().split(b"\0"):
                        os.kill(int(child), signal.SIGTERM)
                return job.wait(timeout=60)
            finally:
                if job.poll() is None:
                    job.kill()

    def test_a_signal_to_one_rank(self):
        """It stops all groups with checkpoints, also that of a group that has no more seeds, and the job can go on."""
        config = self.write_small_run(data={"validation_fraction": 0.1})
        for rank, seeds, epochs in ((0, "4,1", 10**9), (1, "4,1", 10**9), (2, "4,1", 10**9), (2, "4,1,9", 200)):
            run = f"rank-{rank}-{len(seeds)}"
            command = ("train", config, "--seeds", seeds, "--run-dir", run, "--at-once", 2)
            names = [f"seed-{seed}" for seed in seeds.split(",")]
            log = self.folder / run / "seed-1/log.txt"

            def is_time():
                checkpoints = [list((self.folder / run / name).glob("checkpoints/step-*.h5")) for name in names]
                return all(checkpoints) and (len(names) == 2 or "\ndone: " in log.read_text())

            long = ("--set", f"train.epochs={epochs}")
            status = self.signal_one_rank((*command, *long), rank, is_time)
            said = (self.folder / "output").read_text() + log.read_text()
            self.assertEqual(status, 75, said)
            self.assertEqual(said.count("\nstopped: "), 2 if len(names) == 2 else 1, said)
            for name in names:
                start = json.loads((self.folder / run / name / "environment.json").read_text())["starts"][-1]
                expected = "done" if len(names) == 3 and name != "seed-9" else "stopped"
                self.assertEqual(start["outcome"], expected)
                step = int(self.run_ok("inspect", f"{run}/{name}").values()["step"])
                self.assertEqual(step, start["last_step"])
        again = self.run_ok(*command, *long, "--resume", "must", ranks=2)
        self.assertEqual(self.done(again.output.splitlines()[-1])["seeds"], "3")

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

    def assert_evaluated(self, folder, seeds, scores_of_mean, *settings):
        """Each network as by itself, their statistics, and what scikit-learn says of the mean of their predictions."""
        single = {}
        for seed in seeds:
            file = f"seed-{seed}.json"
            self.run_ok("evaluate", folder / f"seed-{seed}", "--output", file, "--samples", "--force", *settings)
            single[f"seed-{seed}"] = json.loads((self.folder / file).read_text())
        said = self.run_ok("evaluate", folder, "--output", "all.json", "--samples", "--force", *settings, ranks=2)
        self.run_ok("evaluate", folder, "--output", "all.h5", "--force", *settings)
        whole = json.loads((self.folder / "all.json").read_text())
        names = [name for name in whole["networks"][0] if name != "name"]
        self.assertEqual([network["name"] for network in whole["networks"]], list(single))
        for network in whole["networks"]:
            self.assertEqual([network[name] for name in names], [single[network["name"]][name] for name in names])
        parts = [[sample["outputs"] for sample in one["samples"]] for one in single.values()]
        mean = numpy.mean(parts, axis=0)
        numpy.testing.assert_allclose([sample["outputs"] for sample in whole["samples"]], mean, rtol=2e-6)
        for name, expected in scores_of_mean(mean, whole["samples"]).items():
            self.assertAlmostEqual(whole[name], expected, delta=2e-6 * max(1, abs(expected)), msg=name)
        self.assertNotIn("test_loss", whole)  # a function of one network's outputs
        with h5py.File(self.folder / "all.h5") as file:
            for name in names:
                numpy.testing.assert_array_equal(file[f"networks/{name}"], [one[name] for one in single.values()])
        shown = {}  # row -> column -> text, over all tables
        for block in said.output[said.output.index("\n\n" + " " * 19 + "  ") :].strip("\n").split("\n\n"):
            heading, *rows = block.splitlines()
            for row in rows:
                self.assertLessEqual(len(row), 80)
                shown.setdefault(row[:19].strip(), {}).update(zip(heading.split(), row[19:].split()))
        self.assertEqual(list(shown), [*single, "mean", "standard deviation", "mean of predictions"])
        for name in names:
            values = [one[name] for one in single.values()]
            expected = [*values, statistics.mean(values), statistics.stdev(values)]
            numpy.testing.assert_allclose([float(row[name]) for row in list(shown.values())[:-1]], expected, atol=2e-6)
            of_mean = shown["mean of predictions"][name]
            self.assertEqual(of_mean, "-" if name == "test_loss" else f"{whole[name]:.6f}")

    def test_evaluation(self):
        def scores(mean, samples):
            labels = [sample["label"] for sample in samples]
            return {
                "test_accuracy": metrics.accuracy_score(labels, mean.argmax(axis=1)),
                "test_log_loss": metrics.log_loss(labels, mean),
                "test_macro_f1": metrics.f1_score(labels, mean.argmax(axis=1), average="macro"),
            }

        setting = ("--set", f"data.train={self.shared / 'classes.csv'}")
        self.assert_evaluated(self.shared / "all", (1, 4, 9), scores, *setting)

    def test_evaluation_of_a_regression(self):
        """Means are taken in the units of the targets, also where these are on a scale that is no straight line."""
        def scores(mean, samples):
            targets = [sample["targets"] for sample in samples]
            return {
                "test_r2": metrics.r2_score(targets, mean),
                "test_mae": metrics.mean_absolute_error(targets, mean),
            }

        data = {"target": ["left", "right"], "train": "values.csv", "scale_targets": "log"}
        config = self.write_small_run(data=data, train={"loss": "mse"}, optimizer={"learning_rate": 0.02})
        self.run_ok("train", config, "--seeds", "2,1", "--run-dir", "values")
        self.assert_evaluated(self.folder / "values", (1, 2), scores)

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
        result = self.command("evaluate", "m")
        self.assertEqual(result.status, 2)
        self.assertIn("was trained on other data", result.errors)
        self.assertFalse((self.folder / "p.csv").exists())
