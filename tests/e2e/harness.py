"""What the end-to-end tests share: starting the program as a user does, and reading what it printed."""

import ctypes
import itertools
import json
import os
import pathlib
import re
import shlex
import subprocess
import tempfile
import time
import unittest

import numpy

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CONFIGS = REPOSITORY / "configs"
SANITIZED = bool(os.environ.get("SANITIZED"))  # the program was built to be watched


# Memory is the only way between the ranks of these tests. To say so saves most of a short run's time, in
# which Open MPI would look for networks.
LAUNCH = {"OMPI_MCA_pml": "ob1", "OMPI_MCA_btl": "self,vader", "OMPI_MCA_ess_singleton_isolated": "1"}

# Columns of metrics that say how fast a run was or where it ran: runs that compute the same differ in them.
TIMES = {"samples_per_second", "time", "input_seconds", "compute_seconds", "sum_seconds", "wait_seconds", "host"}


def temporary_folder():
    """A folder for what Open MPI keeps while a job runs.

    Jobs that share one fail now and then: as one makes its folders there, another that ends removes them.
    """
    return tempfile.TemporaryDirectory(ignore_cleanup_errors=True)


def named_digests(config):
    """Settings and digest of each line "# Digest with KEY=VALUE...: 0123456789abcdef" of a configuration."""
    lines = re.findall(r"(?m)^# Digest(?: with (.+))?: ([0-9a-f]{16})$", config.read_text())
    return [(shlex.split(settings, posix=False), digest) for settings, digest in lines]


def data_of(config, folder):
    """Settings by which a configuration finds the table that it tells the user to write: in `folder`, where it is now."""
    name = re.search(r"(?m)^# +launch/tables data (\w+)$", config.read_text())
    if not name:
        return []
    subprocess.run([REPOSITORY / "launch/tables", folder, name[1]], check=True, capture_output=True)
    return ["--set", f"data.train={folder / name[1]}.csv"]


def toml_value(value):
    """A value in TOML's notation, which is JSON's but for tables."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml_value, value)) + "]"
    return json.dumps(value)


def toml(sections):
    """The text of a configuration with these sections; a key whose value is None is left out."""
    lines = []
    for name, values in sections.items():
        lines.append(f"[{name}]")
        lines += [f"{key} = {toml_value(value)}" for key, value in values.items() if value is not None]
    return "\n".join(lines) + "\n"


def csv_table(columns):
    """The text of a CSV file of these columns, a dictionary of sequences. Numbers are exact as float32."""
    lines = [",".join(columns)]
    for row in zip(*columns.values()):
        lines.append(
            ",".join(value if isinstance(value, str) else f"{numpy.float32(value):.9g}" for value in row)
        )
    return "\n".join(lines) + "\n"


def idx_file(array):
    """The bytes of an IDX file that holds an array of unsigned bytes."""
    sizes = numpy.array(array.shape, ">u4").tobytes()
    return bytes([0, 0, 8, array.ndim]) + sizes + array.astype(numpy.uint8).tobytes()


def small_table(rows=251, seed=1):
    """Six features a to f, and from them: the class `kind` and the targets `left` and `right`."""
    random = numpy.random.RandomState(seed)
    x = random.normal(size=(rows, 6)) * [1, 2, 0.5, 1, 3, 1]
    sums = x[:, 0] + x[:, 1] * x[:, 2] + 0.1 * random.normal(size=rows)
    columns = {name: x[:, i] for i, name in enumerate("abcdef")}
    columns["kind"] = numpy.array(["low", "middle", "high"])[numpy.digitize(sums, [-0.5, 0.5])].tolist()
    columns["left"] = 100 + 20 * sums
    columns["right"] = x[:, 3] - numpy.tanh(x[:, 4])
    return columns


def xxh3(content):
    """The 64-bit XXH3 digest of bytes, as 16 hexadecimal digits."""
    library = ctypes.CDLL("libxxhash.so.0")
    library.XXH3_64bits.restype = ctypes.c_uint64
    library.XXH3_64bits.argtypes = [ctypes.c_char_p, ctypes.c_size_t]
    return f"{library.XXH3_64bits(content, len(content)):016x}"


def seal(path):
    """Seals a checkpoint that was changed on purpose, by the README's description of the first 512 bytes."""
    content = path.read_bytes()[512:]
    text = f"Lockstep sealed file: XXH3 {xxh3(content)} of the {len(content)} bytes that follow byte 512\n"
    path.write_bytes(text.encode().ljust(512, b"\0") + content)


def rows_of(run_folder, group):
    """The rows of a group in a run's metrics.jsonl."""
    rows = map(json.loads, (pathlib.Path(run_folder) / "metrics.jsonl").read_text().splitlines())
    return [row for row in rows if row["group"] == group]


def metrics(run_folder, group):
    """The rows of a group, without what differs from run to run."""
    return [{name: value for name, value in row.items() if name not in TIMES} for row in rows_of(run_folder, group)]


def children_of(process):
    """The processes that a process has started."""
    return pathlib.Path(f"/proc/{process}/task/{process}/children").read_text().split()


def kilobytes(path, name):
    """The number after `name` in a file of /proc, as a list; empty where the process is gone."""
    try:
        return [int(size) for size in re.findall(rf"^{name}:\s+(\d+) kB", pathlib.Path(path).read_text(), re.MULTILINE)]
    except OSError:
        return []


