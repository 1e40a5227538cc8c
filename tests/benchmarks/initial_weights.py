#!/usr/bin/env python3
"""What a choice of initial weights is worth: test scores over seeds, on tables and, on request, Fashion-MNIST.

    tests/benchmarks/initial_weights.py [--lockstep PROGRAM] [--seeds N] [--fashion]

The tables are those that scikit-learn bundles, and Friedman's first function with noise. The split of each stays;
initial weights and the order of samples go with the seed. A row is a table at a learning rate, a column the mean and
the deviation over seeds of test R2 or accuracy, after the last epoch.
"""

import argparse
import concurrent.futures
import pathlib
import subprocess
import tempfile

import numpy
import sklearn.datasets

INITS = ("glorot", "he", "lecun", "pytorch")
RATES = (0.01, 0.05)
REPOSITORY = pathlib.Path(__file__).resolve().parents[2]

CONFIG = """\
run.name = "init"
run.split_seed = 1
data = {{ format = "csv", train = "{table}", test_fraction = 0.25, target = "target", standardize = true{more} }}
model.hidden = [64, 64]
train = {{ loss = "{loss}", epochs = 50, global_batch = 32 }}
optimizer.momentum = 0.9
checkpoint = {{ every_epochs = 0, keep = 1 }}
metrics = {{ every_steps = 0 }}
"""


def write_tables(folder):
    """A configuration for each table, by name."""
    friedman = sklearn.datasets.make_friedman1(n_samples=1000, noise=1.0, random_state=1)
    tables = {"friedman1": (*friedman, "mse")}
    tables["diabetes"] = (*sklearn.datasets.load_diabetes(return_X_y=True), "mse")
    for name in ("wine", "breast_cancer", "digits"):
        load = getattr(sklearn.datasets, f"load_{name}")
        tables[name] = (*load(return_X_y=True), "cross_entropy")
    for name, (x, y, loss) in tables.items():
        header = ",".join([f"x{column}" for column in range(x.shape[1])] + ["target"])
        values = [",".join(map(repr, row)) for row in numpy.column_stack([x, y]).tolist()]
        if loss == "cross_entropy":
            values = [f"{row.rpartition(',')[0]},class {label}" for row, label in zip(values, y)]
        (folder / f"{name}.csv").write_text("\n".join([header, *values]) + "\n")
        more = ", standardize_targets = true" if loss == "mse" else ""
        (folder / f"{name}.toml").write_text(CONFIG.format(table=f"{name}.csv", loss=loss, more=more))
    return {name: folder / f"{name}.toml" for name in tables}


def score(program, config, init, rate, seed, *settings):
    """Test R2 or accuracy after a run; R2 no lower than -1 and a run that diverges -1, so that means mean something."""
    with tempfile.TemporaryDirectory() as run_folder:
        command = [program, "train", config, "--run-dir", run_folder]
        for setting in (f"model.init={init!r}", f"run.seed={seed}", f"optimizer.learning_rate={rate}", *settings):
            command += ["--set", setting]
        result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode == 1 and "not finite" in result.stderr:
        return -1.0
    result.check_returncode()
    words = result.stdout.splitlines()[-1].split()
    return max(-1.0, float(words[words.index("test_r2" if "test_r2" in words else "test_accuracy") + 1]))


def measure(pool, program, name, config, seeds, *settings):
    for rate in RATES:
        runs = [
            [pool.submit(score, program, config, init, rate, seed, *settings) for seed in range(seeds)]
            for init in INITS
        ]
        cells = []
        for of_init in runs:
            scores = numpy.array([run.result() for run in of_init])
            cells.append(f"{scores.mean():7.4f} +- {scores.std(ddof=1):6.4f}")
        print(f"{name:<14}{rate:>5}  " + "  ".join(cells), flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lockstep", type=pathlib.Path, default=REPOSITORY / "build/release/lockstep")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--jobs", type=int, default=1, help="runs at the same time")
    parser.add_argument("--fashion", action="store_true", help="Fashion-MNIST too, two epochs of 128 units")
    options = parser.parse_args()
    print(f"{'table':<14}{'rate':>5}  " + "  ".join(f"{init:^17}" for init in INITS))
    with tempfile.TemporaryDirectory() as folder, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for name, config in write_tables(pathlib.Path(folder)).items():
            measure(pool, options.lockstep, name, config, options.seeds)
        if options.fashion:
            config = REPOSITORY / "configs/fashion_mnist.toml"
            short = ("train.epochs=2", "model.hidden=[128]", "schedule.warmup_steps=100")
            measure(pool, options.lockstep, "fashion_mnist", config, options.seeds, *short)


if __name__ == "__main__":
    main()
