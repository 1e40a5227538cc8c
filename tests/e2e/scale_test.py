"""launch/scale: a study of a small run, what it leaves, what makes it fail, and its model on made-up timings."""

import contextlib
import csv
import dataclasses
import os
import pathlib
import signal
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree

import h5py

from harness import LAUNCH, REPOSITORY, EndToEndTest, SharedRunTest, temporary_folder

sys.path.insert(0, str(REPOSITORY / "launch"))

from scaling import model, report, study  # noqa: E402
from scaling.runs import Run, steady_speed  # noqa: E402

PARAMETERS = 1_000_000


@contextlib.contextmanager
def started(folder, *arguments, program=None):
    """Starts launch/scale in a folder. It and the runs that it made are gone at the end."""
    line = [sys.executable, REPOSITORY / "launch/scale", "--program", program or os.environ["LOCKSTEP"], *arguments]
    with temporary_folder() as own:
        process = subprocess.Popen(
            list(map(str, line)),
            cwd=folder,
            env=os.environ | LAUNCH | {"TMPDIR": own},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        try:
            yield process
        finally:
            process.terminate()
            process.communicate()


def scale(folder, *arguments, **options):
    """Runs launch/scale in a folder and returns its status, output and errors."""
    with started(folder, *arguments, **options) as process:
        output, errors = process.communicate(timeout=120)
        return process.returncode, output, errors


class StudyTest(SharedRunTest):
    """One study with ranks 1, 2 and 3."""

    def make(self):
        # Three slices would do, so five are chosen: they are shared unevenly.
        config = self.write_small_run(train={"slices": 5, "global_batch": 40})
        options = ("--ranks=3,1,2", "--repeats=2", "--epochs=2", "--samples-per-rank=20")
        status, output, errors = scale(self.folder, config, *options)
        self.assertEqual(status, 0, output + errors)
        return output

    def setUp(self):
        super().setUp()
        self.output = self.shared / "runs/small-scaling"

    def test_runs(self):
        with open(self.output / "runs.csv", newline="", encoding="utf-8") as file:
            runs = list(csv.DictReader(file))
        points = [(run["kind"], int(run["ranks"]), int(run["global_batch"]), int(run["repeat"])) for run in runs]
        turn = [point for ranks in (1, 2, 3) for point in (("strong", ranks, 40), ("weak", ranks, 20 * ranks))]
        self.assertEqual(points, [(*point, repeat) for repeat in (1, 2) for point in turn])
        self.assertEqual(len({run["global_batch"] for run in runs}), 3)
        self.assertEqual(len({run["digest"] for run in runs}), 3)
        self.assertEqual(len({(run["global_batch"], run["digest"]) for run in runs}), 3)
        for run in runs:
            self.assertRegex(run["digest"], "^[0-9a-f]{16}$")
            self.assertGreater(float(run["samples_per_second"]), 0)
            self.assertGreater(float(run["compute_seconds"]), 0)

    def test_medians(self):
        with open(self.output / "scaling.csv", newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["kind"] + row["ranks"] for row in rows][:3], ["strong1", "weak1", "strong2"])
        self.assertEqual([float(row["efficiency"]) for row in rows[:2]], [1, 1])
        for row in rows:
            self.assertLessEqual(float(row["lowest"]), float(row["median"]))
            self.assertLessEqual(float(row["median"]), float(row["highest"]))
            self.assertAlmostEqual(float(row["speedup"]), float(row["efficiency"]) * int(row["ranks"]))

    def test_hdf5(self):
        with h5py.File(self.output / "scaling.h5") as file:
            self.assertEqual(file.attrs["slices"], 5)
            self.assertEqual(list(file["runs/ranks"][:]), [1, 1, 2, 2, 3, 3] * 2)
            self.assertEqual(len(set(file["runs/digest"].asstr()[:])), 3)
            self.assertEqual(len(file["scaling/median"]), 6)
            self.assertEqual(set(file["model"]), set(model.TERMS))

    def test_figure(self):
        root = xml.etree.ElementTree.parse(self.output / "scaling.svg").getroot()
        self.assertEqual(root.tag, "{http://www.w3.org/2000/svg}svg")
        texts = {text.text.strip() for text in root.iter("{http://www.w3.org/2000/svg}text") if text.text}
        wanted = {"ranks", "samples per second", "parallel efficiency", "strong scaling", "weak scaling", "small"}
        self.assertLessEqual(wanted | {"strong, ideal", "weak, ideal", "1", "2", "3"}, texts)

    def test_report(self):
        self.assertIn("# Scaling of small", self.made)
        self.assertIn("| strong | 3 | 1 | 40 |", self.made)
        self.assertIn("5 different points with 3 coefficients", self.made)
        self.assertIn("Digests: all 12 runs agree", self.made)

    def test_nothing_else_is_left(self):
        names = {path.name for path in self.output.iterdir()}
        self.assertEqual(names, {"runs.csv", "scaling.csv", "scaling.h5", "scaling.svg"})