class Result:
    """How a command ended: its status and what it wrote to standard output and standard error."""

    def __init__(self, completed):
        self.status = completed.returncode
        self.output = completed.stdout
        self.errors = completed.stderr

    def done(self):
        """The values of the last line of a training run, as a dictionary of texts."""
        last = self.output.strip().splitlines()[-1]
        assert last.startswith("done: "), f"not a finished run:\n{self.output}\n{self.errors}"
        words = last.removeprefix("done: ").split()
        return dict(zip(words[::2], words[1::2]))

    def outcome(self):
        """The same without the speed: equal texts of two runs mean that they computed the same."""
        return {name: value for name, value in self.done().items() if name not in TIMES}

    def values(self):
        """The lines "key: value" as a dictionary of texts."""
        return dict(re.findall(r"^([\w.]+): (.*)$", self.output, re.MULTILINE))


class EndToEndTest(unittest.TestCase):
    """A test with a folder of its own, in which commands run. The folder is gone after the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, *arguments, ranks=None, timeout=240, environment=None, program=(), stdin=None):
        """Runs `lockstep ARGUMENTS...`, under mpirun where `ranks` is given, and returns its Result.

        `environment` are variables to set, in place of LAUNCH. `program` are words before the program's own. `stdin` is a
        file to read from.
        """
        line = [*program, os.environ["LOCKSTEP"], *map(str, arguments)]
        if ranks is not None:
            line = [os.environ["MPIRUN"], "-n", str(ranks), *line]
        with temporary_folder() as own:
            completed = subprocess.run(
                line,
                cwd=self.folder,
                env=os.environ | (LAUNCH if environment is None else environment) | {"TMPDIR": own},
                text=True,
                stdin=stdin,
                capture_output=True,
                timeout=timeout,
                check=False,
            )
        return Result(completed)

    def run_ok(self, *arguments, **options):
        """The same for a command that must succeed."""
        result = self.command(*arguments, **options)
        self.assertEqual(result.status, 0, f"{arguments}\n{result.output}\n{result.errors}")
        return result

    def peak_memory(self, *arguments, ranks=None):
        """What a command that must succeed takes, in bytes, by the kernel's count: of one process its own, since what
        wait4 tells counts the memory of the forking process, too; of ranks what all of them have at a time.
        """
        line = ["/usr/bin/env", "OPENBLAS_NUM_THREADS=1", os.environ["LOCKSTEP"], *map(str, arguments)]
        if ranks is not None:
            line = [os.environ["MPIRUN"], "-n", str(ranks), *line]
        with open(self.folder / "output", "w+") as output:
            process = subprocess.Popen(
                line, cwd=self.folder, stdout=output, stderr=subprocess.STDOUT, env=os.environ | LAUNCH
            )
            peak = 0
            while process.poll() is None:
                if ranks is None:
                    sizes = kilobytes(f"/proc/{process.pid}/status", "VmHWM")
                else:
                    files = [f"/proc/{child}/smaps_rollup" for child in children_of(process.pid)]
                    sizes = [size for file in files for size in kilobytes(file, "Pss")]
                peak = max(peak, sum(sizes))
                time.sleep(0.005)
            output.seek(0)
            self.assertEqual(process.returncode, 0, output.read())
        self.assertGreater(peak, 0)
        return 1024 * peak

    def choices(self, key):
        """The values that a key may have, from the list of keys."""
        lines = self.run_ok("keys", key).output.splitlines()
        first = next(number for number, line in enumerate(lines) if line.startswith(key + " "))
        rest = itertools.takewhile(lambda line: line.startswith(" "), lines[first + 1 :])
        text = " ".join([lines[first], *(line.strip() for line in rest)])
        return re.findall(r'"(\w+)"', text[text.rindex("(") :])

    def write(self, name, content):
        """Writes a file, text or bytes, in the test's folder and returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def write_small_run(self, **changes):
        """Writes small.toml, a short classification, and the tables that it and small regressions want:
        classes.csv (target `kind`) and values.csv (targets `left` and `right`).

        A change is a section and its further keys.
        """
        table = small_table()
        kind, left, right = (table.pop(name) for name in ("kind", "left", "right"))
        self.write("classes.csv", csv_table(table | {"kind": kind}))
        self.write("values.csv", csv_table(table | {"left": left, "right": right}))
        sections = {
            "run": {"name": "small", "seed": 3},
            "data": {"format": "csv", "train": "classes.csv", "test_fraction": 0.2, "target": "kind"},
            "model": {"hidden": [16, 8], "activation": "relu"},
            "train": {"loss": "cross_entropy", "epochs": 4, "global_batch": 50, "slices": 8},
            "optimizer": {"name": "sgd", "learning_rate": 0.1},
            "metrics": {"every_steps": 1},
        }
        for section, values in changes.items():
            sections[section] = sections.get(section, {}) | values
        return self.write("small.toml", toml(sections))


class SharedRunTest(EndToEndTest):
    """Tests of one run. `make` is called once, in the folder `shared`; what it returns is `made`."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.shared = pathlib.Path(folder.name)
        maker = cls()
        maker.folder = cls.shared
        cls.made = maker.make()

    def make(self):
        raise NotImplementedError
