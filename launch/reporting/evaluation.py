"""What the best network of a run does on its test set, measured by `lockstep evaluate`."""

import dataclasses
import pathlib
import subprocess
import tempfile

import h5py
import numpy

from reporting.run import text

TIMEOUT = 600


@dataclasses.dataclass(frozen=True)
class Evaluation:
    metrics: dict  # "test_loss" and the like
    table: dict  # column -> values of the classes or targets
    confusion: numpy.ndarray | None  # a row per class, a column per prediction
    rows: numpy.ndarray  # of the samples in their file, from 0
    outputs: numpy.ndarray  # (samples, classes or targets): probabilities or targets
    truth: numpy.ndarray  # (samples) labels or (samples, targets)
    data: str  # the samples' file
    weighted_by: str  # empty: each sample counts once

    @property
    def names(self):
        return [text(name) for name in self.table["name"]]

    @property
    def classifies(self):
        return self.truth.ndim == 1

    @property
    def has_probabilities(self):
        return self.classifies and "test_log_loss" in self.metrics


def read(path):
    with h5py.File(path) as file:
        attributes = {name: text(value) for name, value in file.attrs.items()}
        table = file["classes" if "classes" in file else "targets"]
        samples = file["samples"]
        return Evaluation(
            {name: float(value) for name, value in attributes.items() if name.startswith("test_")},
            {name: column[:] for name, column in table.items()},
            file["confusion"][:] if "confusion" in file else None,
            samples["row"][:],
            samples["outputs"][:],
            samples["label" if "label" in samples else "targets"][:],
            attributes["data"],
            attributes.get("weighted_by", ""),
        )


def evaluate(program, run):
    """Pairs of an Evaluation and None, or None and why there is none."""
    if run.checkpoint is None:
        return None, "There is no checkpoint that can be read."
    if not program.is_file():
        return None, f"There is no program {program}; --program names it."
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "evaluation.h5"
        command = [program.resolve(), "evaluate", run.checkpoint.path, "--output", path, "--samples"]
        try:
            done = subprocess.run(
                list(map(str, command)), capture_output=True, text=True, errors="replace", timeout=TIMEOUT, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"{program}: {error}"
        if done.returncode:
            return None, done.stderr.strip() or f"lockstep evaluate ended with status {done.returncode}"
        return read(path), None
