"""No step depends on memory that was not set or not allocated: valgrind finds nothing, and the bits are the same."""

import os
import unittest

from harness import LAUNCH, REPOSITORY, EndToEndTest

SUPPRESSIONS = ("/usr/share/openmpi/openmpi-valgrind.supp", REPOSITORY / "tests/valgrind.supp")
# The processor that valgrind imitates.
ENVIRONMENT = LAUNCH | {"OPENBLAS_CORETYPE": "Haswell", "LIBXSMM_TARGET": "hsw"}
FOUND = 99  # valgrind's exit status when it found something


class ValgrindTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(
            model={"dropout": 0.3},
            train={"epochs": 2, "check_replicas_every": 2},
            optimizer={"momentum": 0.9, "nesterov": True},
            checkpoint={"every_steps": 3},
        )

    def check(self, *arguments, ranks=None):
        program = ["valgrind", "-q", f"--error-exitcode={FOUND}"]
        program += [f"--suppressions={path}" for path in SUPPRESSIONS]
        result = self.command(*arguments, ranks=ranks, environment=ENVIRONMENT, program=program)
        self.assertNotIn("==", result.errors)
        self.assertEqual(result.status, 0, result.output + result.errors)
        return result

    def test_training_and_what_follows(self):
        plain = self.run_ok("train", "small.toml", "--run-dir", "plain", environment=ENVIRONMENT).outcome()
        for ranks in (None, 2, 3):
            with self.subTest(ranks=ranks):
                name = f"ranks-{ranks}"
                first = self.check("train", "small.toml", "--run-dir", name, "--set", "train.epochs=1", ranks=ranks)
                self.assertIn("done: epoch 1 ", first.output)
                resumed = self.check("train", "small.toml", "--run-dir", name, ranks=ranks)
                self.assertEqual(resumed.outcome(), plain)
        self.check("evaluate", "plain", ranks=2)
        self.check("predict", "plain", "--input", "classes.csv", "--output", "predictions.csv")

    def test_that_valgrind_would_find_something(self):
        """A program that reads what it never wrote is caught by the same command."""
        self.write("wrong.c", "#include <stdlib.h>\nint main(void) { return *(int *)malloc(4) != 0; }\n")
        self.assertEqual(os.system(f"cc -g -o {self.folder}/wrong {self.folder}/wrong.c"), 0)
        status = os.waitstatus_to_exitcode(
            os.system(f"valgrind -q --error-exitcode={FOUND} {self.folder}/wrong 2>{self.folder}/found")
        )
        self.assertEqual(status, FOUND)


if __name__ == "__main__":
    unittest.main()
