"""The same bits on any number of ranks with data of a real size: an epoch of Fashion-MNIST."""

import unittest

from harness import CONFIGS, EndToEndTest, metrics

SETTINGS = ("train.epochs=1", "model.hidden=[64, 32]", "schedule.warmup_steps=100", "train.global_batch=250")


class DigestFashionTest(EndToEndTest):
    def train(self, name, ranks=None):
        """Trains and returns all that the run computed. Open MPI itself chooses its ways between ranks."""
        options = [word for setting in SETTINGS for word in ("--set", setting)]
        config = CONFIGS / "fashion_mnist.toml"
        result = self.run_ok("train", config, "--run-dir", name, *options, ranks=ranks, environment={})
        return result.outcome() | {group: metrics(self.folder / name, group) for group in ("steps", "epochs")}

    def test_any_number_of_ranks(self):
        alone = self.train("alone")
        self.assertEqual(alone["step"], "216")
        self.assertGreater(float(alone["test_accuracy"]), 0.7)
        for ranks in (2, 3, 8):
            with self.subTest(ranks=ranks):
                self.assertEqual(self.train(f"ranks-{ranks}", ranks=ranks), alone)


if __name__ == "__main__":
    unittest.main()
