#!/usr/bin/env python3
"""Microseconds that one sample takes on one thread, by an exported file of C and by ONNX Runtime.

Usage: build/python/bin/python tests/benchmarks/one_sample.py [LOCKSTEP]

The network is 28-300-300-1 (relu), as for the HIGGS data, with initial weights. ONNX Runtime is called from Python, whose
own part is what a network without hidden layers takes. Each figure is the best of several rounds.
"""

import pathlib
import subprocess
import sys
import tempfile
import time

import numpy
import onnxruntime

ROUNDS = 7
CALLS = 3000
FEATURES = 28

MAIN = f"""
#include <stdio.h>
#include <time.h>
int net_predict(const double *features, double *outputs);
int net_self_test(void);
int main(void) {{
  static double features[{CALLS}][{FEATURES}];
  double output, best = 1e9, sum = 0;
  for (int i = 0; i < {CALLS}; ++i)
    for (int c = 0; c < {FEATURES}; ++c) features[i][c] = (i * 31 + c * 17) % 64 / 32.0 - 1;
  for (int round = 0; round < {ROUNDS}; ++round) {{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    for (int i = 0; i < {CALLS}; ++i) {{
      if (net_predict(features[i], &output) != 0) return 1;
      sum += output;
    }}
    clock_gettime(CLOCK_MONOTONIC, &end);
    const double seconds = (double)(end.tv_sec - begin.tv_sec) + 1e-9 * (double)(end.tv_nsec - begin.tv_nsec);
    if (seconds < best) best = seconds;
  }}
  printf("%.9f %d %g\\n", best / {CALLS}, net_self_test(), sum);
  return 0;
}}
"""


def export(program, folder, hidden):
    """Writes net.c and net.onnx for a network with these hidden layers."""
    settings = [
        "run.name=net", "data.format=csv", "data.train=table.csv", "data.target=y", "data.test_fraction=0.2",
        "data.scale=standard", "train.loss=binary_cross_entropy", "train.epochs=0", f"model.hidden={hidden}",
    ]  # fmt: skip
    (folder / "empty.toml").write_text("")
    options = [word for setting in settings for word in ("--set", setting)]
    run = ["--run-dir", f"run-{len(hidden)}"]
    subprocess.run([program, "train", "empty.toml", *run, *options], cwd=folder, check=True, capture_output=True)
    files = ["--c", "net.c", "--onnx", "net.onnx", "--force"]
    subprocess.run([program, "export", run[1], *files], cwd=folder, check=True, capture_output=True)


def seconds_in_c(folder, compiler):
    subprocess.run([*compiler, "main.c", "net.c", "-lm", "-o", "main"], cwd=folder, check=True)
    seconds, is_same, _ = subprocess.run(["./main"], cwd=folder, check=True, capture_output=True, text=True).stdout.split()
    assert is_same == "1", "the self-test fails"
    return float(seconds)


def seconds_in_onnx_runtime(folder):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(folder / "net.onnx", options, providers=["CPUExecutionProvider"])
    samples = [{"features": row[None]} for row in numpy.random.default_rng(1).uniform(-1, 1, (CALLS, FEATURES))]
    best = float("inf")
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        for sample in samples:
            session.run(None, sample)
        best = min(best, time.perf_counter() - begin)
    return best / CALLS


def main():
    program = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "build/release/lockstep").resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        draw = numpy.random.default_rng(2)
        columns = numpy.hstack([draw.normal(size=(500, FEATURES)), draw.integers(0, 2, (500, 1))])
        header = ",".join([f"x{c}" for c in range(FEATURES)] + ["y"])
        numpy.savetxt(folder / "table.csv", columns, delimiter=",", header=header, comments="")
        (folder / "main.c").write_text(MAIN)
        export(program, folder, [])
        call = seconds_in_onnx_runtime(folder)
        export(program, folder, [300, 300])
        for compiler in (["gcc", "-O3", "-march=native"], ["clang-19", "-O3", "-march=native"], ["gcc", "-O3", "-mfma"]):
            print(f"C, {' '.join(compiler)}: {1e6 * seconds_in_c(folder, compiler):.1f} us per sample")
        print(f"ONNX Runtime {onnxruntime.__version__}: {1e6 * seconds_in_onnx_runtime(folder):.1f} us per sample, of which "
              f"{1e6 * call:.1f} without hidden layers")


if __name__ == "__main__":
    main()
