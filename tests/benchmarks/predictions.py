#!/usr/bin/env python3
"""The speed of `lockstep predict` from file to file on two ranks, beside the limits that there are.

Usage: /usr/bin/python3 tests/benchmarks/predictions.py [--build DIR] [--rows N] [--rounds N]

From HDF5 to HDF5 by 28-300-300-2 (relu): floating-point operations of the products, relative to what two processes reach at a
time with a large product (benchmark_limit). To CSV by a network without hidden layers, so that writing is most of the work:
rows per second, reading and predicting included, relative to pandas.to_csv of the same table alone. What is compared runs in
turn, so that a busy moment meets both; figures are of the single rounds.
"""

import argparse
import os
import pathlib
import resource
import statistics
import subprocess
import tempfile
import time

import h5py
import numpy
import pandas

from ways import limits_of

FEATURES = 28
HIDDEN = 300
OPERATIONS = 2 * (FEATURES * HIDDEN + HIDDEN * HIDDEN + HIDDEN * 2)  # of one sample
ENVIRONMENT = os.environ | {"OPENBLAS_NUM_THREADS": "1"}


def write_samples(folder, rows):
    draw = numpy.random.default_rng(1)
    some = draw.normal(size=(100_000, FEATURES)).astype("f4")
    columns = [f"x{column}" for column in range(FEATURES)]
    frame = pandas.DataFrame(some[:1000], columns=columns)
    frame.assign(kind=numpy.where(some[:1000, 0] > 0, "signal", "background")).to_csv(folder / "train.csv", index=False)
    with h5py.File(folder / "samples.h5", "w") as file:
        features = file.create_dataset("features", (rows, FEATURES), "f4")
        for begin in range(0, rows, len(some)):
            features[begin : begin + len(some)] = some[: rows - begin]
        file["feature_names"] = columns


def train(program, folder, name, hidden):
    settings = [
        "data.format=csv", "data.train=train.csv", "data.target=kind", "data.test_fraction=0.2", "data.scale=standard",
        "train.epochs=1", f"model.hidden={hidden}", f"run.name={name}",
    ]  # fmt: skip
    (folder / "empty.toml").write_text("")
    words = [word for setting in settings for word in ("--set", setting)]
    command = [program, "train", "empty.toml", "--run-dir", name, *words]
    subprocess.run(command, cwd=folder, check=True, capture_output=True)


def predict(launch, folder, name, output):
    """The seconds that it takes, and those of all processors."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begin = time.perf_counter()
    command = [*launch, "predict", name, "--input", "samples.h5", "--output", output, "--force"]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, env=ENVIRONMENT)
    seconds = time.perf_counter() - begin
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return seconds, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def limit_of_two(build):
    """GFLOP/s of large products, two at a time."""
    command = [build / "benchmark_limit"]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENVIRONMENT) for _ in range(2)]
    return sum(limits_of(process.communicate()[0].decode())["float32"] for process in both)


def seconds_of_pandas(folder):
    frame = pandas.read_csv(folder / "plain.csv")
    begin = time.perf_counter()
    frame.to_csv(folder / "pandas.csv", index=False)
    return time.perf_counter() - begin


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", type=pathlib.Path, default=pathlib.Path("build/release"))
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    build, rows = arguments.build.resolve(), arguments.rows
    program = build / "lockstep"
    launch = [pathlib.Path(__file__).resolve().parents[2] / "launch/run", "-n", "2", program]
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_samples(folder, rows)
        train(program, folder, "deep", [HIDDEN, HIDDEN])
        train(program, folder, "plain", [])
        ratios = {"HDF5": [], "CSV": []}
        for _ in range(arguments.rounds):
            limit = limit_of_two(build)
            seconds, processor = predict(launch, folder, "deep", "deep.h5")
            rate = 1e-9 * OPERATIONS * rows / seconds
            ratios["HDF5"].append(rate / limit)
            print(f"HDF5 to HDF5: {seconds:.1f} s, {processor:.1f} s of processors, {rate:.0f} GFLOP/s of {limit:.0f}")
            seconds, processor = predict(launch, folder, "plain", "plain.csv")
            theirs = seconds_of_pandas(folder)
            ratios["CSV"].append(theirs / seconds)
            print(f"HDF5 to CSV: {seconds:.1f} s, {processor:.1f} s of processors; pandas.to_csv alone {theirs:.1f} s", flush=True)
        for what, all_rounds in ratios.items():
            ends = f"{min(all_rounds):.2f} to {max(all_rounds):.2f}"
            print(f"{what}: median {statistics.median(all_rounds):.2f}, {ends}")


if __name__ == "__main__":
    main()
