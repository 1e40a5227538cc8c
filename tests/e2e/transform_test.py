"""What stands between the columns of a table and a network: scales, against scikit-learn's, and what fills gaps."""

import csv
import pathlib
import shutil
import unittest

import h5py
import numpy
from sklearn.preprocessing import MinMaxScaler, QuantileTransformer, StandardScaler

from harness import EndToEndTest

FORMAT_2 = pathlib.Path(__file__).parent / "format_2"
SAMPLES = 1200


def table(seed, samples):
    """Columns of many sizes, with ties, and targets that depend on them."""
    draw = numpy.random.default_rng(seed)
    age = draw.normal(40, 12, samples).round(1)
    income = numpy.exp(draw.normal(9, 1.5, samples)).round(2)
    count = draw.poisson(1.5, samples)
    energy = -291230 + draw.normal(0, 0.01, samples)
    change = draw.standard_t(2, samples) * 1000
    return {
        "age": age, "income": income, "count": count, "energy": energy, "change": change,
        "fixed": numpy.full(samples, 7.5), "raw": draw.uniform(-1, 1, samples),
        "price": income * 0.01 + count, "gain": change / 10 + age,
    }  # fmt: skip


def exact(columns):
    """The text of a CSV file of these columns, with all digits of float64."""
    rows = (",".join(map(str, map(float, row))) for row in zip(*columns.values()))
    return "\n".join([",".join(columns), *rows]) + "\n"


def log(values):
    return numpy.copysign(numpy.log1p(abs(values)), values)


def quantile(samples):
    return QuantileTransformer(n_quantiles=min(1000, samples), output_distribution="normal", subsample=10**9)


class LogScaler(StandardScaler):
    def fit(self, values):
        return super().fit(log(values))

    def transform(self, values):
        return super().transform(log(values))

    def inverse_transform(self, values):
        scaled = super().inverse_transform(values)
        return numpy.copysign(numpy.expm1(abs(scaled)), scaled)


SCALE = {"*": "standard", "income": "quantile", "cou*": "quantile", "energy": "minmax", "change": "log", "raw": "none"}


class TransformTest(EndToEndTest):
    """Runs of small.toml."""

    @staticmethod
    def set(*settings):
        return [word for setting in settings for word in ("--set", setting)]

    def train(self, name, *settings, start=None, **keywords):
        start_from = () if start is None else ("--start-from", start)
        train = ("train", "small.toml", "--run-dir", name, *start_from, *self.set(*settings))
        return self.run_ok(*train, **keywords)

    def refused(self, *arguments, words):
        result = self.command(*arguments)
        self.assertEqual(result.status, 2, result.output + result.errors)
        for word in words:
            self.assertIn(word, result.errors)

    def predictions(self, model, samples="test.csv"):
        self.run_ok("predict", model, "--input", samples, "--output", "p.csv", "--force")
        with open(self.folder / "p.csv", newline="") as file:
            return numpy.array(list(csv.reader(file))[1:])[:, 1:].astype(float)

    def check_same_bits(self, *settings):
        """On any number of ranks, after an interruption, in `evaluate`, and where another run starts from the model."""
        settings = (*settings, "model.hidden=[5]")
        alone = self.train("alone", *settings).outcome()
        for ranks in (2, 3, 8):
            self.assertEqual(self.train(f"ranks-{ranks}", *settings, ranks=ranks).outcome(), alone, ranks)
        stopped = ("train", "small.toml", "--run-dir", "resumed", *self.set(*settings, "run.stop_after_steps=7"))
        self.assertEqual(self.command(*stopped, ranks=3).status, 75)
        self.assertEqual(self.train("resumed", *settings, ranks=2).outcome(), alone)
        evaluated = self.run_ok("evaluate", "resumed", ranks=2).values()
        self.assertEqual(evaluated["test_loss"], alone["test_loss"])
        started = self.train("started", "train.epochs=0", *settings, start="alone").outcome()
        self.assertEqual(started["test_loss"], alone["test_loss"])


