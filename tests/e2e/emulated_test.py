"""The program for another processor, run in emulation: configurations end with the digests that they name."""

import os
import unittest

from harness import CONFIGS, EndToEndTest, named_digests

EMULATOR = os.environ["EMULATOR"].split()


class EmulatedTest(EndToEndTest):
    def check(self, name, *ranks):
        """Trains a configuration for each digest that it names, on each of these numbers of ranks."""
        config = CONFIGS / f"{name}.toml"
        for settings, digest in named_digests(config):
            options = [word for setting in settings for word in ("--set", setting)]
            for count in ranks:
                with self.subTest(name, settings=settings, ranks=count):
                    command = ("train", config, "--run-dir", "run", "--resume", "never", *options)
                    result = self.run_ok(*command, ranks=count, timeout=1800, program=EMULATOR)
                    self.assertEqual(result.done()["digest"], digest)

    def test_tables(self):
        self.check("xor_perceptron", 1)
        self.check("xor_mlp", 1)
        self.check("diabetes", 1, 3, 8)


if __name__ == "__main__":
    unittest.main()
