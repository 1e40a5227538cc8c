#!/usr/bin/env python3
"""Trains the networks of tests/e2e/pytorch_test.py with PyTorch, from what the documentation says alone.

Written anew, so that it shares no mistake with the program: the order of the samples and the initial weights
(Philox as NumPy has it), the data, the network, its loss, the optimizer and the schedule (PyTorch's own).

Started as a program it writes pytorch_reference.json beside it, the numbers that the test compares with.
"""

import csv
import json
import math
import pathlib
import warnings

import numpy

FOLDER = pathlib.Path(__file__).resolve().parent
STORED = FOLDER / "pytorch_reference.json"
DIABETES = FOLDER.parents[1] / "configs" / "diabetes.csv"

INITIAL_WEIGHTS, SAMPLE_ORDER, DROPOUT = 1, 2, 4  # what a random value is for
CLASSES = ["high", "low", "middle"]

# 442 samples in batches of 37: 12 steps an epoch, the last of 35 samples; 204 steps in all.
BASE = {
    "run": {"name": "pytorch", "seed": 12345},
    "data": {"format": "csv", "train": "classes.csv", "test": "classes.csv", "target": "kind"},
    "model": {"layers": [{"units": 16, "activation": "tanh"}, {"units": 8, "activation": "tanh"}]},
    "train": {"loss": "cross_entropy", "epochs": 17, "global_batch": 37, "slices": 8},
    "optimizer": {"name": "sgd", "learning_rate": 0.05},
    "schedule": {"name": "constant"},
    "metrics": {"every_steps": 1},
}


def case(**changes):
    """A configuration: BASE with some keys of some sections changed."""
    return {section: keys | changes.get(section, {}) for section, keys in BASE.items()}


def layers(*activations):
    return {"layers": [{"units": units, "activation": name} for units, name in zip((16, 8, 4), activations)]}


def dropping(units, activation, dropout):
    return {"units": units, "activation": activation, "dropout": dropout}


def table(name, target, **more):
    return {"train": name, "test": name, "target": target, **more}


CASES = {
    "identity": case(model=layers("identity", "identity")),
    "sigmoid": case(model=layers("sigmoid", "sigmoid"), optimizer={"learning_rate": 0.5}),
    "tanh": case(),
    "relu": case(model=layers("relu", "relu") | {"init": "he"}),
    "leaky_relu": case(model=layers("leaky_relu", "leaky_relu")),
    "leaky_slope": case(model=layers("leaky_relu", "leaky_relu") | {"leaky_slope": 0.3}),
    "elu": case(model=layers("elu", "elu")),
    "elu_alpha": case(model=layers("elu", "elu") | {"elu_alpha": 1.5}),
    "selu": case(model=layers("selu", "selu") | {"init": "lecun", "init_distribution": "normal"}),
    "gelu": case(model=layers("gelu", "gelu") | {"init": "he"}),
    "silu": case(model=layers("silu", "silu"), optimizer={"learning_rate": 0.2}),
    "softplus": case(model=layers("softplus", "softplus") | {"init_distribution": "normal"}),
    "mixed": case(
        model=layers("relu", "sigmoid", "tanh"), train={"slices": 5}, optimizer={"learning_rate": 0.2}
    ),
    "perceptron": case(model={"layers": []}),
    "zeros": case(model={"layers": [], "init": "zeros"}),
    "label_smoothing": case(train={"label_smoothing": 0.2}),
    "binary_cross_entropy": case(
        data=table("flags.csv", ["above", "top"]), train={"loss": "binary_cross_entropy"}
    ),
    "mae": case(data=table("values.csv", ["progression", "bp"]), train={"loss": "mae"}),
    "huber": case(data=table("values.csv", ["progression", "bp"]), train={"loss": "huber"}),
    "huber_delta": case(
        data=table("values.csv", "progression"),
        model=layers("gelu", "silu"),
        train={"loss": "huber", "huber_delta": 0.4},
    ),
    "quantile": case(data=table("values.csv", ["progression", "bp"]), train={"loss": "quantile", "quantile": 0.8}),
    "poisson": case(data=table("counts.csv", ["many", "few"]), train={"loss": "poisson"}),
    "mse": case(data=table("values.csv", "progression"), train={"loss": "mse"}),
    "mse_standardized": case(
        data=table("raw.csv", ["progression"], standardize=True, standardize_targets=True),
        train={"loss": "mse"},
    ),
    "mse_two_targets": case(
        data=table("values.csv", ["progression", "bp"]), train={"loss": "mse"}, model=layers("tanh", "relu")
    ),
    "mse_classes": case(
        data={"classes": CLASSES},
        model=layers("tanh", "tanh") | {"output_activation": "sigmoid"},
        train={"loss": "mse", "global_batch": 100},
        optimizer={"learning_rate": 0.5},
    ),
    "dropout": case(
        model={"layers": [dropping(16, "tanh", 0.5), dropping(9, "relu", 0), dropping(7, "sigmoid", 0.2)]},
        optimizer={"learning_rate": 0.2, "momentum": 0.5},
    ),
    "momentum": case(model=layers("tanh", "tanh") | {"init": "lecun"}, optimizer={"learning_rate": 0.02, "momentum": 0.9}),
    "nesterov": case(optimizer={"learning_rate": 0.02, "momentum": 0.9, "nesterov": True}),
    "weight_decay": case(optimizer={"weight_decay": 0.01, "momentum": 0.5}),
    "cosine": case(schedule={"name": "cosine", "warmup_steps": 30, "final_fraction": 0.1}),
    "step": case(model=layers("relu", "tanh") | {"init": "pytorch"}, schedule={"name": "step", "every_epochs": 5, "gamma": 0.3}),
}


