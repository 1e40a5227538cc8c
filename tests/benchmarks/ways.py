"""Ways to train a work: Lockstep on some ranks, and each PyTorch that is there in its modes. Each gives samples per
second."""

import dataclasses
import itertools
import json
import os
import pathlib
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]
PATIENCE = 600  # seconds for one run
DEBIAN = pathlib.Path("/usr/bin/python3")
NEWEST = REPOSITORY / "build/pytorch/bin/python"  # made by launch/benchmark

sys.path.insert(0, str(REPOSITORY / "launch"))

from scaling.runs import steady_speed  # noqa: E402

CONFIG = """\
run.name = "benchmark"
data = {{ format = "idx", train = {{ images = "{data.images}", labels = "{data.labels}" }}, test_fraction = 0.01 }}
model = {{ hidden = {hidden}, activation = "{work.activation}" }}
train = {{ epochs = {epochs}, global_batch = {work.batch}, precision = "{precision}" }}
optimizer = {{ learning_rate = 0.01, momentum = 0.9 }}
checkpoint = {{ every_epochs = 0 }}
"""


def output_of(line, **environment):
    done = subprocess.run(list(map(str, line)), check=True, capture_output=True, text=True, timeout=PATIENCE,
                          env=os.environ | environment)  # fmt: skip
    return done.stdout


def limits_of(output):
    """GFLOP/s of a large matrix product by precision, from what benchmark_limit prints."""
    return {name: float(rate) for name, rate in (line.split() for line in output.splitlines())}


@dataclasses.dataclass(frozen=True)
class Lockstep:
    build: pathlib.Path
    ranks: int
    precision: str = "float32"

    def __str__(self):
        return f"Lockstep, {self.ranks} rank{'s' * (self.ranks > 1)}, {self.precision}"

    def __call__(self, work, data, seconds):
        """Of the epochs after the first."""
        expected = 1e11 * self.ranks / work.flops()  # good enough to choose the number of epochs
        epochs = 1 + max(1, round(seconds * expected / data.samples))
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            config, run = folder / "config.toml", folder / "run"
            config.write_text(CONFIG.format(work=work, data=data, hidden=list(work.widths[1:-1]), epochs=epochs,
                                            precision=self.precision))  # fmt: skip
            line = ["mpirun", "-n", self.ranks, "--bind-to", "core:if-supported", "--oversubscribe"]
            line += [self.build / "lockstep", "train", config, "--run-dir", run]
            output_of(line, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
            rows = map(json.loads, (run / "metrics.jsonl").read_text().splitlines())
            return steady_speed(data.samples, [row["samples_per_second"] for row in rows if row["group"] == "epochs"])


@dataclasses.dataclass(frozen=True)
class PyTorch:
    python: pathlib.Path
    version: str
    mode: str = "eager"  # or "compiled"
    precision: str = "float32"  # or "bfloat16", by autocast
    processes: int = 1
    threads: int = 1
    blas_threads: int = 1

    def __str__(self):
        if self.processes > 1:
            where = f"DDP, {self.processes} x {self.threads}"
        elif self.threads != self.blas_threads:
            where = f"BLAS on {self.blas_threads}"
        else:
            where = f"{self.threads} thread{'s' * (self.threads > 1)}"
        return f"PyTorch {self.version} {self.mode}, {self.precision}, {where}"

    def __call__(self, work, data, seconds):
        line = [self.python, HERE / "pytorch_peer.py", "--widths", *work.widths, "--activation", work.activation]
        line += ["--batch", work.batch, "--data", data.images, data.labels, "--mode", self.mode]
        line += ["--precision", self.precision]
        line += ["--processes", self.processes, "--threads", self.threads, "--seconds", seconds]
        threads = {"OMP_NUM_THREADS": str(self.threads), "OPENBLAS_NUM_THREADS": str(self.blas_threads)}
        return float(output_of(line, **threads))


def version_of(python):
    """Of its PyTorch; None if it has none."""
    if not python.exists():
        return None
    done = subprocess.run([python, "-c", "import torch; print(torch.__version__)"], capture_output=True, text=True)
    return done.stdout.strip().partition("+")[0] if done.returncode == 0 else None


def pytorch_ways():
    """Of Debian's PyTorch, whose BLAS has threads of its own, and of the newest."""
    ways = []
    if version := version_of(DEBIAN):
        ways += [PyTorch(DEBIAN, version, "eager", "float32", 1, *threads) for threads in ((1, 1), (1, 2), (2, 2))]
        ways.append(PyTorch(DEBIAN, version, processes=2))
    if version := version_of(NEWEST):
        for precision, mode in itertools.product(("float32", "bfloat16"), ("eager", "compiled")):
            ways += [PyTorch(NEWEST, version, mode, precision, 1, threads, threads) for threads in (1, 2)]
        ways.append(PyTorch(NEWEST, version, processes=2))
    return ways
