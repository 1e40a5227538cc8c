"""The table of compare.py: medians of pairs, the best of each kind of peer, and what cannot be measured."""

import subprocess
import unittest

from compare import Pairs, details, markdown, reason_of, summary
from ways import Lockstep, PyTorch, limits_of
from works import WORKS, Work

EAGER = PyTorch("python", "2", "eager", threads=2, blas_threads=2)
COMPILED = PyTorch("python", "2", "compiled")
BFLOAT16 = PyTorch("python", "2", "compiled", "bfloat16")
DDP = PyTorch("python", "2", processes=2)


def measured(*pairs):
    result = Pairs()
    for ours, theirs in pairs:
        result.measure(lambda: ours, lambda: theirs)
    return result


def fail():
    raise subprocess.CalledProcessError(1, "python", stderr="Traceback\n  somewhere\nOSError: no room\n")


class CompareTest(unittest.TestCase):
    def setUp(self):
        self.found = {
            Lockstep("build", 1): measured((4000, 3000), (4000, 1000), (4000, 2000)),
            EAGER: measured((4000, 1000), (6000, 1000), (9000, 3000)),
            COMPILED: measured((4000, 1500)),
            Lockstep("build", 1, "bfloat16"): measured((7000, 6000)),
            BFLOAT16: measured((6000, 8000)),
            PyTorch("python", "2", "eager", "bfloat16"): measured((5000, 1000)),
            DDP: measured((4000, 500)),
        }

    def row(self):
        return summary(Work((10, 5), 8), self.found, limits={"float32": 1e-3, "bfloat16": 2e-3})

    def test_medians_are_those_of_pairs(self):
        # 4, 6 and 3: not 6000 / 1000, the medians of each.
        del self.found[COMPILED]
        row = self.row()
        self.assertEqual(row["best float32"], "1.0 (1.0 to 3.0): PyTorch 2 eager, float32, 2 threads")
        self.assertEqual(row["2 ranks / best float32"], "4.00 (3.00 to 6.00)")
        self.assertEqual(row["1 rank, float32"], "2.0 (1.0 to 3.0)")
        self.assertEqual(row["2 ranks, float32"], "4.0 (4.0 to 9.0)")

    def test_each_precision_is_compared_with_itself(self):
        row = self.row()
        self.assertEqual(row["best float32"], "1.5 (1.5 to 1.5): PyTorch 2 compiled, float32, 1 thread")
        self.assertEqual(row["best bfloat16"], "8.0 (8.0 to 8.0): PyTorch 2 compiled, bfloat16, 1 thread")
        self.assertEqual(row["2 ranks / best bfloat16"], "0.75 (0.75 to 0.75)")
        self.assertEqual(row["1 rank, bfloat16"], "6.0 (6.0 to 6.0)")
        self.assertEqual(row["2 ranks, bfloat16"], "6.0 (5.0 to 7.0)")
        self.assertEqual(row["2 ranks, bfloat16 / float32"], "1.50")
        self.assertEqual(row["best DDP"], "0.5 (0.5 to 0.5): PyTorch 2 eager, float32, DDP, 2 x 1")
        self.assertEqual(row["2 ranks / limit of float32"], "0.40")  # 4000 x 200 of 2 x 10^6
        self.assertEqual(row["2 ranks / limit of bfloat16"], "0.30")  # 6000 x 200 of 4 x 10^6

    def test_limits_are_read(self):
        self.assertEqual(limits_of("float32 116.1\nbfloat16 231.0\n"), {"float32": 116.1, "bfloat16": 231.0})

    def test_what_fails_is_named_and_the_rest_stays(self):
        self.found[DDP] = Pairs()
        self.found[DDP].measure(lambda: 4000, fail)
        self.found[DDP].measure(lambda: 4000, lambda: self.fail("measured after a failure"))
        row = self.row()
        self.assertEqual(row["best DDP"], "not measured")
        self.assertEqual(row["2 ranks / best DDP"], "not measured")
        self.assertEqual(row["best float32"], "1.5 (1.5 to 1.5): PyTorch 2 compiled, float32, 1 thread")
        reasons = [row["not measured, because"] for row in details("W", self.found)]
        self.assertEqual(reasons, [""] * 6 + ["OSError: no room"])

    def test_a_table_of_nothing(self):
        self.found = {EAGER: Pairs()}
        self.found[EAGER].measure(fail, fail)
        row = self.row()
        self.assertEqual(set(row.values()) - {"not measured"}, {row["work"]})
        self.assertEqual(len(markdown([row]).splitlines()), 3)
        self.assertEqual(len(list(details("W", self.found))), 1)

    def test_reason_of_our_own_program_comes_before_that_of_mpirun(self):
        error = subprocess.CalledProcessError(2, "mpirun", stderr="rank 0: no such key\n-----\nMPI_ABORT\n-----\n")
        self.assertEqual(reason_of(error), "rank 0: no such key")
        self.assertIn("timed out", reason_of(subprocess.TimeoutExpired("python", 1)))

    def test_work(self):
        self.assertEqual(WORKS["W1"].flops(), 2 * (2 * 784 * 512 + 3 * 512 * 512 + 3 * 512 * 10))
        self.assertEqual(str(WORKS["W6"]), "28-300-300-300-300-300-2, tanh, batch 100")


if __name__ == "__main__":
    unittest.main()
