"""Draws the figures of the course from the runs of its chapters: python3 configs/course/plots.py [CHAPTER...]

Run it in the folder in which the commands of the chapters were run, for example with 3 for the third chapter, without a number
for all. The same runs and the same Matplotlib give the same file, byte by byte.
"""

import csv
import gzip
import pathlib
import sys

import h5py
import matplotlib
import numpy as np

matplotlib.use("svg")
import matplotlib.pyplot as plt  # noqa: E402

COURSE = pathlib.Path(__file__).parent
RUNS = pathlib.Path("runs")
LOSS = "training loss"


def column(run, name):
    """A column of a run's metrics, such as epochs/train_loss."""
    with h5py.File(RUNS / run / "metrics.h5") as metrics:
        return metrics[name][:]


def layers(run, checkpoint="best"):
    """Weights and biases of each layer, as float64."""
    with h5py.File(RUNS / run / f"checkpoints/{checkpoint}.h5") as file:
        group = file["model/layers"]
        return [(group[k]["weight"][:].astype(float), group[k]["bias"][:].astype(float)) for k in sorted(group)]


def table(name):
    return np.loadtxt(COURSE / name, delimiter=",", skiprows=1)


def probabilities(network, inputs):
    """The forward pass of a network of tanh with softmax."""
    *hidden, (weight, bias) = network
    for w, b in hidden:
        inputs = np.tanh(inputs @ w + b)
    exponentials = np.exp(inputs @ weight + bias)
    return exponentials / exponentials.sum(axis=1, keepdims=True)


def losses(axes, runs, name="train_loss", **style):
    """The loss of each run by epoch; `runs` are names by label."""
    for label, run in runs.items():
        loss = column(run, f"epochs/{name}")
        axes.plot(range(1, len(loss) + 1), loss, label=label, **style)
    axes.set(xlabel="epoch", ylabel=LOSS)


def gate_points(axes, targets):
    inputs = table("gates.csv")[:, :2]
    axes.scatter(*inputs.T, c=["white" if target == 0 else "black" for target in targets], edgecolors="black", s=90, zorder=3)
    axes.set(xlim=(-0.3, 1.3), ylim=(-0.3, 1.3), xlabel="a", ylabel="b", aspect="equal")


def perceptron():
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(10, 3.4))
    losses(left, {"AND": "course_1_and", "XOR": "course_1_xor"})
    left.axhline(np.log(2), color="gray", linestyle="--", label="ln 2")
    left.legend()
    gates = table("gates.csv")
    for axes, name, number in ((middle, "AND", 2), (right, "XOR", 4)):
        gate_points(axes, gates[:, number])
        axes.set_title(name)
    (weight, bias), = layers("course_1_and")
    (w1, w2), b = weight[:, 1] - weight[:, 0], bias[1] - bias[0]
    a = np.array([-0.3, 1.3])
    middle.plot(a, -(w1 * a + b) / w2)
    right.text(0.5, 0.5, "no line", ha="center", va="center")
    return figure


def hidden_layer():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    losses(left, {f"2 units, seed {seed}": f"course_2_seed_{seed}" for seed in range(1, 6)}, linewidth=1)
    losses(left, {"4 units": "course_2"}, color="black", linewidth=2)
    left.legend(fontsize="small")
    a, b = np.meshgrid(np.linspace(-0.3, 1.3, 41), np.linspace(-0.3, 1.3, 41))
    p = probabilities(layers("course_2"), np.column_stack([a.ravel(), b.ravel()]))[:, 1]
    filled = right.contourf(a, b, p.reshape(a.shape), levels=np.linspace(0, 1, 11), cmap="RdBu_r", alpha=0.8)
    figure.colorbar(filled, label="probability of 1")
    gate_points(right, table("gates.csv")[:, 4])
    return figure


def mini_batches():
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 3.6))
    batches = {f"batch {size}": "course_3" if size == 10 else f"course_3_batch_{size}" for size in (1, 10, 100, 300)}
    losses(left, batches)
    for label, run in list(batches.items())[:3]:
        middle.plot(range(1, 101), column(run, "steps/loss")[:100], label=label, linewidth=1)
    middle.set(xlabel="step", ylabel="loss of the batch")
    rates = ("0.001", "0.01", "0.1", "1", "10")
    losses(right, {f"rate {rate}": "course_3" if rate == "0.1" else f"course_3_rate_{rate}" for rate in rates})
    right.set(yscale="log")
    for axes in (left, middle, right):
        axes.legend(fontsize="small")
    return figure


def activations():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    names = ("sigmoid", "tanh", "relu", "leaky_relu")
    for name in names:
        before, after = (layers(f"course_4_steps_{name}", f"step-{step:08}") for step in (1, 2))
        norms = [np.linalg.norm(old - new) / 0.1 for (old, _), (new, _) in zip(before, after)]
        left.semilogy(range(1, len(norms) + 1), norms, marker="o", label=name)
    left.set(xlabel="layer", ylabel="norm of the gradient")
    losses(right, {name: f"course_4_{name}" for name in names})
    losses(right, {"sigmoid, normalized": "course_4_normalized"})
    for axes in (left, right):
        axes.legend(fontsize="small")
    return figure


