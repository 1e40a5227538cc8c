"""An installed tree, moved to another place: programs of other people link its library, and its scripts find the program."""

import os
import pathlib
import re
import subprocess

import h5py
import numpy

from harness import LAUNCH, EndToEndTest, csv_table, idx_file, named_digests, small_table, temporary_folder

SOURCES = pathlib.Path(__file__).parent / "linked"
FEATURES = "abcdef"

# A zsh that completes $LINE in place of asking for a line, and writes the matches, then the line that this gives, to `found`.
ZSHRC = """
fpath=($INSTALLED/share/zsh/site-functions $fpath)
autoload -Uz compinit && compinit -D -u
unsetopt auto_list  # which asks whether to show a long one
compadd() {
  local -a matches
  if [[ ${(M)@[1,(i)-]:#-[OAD]} ]]; then builtin compadd "$@"; return; fi  # these fill arrays, and offer nothing
  builtin compadd -A matches "$@"
  if (($#matches)); then print -rl -- $matches >>$HOME/found; fi
  builtin compadd "$@"
}
zle -C complete-line complete-word _main_complete
zle-line-init() {
  BUFFER=$LINE CURSOR=$#LINE
  zle complete-line
  print -r -- "$BUFFER" >>$HOME/found
  exit
}
zle -N zle-line-init
"""


def run(*words, folder=None, stdin=b""):
    """Runs a program and returns how it ended, with what it wrote as bytes."""
    with temporary_folder() as own:
        environment = os.environ | LAUNCH | {"TMPDIR": own}
        line = list(map(str, words))
        return subprocess.run(line, cwd=folder, env=environment, input=stdin, capture_output=True, timeout=240, check=False)


class InstalledTest(EndToEndTest):
    @classmethod
    def setUpClass(cls):
        folder = temporary_folder()
        cls.addClassCleanup(folder.cleanup)
        at = pathlib.Path(folder.name)
        cls.prefix = at / "moved"
        cls.install(at / "first")
        (at / "first").rename(cls.prefix)
        cls.program = cls.prefix / "bin/lockstep"

    @classmethod
    def install(cls, prefix):
        result = run(os.environ["CMAKE"], "--install", os.environ["BUILD"], "--prefix", prefix)
        assert result.returncode == 0, result.stderr

    def ok(self, *words, **options):
        """What a program that must succeed writes, as text."""
        result = run(*words, folder=self.folder, **options)
        self.assertEqual(result.returncode, 0, (words, result.stdout, result.stderr))
        return result.stdout.decode()

    def train(self, name, *settings):
        options = [word for setting in (f"run.name={name}", *settings) for word in ("--set", setting)]
        self.ok(self.program, "train", "small.toml", *options)

    def predictions(self, run_name, samples):
        """The outputs of `predict`."""
        self.ok(self.program, "predict", f"runs/{run_name}", "--input", samples, "--output", "p.h5", "--force")
        with h5py.File(self.folder / "p.h5") as file:
            return file["outputs"][()]


