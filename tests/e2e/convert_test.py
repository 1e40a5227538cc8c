"""launch/convert: data of other programs train to the bits of the same data in Lockstep's own formats."""

import os
import subprocess
import sys
import unittest

import h5py
import numpy
import pandas
from netCDF4 import Dataset
from PIL import Image

from harness import REPOSITORY, EndToEndTest, idx_file

PYTHON = REPOSITORY / "build/python/bin/python"  # has pyarrow: launch/install --tests
MODEL = ("run.name=c", "model.hidden=[8]", "train.epochs=2", "data.test_fraction=0.25", "train.global_batch=16")


class ConvertTest(EndToEndTest):
    def convert(self, *arguments, python=PYTHON, status=0):
        """Runs launch/convert and returns what it printed, to standard error where it has to fail."""
        command = [python, REPOSITORY / "launch/convert", *arguments]
        done = subprocess.run(command, cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual([path.name for path in self.folder.glob("*.partial")], [])
        return done.stderr if status else done.stdout

    def digest(self, *settings):
        self.write("empty.toml", "")
        words = [word for setting in MODEL + settings for word in ("--set", setting)]
        return self.run_ok("train", "empty.toml", "--run-dir", "run", "--resume", "never", *words).done()["digest"]

    def of_hdf5(self, name, *settings):
        return self.digest("data.format=hdf5", f"data.train={name}", *settings)

    def table(self, name):
        """A real table, and the digest that its CSV file trains to."""
        subprocess.run([REPOSITORY / "launch/tables", self.folder, name], check=True, capture_output=True)
        target = ("data.target=target", f"data.train={name}.csv")
        return pandas.read_csv(self.folder / f"{name}.csv"), self.digest("data.format=csv", *target)

    def write_with_pyarrow(self, table):
        """Writes t.parquet and t.feather, with more than one row group, in the Python that has pyarrow."""
        table.to_csv(self.folder / "t.csv", index=False)
        code = (
            "from pyarrow import csv, feather, parquet; t = csv.read_csv('t.csv');"
            "parquet.write_table(t, 't.parquet', row_group_size=40); feather.write_feather(t, 't.feather', chunksize=30)"
        )
        subprocess.run([PYTHON, "-c", code], cwd=self.folder, check=True)

    def test_tables(self):
        wine, digest = self.table("wine")
        self.write_with_pyarrow(wine)
        wine.to_hdf(self.folder / "fixed.h5", key="wine")
        wine.to_hdf(self.folder / "table.h5", key="wine", format="table")
        with Dataset(self.folder / "t.nc", "w") as file:
            file.createDimension("sample")
            file.createDimension("elsewhere", 3)
            file.createVariable("height", "f8", ("elsewhere",))[:] = range(3)
            for name in wine.columns:
                text = name == "target"
                variable = file.createVariable(name.replace("/", "_"), str if text else "f8", ("sample",))
                variable[: len(wine)] = wine[name].to_numpy(object if text else "f8")
        for name in ("t.parquet", "t.feather", "fixed.h5", "table.h5", "t.nc"):
            with self.subTest(name):
                said = self.convert(name, "out.h5", "--labels", "target", "--force")
                self.assertEqual(said, "out.h5: 178 samples, 13 features, labels 'target'\n")
                self.assertEqual(self.of_hdf5("out.h5"), digest)
                self.convert(name, "out.csv", "--force")
                self.assertEqual(self.digest("data.format=csv", "data.target=target", "data.train=out.csv"), digest)

    def test_columns(self):
        """Targets, choice of columns, gaps, dates, and arrays of their own."""
        frame = pandas.DataFrame({
            "id": ["a", "b", None, "d"] * 10,
            "when": pandas.to_datetime(["2020-01-01", None] * 20),
            "x_1": [1, 2**53, -3, 4] * 10,
            "x_2": [0.5, None] * 20,
            "y": numpy.arange(40, dtype="f4"),
            "z": [True, False] * 20,
        })  # fmt: skip
        frame.to_hdf(self.folder / "t.h5", key="t", format="table")
        self.convert("t.h5", "o.h5", "--target", "z", "y", "--features", "x_*", "2", "--ignore", "x_2", "--keep", "id")
        with h5py.File(self.folder / "o.h5") as file:
            self.assertEqual([name.decode() for name in file["feature_names"]], ["when", "x_1"])
            self.assertEqual([name.decode() for name in file["target_names"]], ["z", "y"])
            numpy.testing.assert_array_equal(file["features"][:2], [[1577836800, 1], [numpy.nan, 2**53]])
            numpy.testing.assert_array_equal(file["targets"][:2], [[1, 0], [0, 1]])
            self.assertEqual(list(file["id"][:4]), [b"a", b"b", b"", b"d"])
        self.convert("t.h5", "o.csv", "--ignore", "when")
        lines = (self.folder / "o.csv").read_text().splitlines()
        self.assertEqual(lines[:4], ["id,x_1,x_2,y,z", "a,1,0.5,0.0,1", "b,9007199254740992,,1.0,0", ",-3,0.5,2.0,1"])

        frame["x_1"] += 1
        frame.to_hdf(self.folder / "t.h5", key="t", format="table")
        for words, *arguments in (
            ("row 1: 9007199254740993 has more digits", "--ignore", "id"),
            ("column 'id' holds texts, not numbers; convert to a CSV file",),
            ("column 'id', row 2: is missing", "--labels", "id", "--ignore", "x_1"),
            ("column 'id' holds texts", "--target", "id"),
            ("no column fits --ignore x3; there are 'id', 'when'", "--ignore", "x3"),
            ("one label, or targets", "--labels", "x_?"),
            ("no column is left", "--ignore", "*"),
            ("there is no table 'u' in it; there are t", "--key", "u"),
        ):
            self.assertIn(words, self.convert("t.h5", "new.h5", *arguments, status=2))
            self.assertFalse((self.folder / "new.h5").exists())
        before = (self.folder / "o.csv").read_bytes()
        self.assertIn("o.csv: is there already; --force", self.convert("t.h5", "o.csv", status=2))
        self.assertIn("is the output, too", self.convert("t.h5", "t.h5", "--force", status=2))
        self.assertEqual((self.folder / "o.csv").read_bytes(), before)
        self.assertIn("no such file", self.convert("none.parquet", "new.h5", status=2))
        self.assertIn("no Parquet, Arrow, pandas or netCDF file", self.convert("o.csv", "new.h5", status=2))
        self.write("cut.parquet", b"PAR1" + bytes(50))
        self.assertIn("cut.parquet: ", self.convert("cut.parquet", "new.h5", status=2))

    def test_names_the_package_that_is_missing(self):
        self.write("t.parquet", b"PAR1")
        errors = self.convert("t.parquet", "o.h5", python=sys.executable, status=2)
        self.assertIn("needs pyarrow", errors)
        self.assertIn("pip install pyarrow", errors)

    def test_images(self):
        """A folder for each class gives the bits of the same images in IDX files."""
        draw = numpy.random.default_rng(3)
        labels = numpy.repeat([0, 1, 2], 20)
        pixels = (draw.integers(0, 120, (60, 5, 4)) + 60 * labels[:, None, None]).astype("u1")
        for number, (image, label) in enumerate(zip(pixels, labels)):
            path = self.folder / "images" / ("cat", "dog", "elk")[label] / f"{number:03}.png"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(image).save(path)
        self.write("images.idx", idx_file(pixels))
        self.write("labels.idx", idx_file(labels))
        idx = self.digest("data.train={ images = 'images.idx', labels = 'labels.idx' }")
        self.assertEqual(self.convert("images", "o.h5"), "o.h5: 60 images of 4 x 5 pixels, 3 classes\n")
        self.assertEqual(self.of_hdf5("o.h5"), idx)
        predicted = self.run_ok("predict", "run", "--input", "o.h5", "--output", "p.csv")
        self.assertIn("60 predictions", predicted.output)
        self.assertTrue((self.folder / "p.csv").read_text().startswith('sample,class,"cat","dog","elk"\n'))

        Image.fromarray(numpy.zeros((5, 4, 3), "u1")).save(self.folder / "images/elk/rgb.png")
        self.convert("images", "colour.h5")
        with h5py.File(self.folder / "colour.h5") as file:
            self.assertEqual(file["features"].shape, (61, 5, 4, 3))
        Image.fromarray(numpy.zeros((5, 5), "u1")).save(self.folder / "images/elk/zz.png")
        self.assertIn("bring all to one size", self.convert("images", "new.h5", status=2))
        self.write("images/elk/zz.png", "text")
        self.assertIn("zz.png: no image", self.convert("images", "new.h5", status=2))
        os.mkdir(self.folder / "none")
        self.assertIn("holds no folders with images", self.convert("none", "new.h5", status=2))


if __name__ == "__main__":
    unittest.main()
