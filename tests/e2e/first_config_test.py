"""From a table to a trained model without the manual: lockstep init and lockstep keys."""

import pathlib
import unittest

import h5py
import numpy

from harness import CONFIGS, EndToEndTest, csv_table, small_table

FASHION = pathlib.Path("/usr/share/datasets/fashion-mnist")


class InitTest(EndToEndTest):
    """What init writes trains as it is, to a sensible score."""

    def score(self, name, *arguments):
        """The last line of a training by the configuration that init writes for these arguments."""
        self.assertIn(f"lockstep train {name}", self.run_ok("init", *arguments).output)
        return self.run_ok("train", name).done()

    def test_classes(self):
        table = small_table(rows=600)
        del table["left"], table["right"]
        self.write("kinds.csv", csv_table(table))
        self.assertGreater(float(self.score("kinds.toml", "kinds.csv")["test_accuracy"]), 0.8)

    def test_numbers(self):
        table = small_table(rows=600)
        del table["kind"], table["right"]
        self.write("left.csv", csv_table(table))
        self.assertGreater(float(self.score("left.toml", "left.csv")["test_r2"]), 0.8)

    def test_diabetes(self):
        done = self.score("first.toml", CONFIGS / "diabetes.csv", "--output", "first.toml")
        self.assertGreater(float(done["test_r2"]), 0.25)

    def test_hdf5(self):
        x = numpy.random.RandomState(1).normal(size=(500, 3))
        with h5py.File(self.folder / "points.h5", "w") as file:
            file["features"] = x.astype("f4")
            file["labels"] = (x[:, 0] + x[:, 1] > 0).astype("i4")
        self.assertGreater(float(self.score("points.toml", "points.h5")["test_accuracy"]), 0.9)

    def test_images(self):
        images = FASHION / "t10k-images-idx3-ubyte.gz"
        done = self.score("t10k-images-idx3-ubyte.toml", images)
        self.assertGreater(float(done["test_accuracy"]), 0.8)

    def test_nothing_is_replaced(self):
        self.write_small_run()
        self.write("classes.toml", "mine")
        result = self.command("init", "classes.csv")
        self.assertEqual(result.status, 2)
        self.assertIn("classes.toml: is there already", result.errors)
        self.assertEqual((self.folder / "classes.toml").read_text(), "mine")
        self.assertEqual(self.command("init", "none.csv").status, 2)
        self.assertFalse((self.folder / "none.toml").exists())

    def test_ranks(self):
        self.write_small_run()
        alone = self.run_ok("init", "classes.csv", "--output", "one.toml").output
        together = self.run_ok("init", "classes.csv", "--output", "two.toml", ranks=2).output
        self.assertEqual(together, alone.replace("one.toml", "two.toml"))


class KeysTest(EndToEndTest):
    """The program lists its keys, and configs/README.md has that list."""

    def test_words(self):
        self.assertIn("optimizer.learning_rate", self.run_ok("keys", "lr").output)
        result = self.command("keys", "zebra")
        self.assertEqual((result.status, result.output), (2, ""))
        self.assertIn("keys zebra: there is no such key", result.errors)
        self.assertIn("lockstep keys", self.run_ok("train", "--help").output)

    def test_readme(self):
        listed = self.run_ok("keys", "--markdown").output
        self.assertTrue((CONFIGS / "README.md").read_text().endswith(f"-->\n\n{listed}"), "lockstep keys --markdown")


if __name__ == "__main__":
    unittest.main()
