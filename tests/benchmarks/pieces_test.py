"""The benchmarks of a step's pieces run: each of the works on Fashion-MNIST is there, with a speed beside its limit."""

import json
import os
import subprocess
import unittest

import works

# Of the others a rank may take a block at a time, which these programs do not.
WORKS = {name: work for name, work in works.WORKS.items() if work.widths[0] == 784}

SHORT = ["--benchmark_min_time=0.001", "--benchmark_format=json"]


def expected_pieces():
    names = set()
    for name, work in WORKS.items():
        names.add(f"gather/{name}")
        for suffix in ("", "_bfloat16"):
            names |= {f"{piece}{suffix}/{name}" for piece in ("forward", "backward")}
            for number, (inputs, outputs) in enumerate(zip(work.widths, work.widths[1:])):
                layer = f"{suffix}/{name}/{work.batch // 2}x{inputs}x{outputs}"
                names |= {f"forward{layer}", f"backward_weights{layer}"}
                if number > 0:
                    names.add(f"backward_inputs{layer}")
    return names


def expected_of_ranks(pieces, slices):
    networks = {work.widths: name for name, work in reversed(WORKS.items())}  # the first work of each network
    return {
        f"{piece}/{work}/slices:{number}/manual_time"
        for piece in pieces
        for work in networks.values()
        for number in slices
    }


class PiecesTest(unittest.TestCase):
    def check(self, expected, *line):
        """Runs a program for a moment, and checks that it reports the expected benchmarks, each once."""
        done = subprocess.run([*line, *SHORT], capture_output=True, text=True, timeout=240, check=False)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        rows = json.loads(done.stdout)["benchmarks"]
        self.assertEqual(sorted(row["name"] for row in rows), sorted(expected))
        for row in rows:
            with self.subTest(row["name"]):
                speed = row["GB/s"] if "GB/s" in row else row["GFLOP/s"]
                self.assertGreater(speed, 0)
                self.assertGreater(row["limit"], 0)
                self.assertAlmostEqual(row["percent_of_limit"], 100 * speed / row["limit"], places=6)

    def test_pieces(self):
        self.check(expected_pieces(), os.environ["PIECES"])

    def test_one_rank_has_nothing_to_sum(self):
        self.check(expected_of_ranks(["update"], [8]), os.environ["REDUCER"])

    def test_ranks_sum_and_update(self):
        for ranks in (2, 3):
            with self.subTest(ranks=ranks):
                expected = expected_of_ranks(["sum", "update"], [8, 12])
                self.check(expected, os.environ["MPIRUN"], "-n", str(ranks), os.environ["REDUCER"])

    def test_unknown_options_are_refused(self):
        for program in ("PIECES", "REDUCER"):
            done = subprocess.run([os.environ[program], "--fast"], capture_output=True, text=True, timeout=60, check=False)
            self.assertEqual(done.returncode, 2)
            self.assertIn("--fast", done.stderr)


if __name__ == "__main__":
    unittest.main()