class ScaleTest(TransformTest):
    def setUp(self):
        super().setUp()
        self.write("train.csv", exact(table(1, SAMPLES)))
        self.write("test.csv", exact(table(2, 300)))
        self.write_small_run(
            data={"train": "train.csv", "test": "test.csv", "test_fraction": None, "target": ["price", "gain"]},
            model={"hidden": [], "activation": None},
            train={"loss": "mse", "epochs": 2},
            optimizer={"learning_rate": 0.01},
        )
        scale = ", ".join(f'"{column}" = "{kind}"' for column, kind in SCALE.items())
        self.scale = (f"data.scale={{ {scale} }}", "data.scale_targets={ price = 'quantile', gain = 'log' }")

    def test_scales_are_scikit_learns(self):
        """Of the training samples; test.csv has numbers beyond them."""
        result = self.train("run", *self.scale)
        self.assertRegex(result.output, "constant over the training samples, taken as 0: column 'fixed'")
        train, test = table(1, SAMPLES), table(2, 300)
        kinds = {"standard": StandardScaler(), "minmax": MinMaxScaler(), "quantile": quantile(SAMPLES), "log": LogScaler()}

        def scaled(column, kind):
            if kind == "none":
                return test[column]
            return kinds[kind].fit(train[column][:, None]).transform(test[column][:, None])[:, 0]

        inputs = [
            scaled(column, SCALE.get(column, "quantile" if column == "count" else "standard"))
            for column in list(train)[:-2]
        ]
        with h5py.File(self.folder / "run/checkpoints/best.h5") as file:
            outputs = numpy.column_stack(inputs) @ file["model/layers/0/weight"][:] + file["model/layers/0/bias"][:]
            self.assertEqual(file["data/feature_kind"].asstr()[:].tolist(),
                             ["standard", "quantile", "quantile", "minmax", "log", "none", "none"])  # fmt: skip
            self.assertEqual(file["data/feature_quantiles"].shape, (2, 1000))
        expected = [
            kinds[kind].fit(train[column][:, None]).inverse_transform(outputs[:, [place]])
            for place, (column, kind) in enumerate({"price": "quantile", "gain": "log"}.items())
        ]
        numpy.testing.assert_allclose(self.predictions("run"), numpy.hstack(expected), rtol=2e-4)

    def test_features_outside_the_range_of_training_are_told(self):
        """By the least and the largest number of the training samples, on any number of ranks."""
        self.train("run", *self.scale)
        train, test = table(1, SAMPLES), table(2, 300)
        names = list(test)[:-2]
        outside = {name: (test[name] < train[name].min()) | (test[name] > train[name].max()) for name in names}
        samples = sum(numpy.array(list(outside.values())).any(axis=0))
        self.assertGreater(samples, 0)
        for ranks in (None, 2):
            line = ("predict", "run", "--input", "test.csv", "--output", "p.csv", "--force")
            result = self.run_ok(*line, "--out-of-range", ranks=ranks)
            columns = [f"{sum(far)} in '{name}'" for name, far in outside.items() if any(far)]
            note = f"outside the range of the training samples: {samples} of 300 samples, {', '.join(columns)}"
            self.assertIn(f"note:    {note}\n", result.output)
            with open(self.folder / "p.csv", newline="") as file:
                rows = list(csv.DictReader(file))
            expected = [",".join(name for name in names if outside[name][row]) for row in range(300)]
            self.assertEqual([row["out_of_range"] for row in rows], expected)
        self.assertNotIn("outside", self.run_ok("predict", "run", "--input", "train.csv", "--output", "p.csv", "--force").output)

    def test_same_bits(self):
        self.check_same_bits(*self.scale)

    def test_standardize_is_a_kind(self):
        flag = self.train("flag", "data.standardize=true", "data.standardize_targets=true").outcome()
        kind = self.train("kind", "data.scale=standard", "data.scale_targets=standard").outcome()
        self.assertEqual(flag, kind)
        bytes_of = numpy.random.default_rng(3).integers(0, 200, (300, 4), dtype="u1")
        targets = bytes_of[:, :1] * 0.5
        for name, features in (("bytes.h5", bytes_of), ("reals.h5", bytes_of.astype("f8"))):
            with h5py.File(self.folder / name, "w") as file:
                file["features"], file["targets"] = features, targets
        of = [
            self.train(f"of-{name}", "data.format=hdf5", "data.target=[]", f"data.train={name}", f"data.test={name}",
                       "data.scale={ 0 = 'quantile', '*' = 'log' }").outcome()  # fmt: skip
            for name in ("bytes.h5", "reals.h5")
        ]
        self.assertEqual(of[0]["digest"], of[1]["digest"])

    def test_what_contradicts_or_names_no_column_is_refused(self):
        for settings, *words in (
            (["data.scale=quantile", "data.standardize=true"], "data.standardize", "contradicts data.scale"),
            (["data.scale=normal"], "data.scale", '"standard"'),
            (["data.scale={ agee = 'log' }"], "data.scale", "no column 'agee'", "'age'"),
            (["data.scale={ 'a*' = 'log', '*e' = 'minmax' }"], "both mean column 'age'"),
            (["data.scale_targets={ cost = 'log' }"], "data.scale_targets", "no column 'cost'"),
        ):
            self.refused("train", "small.toml", "--run-dir", "run", *self.set(*settings), words=words)

    def test_checkpoints_of_format_2(self):
        """What the file holds was printed by the program that wrote it; see make.sh beside it."""
        for name in ("train.toml", "table.csv"):
            shutil.copy(FORMAT_2 / name, self.folder)
        checkpoints = self.folder / "run/checkpoints"
        checkpoints.mkdir(parents=True)
        shutil.copy(FORMAT_2 / "step-00000008.h5", checkpoints)
        inspected = self.run_ok("inspect", "run").values()
        self.assertEqual((inspected["format_version"], inspected["digest"]), ("2", "f62810fcf5483677"))
        values = self.run_ok("evaluate", "run", *self.set("data.train=table.csv")).values()
        self.assertEqual((values["test_loss"], values["test_r2"]), ("0.386900", "0.524634"))
        resumed = self.run_ok("train", "train.toml", "--run-dir", "run", "--allow-changed-arithmetic", *self.set("train.epochs=6"))
        self.assertRegex(resumed.output, "resumed: after epoch 4, step 8")
        self.assertEqual(resumed.done()["digest"], "827090eb7e5fc4da")
        self.assertEqual(self.run_ok("inspect", "run").values()["format_version"], "3")


