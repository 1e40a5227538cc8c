"""What a step costs beside its matrix products does not grow unnoticed: instructions and allocations are counted.

Counts by valgrind, which always imitates the same processor, do not vary as times do. The steps of a short run of one
rank are counted without what OpenBLAS does; the difference between runs of many and of few steps leaves out what only the
first step does.
"""

import re
import unittest

import numpy
from harness import LAUNCH, EndToEndTest, idx_file, toml

# What this test printed with g++ 12.2 on Debian 12; so record anew what is meant to change:
#     ctest --preset release -R benchmark.instructions -V | grep 'a step'
INSTRUCTIONS = 707508
ALLOCATIONS = 0
# The cheapest pass over the gradient, to add it to itself, makes 18 % more instructions.
TOLERANCE = 0.05

FEW, MANY = 10, 30  # steps
ALLOCATE = re.compile(r"malloc|calloc|realloc|aligned_alloc|memalign|posix_memalign|operator new.*")


def allocations_in(profile):
    """Calls that allocate, from functions that were counted. Those of other threads show up within operator new alone."""
    count, caller, called = 0, "", ""
    for line in profile.splitlines():
        if line.startswith("fn="):
            caller = line[3:]
        elif line.startswith("cfn="):
            called = line[4:]
        elif line.startswith("calls=") and ALLOCATE.fullmatch(called) and not ALLOCATE.fullmatch(caller):
            count += int(line[6:].split()[0])
    return count


class InstructionsTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        random = numpy.random.RandomState(1)
        for name, samples in (("train", 8 * (MANY + 1)), ("test", 8)):
            self.write(f"{name}-images", idx_file(random.randint(0, 256, (samples, 28, 28))))
            self.write(f"{name}-labels", idx_file(random.randint(0, 10, samples)))
        sections = {
            "run": {"name": "count"},
            "data": {
                "format": "idx",
                "train": {"images": "train-images", "labels": "train-labels"},
                "test": {"images": "test-images", "labels": "test-labels"},
            },
            "model": {"hidden": [256]},
            "train": {"global_batch": 8, "slices": 2, "kernels": "openblas"},
            "optimizer": {"momentum": 0.9},
            "metrics": {"every_steps": 1000},
        }
        self.write("count.toml", toml(sections))

    def count(self, steps):
        """Instructions and allocations of the first steps, products left out."""
        profile = self.folder / f"profile-{steps}"
        result = self.command(
            *("train", "count.toml", "--run-dir", f"run-{steps}", "--set", f"run.stop_after_steps={steps}"),
            environment=LAUNCH | {"OPENBLAS_CORETYPE": "Haswell"},
            program=[
                *("valgrind", "--tool=callgrind", f"--callgrind-out-file={profile}"),
                *("--compress-strings=no", "--compress-pos=no"),
                # Entering and leaving either of the two turns counting on or off.
                *("--toggle-collect=lockstep::TrainingStep::take(*", "--toggle-collect=cblas_sgemm"),
            ],
        )
        self.assertEqual(result.status, 75, result.output + result.errors)  # stopped on request
        text = profile.read_text()
        instructions = int(re.search(r"^totals: (\d+)", text, re.MULTILINE)[1])
        self.assertGreater(instructions, 0, "valgrind found no TrainingStep::take to count in")
        return instructions, allocations_in(text)

    def test_costs_of_a_step(self):
        few, many = self.count(FEW), self.count(MANY)
        instructions, allocations = ((b - a) / (MANY - FEW) for a, b in zip(few, many))
        print(f"instructions per step: {instructions:.1f}; allocations per step: {allocations:.2f}", flush=True)
        meant = f"if this is meant, record it in {__file__}"
        with self.subTest("instructions"):
            self.assertAlmostEqual(instructions, INSTRUCTIONS, delta=TOLERANCE * INSTRUCTIONS, msg=meant)
        with self.subTest("allocations"):
            self.assertEqual(allocations, ALLOCATIONS, meant)


if __name__ == "__main__":
    unittest.main()
