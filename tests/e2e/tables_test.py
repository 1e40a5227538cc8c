"""CSV tables as they come: whatever separates columns, with or without a header."""

import gzip
import lzma
import unittest
from subprocess import DEVNULL

import h5py

from harness import EndToEndTest


class TablesTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run(train={"epochs": 1})
        self.plain = (self.folder / "classes.csv").read_text()

    def train(self, name, *settings, **options):
        """Trains on NAME.csv in the run's folder NAME."""
        words = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", "small.toml", "--run-dir", name, "--set", f"data.train={name}.csv", *words, **options)

    def as_write_table(self):
        """The table as R's write.table() writes it."""
        header, *rows = (line.replace(",", " ") for line in self.plain.splitlines())
        return "".join([header + "\n", *(f'"{number + 1}" {row}\n' for number, row in enumerate(rows))])

    def predict(self, run, table):
        self.run_ok("predict", run, "--input", table, "--output", "predictions.csv")
        return (self.folder / "predictions.csv").read_text()

    def test_dialects(self):
        """The same table trains to the same bits however it is written, and is predicted by models of the others."""
        digest = self.train("classes").done()["digest"]
        expected = self.predict("classes", "classes.csv")
        header, rows = self.plain.split("\n", 1)
        cases = {
            "semicolons": ("semicolons, decimal commas", self.plain.replace(",", ";").replace(".", ",")),
            "blanks": ("blanks, comments after #", "# a small table\n" + self.plain.replace(",", "  ")),
            "tabs": ("tabs", "\ufeff" + self.plain.replace(",", "\t").replace("\n", "\r\n")),
            "headless": ("no header", rows),
            "savetxt": ("names in a comment, comments after #", "# " + self.plain),
            "write_table": ("blanks, row names", self.as_write_table()),
        }
        for name, (words, text) in cases.items():
            with self.subTest(name):
                self.write(f"{name}.csv", text)
                target = "data.target=7" if name == "headless" else "data.target=kind"
                run = self.train(name, target, ranks=2)
                self.assertIn(f"; CSV with {words}\n", run.output)
                self.assertEqual(run.done()["digest"], digest)
                self.assertEqual(self.predict(name, f"{name}.csv"), expected)
                if name != "headless":
                    self.assertEqual(self.predict("classes", f"{name}.csv"), expected)
        for table in (self.plain, rows):  # without the target: by position where one side has no names
            self.write("features.csv", "".join(line.rsplit(",", 1)[0] + "\n" for line in table.splitlines()))
            self.assertEqual(self.predict("classes", "features.csv"), expected)
            self.assertEqual(self.predict("headless", "features.csv"), expected)
        self.write("named.csv", rows)
        columns = f"data.columns={header}"
        self.assertEqual(self.train("named", columns, "data.header=false").done()["digest"], digest)
        result = self.run_ok("evaluate", "named", "--set", "data.test=headless.csv")
        self.assertIn("headless.csv is read as CSV with no header", result.output)

    def test_all_ranks_parse(self):
        """A table of several blocks is the same, and so is what is wrong with it, whatever the number of ranks."""
        header, *rows = self.plain.splitlines()
        table = [header, *(rows[i % len(rows)] for i in range(60_000))]
        self.write("large.csv", "\n".join(table) + "\n")
        table[50_000] = table[50_000].replace(",", ",x", 1)
        self.write("wrong.csv", "\n".join(table) + "\n")
        digests = set()
        for ranks in (1, 2, 3):
            digests.add(self.train("large", "train.epochs=0", "data.test_fraction=0.5", ranks=ranks).done()["digest"])
            result = self.command("train", "small.toml", "--set", "data.train=wrong.csv", ranks=ranks)
            self.assertEqual(result.status, 2)
            self.assertIn("wrong.csv:50001: column", result.errors)
        self.assertEqual(len(digests), 1)

    def test_kept_columns(self):
        """Identifiers go along with the predictions, from tables, pipes and HDF5 files into both formats."""
        self.train("classes")
        plain = self.predict("classes", "classes.csv").splitlines()
        rows = self.plain.splitlines()
        names = ["id"] + [f"No. 0{number}" for number in range(1, len(rows))]
        self.write("named.csv", "".join(f"{name},{row}\n" for name, row in zip(names, rows)))
        keep = ("--keep", "id", "--keep", "1")
        self.run_ok("predict", "classes", "--input", "named.csv", "--output", "p.csv", *keep, ranks=2)
        expected = [f'sample,"id",{plain[0].split(",", 1)[1]}']
        expected += [line.replace(",", f",{name},", 1) for line, name in zip(plain[1:], names[1:])]
        self.assertEqual((self.folder / "p.csv").read_text().splitlines(), expected)
        with open(self.folder / "named.csv") as stdin:
            self.run_ok("predict", "classes", "--input", "-", "--output", "p.h5", *keep, stdin=stdin)
        with h5py.File(self.folder / "p.h5") as file:
            self.assertEqual([name.decode() for name in file["kept/id"]], names[1:])

        with h5py.File(self.folder / "named.h5", "w") as file:
            file["features"] = [list(map(float, row.split(",")[:6])) for row in rows[1:]]
            file["feature_names"], file["id"] = rows[0].split(",")[:6], range(len(rows) - 1)
        for output in ("q.csv", "q.h5"):
            self.run_ok("predict", "classes", "--input", "named.h5", "--output", output, "--keep", "id")
        self.assertEqual((self.folder / "q.csv").read_text().splitlines()[5].split(",")[:2], ["4", "4"])
        with h5py.File(self.folder / "q.h5") as file:
            self.assertEqual(file["kept/id"][:].tolist(), list(range(len(rows) - 1)))
        refused = self.command("predict", "classes", "--input", "named.csv", "--output", "r.csv", "--keep", "identifier")
        self.assertEqual(refused.status, 2)
        self.assertIn("no column fits 'identifier' of --keep", refused.errors)
        self.assertFalse((self.folder / "r.csv").exists())

    def test_choice_of_columns(self):
        """Columns that are left out change nothing: neither in training, on several ranks, nor for predictions."""
        digest = self.train("classes").done()["digest"]
        expected = self.predict("classes", "classes.csv")
        header, *rows = self.plain.splitlines()
        lines = [f"id,{header},note_1,note_2", *(f"{i},{row},word,{i}" for i, row in enumerate(rows))]
        self.write("wide.csv", "\n".join(lines) + "\n")
        for name, setting in (("ignore", "data.ignore=1,note_*"), ("features", "data.features=['[b-f]', 'a']")):
            self.write(f"{name}.csv", "\n".join(lines) + "\n")
            self.assertEqual(self.train(name, setting, ranks=2).done()["digest"], digest)
            for table in ("classes.csv", "wide.csv"):
                self.assertEqual(self.predict(name, table), expected)
        result = self.command("train", "small.toml", "--set", "data.ignore=indx")
        self.assertEqual(result.status, 2)
        self.assertIn("no column fits 'indx' of data.ignore", result.errors)
        self.assertRegex(self.command("train", "small.toml", "--set", "data.ignore=kidn").errors, "the nearest is 'kind'")

    def test_compressed_and_piped(self):
        """Compressed tables are told by content, whatever they are called, and one may come from standard input."""
        digest = self.train("classes").done()["digest"]
        expected = self.predict("classes", "classes.csv")
        for name, compress in (("gz", gzip.compress), ("xz", lzma.compress)):
            self.write(f"{name}.csv", compress(self.plain.encode()))
            self.assertEqual(self.train(name).done()["digest"], digest)
        for ranks in (None, 2):
            for table in ("classes.csv", "xz.csv"):
                with open(self.folder / table, "rb") as stdin:
                    self.run_ok("predict", "classes", "--input", "-", "--output", "piped.csv", stdin=stdin, ranks=ranks)
                self.assertEqual((self.folder / "piped.csv").read_text(), expected)
        for options, words in (((), "-: empty"), (("--input-format", "hdf5"), "--input -: HDF5")):
            result = self.command("predict", "classes", "--input", "-", *options, "--output", "x.csv", stdin=DEVNULL)
            self.assertEqual(result.status, 2)
            self.assertIn(words, result.errors)
            self.assertFalse((self.folder / "x.csv").exists())

    def test_init(self):
        """A first configuration for a file without a header, and for one of semicolons."""
        rows = self.plain.split("\n", 1)[1]
        self.write("headless.data", rows)
        self.write("comma.csv", self.plain.replace(",", ";").replace(".", ","))
        for name in ("headless", "comma"):
            self.run_ok("init", "headless.data" if name == "headless" else "comma.csv")
            done = self.run_ok("train", f"{name}.toml", "--set", "train.epochs=5").done()
            self.assertGreater(float(done["test_accuracy"]), 0.5)


if __name__ == "__main__":
    unittest.main()
