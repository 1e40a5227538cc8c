"""launch/report: what the page shows is what was recorded and measured, and a browser can show it."""

import gzip
import html
import html.parser
import io
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import types
import unittest

import h5py
import numpy
from PIL import Image

from harness import REPOSITORY, EndToEndTest, SharedRunTest, idx_file, toml

sys.path.insert(0, str(REPOSITORY / "launch"))

from reporting import clock, originals, ranks  # noqa: E402

NAMES = ["<b>left</b>", "& right", 'up "there"']
VOID = {"meta", "img", "wbr"}


def make_report(folder, *arguments, status=0):
    """Runs launch/report in a folder and returns what it printed, to standard error where it has to fail."""
    command = [sys.executable, REPOSITORY / "launch/report", "--program", os.environ["LOCKSTEP"], *arguments]
    done = subprocess.run(list(map(str, command)), cwd=folder, text=True, capture_output=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stderr if status else done.stdout


class Page(html.parser.HTMLParser):
    """What is in a page. Elements must be nested as they should be."""

    def __init__(self, path):
        super().__init__()
        self.open, self.titles, self.words, self.images, self.links = [], [], [], 0, []
        self.feed(path.read_text(encoding="utf-8"))
        self.close()
        assert not self.open, self.open
        self.text = "|".join(self.words)

    def handle_starttag(self, tag, attrs):
        assert tag != "script"
        if tag not in VOID:
            self.open.append(tag)
        self.images += tag == "img"
        self.links += [value for name, value in attrs if name in ("src", "href", "xlink:href", "data", "action")]

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open[-3:]}"
        self.open.pop()

    def handle_data(self, data):
        if self.open[-1:] != ["style"]:
            (self.titles if self.open[-1:] == ["title"] else self.words).append(data)

    def values(self, pattern):
        """Of the titles that match: pairs of the texts of both groups, the second a number."""
        found = [re.fullmatch(pattern, title) for title in self.titles]
        return [(match[1], value(match[2])) for match in found if match]


def value(words):
    return float(words.replace(",", "").replace("−", "-"))


