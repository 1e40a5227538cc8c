"""A scaling study: which runs it has and in what order, their medians, and the proof that they computed the same."""

import collections
import dataclasses
import statistics

from scaling import runs as training
from scaling.runs import StudyError


@dataclasses.dataclass(frozen=True)
class Row:
    """All repeats of one number of ranks. Speeds are samples per second; speed-up and efficiency count from the row of
    the same kind that has the fewest ranks."""

    kind: str
    ranks: int
    hosts: int
    global_batch: int
    repeats: int
    median: float
    lowest: float
    highest: float
    speedup: float  # in throughput; ideal is the ratio of the numbers of ranks, strong and weak
    efficiency: float
    step_seconds: float  # median
    parts: dict  # medians


def check_ranks(ranks, work, explicit_slices, samples_a_rank):
    """The number of slices of all runs. Throws StudyError where the work cannot be shared so."""
    most = max(ranks)
    slices = work.slices
    if slices == "world" or (slices < most and not explicit_slices):
        slices = most
    if slices < most:
        raise StudyError(f"--ranks {most} is more than the {slices} slices of --set train.slices; raise that to {most}")
    for kind, batch in (("strong", work.global_batch), ("weak", samples_a_rank * most)):
        if batch > work.samples:
            raise StudyError(
                f"{kind} scaling on {most} ranks wants a global batch of {batch}, but there are {work.samples} "
                "training samples; lower train.global_batch, --samples-per-rank or --ranks"
            )
    return slices


def points(ranks, global_batch, samples_a_rank):
    """Kind, ranks and global batch of each run of one round."""
    strong = [("strong", count, global_batch) for count in ranks]
    weak = [("weak", count, samples_a_rank * count) for count in ranks]
    return [point for pair in zip(strong, weak) for point in pair]


def measure(launcher, config, settings, plan, repeats, done):
    """Makes all runs of the plan in turn, `repeats` times, so that noise spreads evenly; `done` hears of each."""
    found = []
    for repeat in range(1, repeats + 1):
        for kind, ranks, batch in plan:
            run = launcher.train(
                f"{kind} scaling on {ranks} rank{'s' * (ranks > 1)}, repeat {repeat}",
                config,
                [*settings, f"train.global_batch={batch}"],
                ranks,
                lambda folder: training.read_run(folder, kind, ranks, batch, repeat),
            )
            found.append(run)
            done(run)
    return found


def summary(found):
    """A row a kind and number of ranks, in the order of the runs."""
    groups = collections.defaultdict(list)
    for run in found:
        groups[run.kind, run.ranks].append(run)
    rows = []
    first = {}  # of a kind: ranks and median of the first row
    for (kind, ranks), runs in groups.items():
        speeds = [run.samples_per_second for run in runs]
        median = statistics.median(speeds)
        fewest, base = first.setdefault(kind, (ranks, median))
        rows.append(
            Row(
                kind=kind,
                ranks=ranks,
                hosts=len(set(runs[0].hosts)),
                global_batch=runs[0].global_batch,
                repeats=len(runs),
                median=median,
                lowest=min(speeds),
                highest=max(speeds),
                speedup=median / base,
                efficiency=median / base * fewest / ranks,
                step_seconds=statistics.median(run.step_seconds for run in runs),
                parts={part: statistics.median(run.parts[part] for run in runs) for part in runs[0].parts},
            )
        )
    return rows


def digest_conflicts(found):
    """Texts that name the runs which should have computed the same and did not.

    Runs of one study differ in the global batch at most, so runs of the same global batch, strong or weak and on any
    number of ranks, must end with the same digest.
    """
    groups = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in found:
        groups[run.global_batch][run.digest].append(run.name())
    return [
        f"global batch {batch}: "
        + "; ".join(f"digest {digest} of {' and '.join(names)}" for digest, names in by.items())
        for batch, by in groups.items()
        if len(by) > 1
    ]
