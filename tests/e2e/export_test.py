"""Trained networks in other programs: ONNX Runtime answers as `predict` does, and C and Fortran with its bits.

Activations, losses and kinds of scale are taken from the program's own list of keys, so that new ones are among them.
"""

import csv
import ctypes
import gzip
import itertools
import json
import pathlib
import subprocess
import sys
import tomllib
import unittest

import h5py
import numpy

from harness import CONFIGS, REPOSITORY, EndToEndTest, data_of, idx_file

# ONNX Runtime is not in Debian: launch/install --tests
VERSION = f"python{sys.version_info.major}.{sys.version_info.minor}"
sys.path.append(str(REPOSITORY / "build/python/lib" / VERSION / "site-packages"))
import onnxruntime  # pylint: disable=wrong-import-position

ROWS = 300
NORMALIZATIONS = ("none", "batch", "layer")
WORDS = ("town", "grade")
NUMBERS = {"elu": "model.elu_alpha=0.7", "leaky_relu": "model.leaky_slope=0.2"}  # that activations have


def mixed_table(kinds):
    """A column of numbers for each kind of scale, with gaps, columns of words, a class, and a target for each kind."""
    draw = numpy.random.default_rng(1)
    columns = {"time": 1.7e9 + draw.uniform(0, 1, ROWS)}
    columns |= {f"x_{kind}": numpy.exp(draw.normal(-1, 1, ROWS)) * draw.choice([-1, 1], ROWS) for kind in kinds}
    columns["count"] = draw.poisson(1.5, ROWS).astype(float)
    sums = draw.normal(0, 0.1, ROWS) + sum(numpy.sign(columns[f"x_{kind}"]) for kind in kinds)
    texts = {name: list(map(repr, map(float, values))) for name, values in columns.items()}
    for name in list(texts)[1:3]:
        texts[name] = ["" if draw.random() < 0.1 else text for text in texts[name]]
    texts["town"] = draw.choice(["Ulm", "Köln", "a \"b\", c", ""], ROWS, p=[0.4, 0.3, 0.2, 0.1]).tolist()
    texts["grade"] = draw.choice(["1", "2", "10"], ROWS).tolist()
    texts["kind"] = numpy.array(["low", "middle", "hi?\\gh"])[numpy.digitize(sums, [-1, 1])].tolist()
    texts["left"], texts["right"] = ([str(int(value)) for value in draw.random(ROWS) < 0.5] for _ in range(2))
    texts |= {f"y_{kind}": list(map(repr, map(float, 1000 * numpy.exp(sums + k)))) for k, kind in enumerate(kinds)}
    return texts


def write_table(path, texts):
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(texts)
        writer.writerows(zip(*texts.values()))


FORTRAN_MAIN = """
program main
  use, intrinsic :: iso_c_binding
  use net
  implicit none
  real(c_double) :: features(net_features)
  real(c_float) :: outputs(net_outputs)
  character(len=10) :: count
  integer :: i, samples
  if (net_self_test() /= 1 .or. int(net_word(8_c_int, 'Ulm' // c_null_char)) /= 1) error stop 'self-test'
  call get_command_argument(1, count)
  read (count, *) samples
  open (10, file='features', access='stream', form='unformatted', status='old')
  open (11, file='outputs', access='stream', form='unformatted')
  open (12, file='classes', access='stream', form='unformatted')
  do i = 1, samples
    read (10) features
    if (net_predict(features, outputs) /= 0) error stop 'predict'
    write (11) outputs
    write (12) net_class(outputs)
  end do
end program
"""