class ReportTest(SharedRunTest):
    """A classification of images and a regression, two seeds each."""

    def make(self):
        random = numpy.random.RandomState(4)
        labels = random.randint(0, 3, 240)
        images = random.randint(0, 120, (240, 6, 6))
        images[numpy.arange(240), 1, labels * 2] += 90
        for part, chosen in (("train", slice(0, 160)), ("test", slice(160, 240))):
            self.write(f"{part}-images", idx_file(images[chosen]))
            self.write(f"{part}-labels", idx_file(labels[chosen]))
        files = {part: {"images": f"{part}-images", "labels": f"{part}-labels"} for part in ("train", "test")}
        classification = {
            "run": {"name": "<i>images"},
            "data": {"format": "idx", "classes": NAMES, "validation_fraction": 0.2, "scale": "standard", **files},
            "model": {"hidden": [8]},
            "train": {"epochs": 5, "global_batch": 16},
            "optimizer": {"learning_rate": 0.1},
            "metrics": {"every_steps": 1},
        }
        self.write("images.toml", toml(classification))
        regression = {
            "run": {"name": "values"},
            "data": {"target": ["left", "right"], "train": "values.csv", "scale_targets": "standard"},
            "train": {"loss": "mse"},
        }
        values = self.write_small_run(**regression)
        for seed in (1, 2):
            self.run_ok("train", "images.toml", "--run-dir", f"images/seed-{seed}", "--set", f"run.seed={seed}",
                        "--set", "run.split_seed=1", ranks=2)  # fmt: skip
        self.command("train", values, "--run-dir", "values", "--set", "run.stop_after_steps=7")
        self.run_ok("train", values, "--run-dir", "values")
        for run in ("images/seed-1", "images/seed-2", "values"):
            self.run_ok("evaluate", run, "--output", f"{run}/evaluation.json", "--samples")
        return {run: make_report(self.folder, run) for run in ("images/seed-1", "values", "images")}

    def page(self, run):
        return Page(self.shared / run / "report.html")

    def epochs(self, run):
        with h5py.File(self.shared / run / "metrics.h5") as file:
            return {name: column[:] for name, column in file["epochs"].items()}

    def evaluation(self, run):
        return json.loads((self.shared / run / "evaluation.json").read_text())

    def assert_shown(self, shown, expected):
        """Numbers as the page has them, with four digits."""
        numpy.testing.assert_allclose(shown, expected, rtol=6e-4, atol=1e-12)

    def test_files(self):
        for run, said in self.made.items():
            with self.subTest(run):
                self.assertEqual(said, f"{run}/report.html\n")
                page = self.page(run)
                for link in page.links:
                    self.assertRegex(link, "^(data:image/png;base64,|#run-)")
                content = (self.shared / run / "report.html").read_text()
                self.assertNotRegex(content, r"https?:|url\(|@import|<b>left|<i>images|\bnan\b")

    def test_curves(self):
        for run, loss in (("images/seed-1", "validation"), ("values", "test")):
            with self.subTest(run):
                page, epochs = self.page(run), self.epochs(run)
                for series, column in (("training", "train_loss"), (loss, f"{loss}_loss")):
                    points = page.values(rf"{series}: (?=.* at epoch)()(\S+) at epoch \d+")
                    self.assert_shown([y for _, y in points], epochs[column])

    def test_classification(self):
        page, evaluation = self.page("images/seed-1"), self.evaluation("images/seed-1")
        self.assertIn(f"{evaluation['test_accuracy']:.4f}".rstrip("0"), page.text)
        confusion = numpy.zeros((3, 3))
        for names, count in page.values(r"(.* as .*): (\d+), .* %"):
            truth, said = names.split(" as ")
            confusion[NAMES.index(truth), NAMES.index(said)] = count
        numpy.testing.assert_array_equal(confusion, evaluation["confusion"])
        wrong = sum(numpy.argmax(sample["outputs"]) != sample["label"] for sample in evaluation["samples"])
        self.assertEqual(page.images, min(wrong, 24))
        for row in evaluation["classes"]:
            for score in ("precision", "recall", "f1"):
                self.assertIn(f"|{row[score]:.4f}|", page.text)
        right = page.values(r"(\d+) samples?: probability \S+, right (\S+)")
        share = sum(int(count) * part for count, part in right) / 2 / 80  # a bar and a dot each
        self.assertAlmostEqual(share, evaluation["test_accuracy"], places=3)

    def test_regression(self):
        page, evaluation = self.page("values"), self.evaluation("values")
        points = page.values(r"row (\S+): true \S+, predicted (\S+)")
        expected = {sample["row"] + 1: sample["outputs"] for sample in evaluation["samples"]}
        count = len(expected)
        self.assertEqual(len(points), 4 * count)  # two charts of two targets
        for target in (0, 1):
            part = points[2 * target * count : (2 * target + 1) * count]
            self.assert_shown([y for _, y in part], [expected[int(value(row))][target] for row, _ in part])
        text = page.text
        for row in evaluation["targets"]:
            self.assertIn(row["name"], text)
        with open(self.shared / "values.csv", encoding="utf-8") as file:
            table = [line.strip().split(",") for line in file]
        rows = re.findall(r"\|(\d+)\|[^|]+, [^|]+\|[^|]+, [^|]+((?:\|[^|]+){6})", text)
        self.assertEqual(len(rows), 24)
        for row, fields in rows:
            self.assertEqual(fields.split("|")[1:], table[int(row)][:6])

    def test_history(self):
        """Bars where the run ran and marks where it wrote checkpoints, over wall-clock time."""
        titles = self.page("values").titles
        clock = r"\d\d:\d\d:\d\d"
        for expected in (
            f"start 1: steps 0 to 7, stopped on request; {clock} to {clock}",
            f"start 2: steps 7 to 20, done; {clock} to {clock}",
            f"checkpoint of step 7, {clock}, replaced since",
            f"checkpoint of step 20, {clock}, the best",
        ):
            self.assertEqual(sum(bool(re.fullmatch(expected, title)) for title in titles), 1, expected)

    def test_gaps(self):
        """A killed start lasts until its last checkpoint, and where nothing ran there is a gap as long as the pause."""
        run = self.copy("values")
        written = json.loads((run / "environment.json").read_text())
        first, second = written["starts"]
        del first["outcome"]
        first |= {"start_unix_time": 1e9, "last_unix_time": 1e9 + 100, "last_step": 3}
        second |= {"start_unix_time": 1e9 + 1000, "last_unix_time": 1e9 + 2000}
        (run / "environment.json").write_text(json.dumps(written))
        with h5py.File(run / "metrics.h5", "r+") as file:
            del file["checkpoints"]
            rows = {"step": [5, 7, 20], "time": [1e9 + 150, 1e9 + 200, 1e9 + 2000], "newest": [1] * 3, "best": [1] * 3}
            for name, column in rows.items():
                file[f"checkpoints/{name}"] = column
        make_report(self.folder, "values")
        content = (run / "report.html").read_text()
        bar = r'<rect class="\S+ \S+" x="(\S+)" y="4.0" width="(\S+)"[^>]*><title>([^<]*)'
        bars = {
            title: (float(x), float(width))
            for x, width, title in re.findall(bar, content)
        }
        killed = "start 1: steps 0 to 7, interrupted; 01:46:40 to 01:50:00"
        self.assertEqual(list(bars), [killed, "start 2: steps 7 to 20, done; 02:03:20 to 02:20:00"])
        (x1, width1), (x2, width2) = bars.values()
        self.assertAlmostEqual((x2 - x1) / (width1 + 1), 5, delta=0.02)
        self.assertAlmostEqual((width2 + 1) / (width1 + 1), 5, delta=0.02)
        titles = Page(run / "report.html").titles
        self.assertIn("checkpoint of step 5, 01:49:10, replaced since", titles)
        self.assertIn("|2001-09-09 UTC|", Page(run / "report.html").text)

    def test_earlier_versions(self):
        """Of a run without these times there is a time line over the steps."""
        run = self.copy("values")
        written = json.loads((run / "environment.json").read_text())
        for start in written["starts"]:
            del start["start_unix_time"], start["last_unix_time"]
        (run / "environment.json").write_text(json.dumps(written))
        with h5py.File(run / "metrics.h5", "r+") as file:
            del file["checkpoints"]
        make_report(self.folder, "values")
        titles = Page(run / "report.html").titles
        self.assertIn("start 1: steps 0 to 7, stopped on request", titles)
        self.assertIn("start 2: steps 7 to 20, done", titles)
        self.assertIn("checkpoint of step 20, the best", titles)

    def test_several_runs(self):
        text = self.page("images").text
        accuracies = []
        for seed in (1, 2):
            run = self.shared / f"images/seed-{seed}"
            accuracies.append(self.evaluation(run)["test_accuracy"])
            digest = self.run_ok("inspect", run).values()["digest"]
            self.assertIn(digest, text)
        mean, deviation = re.search(r"mean ± sd\|+([^|]+) ± ([^|]+)", text).groups()
        self.assert_shown([float(mean)], [statistics.mean(accuracies)])
        self.assertAlmostEqual(float(deviation), statistics.stdev(accuracies), places=3)
        self.assertRegex(text, r"Differences of configuration\|key\|.*\|run.seed\|1\|2\|")

    def test_browser(self):
        """At the width of a phone nothing reaches beyond the page."""
        frames = []
        for run in self.made:
            page = html.escape((self.shared / run / "report.html").read_text())
            frames.append(f'<iframe style="width:390px;height:800px" srcdoc="{page}"></iframe>')
        measure = "[...document.querySelectorAll('iframe')].map(f => f.contentDocument.documentElement.scrollWidth)"
        outer = f"<!doctype html><body>{''.join(frames)}<script>onload = () => document.title = {measure}</script>"
        path = self.write("outer.html", outer)
        browser = [
            "chromium",
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--hide-scrollbars",
            f"--user-data-dir={self.folder}/browser",
        ]
        done = subprocess.run(
            [*browser, "--dump-dom", path.as_uri()], capture_output=True, text=True, timeout=60, check=True
        )
        self.assertEqual(re.search("<title>(.*?)</title>", done.stdout)[1], "390,390,390")

    def copy(self, run):
        shutil.copytree(self.shared / run, self.folder / run)
        return self.folder / run

    def test_without_data(self):
        run = self.copy("values")
        (run / "checkpoints/best.h5").write_bytes(b"damaged")
        make_report(self.folder, "values")
        self.assertIn("|Test set|", Page(run / "report.html").text)
        (self.shared / "values.csv").rename(self.folder / "values.csv")
        try:
            make_report(self.folder, "values")
        finally:
            (self.folder / "values.csv").rename(self.shared / "values.csv")
        self.assertRegex(Page(run / "report.html").text, "The test set was not measured: .*values.csv")
        shutil.rmtree(run / "checkpoints")
        make_report(self.folder, "values")
        self.assertIn("There is no checkpoint that can be read.", Page(run / "report.html").text)

    def test_odd_metrics(self):
        """No epoch, one epoch, ten thousand, numbers that are not finite."""
        run = self.copy("values")

        def change(rows):
            shutil.copy(self.shared / "values/metrics.h5", run / "metrics.h5")
            with h5py.File(run / "metrics.h5", "r+") as file:
                for name, column in {name: column[:] for name, column in file["epochs"].items()}.items():
                    del file["epochs"][name]
                    file["epochs"][name] = rows(name, column)
            make_report(self.folder, "values")
            return Page(run / "report.html")

        self.assertIn("No epoch is complete yet.", change(lambda _, column: column[:0]).text)
        change(lambda _, column: column[:1])
        page = change(lambda name, column: column * numpy.nan if "loss" in name else column)
        self.assertIn("Values that are not finite are left out.", page.text)
        count = 10000
        page = change(lambda name, _: numpy.arange(1, count + 1) * 5 if name == "step" else numpy.arange(1, count + 1))
        self.assertLess((run / "report.html").stat().st_size, 500_000)

    def test_bad_input(self):
        self.assertIn("nowhere: no such folder", make_report(self.folder, "nowhere", status=2))
        self.assertIn("holds no run", make_report(self.folder, ".", status=2))
        run = self.copy("values")
        (run / "report.html").write_text("mine")
        self.assertIn("is no report", make_report(self.folder, "values", status=2))
        self.assertEqual((run / "report.html").read_text(), "mine")
        make_report(self.folder, "values", "--force")
        with h5py.File(run / "metrics.h5", "r+") as file:
            del file["epochs/step"]
        self.assertIn("do not belong together", make_report(self.folder, "values", status=2))
        (run / "metrics.h5").write_bytes(b"\x89HDF")
        self.assertIn("metrics.h5: cannot be read as HDF5", make_report(self.folder, "values", status=2))
        (run / "metrics.h5").unlink()
        self.assertIn("there is no metrics.h5 yet", make_report(self.folder, "values", status=2))
        (run / "config.toml").write_text("[run]\nname = 'x'\n")
        self.assertIn("config.toml: has no run.seed", make_report(self.folder, "values", status=2))