def loss_functions():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    z = np.linspace(-6, 6, 121)
    p = 1 / (1 + np.exp(-z))
    left.plot(z, -np.log(p), label="cross-entropy", color="C0")
    left.plot(z, p - 1, label="its gradient", color="C0", linestyle="--")
    left.plot(z, (p - 1) ** 2, label="squared error", color="C1")
    left.plot(z, 2 * (p - 1) * p * (1 - p), label="its gradient", color="C1", linestyle="--")
    left.set(xlabel="z, where 1 is right", ylim=(-1.2, 4))
    right.scatter(*table("wave.csv").T, color="gray", s=8)
    x = np.loadtxt(RUNS / "course_5_grid.csv", skiprows=1)
    right.plot(x, np.sin(x), color="black", linestyle="--", label="sine")
    for name in ("mse", "mae"):
        right.plot(x, np.loadtxt(RUNS / f"course_5_{name}/curve.csv", skiprows=1, delimiter=",")[:, 1], label=name)
    right.set(xlabel="x", ylabel="y")
    for axes in (left, right):
        axes.legend(fontsize="small")
    return figure


def backward_pass():
    points = table("moons.csv")
    inputs, labels = points[:, :2], points[:, 2].astype(int)
    before, after = (layers("course_6", f"step-{step:08}") for step in (1, 2))

    outputs = [inputs]
    for weight, bias in before[:-1]:
        outputs.append(np.tanh(outputs[-1] @ weight + bias))
    d = (probabilities(before, inputs) - np.eye(2)[labels]) / len(inputs)
    gradients = []
    for (weight, _), a in zip(reversed(before), reversed(outputs)):
        gradients.insert(0, (a.T @ d, d.sum(axis=0)))
        d = d @ weight.T * (1 - a**2)

    def vector(arrays):
        return np.concatenate([part.ravel() for pair in arrays for part in pair])

    def walked(rate):
        moved = [tuple(old - rate * g for old, g in zip(*pair)) for pair in zip(before, gradients)]
        return -np.log(probabilities(moved, inputs)[np.arange(len(inputs)), labels]).mean()

    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    gradient = vector(gradients)
    left.plot(gradient, (vector(before) - vector(after)) / 0.5, "o", markersize=4, markerfacecolor="none")
    left.set(xlabel="gradient by the formulas", ylabel="change of the weight / -0.5")
    left.locator_params(axis="x", nbins=5)
    rates = np.linspace(0, 4, 81)
    curve = np.array([walked(rate) for rate in rates])
    right.plot(rates, curve)
    right.plot(rates[:21], curve[0] - rates[:21] * (gradient**2).sum(), "--", color="gray", label="as the gradient says")
    right.plot(0.5, walked(0.5), "o", color="black", label="the step taken")
    right.set(xlabel="learning rate", ylabel="loss after the step")
    right.legend(fontsize="small")
    return figure


def images():
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8))
    runs = {"3,000 images": "few", "with weight decay": "decay"}
    for color, (label, run) in enumerate(runs.items()):
        losses(left, {label: f"course_7_{run}"}, "validation_loss", color=f"C{color}")
        losses(left, {"": f"course_7_{run}"}, color=f"C{color}", linestyle="--", linewidth=1)
    losses(left, {"54,000 images": "course_7"}, "validation_loss", color="black", marker=".")
    left.set(ylabel="loss: validation, dashed training")
    left.legend(fontsize="small")
    with gzip.open("/usr/share/datasets/fashion-mnist/t10k-labels-idx1-ubyte.gz") as file:
        labels = np.frombuffer(file.read(), np.uint8, offset=8)
    with open(RUNS / "course_7/predictions.csv") as file:
        rows = list(csv.reader(file))
    classes = rows[0][2:]
    predicted = np.array([classes.index(row[1]) for row in rows[1:]])
    right.barh(classes, [(predicted[labels == k] == k).mean() for k in range(len(classes))])
    right.set(xlim=(0, 1), xlabel="recognised, share of the test images")
    right.invert_yaxis()
    return figure


def cluster():
    figure, axes = plt.subplots(figsize=(8, 3.8))
    for ranks, width in ((1, 11), (2, 8), (3, 5), (8, 2.5)):
        run = f"course_8_on_{ranks}"
        label = f"{ranks} ranks" if ranks > 1 else "1 rank"
        axes.plot(column(run, "steps/step")[::4], column(run, "steps/loss")[::4], linewidth=width, label=label)
    step, loss = column("course_8_stopped", "steps/step"), column("course_8_stopped", "steps/loss")
    axes.plot(step[::4], loss[::4], color="black", linewidth=1, label="stopped after 500 steps and resumed")
    axes.axvline(500, color="gray", linestyle=":")
    axes.set(xlabel="step", ylabel="loss of the batch")
    axes.legend(fontsize="small")
    return figure


FIGURES = [perceptron, hidden_layer, mini_batches, activations, loss_functions, backward_pass, images, cluster]


def main():
    plt.rcParams.update({"svg.hashsalt": "lockstep", "svg.fonttype": "none", "axes.grid": True, "grid.alpha": 0.3})
    for number in map(int, sys.argv[1:] or range(1, len(FIGURES) + 1)):
        figure = FIGURES[number - 1]()
        figure.tight_layout()
        chapter = next(COURSE.glob(f"{number}_*.md"))
        figure.savefig(chapter.with_suffix(".svg"), metadata={"Date": None})
        plt.close(figure)


if __name__ == "__main__":
    main()