class ExportTest(EndToEndTest):
    """Runs of small.toml, whose samples are those of table.csv."""

    def setUp(self):
        super().setUp()
        self.kinds = self.choices("data.scale")
        self.table = mixed_table(self.kinds)
        write_table(self.folder / "table.csv", self.table)
        self.targets = [f"y_{kind}" for kind in self.kinds]
        self.inputs = [name for name in self.table if name not in ("kind", "left", "right", *self.targets)]
        scales = {f"x_{kind}": kind for kind in self.kinds} | {"count": "quantile", "time": "standard"}
        self.write_small_run(
            data={
                "train": "table.csv",
                "scale": scales,
                "missing": "median",
                "missing_indicator": True,
                "categorical": "grade",
                "ignore": [*self.targets, "left", "right"],
            },
            model={"hidden": None, "activation": None},
            train={"epochs": 2},
        )

    def train(self, name, *settings):
        options = [word for setting in settings for word in ("--set", setting)]
        self.run_ok("train", "small.toml", "--run-dir", name, *options)

    def layered_runs(self):
        """Trains a network for each loss; together they have every activation with every normalization. Yields the
        loss, and the name of the run."""
        losses, activations = self.choices("train.loss"), self.choices("model.activation")
        layers = [(a, n) for a in activations for n in NORMALIZATIONS]
        share = -(-len(layers) // len(losses))
        for number, loss in enumerate(losses):
            own = (2 * layers)[number * share :][:share]
            texts = (f"{{ units = 9, activation = '{a}', normalization = '{n}' }}" for a, n in own)
            settings = [f"train.loss={loss}", f"model.layers=[{', '.join(texts)}]", "optimizer.learning_rate=0.0001"]
            settings += ["model.residual=true"]
            settings += [setting for name, setting in NUMBERS.items() if name in dict(own)]
            if loss != "cross_entropy":
                ignored = ",".join(["kind", *self.targets])
                settings += ["data.target=left,right", f"data.ignore={ignored}"]
            self.train(loss, *settings)
            yield loss

    def scaled_targets_run(self):
        """Trains a regression with targets on every scale."""
        scales = ", ".join(f"{target} = '{kind}'" for target, kind in zip(self.targets, self.kinds))
        settings = (f"data.target={','.join(self.targets)}", "data.ignore=kind,left,right", "optimizer.learning_rate=0.001")
        self.train("run", *settings, f"data.scale_targets={{ {scales} }}", "train.loss=mae", "model.hidden=[5]")
        return "run"

    def image_runs(self):
        """Trains networks of images.idx, on several scales and with losses of all kinds. Yields their names."""
        self.images = numpy.random.default_rng(2).integers(0, 256, (60, 5, 4)).astype("u1")
        self.write("images.idx", idx_file(self.images))
        self.write("labels.idx", idx_file(numpy.arange(60) % 3))
        data = ("data.format=idx", "data.train={ images = 'images.idx', labels = 'labels.idx' }")
        unset = ("data.target=[]", "data.ignore=[]", "data.categorical=[]", "data.missing=error", "data.missing_indicator=false")
        for scale, loss in (("none", "mse"), ("standard", "binary_cross_entropy"), ("quantile", "cross_entropy")):
            self.train(scale, *data, *unset, f"data.scale={scale}", f"train.loss={loss}", "model.hidden=[5]")
            yield scale

    def unseen_word_run(self):
        """Trains a network that takes unseen words, of which other.csv has some."""
        self.train("run", "data.unseen=zero", "model.hidden=[5]")
        self.table["town"] = ["Bonn"] * ROWS
        write_table(self.folder / "other.csv", self.table)
        return "run"

    def single_word_run(self):
        """Trains a network with one column of words, of which training has a single one, and other.csv another."""
        names = ("count", "grade", "kind")
        self.table = {name: self.table[name] for name in names} | {"grade": ["mm"] * ROWS}
        write_table(self.folder / "single.csv", self.table)
        config = self.write_small_run(data={"train": "single.csv", "unseen": "zero", "scale": "standard"})
        self.run_ok("train", config, "--run-dir", "run", "--set", "train.epochs=1")
        self.table["grade"] = ["mm", "cm"] * (ROWS // 2)
        write_table(self.folder / "other.csv", self.table)
        return "run"

    def predictions(self, run, samples="table.csv", *options):
        """The outputs of `predict`, and the labels of a classification, else None."""
        self.run_ok("predict", run, "--input", samples, "--output", "p.h5", "--force", *options)
        with h5py.File(self.folder / "p.h5") as file:
            if "labels" not in file:
                return file["outputs"][()], None
            labels = file["labels"]
            return file["outputs"][()], list(map(str, labels[()] if labels.dtype.kind == "i" else labels.asstr()[()]))


class CTest(ExportTest):
    """What compilers make of files of C, without a warning."""

    WARNINGS = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
    COMPILERS = (("clang-19", "-O3", "-march=native"), ("gcc", "-O3", "-march=native", "-std=gnu11"), ("gcc", "-O1"))

    def build(self, *words):
        result = subprocess.run(words, cwd=self.folder, text=True, capture_output=True, check=False)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")

    def library(self, run, compiler):
        """The exported file of C as a library."""
        self.run_ok("export", run, "--c", f"{run}.c", "--force", "--name", "net")
        name = f"{run}-{len(list(self.folder.glob('*.so')))}.so"
        self.build(compiler[0], *self.WARNINGS, *compiler[1:], "-shared", "-fPIC", f"{run}.c", "-o", name, "-lm")
        library = ctypes.CDLL(self.folder / name)
        if hasattr(library, "net_word"):
            library.net_word.restype = ctypes.c_double
        return library

    def answers(self, library, features, like):
        """What it predicts of each sample, an array of that shape and type, and the classes' numbers."""
        outputs = numpy.zeros_like(like)
        classes = []
        for sample, row in zip(numpy.ascontiguousarray(features, "f8"), outputs):
            self.assertEqual(library.net_predict(ctypes.c_void_p(sample.ctypes.data), ctypes.c_void_p(row.ctypes.data)), 0)
            if like.dtype == "f4":
                classes.append(library.net_class(ctypes.c_void_p(row.ctypes.data)))
        return outputs, classes

    def check(self, run, features, samples="table.csv", compilers=COMPILERS, options=()):
        """Of the libraries by these compilers. `features(library)` are those of the samples, `options` of `predict`."""
        expected, labels = self.predictions(run, samples, *options)
        for library in (self.library(run, compiler) for compiler in compilers):
            self.assertEqual(library.net_self_test(), 1)
            outputs, classes = self.answers(library, features(library), expected)
            self.assertEqual(outputs.tobytes(), expected.tobytes())
            if labels is not None:
                names = (ctypes.c_char_p * expected.shape[1]).in_dll(library, "net_output_names")
                self.assertEqual([names[number].decode() for number in classes], labels)

    def of_table(self, *names):
        """The features of these columns of the table, for a library."""
        return lambda library: numpy.array(
            [
                [
                    numpy.nan if text == "" else library.net_word(column, text.encode()) if name in WORDS else float(text)
                    for text in self.table[name]
                ]
                for column, name in enumerate(names, 1)
            ]
        ).T

    def test_every_activation_normalization_and_loss(self):
        for run, compiler in zip(self.layered_runs(), itertools.cycle(self.COMPILERS)):
            with self.subTest(loss=run, compiler=compiler):
                self.check(run, self.of_table(*self.inputs), compilers=[compiler])

    def test_targets_on_every_scale(self):
        self.check(self.scaled_targets_run(), self.of_table(*self.inputs))

    def test_images(self):
        for run in self.image_runs():
            with self.subTest(scale=run):
                features = self.images.reshape(len(self.images), -1)
                self.check(run, lambda library, fixed=features: fixed, "images.idx", self.COMPILERS[:1])

    def test_bfloat16(self):
        """What was trained in it is computed in float32, and says so."""
        self.train("run", "train.precision=bfloat16", "model.hidden=[9, 9]")
        self.check("run", self.of_table(*self.inputs), options=("--set", "train.precision=float32"))
        said = self.run_ok("export", "run", "--c", "run.c", "--force").output
        self.assertIn("note:    these compute in float32; predict does with --set train.precision=float32", said)
        rounded, _ = self.predictions("run")
        exact, _ = self.predictions("run", "table.csv", "--set", "train.precision=float32")
        self.assertFalse(numpy.array_equal(rounded, exact))
        numpy.testing.assert_allclose(rounded, exact, atol=0.02)

    def test_words_that_training_has_not_seen_are_none(self):
        self.check(self.unseen_word_run(), self.of_table(*self.inputs), "other.csv", self.COMPILERS[:1])

    def test_a_column_with_a_single_word_is_constant(self):
        self.check(self.single_word_run(), self.of_table("count", "grade"), "other.csv", self.COMPILERS[:1])

    def test_what_predict_refuses_is_refused(self):
        """With the number of the column: an unseen word, and a number that is far beyond float32."""
        self.train("run", "model.hidden=[5]", "data.missing={ count = 'drop' }")
        library = self.library("run", self.COMPILERS[0])
        samples = self.of_table(*self.inputs)(library)
        outputs = numpy.zeros(3, "f4")
        for column, value in (("grade", -1), ("grade", 0.5), ("count", numpy.nan), ("x_standard", 1e300), ("town", 7)):
            place = self.inputs.index(column)
            sample = samples[0].copy()
            sample[place] = value
            pointers = [ctypes.c_void_p(array.ctypes.data) for array in (sample, outputs)]
            self.assertEqual(library.net_predict(*pointers), place + 1, column)

    def test_fortran(self):
        """A program that reads features and writes what the module predicts of them."""
        self.train("run", "model.hidden=[5]")
        self.run_ok("export", "run", "--c", "net.c", "--fortran", "net_module.f90", "--name", "net")
        self.write("main.f90", FORTRAN_MAIN)
        self.build("gcc", "-O2", "-c", "net.c")
        warnings = ("-std=f2008", "-pedantic", "-Wall", "-Wextra", "-Werror")
        self.build("gfortran", *warnings, "net_module.f90", "main.f90", "net.o", "-lm", "-o", "main")
        samples = self.of_table(*self.inputs)(self.library("run", self.COMPILERS[2]))
        self.write("features", samples.astype("f8").tobytes())
        subprocess.run(["./main", str(len(samples))], cwd=self.folder, check=True)
        expected, labels = self.predictions("run")
        self.assertEqual((self.folder / "outputs").read_bytes(), expected.tobytes())
        classes = numpy.fromfile(self.folder / "classes", "i4")
        self.assertEqual(len(set(zip(classes, labels))), len(set(labels)))


def onnx_session(test, run):
    """ONNX Runtime with what a run of this test exports."""
    test.run_ok("export", run, "--onnx", "model.onnx", "--force")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(test.folder / "model.onnx", options, providers=["CPUExecutionProvider"])


class OnnxTest(ExportTest):
    def session(self, run):
        return onnx_session(self, run)

    def feeds(self, session):
        """The samples of the table as the session's inputs, by the names in its metadata."""
        names = session.get_modelmeta().custom_metadata_map
        numbers = [self.table[name] for name in json.loads(names["feature_names"])]
        words = [self.table[name] for name in json.loads(names["word_names"])]
        numbers = [[float(text or "nan") for text in column] for column in numbers]
        return {"features": numpy.array(numbers).T, "words": numpy.array(words, object).T}

    def check(self, session, feeds, outputs, labels):
        """All at once, and the first alone."""
        scale = numpy.maximum(abs(outputs).max(axis=0), 1)
        for rows in (len(outputs), 1):
            results = session.run(None, {name: values[:rows] for name, values in feeds.items()})
            found = dict(zip([output.name for output in session.get_outputs()], results))
            self.assertEqual(found["outputs"].dtype, outputs.dtype)
            self.assertLess(abs((found["outputs"] - outputs[:rows]) / scale).max(), 1e-6)
            if labels is None:
                self.assertNotIn("labels", found)
            else:
                self.assertEqual(found["labels"].tolist(), labels[:rows])

    def test_every_activation_normalization_and_loss(self):
        for run in self.layered_runs():
            with self.subTest(loss=run):
                session = self.session(run)
                self.check(session, self.feeds(session), *self.predictions(run))

    def test_targets_on_every_scale(self):
        session = self.session(self.scaled_targets_run())
        self.check(session, self.feeds(session), *self.predictions("run"))
        names = session.get_modelmeta().custom_metadata_map
        self.assertEqual(json.loads(names["target_names"]), self.targets)

    def test_images(self):
        for run in self.image_runs():
            with self.subTest(scale=run):
                self.check(self.session(run), {"features": self.images}, *self.predictions(run, "images.idx"))

    def test_words_that_training_has_not_seen_are_none(self):
        session = self.session(self.unseen_word_run())
        self.check(session, self.feeds(session), *self.predictions("run", "other.csv"))

    def test_a_column_with_a_single_word_is_constant(self):
        session = self.session(self.single_word_run())
        self.check(session, self.feeds(session), *self.predictions("run", "other.csv"))

    def test_files_are_not_lost(self):
        self.train("run", "model.hidden=[]")
        self.assertEqual(self.command("export", "run").status, 2)
        self.write("notes.onnx", "mine")
        result = self.command("export", "run", "--onnx", "notes.onnx")
        self.assertEqual(result.status, 2)
        self.assertIn("--onnx notes.onnx: there is a file of this name that Lockstep did not write", result.errors)
        self.run_ok("export", "run", "--onnx", "notes.onnx", "--force", "--name", "plain")
        self.run_ok("export", "run", "--onnx", "notes.onnx")
        result = self.command("export", "run", "--onnx", "same", "--c", "./same")
        self.assertEqual(result.status, 2)
        self.assertIn("--c ./same: another option names this file, too", result.errors)
        self.assertFalse((self.folder / "same").exists())
        result = self.command("export", "run", "--onnx", "a.onnx", "--name", "a-b")
        self.assertIn("--name", result.errors)
        self.assertEqual(result.status, 2)


class RecipesTest(EndToEndTest):
    """The configurations that are for users, after some steps."""

    STEPS = 50
    # Outputs of 30, where float32 has steps of 2e-6, are sums of hundreds of products, each in an order of its own.
    TOLERANCE = 4e-6

    def samples(self, config, settings):
        """A file of test samples, and its numbers by column, or images."""
        data = tomllib.loads(config.read_text())["data"]
        if data["format"] == "idx":
            path = pathlib.Path(data["test"]["images"])
            return path, numpy.frombuffer(gzip.decompress(path.read_bytes()), numpy.uint8, offset=16).reshape(-1, 28, 28)
        path = pathlib.Path(settings[-1].split("=")[1]) if settings else config.parent / data["train"]
        with open(path, encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        return path, {name: [row[name] for row in rows] for name in rows[0]}

    def test_each(self):
        configs = [config for config in sorted(CONFIGS.glob("*.toml")) if config.name != "mnist.toml"]
        self.assertGreater(len(configs), 7)
        for config in configs:
            with self.subTest(config=config.name):
                settings = data_of(config, self.folder)
                arguments = ["train", config, "--run-dir", config.stem, *settings]
                self.assertEqual(self.command(*arguments, "--set", f"run.stop_after_steps={self.STEPS}").status, 75)
                session = onnx_session(self, config.stem)
                path, samples = self.samples(config, settings)
                self.run_ok("predict", config.stem, "--input", path, "--output", "samples.h5", "--force")
                if isinstance(samples, dict):
                    names = json.loads(session.get_modelmeta().custom_metadata_map["feature_names"])
                    samples = numpy.array([list(map(float, samples[name])) for name in names]).T
                found = dict(zip([output.name for output in session.get_outputs()], session.run(None, {"features": samples})))
                with h5py.File(self.folder / "samples.h5") as file:
                    outputs = file["outputs"][:]
                    difference = abs(found["outputs"] - outputs).max() / max(abs(outputs).max(), 1)
                    print(f"{config.name}: {len(outputs)} samples, largest difference {difference:.2e}", flush=True)
                    self.assertLess(difference, self.TOLERANCE)
                    if "labels" in file:
                        classes = file["output_names"].asstr()[:][outputs.argmax(axis=1)]
                        self.assertEqual((found["labels"] != classes).sum(), 0)


if __name__ == "__main__":
    unittest.main()