class RanksTest(unittest.TestCase):
    def test_straggler(self):
        """The rank that is slow for its share is named, and not the one that has more slices."""

        def said(slices, *totals):
            run = types.SimpleNamespace(config={"train": {"slices": slices}})
            return ranks.straggler(run, range(len(totals)), "abc", numpy.array(totals, float))

        self.assertEqual(
            said(4, (1, 0, 0, 1), (2, 0, 0, 0)),
            "Rank 1 (b) took 2 times as long as others for its share; that is 50 % of a step.",
        )
        self.assertIn("No rank", said(3, (1, 0, 0, 1), (1.9, 0.1, 0, 0)))
        self.assertIsNone(said(4, (0.1, 0, 0, 0.1), (0.2, 0, 0, 0)))  # too short to say
        self.assertIsNone(said(4, (5, 0, 0, 0)))


class ClockTest(unittest.TestCase):
    def test_ticks(self):
        """At round times, few enough to be read, and midnight by its day."""
        noon = 1795867200  # of a 28th of November

        def words(span):
            return [text for _, text in clock.ClockAxis(noon - 0.01, noon + span, 0, 600).ticks()]

        self.assertEqual(words(0.5)[:3], ["12:00:00.0", "12:00:00.1", "12:00:00.2"])
        self.assertEqual(words(60), [f"12:{s // 60:02}:{s % 60:02}" for s in range(0, 61, 10)])
        self.assertEqual(words(7200), ["12:00", "12:30", "13:00", "13:30", "14:00"])
        self.assertEqual(words(86400), ["12:00", "18:00", "Nov 29", "06:00", "12:00"])
        self.assertEqual(words(4 * 86400), ["Nov 29", "Nov 30", "Dec 1", "Dec 2"])


