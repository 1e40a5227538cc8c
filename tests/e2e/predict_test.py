"""predict takes samples in blocks: the same predictions from every kind of file and on any number of ranks, in little memory."""

import gzip
import io
import re
import unittest

import h5py
import numpy

from harness import LAUNCH, SANITIZED, SharedRunTest, csv_table, toml

FEATURES = 128
SAMPLES = 9500  # ten blocks
NAMES = [f"x{column}" for column in range(FEATURES)]


def features(seed, rows):
    return numpy.random.RandomState(seed).randint(-64, 65, (rows, FEATURES)).astype("f4") / 32


class PredictTest(SharedRunTest):
    def make(self):
        train = features(1, 300)
        train[:20] = 2 * numpy.array([[1], [-1]] * 10)  # the range of all but the first
        train[:, 0] = numpy.clip(train[:, 0], -1, 1)
        sums = train.sum(axis=1) > 0
        columns = dict(zip(NAMES, train.T)) | {"kind": [["no", "yes"][value] for value in sums.astype(int)]}
        self.write("train.csv", csv_table(columns))
        sections = {
            "run": {"name": "run", "seed": 3},
            "data": {"format": "csv", "train": "train.csv", "test_fraction": 0.2, "target": "kind", "scale": "none"},
            "model": {"hidden": [8]},
            "train": {"epochs": 2},
        }
        self.write("run.toml", toml(sections))
        self.run_ok("train", "run.toml", "--seeds", "1,2", "--run-dir", "seeds")
        values = features(2, SAMPLES)
        self.write_inputs("new", values)
        return values

    def write_inputs(self, name, values):
        """NAME.csv, .csv.gz, .npy, .npy.gz and .h5, of which tables and the last have identifiers."""
        identifiers = 7 * numpy.arange(len(values))
        csv = csv_table(dict(zip(["id", *NAMES], [identifiers, *values.T]))).encode()
        npy = io.BytesIO()
        numpy.save(npy, values)
        for ending, content in (("csv", csv), ("npy", npy.getvalue())):
            self.write(f"{name}.{ending}", content)
            self.write(f"{name}.{ending}.gz", gzip.compress(content, 1))
        with h5py.File(self.folder / f"{name}.h5", "w") as file:
            file.create_dataset("features", data=values, chunks=(1500, 50), compression=1)
            file["feature_names"], file["id"] = NAMES, identifiers

    def predict(self, model, source, output, *options, **how):
        """Writes the predictions of a file in the shared folder, and returns their content and what was said."""
        source = source if source == "-" else self.shared / source
        result = self.run_ok("predict", self.shared / model, "--input", source, "--output", output, *options, **how)
        return (self.folder / output).read_bytes(), result.output

    def test_of_every_file_and_number_of_ranks(self):
        options = ("--out-of-range", "--keep", "id")
        expected, said = self.predict("seeds", "new.csv", "p.csv", *options)
        outside = numpy.abs(self.made[:, 0]) > 1
        self.assertIn(f"training samples: {outside.sum()} of {SAMPLES} samples, {outside.sum()} in 'x0'\n", said)
        self.assertIn(f"{SAMPLES} predictions of 2 networks in p.csv\n", said)
        rows = [line.split(",") for line in expected.decode().splitlines()]
        self.assertEqual(rows[0][:4], ["sample", '"id"', '"out_of_range"', "class"])
        self.assertEqual([row[0] for row in rows[1:]], [str(number) for number in range(SAMPLES)])
        self.assertEqual([row[1] for row in rows[1:]], [str(7 * number) for number in range(SAMPLES)])
        self.assertEqual([row[2] == "x0" for row in rows[1:]], outside.tolist())

        for ranks in (2, 3, 8):
            for source in ("new.csv", "new.h5"):
                with self.subTest(source, ranks=ranks):
                    again = self.predict("seeds", source, "p.csv", *options, ranks=ranks)
                    self.assertEqual(again, (expected, said))
        with open(self.shared / "new.csv.gz") as stdin:
            self.assertEqual(self.predict("seeds", "-", "p.csv", *options, stdin=stdin), (expected, said))
        for source in ("new.csv", "new.h5"):
            kept, _ = self.predict("seeds", source, "p.csv", "--keep", "i*", "--keep", "x1", "--keep", "x2[01]", ranks=2)
            lines = [line.split(",") for line in kept.decode().splitlines()]
            self.assertEqual(lines[0][:6], ["sample", '"id"', '"x1"', '"x20"', '"x21"', "class"])
            columns = numpy.array([line[1:5] for line in lines[1:]], "f4")
            numpy.testing.assert_array_equal(columns[:, 1:], self.made[:, [1, 20, 21]])
            self.assertEqual(columns[:, 0].tolist(), [7 * number for number in range(SAMPLES)])
        self.predict("seeds", "new.h5", "p.h5", *options, ranks=2)
        with h5py.File(self.folder / "p.h5") as file:
            self.assertEqual(file["kept/id"][:].tolist(), [7 * number for number in range(SAMPLES)])
            self.assertEqual(file["kept/out_of_range"].asstr()[:].tolist(), [row[2] for row in rows[1:]])
            labels = file["labels"].asstr()[:]
            self.assertEqual([f'"{label}"' for label in labels], [row[3] for row in rows[1:]])
            longest = max(len(label.encode()) for label in file["output_names"].asstr()[:])
            self.assertEqual((file["labels"].dtype.str, file["labels"].fletcher32), (f"|S{longest}", True))
            written = numpy.array([row[4:] for row in rows[1:]], "f8")
            stored = numpy.hstack([file["outputs"], file["spread"]])
            numpy.testing.assert_array_equal(numpy.float32(stored), numpy.float32(written))

    def test_of_arrays_without_names(self):
        expected, _ = self.predict("seeds/seed-1", "new.csv", "p.csv")
        for source in ("new.npy", "new.npy.gz"):
            self.assertEqual(self.predict("seeds/seed-1", source, "p.csv", ranks=2)[0], expected)
        numpy.save(self.shared / "columns.npy", numpy.asfortranarray(self.made))
        self.assertEqual(self.predict("seeds/seed-1", "columns.npy", "p.csv", ranks=2)[0], expected)
        for source in ("new.npy.gz", "columns.npy"):
            kept, _ = self.predict("seeds/seed-1", source, "p.csv", "--keep", "3")
            lines = [line.split(",") for line in kept.decode().splitlines()]
            self.assertEqual(lines[0][1], '"column_3"')
            numpy.testing.assert_array_equal(numpy.array([line[1] for line in lines[1:]], "f4"), self.made[:, 2])

    def test_each_block_by_itself(self):
        """The first samples, and some from the middle, have the predictions that they have among all others."""
        self.predict("seeds/seed-1", "new.h5", "p.h5")
        with h5py.File(self.folder / "p.h5") as file:
            expected = file["outputs"][:]
        for begin, end in ((0, 300), (2048, 3500)):
            numpy.save(self.shared / "some.npy", self.made[begin:end])
            self.predict("seeds/seed-1", "some.npy", "p.h5")
            with h5py.File(self.folder / "p.h5") as file:
                numpy.testing.assert_array_equal(file["outputs"], expected[begin:end])

    def test_precision_is_that_of_training_unless_told(self):
        """Of predictions and of evaluations, on any number of ranks and by all kernels."""
        in_floats, in_bfloat16 = (("--set", f"train.precision={name}") for name in ("float32", "bfloat16"))
        trained = self.run_ok("train", self.shared / "run.toml", "--run-dir", self.shared / "rounded", *in_bfloat16)
        rounded, _ = self.predict("rounded", "new.npy", "p.csv")
        portable = LAUNCH | {"LIBXSMM_TARGET": "snb"}
        self.assertEqual(self.predict("rounded", "new.npy", "p.csv", ranks=3, environment=portable)[0], rounded)
        self.assertEqual(self.predict("rounded", "new.npy", "p.csv", *in_bfloat16)[0], rounded)
        exact, _ = self.predict("rounded", "new.npy", "p.csv", *in_floats)
        self.assertNotEqual(exact, rounded)
        tables = [numpy.genfromtxt(content.decode().splitlines()[1:], delimiter=",") for content in (rounded, exact)]
        numpy.testing.assert_allclose(tables[0][:, 2:], tables[1][:, 2:], atol=0.02)

        losses = [
            self.run_ok("evaluate", self.shared / "rounded", *options, ranks=ranks).values()["test_loss"]
            for options, ranks in (((), None), (in_bfloat16, 2), (in_floats, None), (in_floats, 3))
        ]
        self.assertEqual(losses[:2], [trained.done()["test_loss"]] * 2)
        self.assertEqual(losses[2], losses[3])
        self.assertNotEqual(losses[2], losses[0])
        self.assertAlmostEqual(float(losses[2]), float(losses[0]), places=2)
        other = ("predict", self.shared / "rounded", "--input", self.shared / "new.npy", "--output", "p.csv", "--set")
        for text, reason in (("train.epochs=3", "no effect on a prediction"), ("train.precision=half", "bfloat16")):
            refused = self.command(*other, text)
            self.assertEqual(refused.status, 2)
            self.assertIn(reason, refused.errors)

    def test_failures_name_the_first_sample(self):
        """Whichever rank finds it, and nothing is left of the predictions of the blocks before it."""
        values = self.made.copy()
        values[[7000, 9000]] = 3e38
        self.write_inputs("far", values)
        values[5000, 3] = numpy.nan
        self.write_inputs("gap", values)
        for name, status, words in (
            ("far.h5", 1, "far.h5: sample 7000: the prediction is not finite"),
            ("far.csv", 1, "far.csv: sample 7000: the prediction is not finite"),
            ("gap.h5", 2, "gap.h5: 'features' of sample 5000, column 'x3', is nan"),
            ("gap.csv", 2, "gap.csv:5002"),
        ):
            for ranks in (None, 3):
                with self.subTest(name, ranks=ranks):
                    model = self.shared / "seeds/seed-1"
                    result = self.command("predict", model, "--input", name, "--output", "far.out.h5", ranks=ranks)
                    self.assertEqual(result.status, status, result.errors)
                    self.assertEqual(result.errors.count(words), 1, result.errors)
                    self.assertEqual(list(self.folder.glob("far.out*")), [])

    @unittest.skipIf(SANITIZED, "AddressSanitizer takes memory of its own")
    def test_memory(self):
        """Inputs larger than the memory that there is."""
        rows = 250_000
        limit = 90_000_000
        some = numpy.tile(self.made, (10, 1))
        with h5py.File(self.folder / "large.h5", "w") as file:
            array = file.create_dataset("features", (rows, FEATURES), "f4")
            for begin in range(0, rows, len(some)):
                array[begin : begin + len(some)] = some[: rows - begin]
        header, *lines = (self.shared / "new.csv").read_bytes().splitlines(keepends=True)
        with open(self.folder / "large.csv", "wb") as file:
            file.write(header)
            for _ in range(25):
                file.writelines(lines)
        columns = numpy.lib.format.open_memmap(
            self.folder / "large.npy", "w+", "f4", (rows, FEATURES), fortran_order=True
        )
        columns[:] = numpy.tile(some, (rows // len(some) + 1, 1))[:rows]
        del columns
        for source, output in (("large.h5", "p.h5"), ("large.csv", "p.csv"), ("large.npy", "p.h5")):
            self.assertGreater((self.folder / source).stat().st_size, limit)
            result = self.run_ok(
                "predict", self.shared / "seeds/seed-1", "--input", source, "--output", output,
                ranks=2, program=("env", "OPENBLAS_NUM_THREADS=1", "prlimit", f"--data={limit}"),
            )  # fmt: skip
            self.assertTrue(re.search(r"(?m)^\d+ predictions in p\.", result.output), result.output)


if __name__ == "__main__":
    unittest.main()
