"""What a run's folder says: its configuration, metrics, starts and checkpoints."""

import dataclasses
import functools
import json
import pathlib
import tomllib

import h5py
import numpy

# What the page cannot do without: columns of metrics.h5, keys of the configuration, facts of a start.
COLUMNS = {
    "steps": {"step", "loss"},
    "epochs": {"epoch", "step", "train_loss", "samples_per_second"},
    "ranks": {"step", "rank", "host", "compute_seconds", "input_seconds", "sum_seconds", "wait_seconds"},
    "checkpoints": {"step", "time", "newest", "best"},
}
KEYS = {
    "run": {"name", "seed"},
    "data": {"format", "train"},
    "model": {"layers"},
    "train": {"loss", "epochs", "global_batch", "slices"},
    "optimizer": {"name", "learning_rate"},
    "schedule": {"name"},
    "checkpoint": {"every_epochs", "every_steps", "keep"},
}
FACTS = {
    *(
        "start_time",
        "wall_seconds",
        "first_step",
        "last_step",
        "ranks",
        "hosts",
        "processor",
        "command_line",
    ),
    *("lockstep", "commit", "kernels", "compiler", "mpi", "c_library"),
}


class ReportError(Exception):
    """Why there can be no report, and what to do."""


@dataclasses.dataclass(frozen=True)
class Checkpoint:
    path: pathlib.Path
    attributes: dict
    shapes: tuple  # (in, out) of each layer
    parameters: int
    outputs: tuple  # classes or targets
    features: tuple  # names, or none
    feature_shape: tuple


@dataclasses.dataclass(frozen=True)
class Run:
    folder: pathlib.Path
    config: dict  # section -> key -> value
    metrics: dict  # group -> column -> array
    starts: tuple  # of environment.json
    newest: Checkpoint | None
    best: Checkpoint | None
    steps_kept: tuple  # of the checkpoints in the folder

    @property
    def name(self):
        return self.config["run"]["name"]

    @property
    def label(self):
        """The name, and the folder's where it is another."""
        folder = self.folder.resolve().name
        return self.name if folder == self.name else f"{self.name} ({folder})"

    @property
    def checkpoint(self):
        return self.best or self.newest

    @property
    def classifies(self):
        return self.checkpoint.attributes["task"] == "classification" if self.checkpoint else None

    @property
    def epochs(self):
        """Complete ones."""
        return len(self.metrics["epochs"].get("epoch", ()))

    @functools.cached_property
    def steps_per_epoch(self):
        """As far as the run has come: None before the first epoch is complete."""
        epochs = self.metrics["epochs"]
        return float(epochs["step"][0] / epochs["epoch"][0]) if self.epochs else None

    @property
    def best_epoch(self):
        """The epoch of the best checkpoint, where a validation set chose it."""
        step = self.newest.attributes.get("best_step", 0) if self.newest else 0
        return step / self.steps_per_epoch if step and self.steps_per_epoch else None

    @property
    def speed(self):
        """Samples per second of the training steps of all complete epochs, all ranks together."""
        return float(self.metrics["epochs"]["samples_per_second"][-1])

    @property
    def seconds(self):
        """What all starts took."""
        return sum(start["wall_seconds"] for start in self.starts)

    @property
    def watched(self):
        """The set that is measured after each epoch."""
        return "validation" if "validation_loss" in self.metrics["epochs"] else "test"


def text(value):
    return value.decode(errors="replace") if isinstance(value, bytes) else value


def read_metrics(path):
    tables = {}
    try:
        with h5py.File(path) as file:
            for group, wanted in COLUMNS.items():
                columns = {name: column[:] for name, column in file.get(group, {}).items()}
                if len({len(column) for column in columns.values()}) > 1 or (columns and not wanted <= set(columns)):
                    raise ReportError(f"{path}: the columns of '{group}' do not belong together; the file is damaged")
                tables[group] = columns
    except (OSError, KeyError, RuntimeError, AttributeError) as error:
        raise ReportError(f"{path}: cannot be read as HDF5; the file is damaged ({error})") from error
    return tables


def read_checkpoint(path):
    """The checkpoint, or None where the file is not one."""
    try:
        with h5py.File(path) as file:
            layers = [file["model/layers"][name] for name in sorted(file["model/layers"], key=int)]
            return Checkpoint(
                path,
                {name: text(value) for name, value in file.attrs.items()},
                tuple(layer["weight"].shape for layer in layers),
                sum(
                    values.size for layer in layers for name, values in layer.items() if not name.startswith("running")
                ),
                tuple(map(text, file["data/output_names"][:])),
                tuple(map(text, file["data/feature_names"][:])),
                tuple(map(int, file["data/feature_shape"][:])),
            )
    except (OSError, KeyError, ValueError, RuntimeError):
        return None


def step_of(path):
    digits = path.stem.removeprefix("step-")
    return int(digits) if digits.isdigit() else -1


def read_text(path, parse):
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ReportError(f"{path}: cannot be read: {error}") from error


def check_keys(path, wanted, found):
    for section, keys in wanted.items():
        missing = sorted(keys - set(found.get(section, ())))
        if missing:
            raise ReportError(
                f"{path}: has no {section}.{missing[0]}; it is damaged, or of another version of Lockstep"
            )


def read_run(folder):
    if not folder.is_dir():
        raise ReportError(f"{folder}: no such folder; give the folder of a run, such as runs/fashion_mnist")
    if not (folder / "config.toml").is_file():
        raise ReportError(f"{folder}: holds no run: there is no config.toml in it, which `lockstep train` writes")
    config = read_text(folder / "config.toml", tomllib.loads)
    starts = read_text(folder / "environment.json", lambda content: json.loads(content)["starts"])
    check_keys(folder / "config.toml", KEYS, config)
    for start in starts:
        check_keys(folder / "environment.json", {"starts": FACTS}, {"starts": start})
    if not (folder / "metrics.h5").is_file():
        raise ReportError(
            f"{folder}: there is no metrics.h5 yet, which comes with the first checkpoint; let the run go on"
        )
    kept = sorted((folder / "checkpoints").glob("step-*.h5"), key=step_of)
    newest = next(filter(None, map(read_checkpoint, reversed(kept))), None)
    best = read_checkpoint(folder / "checkpoints/best.h5")
    metrics = read_metrics(folder / "metrics.h5")
    return Run(folder, config, metrics, tuple(starts), newest, best, tuple(map(step_of, kept)))


def folders_of(folder):
    """The runs in a folder of several seeds, or the folder itself."""
    seeds = [path for path in folder.glob("seed-*") if (path / "config.toml").is_file()]
    return sorted(seeds, key=lambda path: (len(path.name), path.name)) or [folder]
