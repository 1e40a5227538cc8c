#!/usr/bin/env python3
"""Runs Lockstep and PyTorch in turn on the same work and prints a table of samples per second, with ratios.

Usage: compare.py --build FOLDER [--rounds N] [--seconds S] [--output FOLDER] [--smoke]. Every figure is the median of
all rounds. With --output the table is written as benchmark.md and benchmark.csv too. --smoke takes the smallest work
for a moment, to see that all runs. Ranks and processes are two, on as many cores.
"""

import argparse
import csv
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[1]

sys.path.insert(0, str(REPOSITORY / "launch"))

from scaling.runs import steady_speed  # noqa: E402

# Hidden layers and global batch.
WORK = {
    "W1": ([512, 512], 64),
    "W2": ([512, 512], 256),
    "W3": ([512, 512], 1024),
    "W4": ([128], 64),
    "W5": ([2048, 2048, 2048], 512),
}

# Processes, threads of PyTorch, threads of its BLAS.
PEERS = {
    "PyTorch, 1 thread": (1, 1, 1),
    "PyTorch, BLAS on 2": (1, 1, 2),
    "PyTorch, 2 threads": (1, 2, 2),
    "PyTorch DDP, 2 x 1": (2, 1, 1),
}
OURS = {"Lockstep, 1 rank": 1, "Lockstep, 2 ranks": 2}
DDP, ONE_THREAD = "PyTorch DDP, 2 x 1", "PyTorch, 1 thread"

ENVIRONMENT = os.environ | {"OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1"}


def flops(hidden):
    """Of one sample's forward and backward pass; the first layer needs no gradient by its inputs."""
    widths = [784, *hidden, 10]
    sizes = [inputs * outputs for inputs, outputs in zip(widths, widths[1:])]
    return 2 * (3 * sum(sizes) - sizes[0])


def lockstep(build, ranks, hidden, batch, seconds):
    """Samples per second after the first epoch."""
    expected = 1e11 * ranks / flops(hidden)  # good enough to choose the number of epochs
    epochs = 1 + max(1, round(seconds * expected / 60000))
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "train.epochs": epochs,
            "train.global_batch": batch,
            "model.hidden": hidden,
            "checkpoint.every_epochs": 0,
            "schedule.name": "constant",
            "optimizer.learning_rate": 0.01,
        }
        line = ["mpirun", "-n", str(ranks), "--bind-to", "core:if-supported", "--oversubscribe", build / "lockstep"]
        line += ["train", REPOSITORY / "configs/fashion_mnist.toml", "--run-dir", folder]
        for key, value in settings.items():
            line += ["--set", f"{key}={value}"]
        subprocess.run(line, check=True, env=ENVIRONMENT, stdout=subprocess.DEVNULL)
        rows = map(json.loads, (pathlib.Path(folder) / "metrics.jsonl").read_text().splitlines())
        speeds = [row["samples_per_second"] for row in rows if row["group"] == "epochs"]
    return steady_speed(60000, speeds)


def pytorch(processes, threads, blas_threads, hidden, batch, seconds):
    line = [sys.executable, HERE / "pytorch_peer.py", "-".join(map(str, hidden)), batch, processes, threads, seconds]
    environment = os.environ | {"OMP_NUM_THREADS": str(threads), "OPENBLAS_NUM_THREADS": str(blas_threads)}
    done = subprocess.run(list(map(str, line)), check=True, env=environment, capture_output=True, text=True)
    return float(done.stdout)


def measure(build, works, rounds, seconds):
    """Samples per second: works, then ways of running them, then one value a round."""
    found = {work: {name: [] for name in (*PEERS, *OURS)} for work in works}
    has_torch = importlib.util.find_spec("torch") is not None
    if not has_torch:
        print("PyTorch is not installed (launch/install --tests installs it), so there is nothing to compare with.")
    for number in range(rounds):
        for work in works:
            hidden, batch = WORK[work]
            for name, ranks in OURS.items():
                found[work][name].append(lockstep(build, ranks, hidden, batch, seconds))
            for name, (processes, threads, blas) in PEERS.items() if has_torch else ():
                found[work][name].append(pytorch(processes, threads, blas, hidden, batch, seconds))
            print(f"round {number + 1} of {rounds}: {work}", file=sys.stderr)
    return found


def rows_of(found, limit):
    """The table: a row a work."""
    for work, values in found.items():
        hidden, batch = WORK[work]
        median = {name: statistics.median(given) for name, given in values.items() if given}
        row = {"work": f"{work}: 784-{'-'.join(map(str, hidden))}-10, {batch}"}
        for name, value in median.items():
            spread = (max(values[name]) - min(values[name])) / value
            row[name] = f"{value / 1000:.1f} k ± {50 * spread:.0f} %"
        two = median["Lockstep, 2 ranks"]
        if DDP in median:
            row["2 ranks / DDP"] = f"{two / median[DDP]:.1f}"
            row["2 ranks / best PyTorch"] = f"{two / max(median[name] for name in PEERS):.1f}"
            row["1 rank / 1 thread"] = f"{median['Lockstep, 1 rank'] / median[ONE_THREAD]:.1f}"
        row["2 ranks / limit"] = f"{two * flops(hidden) / (2e9 * limit):.2f}"
        yield row


def markdown(rows):
    lines = ["| " + " | ".join(rows[0]) + " |", "|" + "---|" * len(rows[0])]
    return "\n".join(lines + ["| " + " | ".join(row.values()) + " |" for row in rows]) + "\n"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--build", type=pathlib.Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--output", type=pathlib.Path)
    parser.add_argument("--smoke", action="store_true")
    options = parser.parse_args()
    if options.output:
        options.output.mkdir(parents=True, exist_ok=True)
    works, rounds, seconds = (["W4"], 1, 0.1) if options.smoke else (list(WORK), options.rounds, options.seconds)
    limit = float(subprocess.run([options.build / "benchmark_limit"], check=True, stdout=subprocess.PIPE).stdout)
    rows = list(rows_of(measure(options.build.resolve(), works, rounds, seconds), limit))
    print(f"limit: {limit:.0f} GFLOP/s a core, on two cores\n\n{markdown(rows)}", end="")
    if options.output:
        (options.output / "benchmark.md").write_text(markdown(rows))
        with open(options.output / "benchmark.csv", "w", newline="") as file:
            table = csv.DictWriter(file, rows[0])
            table.writeheader()
            table.writerows(rows)


if __name__ == "__main__":
    main()
