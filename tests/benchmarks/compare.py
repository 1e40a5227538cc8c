#!/usr/bin/env python3
"""Runs Lockstep and PyTorch in turn on the same work and prints a table of samples per second, with ratios.

Each way to train is measured in pairs: Lockstep on two ranks in the same precision, then that way. Figures are medians
over all rounds, with the least and the most. What fails is not measured again, is named below the table, and makes the
exit status 1.
"""

import argparse
import csv
import pathlib
import statistics
import subprocess
import sys
import tempfile

from ways import Lockstep, PyTorch, limits_of, pytorch_ways
from works import WORKS, all_data

PRECISIONS = ("float32", "bfloat16")


def reason_of(error):
    """Why a program failed, in a line: the last one of a Python program, the first one of ours, before mpirun's own."""
    lines = (getattr(error, "stderr", None) or str(error)).strip().splitlines()
    return lines[-1 if any("Traceback" in line for line in lines) else 0]


class Pairs:
    """Samples per second of Lockstep on two ranks and of another way, measured one after the other."""

    def __init__(self):
        self.ours, self.theirs = [], []
        self.failure = None

    def measure(self, ours, theirs):
        """Adds a pair, unless one has failed."""
        if self.failure:
            return
        try:
            pair = ours(), theirs()
        except (subprocess.SubprocessError, OSError, ValueError) as error:
            self.failure = reason_of(error)
        else:
            self.ours.append(pair[0])
            self.theirs.append(pair[1])

    def ratios(self):
        return [ours / theirs for ours, theirs in zip(self.ours, self.theirs)]


def with_spread(values, digits, unit=1):
    """Median, least and most."""
    if not values:
        return "not measured"
    three = statistics.median(values), min(values), max(values)
    return "{} ({} to {})".format(*(f"{value / unit:.{digits}f}" for value in three))


def best(found, is_wanted):
    """The fastest of the ways that are wanted and were measured, or None."""
    measured = [way for way, pairs in found.items() if is_wanted(way) and pairs.theirs]
    return max(measured, key=lambda way: statistics.median(found[way].theirs), default=None)


def summary(work, found, limits):
    """A row of the table: the best of each kind of peer beside Lockstep, in both precisions. `found` has Pairs by way,
    `limits` are GFLOP/s by precision."""
    row = {"work": str(work)}
    speeds = {}
    for precision in PRECISIONS:
        of_precision = {way: pairs for way, pairs in found.items() if way.precision == precision}
        ours = [value for pairs in of_precision.values() for value in pairs.ours]
        row[f"2 ranks, {precision}"] = with_spread(ours, 1, 1000)
        alone = best(of_precision, lambda way: isinstance(way, Lockstep))
        row[f"1 rank, {precision}"] = with_spread(of_precision[alone].theirs if alone else [], 1, 1000)
        kinds = {f"best {precision}": lambda way: True}
        if precision == "float32":
            kinds["best DDP"] = lambda way: way.processes > 1
        for name, is_kind in kinds.items():
            way = best(of_precision, lambda way: isinstance(way, PyTorch) and is_kind(way))
            row[name] = f"{with_spread(found[way].theirs, 1, 1000)}: {way}" if way else "not measured"
            row[f"2 ranks / {name}"] = with_spread(found[way].ratios() if way else [], 2)
        row[f"2 ranks / limit of {precision}"] = "not measured"
        if ours:
            speeds[precision] = statistics.median(ours)
            share = speeds[precision] * work.flops() / (2e9 * limits[precision])
            row[f"2 ranks / limit of {precision}"] = f"{share:.2f}"
    both = len(speeds) == len(PRECISIONS)
    row["2 ranks, bfloat16 / float32"] = f"{speeds['bfloat16'] / speeds['float32']:.2f}" if both else "not measured"
    return row


def markdown(rows):
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(row.values()) + " |" for row in rows]) + "\n"


def details(name, found):
    """A row for each way, with all that was measured."""
    for way, pairs in found.items():
        row = {"work": name, "way": way}
        for column, values in (("way", pairs.theirs), ("2 ranks", pairs.ours), ("2 ranks / way", pairs.ratios())):
            for statistic in (statistics.median, min, max):
                row[f"{statistic.__name__}, {column}"] = f"{statistic(values):.6g}" if values else ""
        yield row | {"not measured, because": pairs.failure or ""}


def measure(works, ways, build, data, rounds, seconds):
    """Pairs: by work's name, then by way."""
    found = {name: {way: Pairs() for way in ways} for name in works}
    for number in range(rounds):
        for name, of_work in found.items():
            work = WORKS[name]
            run = lambda way: way(work, data[work.widths[0]], seconds)
            for way, pairs in of_work.items():
                pairs.measure(lambda: run(Lockstep(build, 2, way.precision)), lambda: run(way))
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr)
    return found


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build", type=pathlib.Path, required=True, help="folder of the program")
    parser.add_argument("--rounds", type=int, default=3, help="(%(default)s)")
    parser.add_argument("--seconds", type=float, default=2, help="for each figure (%(default)s)")
    parser.add_argument("--works", type=lambda text: text.split(","), default=list(WORKS), metavar="NAME,...",
                        help="(all: W1 to W7)")  # fmt: skip
    parser.add_argument("--output", type=pathlib.Path, help="folder for benchmark.md and benchmark.csv")
    parser.add_argument("--smoke", action="store_true", help="some work for a moment, to see that it runs")
    options = parser.parse_args()
    if unknown := set(options.works) - set(WORKS):
        parser.error(f"there is no work {', '.join(sorted(unknown))}; there are {', '.join(WORKS)}")
    if options.smoke:
        options.works, options.rounds, options.seconds = ["W4", "W6"], 1, 0.01
    return options


def main():
    options = arguments()
    build = options.build.resolve()
    peers = pytorch_ways()
    if not peers:
        print("There is no PyTorch (launch/install --tests installs one), so there is nothing to compare with.")
    ways = [*(Lockstep(build, 1, precision) for precision in PRECISIONS), *peers]
    if options.smoke:  # the way that needs the most to work, and ours in bfloat16
        ways = [max(ways, key=lambda way: isinstance(way, PyTorch) and way.processes), ways[1]]
    limits = limits_of(subprocess.run([build / "benchmark_limit"], check=True, stdout=subprocess.PIPE, text=True).stdout)
    with tempfile.TemporaryDirectory() as folder:
        data = all_data(pathlib.Path(folder))
        found = measure(options.works, ways, build, data, options.rounds, options.seconds)
    table = markdown([summary(WORKS[name], of_work, limits) for name, of_work in found.items()])
    rates = ", ".join(f"{rate:.0f} GFLOP/s in {precision}" for precision, rate in limits.items())
    print(f"thousands of samples per second; limits: {rates} per core, on two cores\n\n{table}", end="")
    rows = [row for name, of_work in found.items() for row in details(name, of_work)]
    failures = [row for row in rows if row["not measured, because"]]
    for row in failures:
        print(f"not measured: {row['work']}, {row['way']}: {row['not measured, because']}")
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
        (options.output / "benchmark.md").write_text(table)
        with open(options.output / "benchmark.csv", "w", newline="") as file:
            out = csv.DictWriter(file, rows[0])
            out.writeheader()
            out.writerows(rows)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