class GapTest(TransformTest):
    """A table with gaps in its features a, b and c, and in its target y."""

    FILL = ("data.missing={ a = 'mean', b = 'median', d = 'median', c = 'zero', y = 'drop' }", "data.missing_indicator=true")

    def setUp(self):
        super().setUp()
        draw = numpy.random.default_rng(5)
        self.table = {name: draw.normal(10 * k, k + 1, 240) for k, name in enumerate("abcd")}
        self.table["y"] = self.table["a"] + self.table["b"] - self.table["d"]
        for place, name in enumerate("abcy"):
            self.table[name][draw.permutation(240)[: 10 + 5 * place]] = numpy.nan
        train, test = ({name: column[part] for name, column in self.table.items()} for part in
                       (slice(200), slice(200, None)))  # fmt: skip
        self.write("train.csv", exact(train).replace("nan", "NA"))
        self.write("test.csv", exact(test).replace("nan", ""))
        self.write_small_run(
            data={"train": "train.csv", "test": "test.csv", "test_fraction": None, "target": "y", "scale": "standard"},
            model={"hidden": [], "activation": None},
            train={"loss": "mse", "epochs": 2},
            optimizer={"learning_rate": 0.01},
        )

    def test_gaps_are_filled_with_what_training_samples_teach(self):
        kept = ~numpy.isnan(self.table["y"][:200])
        result = self.train("run", *self.FILL)
        self.assertIn(f"{200 - kept.sum()} of the 200 samples of", result.output)
        self.assertRegex(result.output, "filled by data.missing: [0-9]+ in column 'a', [0-9]+ in column 'b'")
        self.assertRegex(result.output, "model: +7-1 ")

        columns, indicators = [], []
        for name, statistic in (("a", numpy.nanmean), ("b", numpy.nanmedian), ("c", lambda _: 0), ("d", numpy.nanmedian)):
            train, samples = self.table[name][:200][kept], self.table[name][200:].copy()
            if name == "d":
                samples[3] = numpy.nan
            gaps = numpy.isnan(samples)
            samples[gaps] = statistic(train)
            columns.append((samples - numpy.nanmean(train)) / numpy.nanstd(train))
            if name != "d":
                indicators.append(gaps)
        with h5py.File(self.folder / "run/checkpoints/best.h5") as file:
            layer = file["model/layers/0"]
            expected = numpy.column_stack(columns + indicators) @ layer["weight"][:] + layer["bias"][:]
            self.assertEqual(file["data/feature_indicator"][:].tolist(), [1, 1, 1, 0])
        lines = (self.folder / "test.csv").read_text().splitlines()
        *others, _, target = lines[4].split(",")
        lines[4] = ",".join([*others, "null", target])  # a gap in a column that has none in training
        self.write("other.csv", "\n".join(lines) + "\n")
        numpy.testing.assert_allclose(self.predictions("run", "other.csv"), expected, rtol=1e-4, atol=1e-4)

    def test_same_bits(self):
        self.check_same_bits(*self.FILL, "data.scale=quantile")

    def test_samples_with_gaps_are_left_out(self):
        result = self.train("run", "data.missing=drop")
        full = ~numpy.isnan(numpy.column_stack(list(self.table.values()))).any(axis=1)
        self.assertIn(f"{full[:200].sum()} training", result.output)
        self.assertIn(f"{40 - full[200:].sum()} of the 40 samples", result.output)
        self.refused("predict", "run", "--input", "test.csv", "--output", "p.csv", words=["test.csv:", "column '", "missing"])

        with h5py.File(self.folder / "train.h5", "w") as file:
            file["features"] = numpy.column_stack([self.table[name][:200] for name in "abcd"])
            file["targets"] = self.table["y"][:200]
            file["feature_names"], file["target_names"] = list("abcd"), ["y"]
        of_csv = self.train("csv", "data.missing=drop", "data.test=train.csv").outcome()
        of_hdf5 = self.train("hdf5", "data.missing=drop", "data.format=hdf5", "data.train=train.h5", "data.test=train.h5",
                             "data.target=[]").outcome()  # fmt: skip
        self.assertEqual(of_csv, of_hdf5)

    def test_gaps_are_refused_with_their_number_and_first_place(self):
        train = ("train", "small.toml", "--run-dir", "run")
        self.refused(*train, words=["column 'a': 'NA', the first of", "column 'y'", "is a missing value", "data.missing"])
        filled = "data.missing=mean"  # targets are not
        self.refused(*train, *self.set(filled), words=["train.csv:", "column 'y'", "is a missing value"])
        self.refused(*train, *self.set("data.missing={ e = 'mean' }"), words=["data.missing", "no column 'e'"])
        self.refused(*train, *self.set("data.missing_indicator=true"), words=["data.missing_indicator", "no effect"])


