"""From a table to a trained model without the manual: lockstep init and lockstep keys."""

import pathlib
import re
import unittest

import h5py
import numpy

from harness import CONFIGS, REPOSITORY, EndToEndTest, csv_table, small_table

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
    """The README's table has the program's own list of keys."""

    def test_words(self):
        self.assertIn("optimizer.learning_rate", self.run_ok("keys", "lr").output)
        result = self.command("keys", "zebra")
        self.assertEqual((result.status, result.output), (2, ""))
        self.assertIn("keys zebra: there is no such key", result.errors)
        self.assertIn("lockstep keys", self.run_ok("train", "--help").output)

    def test_readme(self):
        listed = {}
        for line in self.run_ok("keys").output.splitlines()[1:]:
            if not line.startswith(" "):
                name, default, _ = re.split(" {2,}|(?<=^.{27}) |(?<=^.{47}) ", line, maxsplit=2)
                listed[name] = default
        table = (REPOSITORY / "README.md").read_text().split("| key | default | meaning |\n|---|---|---|\n")[1]
        found = {}
        for row in table.split("\n\n")[0].splitlines():
            keys, defaults, meaning = (cell.strip() for cell in row.strip("|").split(" | ", 2))
            self.assertTrue(meaning, row)
            names = re.findall("`([^`]+)`", keys)
            values = defaults.split(", ")
            for number, name in enumerate(names):
                if name.startswith("."):
                    name = names[0].split(".")[0] + name
                name = name.strip("[]")
                found[name] = values[number if len(values) > 1 else 0].strip("`")
        self.assertEqual(found, listed)


if __name__ == "__main__":
    unittest.main()