def tables():
    """The CSV files of the cases: a name, and columns of float32 or of class names."""
    with open(DIABETES, newline="") as file:
        header, *rows = csv.reader(file)
    raw = {name: column for name, column in zip(header, numpy.array(rows, "f8").T)}
    scaled = {name: (column - column.mean()) / column.std() for name, column in raw.items()}
    terciles = numpy.quantile(raw["progression"], [1 / 3, 2 / 3])
    kinds = [["low", "middle", "high"][number] for number in numpy.digitize(raw["progression"], terciles)]
    single = {name: column.astype("f4") for name, column in scaled.items()}
    features = {name: column for name, column in single.items() if name != "progression"}
    above, top = (raw["progression"] > numpy.quantile(raw["progression"], part) for part in (0.5, 0.75))
    many, few = (raw["progression"] // size for size in (50, 100))  # 0 to 6, and to 3
    return {
        "flags.csv": features | {"above": above.astype("f4"), "top": top.astype("f4")},
        "counts.csv": features | {"many": many.astype("f4"), "few": few.astype("f4")},
        "classes.csv": features | {"kind": kinds},
        "values.csv": single,
        "raw.csv": {name: column.astype("f4") for name, column in raw.items()},
    }


def standardized(columns):
    """Mean 0 and deviation 1, in single precision as the program has its samples."""
    mean = columns.astype("f8").mean(axis=0).astype("f4")
    scale = (1 / columns.astype("f8").std(axis=0)).astype("f4")
    return (columns - mean) * scale


def samples(config):
    """Features, shape (samples, features), and either class numbers or targets, shape (samples, targets)."""
    data = config["data"]
    columns = tables()[data["train"]]
    targets = [data["target"]] if isinstance(data["target"], str) else data["target"]
    x = numpy.stack([column for name, column in columns.items() if name not in targets], axis=1)
    if data.get("standardize"):
        x = standardized(x)
    if targets == ["kind"]:
        return x, numpy.array([CLASSES.index(kind) for kind in columns["kind"]])
    y = numpy.stack([columns[name] for name in targets], axis=1)
    return x, standardized(y) if data.get("standardize_targets") else y


def random_words(seed, purpose, first, count, second=0, third=0):
    """Words of Philox4x64-10 with key (seed, purpose) and counters (0, first, second, third), (1, ...), ..."""
    counter = ((third << 192 | second << 128 | first << 64) - 1) % (1 << 256)  # NumPy counts before it makes a block
    return numpy.random.Philox(key=seed | purpose << 64, counter=counter).random_raw(count)


def sample_order(seed, epoch, count):
    """The shuffle of Fisher and Yates from the end, by the high words of random bits times the bound."""
    order = list(range(count))
    words = random_words(seed, SAMPLE_ORDER, epoch, count)
    for i, word in zip(range(count, 1, -1), words):
        j = int(word) * i >> 64
        order[i - 1], order[j] = order[j], order[i - 1]
    return order


def dropout_factors(config, layer, step, numbers):
    """0 for what a step leaves out of a layer's outputs, shape (samples, units), and 1 / (1 - rate) for the rest."""
    options = config["model"]["layers"][layer]
    rate, units = options.get("dropout", 0), options["units"]
    rows = [
        random_words(config["run"]["seed"], DROPOUT, step, (units + 1) // 2, int(number), layer).view("<u4")
        for number in numbers
    ]
    kept = numpy.array(rows)[:, :units] >= rate * 2**32
    return kept.astype("f4") * numpy.float32(1 / (1 - rate))


def network(config, inputs, outputs):
    """Inputs, outputs and activation of each layer."""
    model = config["model"]
    hidden = [(layer["units"], layer["activation"]) for layer in model["layers"]]
    shape = []
    for units, activation in [*hidden, (outputs, model.get("output_activation", "identity"))]:
        shape.append((inputs, units, activation))
        inputs = units
    return shape


def widths(config):
    """Inputs and outputs of the network."""
    x, y = samples(config)
    return x.shape[1], len(CLASSES) if y.ndim == 1 else y.shape[1]


def initial_weights(config):
    """Weight, shape (in, out), and bias of each layer: uniform within the bound of Glorot, He, LeCun or PyTorch, or
    normal with the variance of that."""
    model = config["model"]
    result = []
    for number, (inputs, outputs, _) in enumerate(network(config, *widths(config))):
        count = inputs * outputs
        words = random_words(config["run"]["seed"], INITIAL_WEIGHTS, number, count + count % 2)
        uniform = (words >> numpy.uint64(40)).astype("f4") * numpy.float32(2**-24)  # in [0, 1)
        numerator, fan = {
            "glorot": (6, inputs + outputs),
            "he": (6, inputs),
            "lecun": (3, inputs),
            "pytorch": (1, inputs),
            "zeros": (0, inputs),
        }[model.get("init", "glorot")]
        square = numpy.float32(numerator) / numpy.float32(fan)
        weight = (2 * uniform - 1) * numpy.sqrt(square)
        if model.get("init_distribution") == "normal":
            weight = (normal(words) * numpy.sqrt(float(square) / 3)).astype("f4")
        result.append((weight[:count].reshape(inputs, outputs), numpy.zeros(outputs, "f4")))
    return result


def normal(words):
    """Two normally distributed numbers of each two words, by Box and Muller."""
    fractions = (words >> numpy.uint64(11)).astype("f8") * 2.0**-53
    radius = numpy.sqrt(-2 * numpy.log(fractions[::2] + 2.0**-53))
    angle = 2 * numpy.pi * fractions[1::2]
    return numpy.stack([radius * numpy.cos(angle), radius * numpy.sin(angle)], axis=1).ravel()


def activation_function(model, name):
    """PyTorch's function of that name."""
    import torch
    from torch.nn import functional

    options = {
        "leaky_relu": {"negative_slope": model.get("leaky_slope", 0.01)},
        "elu": {"alpha": model.get("elu_alpha", 1.0)},
    }
    if name == "identity":
        return lambda z: z
    function = getattr(torch, name, None) or getattr(functional, name)
    return lambda z: function(z, **options.get(name, {}))


def loss_function(options):
    """PyTorch's mean loss of a batch, of outputs and classes or targets. It has no quantile loss, but for its formula."""
    import torch
    from torch.nn import functional

    quantile = options.get("quantile", 0.5)
    return {
        "cross_entropy": lambda z, y: functional.cross_entropy(
            z, y, label_smoothing=options.get("label_smoothing", 0)
        ),
        "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": lambda z, y: functional.huber_loss(z, y, delta=options.get("huber_delta", 1.0)),
        "quantile": lambda z, y: torch.maximum(quantile * (y - z), (quantile - 1) * (y - z)).mean(),
        "poisson": functional.poisson_nll_loss,
    }[options["loss"]]


def make_schedule(config, optimizer, steps_per_epoch):
    """PyTorch's schedule, stepped once a batch."""
    from torch.optim import lr_scheduler

    warnings.filterwarnings("ignore", module="torch.optim")  # SequentialLR's, about itself
    options = config["schedule"]
    steps = steps_per_epoch * config["train"]["epochs"]
    if options["name"] == "constant":
        return lr_scheduler.ConstantLR(optimizer, factor=1)
    if options["name"] == "step":
        return lr_scheduler.StepLR(optimizer, options["every_epochs"] * steps_per_epoch, options["gamma"])
    warmup = options["warmup_steps"]
    least = config["optimizer"]["learning_rate"] * options["final_fraction"]
    rise = lr_scheduler.LinearLR(optimizer, 1 / warmup, total_iters=warmup - 1)
    fall = lr_scheduler.CosineAnnealingLR(optimizer, steps - warmup, least)
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], [warmup])