class WordTest(TransformTest):
    """Columns of words, and one of numbers that are words."""

    def setUp(self):
        super().setUp()
        draw = numpy.random.default_rng(8)
        city, code = draw.choice(["Oslo", "Paris", "Rome"], 200), draw.choice([10, 7], 200)
        size = draw.normal(3, 2, 200)
        y = size + (city == "Rome") * 2 - (code == 7)
        self.rows = [f"{a},{b},{c},{d}" for a, b, c, d in zip(size, city, code, y)]
        self.size, self.city, self.code = size, city, code
        self.write("train.csv", "\n".join(["size,city,code,y", *self.rows[:160]]) + "\n")
        self.write("test.csv", "\n".join(["size,city,code,y", *self.rows[160:]]) + "\n")
        self.write_small_run(
            data={"train": "train.csv", "test": "test.csv", "test_fraction": None, "target": "y", "scale": "standard",
                  "categorical": ["code"]},
            model={"hidden": [], "activation": None},
            train={"loss": "mse", "epochs": 2},
            optimizer={"learning_rate": 0.01},
        )  # fmt: skip

    def test_each_word_has_an_input(self):
        result = self.train("run")
        self.assertRegex(result.output, "model: +6-1 ")
        size = (self.size[160:] - self.size[:160].mean()) / self.size[:160].std()
        words = [self.city[160:] == word for word in ("Oslo", "Paris", "Rome")]
        codes = [self.code[160:] == code for code in (10, 7)]
        with h5py.File(self.folder / "run/checkpoints/best.h5") as file:
            layer = file["model/layers/0"]
            expected = numpy.column_stack([size, *words, *codes]) @ layer["weight"][:] + layer["bias"][:]
            self.assertEqual(file["data/feature_words"].asstr()[:].tolist(), ["Oslo", "Paris", "Rome", "10", "7"])
        numpy.testing.assert_allclose(self.predictions("run"), expected, rtol=1e-4, atol=1e-4)
        self.write("moved.csv", "code,size,city\n7,1,Rome\n7.0,1,Rome\n")
        first, second = self.predictions("run", "moved.csv")
        self.assertEqual(first, second)

    def test_words_that_training_had_not(self):
        self.write("other.csv", "size,city,code\n1,Lima,7\n")
        self.train("run")
        predict = ("--input", "other.csv", "--output", "p.csv")
        self.refused("predict", "run", *predict, words=["other.csv:2: column 'city': 'Lima'", "'Oslo', 'Paris', 'Rome'"])
        self.train("lenient", "data.unseen=zero")
        self.run_ok("predict", "lenient", *predict)
        lines = (self.folder / "test.csv").read_text().replace("Oslo", "Lima")
        self.write("test.csv", lines)
        self.train("test", "data.unseen=zero")
        self.refused("train", "small.toml", "--run-dir", "strict", words=["test.csv:", "'Lima'"])
        self.refused("train", "small.toml", *self.set("data.max_words=2"), words=["column 'city'", "data.max_words"])

    def test_same_bits(self):
        self.check_same_bits("data.scale=quantile")


if __name__ == "__main__":
    unittest.main()