class BadInputTest(EndToEndTest):
    """Usage and input that are refused, and runs that fail."""

    def refused(self, text, *arguments, status=2, **options):
        found, output, errors = scale(self.folder, *arguments, **options)
        self.assertEqual(found, status, output + errors)
        self.assertIn(text, errors)
        self.assertNotIn("Traceback", errors)
        self.assertEqual(output, "")
        return errors

    def test_usage(self):
        for ranks in ("0", "1,-2", "1.5", "two", "", "1,,2"):
            self.refused("is no list of positive integers", "small.toml", f"--ranks={ranks}")
        self.refused("--ranks", "small.toml")
        self.refused("is not a positive integer", "small.toml", "--ranks=1", "--repeats=0")
        self.refused("is not a positive number", "small.toml", "--ranks=1", "--seconds=-1")
        self.refused("is chosen by --epochs or --seconds", "small.toml", "--ranks=1", "--set=train.epochs=3")
        self.refused("is not KEY=VALUE", "small.toml", "--ranks=1", "--set=train.epochs")
        self.refused("nowhere/lockstep is missing: cmake", "small.toml", "--ranks=1", program="nowhere/lockstep")
        if "SLURM_NTASKS" not in os.environ:
            self.refused("wants a SLURM job", "small.toml", "--ranks=1", "--launcher=srun")

    def test_input(self):
        self.refused("none.toml: no such file", "none.toml", "--ranks=1")
        config = self.write_small_run()
        few = ("--set=train.slices=2", "--ranks=1,3")
        self.refused("--ranks 3 is more than the 2 slices of --set train.slices; raise that to 3", config, *few)
        self.refused("weak scaling on 8 ranks wants a global batch of 400, but there are 201", config, "--ranks=1,8")
        self.refused("--output small.toml", config, "--ranks=1", "--output=small.toml")

    def test_failing_run(self):
        config = self.write_small_run()
        diverging = ("--set=optimizer.learning_rate=1e30", "--ranks=2", "--epochs=1", "--repeats=1")
        errors = self.refused("strong scaling on 2 ranks, repeat 1 ended with status 1", config, *diverging, status=1)
        self.assertIn("the loss", errors)

    def test_other_result_on_other_ranks(self):
        config = self.write_small_run()
        cheat = self.write(
            "cheat",
            f"""#!/bin/bash
if ((${{OMPI_COMM_WORLD_SIZE:-1}} == 2)); then set -- "$@" --set run.seed=99; fi
exec {os.environ["LOCKSTEP"]} "$@"
""",
        )
        cheat.chmod(0o755)
        status, output, errors = scale(self.folder, config, "--ranks=1,2", "--repeats=1", "--epochs=1", program=cheat)
        self.assertEqual(status, 1, output + errors)
        self.assertIn("DIGESTS DIFFER", output)
        self.assertRegex(output, "global batch 50: digest .* of strong, 1 rank, repeat 1 and weak, 1 rank, repeat 1; "
                         "digest .* of strong, 2 ranks, repeat 1\n")  # fmt: skip
        self.assertTrue((self.folder / "runs/small-scaling/scaling.h5").exists())

    def test_signal(self):
        config = self.write_small_run()
        output = self.folder / "runs/small-scaling"
        with started(self.folder, config, "--ranks=2", "--repeats=1", "--epochs=1000000") as process:
            deadline = time.monotonic() + 30
            while not any(output.glob("*/metrics.jsonl")) or not (output / "runs.csv").exists():
                self.assertLess(time.monotonic(), deadline, "the study did not start")
                time.sleep(0.05)
            run = next(output.glob("*/metrics.jsonl")).parent
            process.send_signal(signal.SIGTERM)
            errors = process.communicate(timeout=30)[1]
        self.assertEqual(process.returncode, 1, errors)
        self.assertIn("ended by SIGTERM", errors)
        self.assertFalse(run.exists())
        self.assertFalse(processes_with(str(run)), "a rank outlived the study")