def train(config):
    """Trains with PyTorch and returns what happened, a dictionary of lists of numbers."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    x, y = map(torch.from_numpy, samples(config))
    activations = [
        activation_function(config["model"], activation) for _, _, activation in network(config, *widths(config))
    ]
    mean_loss = loss_function(config["train"])
    parameters = [
        torch.from_numpy(array).requires_grad_() for layer in initial_weights(config) for array in layer
    ]

    def outputs(rows, step):
        z = x[rows]
        for layer, (weight, bias) in enumerate(zip(parameters[::2], parameters[1::2])):
            z = activations[layer](z @ weight + bias)
            if step is not None and layer + 1 < len(activations):
                z = z * torch.from_numpy(dropout_factors(config, layer, step, rows))
        return z

    def loss_of(rows, step=None):
        """Of a training step, which leaves out what its number says; else of the whole network."""
        one_hot = y.ndim == 1 and config["train"]["loss"] != "cross_entropy"
        expected = functional.one_hot(y[rows], len(CLASSES)).float() if one_hot else y[rows]
        return mean_loss(outputs(rows, step), expected)

    options = config["optimizer"]
    optimizer = torch.optim.SGD(
        parameters,
        lr=options["learning_rate"],
        momentum=options.get("momentum", 0),
        nesterov=options.get("nesterov", False),
        weight_decay=options.get("weight_decay", 0),
    )
    batch = config["train"]["global_batch"]
    schedule = make_schedule(config, optimizer, math.ceil(len(x) / batch))
    found = {"loss": [], "learning_rate": [], "gradient_norm": [], "test_loss": []}
    for epoch in range(config["train"]["epochs"]):
        order = sample_order(config["run"]["seed"], epoch, len(x))
        for begin in range(0, len(x), batch):
            optimizer.zero_grad()
            loss = loss_of(order[begin : begin + batch], step=len(found["loss"]))
            loss.backward()
            found["loss"].append(loss.item())
            found["learning_rate"].append(optimizer.param_groups[0]["lr"])
            squares = sum(float((p.grad.double() ** 2).sum()) for p in parameters)
            found["gradient_norm"].append(math.sqrt(squares))
            optimizer.step()
            schedule.step()
        with torch.no_grad():
            found["test_loss"].append(loss_of(slice(None)).item())
    found["weights"] = numpy.concatenate([p.detach().numpy().ravel() for p in parameters]).tolist()
    return found


def main():
    found = {name: train(config) for name, config in CASES.items()}
    stored = {
        name: {key: [float(f"{value:.9g}") for value in values] for key, values in numbers.items()}
        for name, numbers in found.items()
    }
    STORED.write_text(json.dumps(stored, indent=0, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
