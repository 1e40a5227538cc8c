"""Where the time of a run goes: `train --profile`, and the rank that holds up the others."""

import json
import os
import subprocess
import sys
import unittest

from harness import LAUNCH, EndToEndTest, csv_table, rows_of, small_table

PHASES = ["gather", "forward", "backward", "wait", "sum", "update", "evaluate", "checkpoint"]


class ProfileTest(EndToEndTest):
    def test_a_table_of_phases_and_a_timeline_of_all_ranks(self):
        self.write_small_run()
        result = self.run_ok("train", "small.toml", "--profile", ranks=2)
        lines = result.output.splitlines()
        first = lines.index("profile: 20 steps on 2 ranks")
        table = [line.split() for line in lines[first + 2 : first + 10]]
        self.assertEqual([row[0] for row in table], PHASES)
        self.assertAlmostEqual(sum(float(row[2]) for row in table), 100, delta=0.5)
        whole = lines[first + 10].split()
        self.assertEqual(whole[0], "all")
        self.assertAlmostEqual(sum(float(row[1]) for row in table), float(whole[1]), delta=0.001)
        self.assertTrue(all(float(row[4]) >= float(row[1]) for row in table), "a mean is above the most")

        events = json.loads((self.folder / "runs/small/profile.json").read_text())["traceEvents"]
        self.assertEqual({event["name"] for event in events}, set(PHASES))
        for rank in (0, 1):
            laps = [event for event in events if event["tid"] == rank]
            self.assertEqual([lap["name"] for lap in laps[:4]], ["gather", "forward", "backward", "wait"])
            for lap, following in zip(laps, laps[1:]):
                self.assertAlmostEqual(lap["ts"] + lap["dur"], following["ts"], delta=0.01)

    def test_it_changes_nothing(self):
        self.write_small_run()
        plain = self.run_ok("train", "small.toml", "--run-dir", "plain")
        profiled = self.run_ok("train", "small.toml", "--run-dir", "profiled", "--profile")
        self.assertEqual(plain.outcome(), profiled.outcome())
        self.assertNotIn("profile", plain.output)


class StragglerTest(EndToEndTest):
    @unittest.skipIf(len(os.sched_getaffinity(0)) < 2, "needs two cores, one for each rank")
    def test_a_rank_that_shares_its_core_is_named(self):
        cores = sorted(os.sched_getaffinity(0))[:2]
        table = small_table(rows=10000)
        self.write_small_run(
            data={"target": ["left", "right"]}, model={"hidden": [512, 512]},
            train={"loss": "mse", "epochs": 20, "global_batch": 200, "slices": 2}, optimizer={"learning_rate": 1e-7},
            metrics={"ranks_every_steps": 20},
        )
        del table["kind"]
        self.write("classes.csv", csv_table(table))
        bind = f'exec taskset --cpu-list "$((OMPI_COMM_WORLD_RANK ? {cores[1]} : {cores[0]}))" "$@"'
        for loaded in (0, 1):
            loop = ["taskset", "--cpu-list", str(cores[loaded]), sys.executable, "-c", "while True: pass"]
            others = [subprocess.Popen(loop) for _ in range(2)]
            try:
                result = self.run_ok(
                    "train", "small.toml", "--resume", "never",
                    ranks=2, program=["sh", "-c", bind, "sh"], environment=LAUNCH | {"OMPI_MCA_mpi_yield_when_idle": "0"},
                )
            finally:
                for other in others:
                    other.kill()
                    other.wait()
            self.assertRegex(
                result.output, rf"slow:    rank {loaded} \(.+\) takes \d+\.\d times as long as others for its share"
            )
            times = [row["compute_seconds"] for row in rows_of(self.folder / "runs/small", "ranks")]
            ratios = [times[i + loaded] / times[i + 1 - loaded] for i in range(0, len(times), 2)]
            self.assertGreater(max(ratios), 1.3)
