"""cluster/simulate: sums are right on any number of ranks, and a run repeats itself."""

import os
import pathlib
import shutil
import subprocess
import sys
import unittest

# Ranks: milliseconds of a step, messages and MB that a rank sends, as SimGrid 3.32 gives them. A change of messages
# shows here; so record anew what is meant to change:
#     cluster/simulate --ranks 16,24 --steps 1
STEPS = {16: (1.982, 75, 5.04), 24: (2.001, 102, 5.27)}

SIMULATE = pathlib.Path(__file__).resolve().parents[2] / "cluster" / "simulate"


def simulate(*arguments):
    """The table that it prints, a dictionary for each number of ranks."""
    done = subprocess.run([SIMULATE, *arguments], capture_output=True, text=True, timeout=200)
    if done.returncode != 0:
        raise AssertionError(f"{arguments} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    rows = [line.split() for line in done.stdout.splitlines()[2:-1]]
    columns = ["ranks", "step", "compute", "rest", "efficiency", "messages", "sent", "memory"]
    return {int(row[0]): dict(zip(columns, map(float, row), strict=True)) for row in rows}


class SimulateTest(unittest.TestCase):
    def test_sums_are_those_of_the_tree(self):
        # A wrong bit ends the simulation with an error. The larger network travels in several buckets.
        found = simulate("--network", "200-100-10", "--ranks", "1,2,3,8,13,64", "--check")
        self.assertEqual(list(found), [1, 2, 3, 8, 13, 64])
        found = simulate("--network", "784-700-10", "--ranks", "2,3,7", "--check")
        self.assertEqual(list(found), [2, 3, 7])
        found = simulate("--network", "200-100-10", "--ranks", "2,4,6,13", "--ranks-per-node", "2", "--check")
        self.assertEqual(list(found), [2, 4, 6, 13])

    def test_a_run_repeats_itself(self):
        arguments = ["--network", "784-64-10", "--ranks", "2,8,32", "--gbits", "10"]
        self.assertEqual(simulate(*arguments), simulate(*arguments))

    def test_messages_and_memory_grow_with_the_logarithm_of_ranks(self):
        found = simulate("--network", "784-64-10", "--ranks", "8,32")
        self.assertGreater(found[8]["messages"], 0)
        self.assertLess(found[32]["messages"], 2 * found[8]["messages"])
        self.assertLess(found[32]["memory"], 1.2 * found[8]["memory"])

    def test_time_of_two_ranks(self):
        # By hand: products of 4 x 10^6 weights, twice, at 260 GFLOP/s; update and sums at 60 GB/s. Half the gradient
        # goes out and half of the sum comes back at 94 % of 1 Gbit/s, from when the first bucket is full to before the
        # update of the last, which is all but nothing beside it.
        found = simulate("--network", "2000-2000", "--batch-per-rank", "100", "--ranks", "2", "--gbits", "1")[2]
        product = 2 * 4e6 * 100 / 260e6
        update = 20 * 4.002e6 / 60e6
        self.assertAlmostEqual(found["compute"], 2 * product + update, delta=0.01)
        messages = 4 * 4.002e6 / (0.94 * 1e9 / 8) * 1e3
        self.assertAlmostEqual(found["step"], product + messages, delta=0.02 * (product + messages))

    def test_steps_are_those_on_record(self):
        found = simulate("--ranks", "16,24", "--steps", "1")
        self.assertEqual({ranks: (row["step"], row["messages"], row["sent"]) for ranks, row in found.items()}, STEPS)

    def test_bad_input(self):
        for arguments in (["--network", "784"], ["--ranks", "0"], ["--ranks", "2000"], ["--batch", "0"]):
            done = subprocess.run([SIMULATE, *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 2, arguments)
            self.assertIn("cluster/simulate: error: ", done.stderr)


if __name__ == "__main__":
    if not shutil.which("smpirun"):
        print("SimGrid is not there: install libsimgrid-dev to simulate clusters")
        sys.exit(1 if os.environ.get("CI") else 77)
    unittest.main(verbosity=2)