def processes_with(word):
    """Ids of processes whose command line holds a word."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if word.encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:  # it has ended
            pass
    return found


def made_up(kind, ranks, batch, repeat, speed=1000.0, digest="aa"):
    return Run(kind, ranks, batch, repeat, ("node",) * ranks, speed, batch / speed, {"sum_seconds": 0.1}, digest)


class DigestTest(unittest.TestCase):
    """Runs that should have computed the same and did not are named."""

    RUNS = [
        made_up("strong", 1, 64, 1),
        made_up("weak", 1, 64, 1),
        made_up("strong", 2, 64, 1),
        made_up("weak", 2, 128, 1, digest="bb"),
        made_up("strong", 2, 64, 2),
        made_up("weak", 2, 128, 2, digest="bb"),
    ]

    def test_equal(self):
        self.assertEqual(study.digest_conflicts(self.RUNS), [])

    def test_each_tampered_run_is_named(self):
        for index, run in enumerate(self.RUNS):
            runs = list(self.RUNS)
            runs[index] = dataclasses.replace(run, digest="cc")
            conflicts = study.digest_conflicts(runs)
            self.assertEqual(len(conflicts), 1)
            self.assertIn(f"global batch {run.global_batch}: ", conflicts[0])
            self.assertIn(f"digest cc of {run.name()}", conflicts[0])


class ArithmeticTest(unittest.TestCase):
    """Medians, speeds and shares."""

    def test_summary(self):
        speeds = {("strong", 2): (100, 130, 110), ("strong", 8): (300, 290, 330)}
        runs = [made_up(*key, 64, i, speed) for key, values in speeds.items() for i, speed in enumerate(values)]
        two, eight = study.summary(runs)
        self.assertEqual((two.median, two.lowest, two.highest, two.efficiency), (110, 100, 130, 1))
        self.assertAlmostEqual(eight.speedup, 300 / 110)
        self.assertAlmostEqual(eight.efficiency, 300 / 110 / 4)

    def test_table_shows_the_times_that_were_measured(self):
        run = made_up("strong", 1, 64, 1)
        for parts in ({"sum_seconds": 0.001}, {"sum_seconds": 0.001, "wait_seconds": 0.002}):
            table = report.table(study.summary([dataclasses.replace(run, parts=parts)]))
            self.assertIn("sum, ms", table)
            self.assertEqual("wait, ms" in table, "wait_seconds" in parts)
            self.assertEqual("| 2.000 |" in table, "wait_seconds" in parts)

    def test_steady_speed(self):
        # Epochs of 100 samples take 4, 1 and 1 s; each speed is that of the run so far.
        self.assertAlmostEqual(steady_speed(100, [100 / 4, 200 / 5, 300 / 6]), 100)

    def test_shares_are_those_of_the_program(self):
        # As maximal_nodes_test has them: eight slices on three ranks are [0, 2), [2, 5) and [5, 8).
        self.assertEqual([model.owned_nodes(8, 3, rank) for rank in range(3)], [1, 2, 2])
        self.assertEqual([model.owned_nodes(8, 4, rank) for rank in range(4)], [1] * 4)
        self.assertEqual(model.busiest_samples(64, 8, 3), 24)
        self.assertEqual(model.busiest_samples(7, 8, 2), 4)

    def test_messages_are_those_of_the_program(self):
        # By quartering a host of four sends three quarters, each way; as tree_plan_test has it.
        shape = model.Shape(parameters=1000, moments=1, samples=320, slices=8)
        costs = shape.measured(["a", "a", "b", "b", "c", "c", "d", "d"], 32)
        self.assertEqual((costs[0], costs[1], costs[3], costs[4]), (4, 1, 4 + 6, 4 * 1500))


class ModelTest(unittest.TestCase):
    """The fit finds the coefficients of exact timings, and says when it cannot."""

    ONE_HOST = (2e-5, 3e-6, 1e-10, 0.0, 0.0)
    SEVERAL_HOSTS = (2e-5, 3e-6, 1e-10, 2e-5, 8e-10)
    SHAPE = model.Shape(parameters=PARAMETERS, moments=1, samples=60000, slices=32)

    def costs(self, ranks, a_host):
        points = [(count, batch) for count in ranks for batch in (256, 64 * count)]
        return [self.SHAPE.measured([rank // a_host for rank in range(count)], batch) for count, batch in points]

    def check(self, coefficients, costs):
        seconds = [sum(map(lambda a, b: a * b, coefficients, cost)) for cost in costs]
        fit = model.fit(costs, seconds)
        for found, wanted in zip(fit.coefficients, coefficients):
            self.assertAlmostEqual(found, wanted, delta=1e-6 * wanted)
        self.assertLess(fit.largest_error, 1e-9)
        self.assertAlmostEqual(fit.r2, 1)
        return fit

    def test_one_host(self):
        self.check(self.ONE_HOST, self.costs((1, 2, 4, 8, 16), 16))

    def test_several_hosts(self):
        self.check(self.SEVERAL_HOSTS, self.costs((1, 2, 3, 4, 8, 12, 16, 32), 4))

    def test_noise_shows_and_no_coefficient_is_negative(self):
        costs = self.costs((1, 2, 4, 8), 8)
        seconds = [2e-5 * cost[0] * (2 if i % 2 else 0.5) for i, cost in enumerate(costs)]
        fit = model.fit(costs, seconds)
        self.assertGreater(fit.largest_error, report.POOR)
        self.assertTrue(all(value >= 0 for value in fit.coefficients))
        self.assertIn("That is poor, and so is what it predicts", report.describe_model(fit))

    def test_too_few_points(self):
        costs = [self.SHAPE.measured(["a"] * ranks, 256) for ranks in (1, 2)]
        with self.assertRaisesRegex(model.NoFit, "3 coefficients, and the study 2 different points"):
            model.fit(costs * 3, [1.0, 0.6] * 3)

    def test_points_that_do_not_tell(self):
        # Samples and messages that always grow together.
        with self.assertRaisesRegex(model.NoFit, "do not tell"):
            model.fit([(1, 2, 10, 0, 0), (2, 4, 10, 0, 0), (3, 6, 10, 0, 0)], [1, 2, 3])

    def test_predictions(self):
        fit = model.Fit(self.ONE_HOST, 10, 3, 0, 1)
        most = model.most_ranks(fit, self.SHAPE, None, 1024, 1, 0.8)
        self.assertGreaterEqual(model.efficiency(fit, self.SHAPE, most, None, 1024, 1), 0.8)
        for more in range(most + 1, 1025):
            self.assertLess(model.efficiency(fit, self.SHAPE, more, None, 1024, 1), 0.8)
        for ranks in (2, 8, 64):
            batch = model.least_batch(fit, self.SHAPE, ranks, None, 1, 0.8)
            self.assertEqual(batch % ranks, 0)
            self.assertGreaterEqual(model.efficiency(fit, self.SHAPE, ranks, None, batch, 1), 0.8)
            self.assertLess(model.efficiency(fit, self.SHAPE, ranks, None, batch - ranks, 1), 0.8)
        free = model.Fit((0.0, 3e-6, 1e-10, 0.0, 0.0), 10, 3, 0, 1)
        self.assertIsNone(model.least_batch(free, self.SHAPE, 8, None, 1, 0.8))


if __name__ == "__main__":
    unittest.main()