class LibraryTest(InstalledTest):
    """Programs that link the library."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.built = cls.prefix.parent / "built"
        environment = f"PKG_CONFIG_PATH={cls.prefix}/lib/pkgconfig"
        options = (f"-DCMAKE_PREFIX_PATH={cls.prefix}", "-DCMAKE_BUILD_TYPE=Debug", "-G", "Ninja")
        for words in (("-S", SOURCES, "-B", cls.built, *options), ("--build", cls.built)):
            result = run("env", environment, os.environ["CMAKE"], *words)
            assert result.returncode == 0, (result.stdout.decode(), result.stderr.decode())

    def setUp(self):
        super().setUp()
        self.write_small_run()

    def rows(self, run_name, lines):
        text = "".join(f"{line}\n" for line in lines)
        return run(self.built / "rows", f"runs/{run_name}", folder=self.folder, stdin=text.encode())

    def numbers(self, model, values):
        """The program in C, whose library is found where it was not linked."""
        library = f"LD_LIBRARY_PATH={self.prefix}/lib"
        stdin = values.astype("f4").tobytes()
        return run("env", library, self.built / "numbers", model, values.size, folder=self.folder, stdin=stdin)

    def check(self, run_name, samples, lines, about):
        """The bits of `predict`, and what the model is said to be."""
        expected = self.predictions(run_name, samples)
        result = self.rows(run_name, lines)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout, expected.astype("f8").tobytes())
        digest = re.search(r"digest: (\w+)", self.ok(self.program, "inspect", f"runs/{run_name}"))[1]
        self.assertEqual(result.stderr.decode(), f"{digest} {about}")
        return expected, digest

    def test_a_classification_and_a_regression(self):
        table = small_table()
        x = numpy.array([table[name] for name in FEATURES], "f4").T
        lines = ["\t".join(map(repr, map(float, row))) for row in x]
        self.train("classes")
        expected, digest = self.check("classes", "classes.csv", lines, "classes high low middle from a b c d e f")
        result = self.numbers("runs/classes", x)
        self.assertEqual((result.returncode, result.stderr.decode()), (0, f"{digest} high 1"))
        self.assertEqual(result.stdout, expected.tobytes())
        self.train("rounded", "train.precision=bfloat16")
        self.check("rounded", "classes.csv", lines, "classes high low middle from a b c d e f")
        settings = ("data.train=values.csv", "data.target=left,right", "train.loss=mse", "data.scale_targets=standard")
        self.train("values", *settings, "optimizer.learning_rate=0.01")
        expected, digest = self.check("values", "values.csv", lines, "targets left right from a b c d e f")
        result = self.numbers("runs/values", x)
        self.assertEqual((result.returncode, result.stderr.decode()), (0, f"{digest} left 0"))
        self.assertEqual(result.stdout, expected.astype("f4").tobytes())

    def test_words_and_gaps(self):
        draw = numpy.random.default_rng(1)
        table = small_table()
        rows = len(table["a"])
        number = [f"{value:.17g}" for value in table["a"] * 1e6]
        number = ["" if draw.random() < 0.1 else text for text in number]
        town = draw.choice(["Ulm", "Köln", ""], rows, p=[0.6, 0.3, 0.1]).tolist()
        grade = draw.choice(["1", "2.0", "10"], rows).tolist()
        kind = table["kind"]
        self.write("words.csv", csv_table({"number": number, "town": town, "grade": grade, "kind": kind}))
        gaps = ("data.standardize=true", "data.missing=mean", "data.missing_indicator=true", "data.categorical=grade")
        self.train("words", "data.train=words.csv", *gaps)
        lines = ["\t".join(fields) for fields in zip(number, town, grade)]
        self.check("words", "words.csv", lines, "classes high low middle from number town grade")
        result = self.rows("words", ["1\tUlm\t1", "1\tBonn\t1"])
        self.assertEqual(result.returncode, 2)
        message = "column 'town': 'Bonn' is no word of the training data, 'Köln', 'Ulm'; correct it"
        self.assertIn(message, result.stderr.decode())
        result = self.numbers("runs/words", numpy.array([1, 2, 0]))
        self.assertEqual(result.returncode, 2)
        self.assertIn("sample 0: column 'town' is 2; it is a column of words", result.stderr.decode())
        self.assertTrue(result.stderr.decode().endswith(" | column 'n"))  # cut to the room that there is

    def test_bytes_of_images(self):
        images = numpy.random.default_rng(2).integers(0, 256, (60, 5, 4)).astype("u1")
        self.write("images.idx", idx_file(images))
        self.write("labels.idx", idx_file(numpy.arange(60) % 3))
        data = ("data.format=idx", "data.train={ images = 'images.idx', labels = 'labels.idx' }", "data.target=[]")
        for scale in ("standard", "quantile"):
            self.train(scale, *data, f"data.scale={scale}")
            result = self.numbers(f"runs/{scale}", images)
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertEqual(result.stdout, self.predictions(scale, "images.idx").tobytes(), scale)
        result = self.numbers("runs/standard", images.reshape(60, 20) + 0.5)
        self.assertIn("sample 0: feature 0 is", result.stderr.decode())
        self.assertIn("whole numbers from 0 to 255", result.stderr.decode())

    def test_what_is_wrong_is_told(self):
        self.train("run")
        damaged = bytearray((self.folder / "runs/run/checkpoints/best.h5").read_bytes())
        damaged[-1000] ^= 1
        self.write("damaged.h5", bytes(damaged))
        x = numpy.ones(6)
        for model, values, message in (
            ("none.h5", x, "none.h5: "),
            ("small.toml", x, "small.toml: "),
            ("damaged.h5", x, "damaged.h5: "),
            ("runs", x, "runs: "),
            ("runs/run", x * numpy.nan, "sample 0: column 'a' is missing"),
            ("runs/run", x * numpy.inf, "sample 0: column 'a' is inf"),
        ):
            result = self.numbers(model, values)
            self.assertEqual(result.returncode, 2, model)
            self.assertIn(message, result.stderr.decode())
        for line, message in (
            ("1\t2\t3\t4\t5", "5 features and room for 0 outputs; a sample has 6 features and 3 outputs"),
            ("1\t2\t3\t4\t5\t6\t7", "there is no feature 6; they are counted from 0 to 5"),
        ):
            result = self.rows("run", [line])
            self.assertEqual(result.returncode, 2)
            self.assertIn(message, result.stderr.decode())

    def test_nothing_of_mpi_is_linked_and_nothing_but_the_interface_is_seen(self):
        library = self.prefix / "lib/liblockstep.so"
        self.assertNotIn("libmpi", self.ok("ldd", library))
        symbols = self.ok("nm", "-D", "-C", "--defined-only", library).splitlines()
        ours = re.compile(r" (lockstep::Predictor|lockstep_predictor_|(typeinfo|typeinfo name|vtable) for lockstep::Pred)")
        self.assertEqual([line for line in symbols if not ours.search(line)], [])
        self.assertNotRegex(self.ok("nm", "-D", "-C", library), r"MPI_|ompi_")
        include = (self.prefix / "include/lockstep/predictor.hpp").read_text()
        self.assertNotRegex(include, r'#include "|#include <\w+[./]')


class ProgramTest(InstalledTest):
    """The program and what stands beside it."""

    def test_scripts_and_configurations(self):
        config = self.prefix / "share/lockstep/configs/xor_mlp.toml"
        output = self.ok(self.prefix / "bin/lockstep-run", "-n", 1, self.program, "train", config)
        self.assertTrue(output.strip().endswith(named_digests(config)[0][1]))
        self.assertIn(str(self.program), re.sub(r"\s", "", self.ok(self.prefix / "bin/lockstep-report", "--help")))
        self.ok(self.prefix / "bin/lockstep-report", "runs/xor_mlp")
        self.assertTrue("Confusion matrix" in (self.folder / "runs/xor_mlp/report.html").read_text())  # of `evaluate`
        self.ok(self.prefix / "bin/lockstep-convert", "--help")
        self.assertIn(str(self.program), re.sub(r"\s", "", self.ok(self.prefix / "bin/lockstep-scale", "--help")))

    def test_manual_pages_say_what_the_program_says(self):
        manual = self.prefix / "share/man"
        commands = re.findall(r"(?m)^  ([a-z]+) ", self.ok(self.program, "--help").split("Subcommands:")[1])
        self.assertIn("train", commands)
        pages = {f"lockstep-{command}.1": self.ok(self.program, command, "--help") for command in commands}
        pages["lockstep.1"] = self.ok(self.program, "--help")
        pages["lockstep.toml.5"] = self.ok(self.program, "keys").split("\n", 1)[1]
        self.assertEqual({path.name for path in manual.rglob("*.?")}, set(pages))
        for name, text in pages.items():
            page = (manual / f"man{name[-1]}" / name).read_text().replace("\\-", "-").replace("\\e", "\\")
            page = re.sub(r"\\f[BR]|\\&", "", page)
            for word in text.replace("`", "").split():
                if word not in ("Usage:", "Positionals:", "Options:", "Subcommands:"):
                    self.assertIn(word, page, name)


class CompletionTest(InstalledTest):
    """What shells offer for the last word of a line. zsh and fish find the completion by themselves."""

    def environment(self, **variables):
        own = {"HOME": self.folder, "PATH": f"{self.prefix}/bin:{os.environ['PATH']}"} | variables
        return ("env", *(f"{name}={value}" for name, value in own.items()))

    def bash(self, *words):
        script = f"source {self.prefix}/share/bash-completion/completions/lockstep; COMP_WORDS=(lockstep \"$@\"); "
        script += "COMP_CWORD=$#; _lockstep; echo \"${COMPREPLY[@]}\""
        return self.ok("bash", "-c", script, "bash", *words).split()

    def zsh(self, *words):
        """Leaves the whole line that it gives, too."""
        self.write("found", "")
        self.write(".zshrc", ZSHRC)
        line = " ".join(("lockstep", *words))
        environment = self.environment(ZDOTDIR=self.folder, INSTALLED=self.prefix, LINE=line)
        script = "zmodload zsh/zpty; zpty shell zsh -d -i; while zpty -r shell line; do :; done"
        self.ok(*environment, "zsh", "-f", "-c", script)
        *found, self.completed = (self.folder / "found").read_text().splitlines()
        return found

    def fish(self, *words):
        line = " ".join(("lockstep", *words))
        environment = self.environment(XDG_DATA_DIRS=f"{self.prefix}/share")
        lines = self.ok(*environment, "fish", "-c", "complete -C $argv[1]", line).splitlines()
        return [line.split("\t")[0] for line in lines]

    def test_what_the_program_says_is_offered(self):
        top = self.ok(self.program, "--help")
        commands = re.findall(r"(?m)^  ([a-z]+) ", top.split("Subcommands:")[1])
        self.assertIn("train", commands)
        option = re.compile(r"(?m)^  (?:-\w,)?(--[a-z0-9-]+)")
        options = {command: option.findall(self.ok(self.program, command, "--help")) for command in commands}
        keys = [f"{key}=" for key in re.findall(r"(?m)^([a-z]+\.\w+) ", self.ok(self.program, "keys"))]
        self.assertIn("run.name=", keys)
        for shell in (self.bash, self.zsh, self.fish):
            with self.subTest(shell.__name__):
                self.assertEqual(shell("pre"), ["predict"])
                self.assertLessEqual(set(commands), set(shell("")))
                self.assertCountEqual(shell("--"), option.findall(top))
                for command in commands:
                    self.assertCountEqual(shell(command, "--"), options[command])
                self.assertEqual(shell("train", "small.toml", "--res"), ["--resume"])
                self.assertEqual(shell("evaluate", "--samples", "--fo"), ["--force"])
                self.assertCountEqual(shell("train", "--resume", ""), ["auto", "never", "must"])
                self.assertCountEqual(shell("predict", "--input-format", ""), ["idx", "hdf5", "npy", "csv"])
                self.assertCountEqual(shell("verify", "--set", ""), keys)
                self.assertEqual(shell("train", "--force", "--set", "run.na"), ["run.name="])
                self.assertEqual(shell("keys", "tra"), [])

    def test_files_are_offered_elsewhere(self):
        self.write("small.toml", "")
        self.assertEqual(self.bash("train", "sma"), [])  # by bash itself
        for shell in (self.zsh, self.fish):
            with self.subTest(shell.__name__):
                self.assertEqual(shell("train", "sma"), ["small.toml"])
                self.assertEqual(shell("export", "--c", "sma"), ["small.toml"])
                self.assertIn(shell("train", "--set", "data.train=sma"), (["small.toml"], ["data.train=small.toml"]))

    def test_no_space_stands_between_a_key_and_its_value(self):
        for words, completed in (
            (("train", "--set", "run.na"), "lockstep train --set run.name="),
            (("train", "--resume", "mu"), "lockstep train --resume must "),
        ):
            self.zsh(*words)
            self.assertEqual(self.completed, completed)


class PackageTest(EndToEndTest):
    """The package for Debian, unpacked."""

    def test_its_program_trains(self):
        cpack = pathlib.Path(os.environ["CMAKE"]).with_name("cpack")
        result = run(cpack, "--config", f"{os.environ['BUILD']}/CPackConfig.cmake", "-B", self.folder)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        (package,) = self.folder.glob("lockstep_*.deb")
        fields = dict(re.findall(r"(?m)^(\S+): (.*)", run("dpkg-deb", "--field", package).stdout.decode()))
        version = self.run_ok("--version").output.split()[1]
        self.assertEqual((fields["Package"], fields["Version"]), ("lockstep", version))
        self.assertIn(" <", fields["Maintainer"])
        depends = re.findall(r"[a-z][a-z0-9.+-]+", re.sub(r"\(.*?\)", "", fields["Depends"]))
        for needed in ("openmpi-bin", "libopenmpi", "libhdf5", "libopenblas0", "libstdc"):
            self.assertTrue(any(name.startswith(needed) for name in depends), needed)
        self.assertFalse([name for name in depends if name.endswith("-dev")])
        self.assertEqual(run("dpkg-deb", "--extract", package, self.folder).returncode, 0)
        for completion in (
            "bash-completion/completions/lockstep", "zsh/vendor-completions/_lockstep", "fish/vendor_completions.d/lockstep.fish"
        ):
            self.assertTrue((self.folder / "usr/share" / completion).is_file(), completion)
        config = self.folder / "usr/share/lockstep/configs/xor_perceptron.toml"
        result = run(self.folder / "usr/bin/lockstep", "train", config, folder=self.folder)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertTrue(result.stdout.decode().strip().endswith(named_digests(config)[0][1]))