class OriginalsTest(EndToEndTest):
    """Samples as their file has them."""

    def test_arrays(self):
        images = numpy.random.RandomState(1).randint(0, 256, (9, 4, 5)).astype("u1")
        idx = self.write("images", idx_file(images))
        packed = self.write("images.gz", gzip.compress(idx.read_bytes()))
        numpy.save(self.folder / "images.npy", images)
        with h5py.File(self.folder / "images.h5", "w") as file:
            file["features"] = images
        for path in (idx, packed, self.folder / "images.npy", self.folder / "images.h5"):
            found = originals.arrays(path, numpy.array([7, 0, 3]))
            numpy.testing.assert_array_equal(found, images[[7, 0, 3]])
        with self.assertRaises(originals.NotShown):
            originals.arrays(self.write("other", "text"), numpy.array([0]))

    def test_tables(self):
        table = self.write("t.csv", 'a;"b, c"\n1;x\n\n2;"y;z"\n3;w\n')
        self.assertEqual(originals.csv_rows(table, [2, 1], ["a"]), (["a", "b, c"], [["3", "w"], ["2", "y;z"]]))
        for rows, names in (([3], ["a"]), ([1], ["d"])):
            with self.assertRaises(originals.NotShown):
                originals.csv_rows(table, rows, names)

    def test_images(self):
        for shape, seen in (((4, 5), "L"), ((4, 5, 3), "RGB"), ((3, 4, 5), "RGB"), ((1, 4, 5), "L"), ((4, 5, 1), "L")):
            sample = numpy.arange(numpy.prod(shape)).reshape(shape).astype("u1")
            image = Image.open(io.BytesIO(originals.png(originals.as_image(sample))))
            self.assertEqual((image.size, image.mode), ((5, 4), seen))
            turned = sample.transpose(1, 2, 0) if shape[0] in (1, 3) else sample
            numpy.testing.assert_array_equal(numpy.array(image), turned.squeeze())
        self.assertIsNone(originals.as_image(numpy.zeros(5)))
