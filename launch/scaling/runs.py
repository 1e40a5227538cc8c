"""One training run of a scaling study: how it is started, and what is read of what it leaves behind."""

import dataclasses
import math
import os
import pathlib
import signal
import subprocess
import tempfile
import tomllib

import h5py

LAUNCH = pathlib.Path(__file__).resolve().parents[1]

# Columns of the group `ranks` in metrics.h5 that say where a rank's time went. A run may not have all of them.
PARTS = ("compute_seconds", "sum_seconds", "wait_seconds", "input_seconds")

STOPPED = 75


class StudyError(Exception):
    """Why a study cannot be made or has failed; `status` is what the program then ends with."""

    def __init__(self, message, status=2):
        super().__init__(message)
        self.status = status


@dataclasses.dataclass(frozen=True)
class Run:
    """A run of the study. Seconds are those of a step, in the epochs after the first; of parts, the mean of all ranks,
    for whom waiting for rank 0, as it writes between epochs, counts as well."""

    kind: str  # "strong" or "weak"
    ranks: int
    global_batch: int
    repeat: int
    hosts: tuple  # of each rank
    samples_per_second: float
    step_seconds: float
    parts: dict  # of PARTS, those that were measured
    digest: str

    def name(self):
        return f"{self.kind}, {self.ranks} rank{'s' * (self.ranks > 1)}, repeat {self.repeat}"


@dataclasses.dataclass(frozen=True)
class Work:
    """What all runs of a study have in common."""

    name: str
    program: str  # version and kernels
    samples: int  # of an epoch
    parameters: int
    moments: int  # buffers of the optimizer, as large as the parameters
    global_batch: int
    slices: int | str


def steady_speed(samples, speeds):
    """Samples per second after the first epoch. `speeds` has one an epoch of `samples`, each of the run so far."""
    first, whole = samples / speeds[0], samples * len(speeds) / speeds[-1]
    return samples * (len(speeds) - 1) / (whole - first)


class Launcher:
    """Starts the program on a number of ranks, by launch/run (that is, mpirun) or as a step of a SLURM job."""

    def __init__(self, name, options, program, folder):
        self.name, self.options, self.program, self.folder = name, options, program, folder
        self.stopped = None  # the signal that asked the study to end

    def stop(self, number, _):
        """Handles a signal: the run under way ends, and then the study."""
        self.stopped = number

    def line(self, ranks):
        """The words that start `ranks` ranks, on as few hosts as have room."""
        if self.name == "mpirun":
            return [LAUNCH / "run", "-n", ranks, *self.options, self.program]
        a_node = math.ceil(int(os.environ["SLURM_NTASKS"]) / int(os.environ["SLURM_JOB_NUM_NODES"]))
        size = [f"--ntasks={ranks}", f"--nodes={math.ceil(ranks / a_node)}"]
        return ["srun", *size, "--mpi=pmix", "--kill-on-bad-exit=1", *self.options, self.program]

    def train(self, what, config, settings, ranks, read, good=(0,)):
        """Trains in a folder of its own and returns read(folder). `what` names the run in an error message."""
        with tempfile.TemporaryDirectory(dir=self.folder, ignore_cleanup_errors=True) as run:
            line = [*self.line(ranks), "train", config, "--run-dir", run, "--resume", "never"]
            for setting in settings:
                line += ["--set", setting]
            status, output = self.execute(list(map(str, line)))
            if status not in good:
                raise StudyError(
                    f"the run of {what} ended with status {status}. It was:\n  {' '.join(map(str, line))}\n{output}",
                    2 if status == 2 else 1,
                )
            return read(pathlib.Path(run))

    def execute(self, line):
        # One core per rank, unless the environment or an option says otherwise; several ranks per core where there are few.
        # SLURM's fence: as in cluster/train.sbatch.
        environment = {
            "OMPI_MCA_hwloc_base_binding_policy": "core:overload-allowed:if-supported",
            "SLURM_PMIX_FENCE": "ring",
        } | os.environ
        try:
            child = subprocess.Popen(
                line,
                env=environment,
                text=True,
                errors="replace",
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
            )
        except OSError as error:
            raise StudyError(f"cannot start {line[0]}: {error.strerror}") from error
        output = None
        while output is None:
            try:
                output = child.communicate(timeout=1)[0]
            except subprocess.TimeoutExpired:
                if self.stopped:  # again and again, as mpirun loses signals while it starts ranks
                    child.terminate()
        if self.stopped:
            name = signal.Signals(self.stopped).name
            raise StudyError(f"ended by {name}; runs.csv has the runs that were complete", 1)
        return child.returncode, output


def last_checkpoint(folder):
    return h5py.File(max((folder / "checkpoints").glob("step-*.h5")))


def read_work(folder):
    """Work, from a run's folder."""
    config = tomllib.loads((folder / "config.toml").read_text())
    with last_checkpoint(folder) as file:
        parameters = 0
        for layer in file["model/layers"].values():
            parameters += sum(values.size for values in layer.values())
        return Work(
            name=config["run"]["name"],
            program=f"lockstep {file.attrs['lockstep_version']}, {file.attrs['blas_kernel']}",
            samples=int(file.attrs["train_samples"]),
            parameters=parameters,
            moments=len(file.get("optimizer", ())),
            global_batch=config["train"]["global_batch"],
            slices=config["train"]["slices"],
        )


def read_speed(folder):
    """Samples per second of a whole run, from its folder."""
    with h5py.File(folder / "metrics.h5") as file:
        return float(file["epochs/samples_per_second"][-1])


def read_run(folder, kind, ranks, global_batch, repeat):
    """Run, from its folder."""
    with last_checkpoint(folder) as file:
        digest, samples = file.attrs["digest"], int(file.attrs["train_samples"])
    steps = math.ceil(samples / global_batch)  # of an epoch
    with h5py.File(folder / "metrics.h5") as file:
        speeds = file["epochs/samples_per_second"][:]
        table = file["ranks"]
        later = table["epoch"][:] > 1
        measured = int(later.sum()) * steps  # steps of all ranks together
        parts = {name: float(table[name][:][later].sum() / measured) for name in PARTS if name in table}
        hosts = tuple(host.decode() for host in table["host"][:ranks])
    speed = float(steady_speed(samples, speeds))
    return Run(kind, ranks, global_batch, repeat, hosts, speed, samples / steps / speed, parts, digest)
