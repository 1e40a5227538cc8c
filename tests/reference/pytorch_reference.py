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

INITIAL_WEIGHTS, SAMPLE_ORDER, DROPOUT, MIXUP = 1, 2, 4, 7  # what a random value is for
CLASSES = ["high", "low", "middle"]

# 442 samples in batches of 37: 12 steps per epoch, the last of 35 samples; 204 steps in all.
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
    return {section: BASE.get(section, {}) | changes.get(section, {}) for section in {**BASE, **changes}}


def layers(*activations):
    return {"layers": [{"units": units, "activation": name} for units, name in zip((16, 8, 4), activations)]}


def dropping(units, activation, dropout):
    return {"units": units, "activation": activation, "dropout": dropout}


def normalized(kind, *activations):
    return {"layers": [layer | {"normalization": kind} for layer in layers(*activations)["layers"]]}


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
    "class_weights": case(train={"class_weights": {"high": 2, "low": 0.5}}),
    "class_weights_balanced": case(
        data=table("weighted.csv", "kind", weights="w"), train={"class_weights": "balanced", "label_smoothing": 0.1}
    ),
    "weights": case(data=table("weights.csv", ["progression", "bp"], weights="w"), train={"loss": "huber"}),
    "mixup": case(augment={"mixup": 0.4}, train={"label_smoothing": 0.1}),
    "mixup_weights": case(
        data=table("weights.csv", ["progression", "bp"], weights="w"), train={"loss": "mae"}, augment={"mixup": 2}
    ),
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
    "adam": case(optimizer={"name": "adam", "learning_rate": 0.01, "weight_decay": 0.01}),
    "adamw": case(
        optimizer={
            "name": "adamw",
            "learning_rate": 0.02,
            "beta1": 0.8,
            "beta2": 0.95,
            "epsilon": 1e-4,
            "weight_decay": 0.1,
            "decay_biases": False,
        }
    ),
    "nadam": case(optimizer={"name": "nadam", "learning_rate": 0.01, "weight_decay": 0.001}),
    "rmsprop": case(optimizer={"name": "rmsprop", "rho": 0.9, "epsilon": 1e-3, "learning_rate": 0.01}),
    "rmsprop_momentum": case(
        optimizer={"name": "rmsprop", "learning_rate": 0.002, "momentum": 0.5, "epsilon": 1e-3, "weight_decay": 0.01}
    ),
    "adagrad": case(optimizer={"name": "adagrad", "weight_decay": 0.001, "learning_rate": 0.05}),
    "lamb": case(optimizer={"name": "lamb", "learning_rate": 0.02, "weight_decay": 0.05}),
    "lars": case(
        optimizer={"name": "lars", "trust_coefficient": 0.02, "weight_decay": 0.001, "decay_biases": False}
    ),
    "clip_norm": case(train={"clip_norm": 0.2}, optimizer={"momentum": 0.9}),
    "clip_value": case(train={"clip_value": 0.01}, optimizer={"learning_rate": 0.5}),
    "clip_norm_lamb": case(
        train={"clip_norm": 0.2, "slices": 5}, optimizer={"name": "lamb", "learning_rate": 0.005}
    ),
    "average": case(train={"average": "ema", "average_decay": 0.9}, optimizer={"momentum": 0.9}),
    "batch_norm": case(model=normalized("batch", "relu", "tanh"), optimizer={"momentum": 0.5}),
    "batch_norm_of_slices": case(
        model=normalized("batch", "relu", "tanh") | {"norm_over": "slice", "norm_momentum": 0.3},
        train={"global_batch": 221},
    ),
    "layer_norm": case(model=normalized("layer", "silu", "relu") | {"norm_epsilon": 1e-3}),
    "residual": case(
        model={"layers": [dropping(12, "relu", 0.2), dropping(12, "tanh", 0.2), dropping(12, "relu", 0)], "residual": True}
    ),
    "l1_penalty": case(optimizer={"l1_penalty": 0.002, "momentum": 0.5}),
    "bfloat16": case(model=layers("tanh", "relu"), train={"precision": "bfloat16", "epochs": 1}),
    "bfloat16_values": case(
        data=table("values.csv", ["progression", "bp"]),
        model=layers("relu", "gelu", "tanh"),
        train={"precision": "bfloat16", "epochs": 1, "loss": "mse"},
        optimizer={"learning_rate": 0.02, "momentum": 0.9},
    ),
    "cosine": case(schedule={"name": "cosine", "warmup_steps": 30, "final_fraction": 0.1}),
    "exponential": case(schedule={"name": "exponential", "gamma": 0.8}),
    "linear": case(schedule={"name": "linear", "warmup_steps": 30, "final_fraction": 0.1}),
    "polynomial": case(schedule={"name": "polynomial", "warmup_steps": 10, "power": 3}),
    "cosine_restarts": case(
        schedule={"name": "cosine_restarts", "every_epochs": 3, "period_factor": 2, "final_fraction": 0.1}
    ),
    "one_cycle": case(schedule={"name": "one_cycle", "peak": 0.4, "start_fraction": 0.2, "final_fraction": 0.01}),
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
    w = {"w": (0.25 + numpy.arange(len(kinds)) % 7).astype("f4")}
    many, few = (raw["progression"] // size for size in (50, 100))  # 0 to 6, and to 3
    return {
        "flags.csv": features | {"above": above.astype("f4"), "top": top.astype("f4")},
        "counts.csv": features | {"many": many.astype("f4"), "few": few.astype("f4")},
        "classes.csv": features | {"kind": kinds},
        "values.csv": single,
        "weighted.csv": features | w | {"kind": kinds},
        "weights.csv": single | w,
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
    no_features = [*targets, data.get("weights")]
    x = numpy.stack([column for name, column in columns.items() if name not in no_features], axis=1)
    if data.get("standardize"):
        x = standardized(x)
    if targets == ["kind"]:
        return x, numpy.array([CLASSES.index(kind) for kind in columns["kind"]])
    y = numpy.stack([columns[name] for name in targets], axis=1)
    return x, standardized(y) if data.get("standardize_targets") else y


def sample_weights(config, y):
    """Of each sample in training, and in tests, where classes weigh the same."""
    data, of_classes = config["data"], config["train"].get("class_weights", {})
    weights = tables()[data["train"]][data["weights"]] if "weights" in data else numpy.ones(len(y), "f4")
    if of_classes == "balanced":
        sums = [weights[y == c].sum() for c in range(len(CLASSES))]
        of_classes = {name: weights.sum() / (len(CLASSES) * sums[c]) for c, name in enumerate(CLASSES)}
    if not of_classes:
        return weights, weights
    return weights * numpy.array([of_classes.get(name, 1) for name in CLASSES], "f4")[y], weights


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


def mixup_share(alpha, seed, step):
    """From Beta(alpha, alpha), by algorithm BA of Cheng (1978) and uniform numbers of 24 bits."""
    uniforms = (word >> 40 for word in map(int, random_words(seed, MIXUP, step, 1000)))
    uniforms = (number / 2**24 for number in uniforms if number > 0)
    width = max(1 / alpha, 1 / math.sqrt(alpha))
    for first, second in zip(uniforms, uniforms):
        v = width * math.log(first / (1 - first))
        w = alpha * math.exp(v)
        if 2 * alpha * math.log(2 * alpha / (alpha + w)) + (alpha + 1 / width) * v - math.log(4) >= math.log(
            first**2 * second
        ):
            return w / (alpha + w)
    return None


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


def product_function(precision):
    """The product of inputs and weight: in bfloat16 all three products of a layer are of factors rounded to it, and their
    sums are float32."""
    import torch

    def rounded(z):
        return z.bfloat16().float()

    class Rounded(torch.autograd.Function):
        @staticmethod
        def forward(context, x, weight):
            context.save_for_backward(rounded(x), rounded(weight))
            return rounded(x) @ rounded(weight)

        @staticmethod
        def backward(context, delta):
            x, weight = context.saved_tensors
            samples = len(x)  # the program divides by their number when all products are summed, the loss does before
            delta = rounded(samples * delta)
            return delta @ weight.T / samples, x.T @ delta / samples

    return Rounded.apply if precision == "bfloat16" else torch.matmul


def loss_function(options):
    """PyTorch's loss of a batch, of outputs and classes or targets: the mean over samples by their weights.

    It has no quantile loss, but for its formula.
    """
    import torch
    from torch.nn import functional

    quantile = options.get("quantile", 0.5)
    each = {
        "cross_entropy": lambda z, y, **how: functional.cross_entropy(
            z, y, label_smoothing=options.get("label_smoothing", 0), **how
        ),
        "binary_cross_entropy": functional.binary_cross_entropy_with_logits,
        "mse": functional.mse_loss,
        "mae": functional.l1_loss,
        "huber": lambda z, y, **how: functional.huber_loss(z, y, delta=options.get("huber_delta", 1.0), **how),
        "quantile": lambda z, y, **how: torch.maximum(quantile * (y - z), (quantile - 1) * (y - z)),
        "poisson": functional.poisson_nll_loss,
    }[options["loss"]]

    def mean(z, y, weights):
        losses = each(z, y, reduction="none").reshape(len(z), -1).mean(axis=1)
        return (weights * losses).sum() / weights.sum()

    return mean


def make_schedule(config, optimizer, steps_per_epoch):
    """PyTorch's schedule, stepped once per batch."""
    from torch.optim import lr_scheduler

    warnings.filterwarnings("ignore", module="torch.optim")  # SequentialLR's, about itself
    options = config["schedule"]
    steps = steps_per_epoch * config["train"]["epochs"]
    if options["name"] == "constant":
        return lr_scheduler.ConstantLR(optimizer, factor=1)
    if options["name"] == "step":
        return lr_scheduler.StepLR(optimizer, options["every_epochs"] * steps_per_epoch, options["gamma"])
    rate = config["optimizer"]["learning_rate"]
    final = options.get("final_fraction", 0)
    if options["name"] == "exponential":
        return lr_scheduler.StepLR(optimizer, steps_per_epoch, options["gamma"])
    if options["name"] == "cosine_restarts":
        return lr_scheduler.CosineAnnealingWarmRestarts(
            optimizer, options["every_epochs"] * steps_per_epoch, options["period_factor"], rate * final
        )
    if options["name"] == "one_cycle":
        start = options["start_fraction"]
        return lr_scheduler.OneCycleLR(
            optimizer,
            rate,
            steps,
            pct_start=options["peak"],
            cycle_momentum=False,
            div_factor=1 / start,
            final_div_factor=start / final,
        )
    warmup = options["warmup_steps"]
    rise = lr_scheduler.LinearLR(optimizer, 1 / warmup, total_iters=warmup - 1)
    fall = {
        "cosine": lambda: lr_scheduler.CosineAnnealingLR(optimizer, steps - warmup, rate * final),
        "linear": lambda: lr_scheduler.LinearLR(optimizer, 1, final, steps - warmup),
        "polynomial": lambda: lr_scheduler.PolynomialLR(optimizer, steps - warmup, options["power"]),
    }[options["name"]]()
    return lr_scheduler.SequentialLR(optimizer, [rise, fall], [warmup])


def layer_norm_of(config, layer, units):
    """What normalizes the products of a layer, by PyTorch's functions, or None."""
    import torch
    from torch.nn import functional

    options, hidden = config["model"], config["model"]["layers"]
    kind = hidden[layer].get("normalization", "none") if layer < len(hidden) else "none"
    if kind == "none":
        return None
    epsilon, momentum = options.get("norm_epsilon", 1e-5), options.get("norm_momentum", 0.1)
    slices = config["train"]["slices"] if options.get("norm_over") == "slice" else 1

    class Norm:
        def __init__(self):
            self.scale = torch.ones(units, requires_grad=True)
            self.running = [torch.zeros(units), torch.ones(units)] if kind == "batch" else []

        def __call__(self, z, trains):
            if kind == "layer":
                return functional.layer_norm(z, (units,), weight=self.scale, eps=epsilon)
            if not trains:
                return functional.batch_norm(z, *self.running, weight=self.scale, eps=epsilon)
            functional.batch_norm(z.detach(), *self.running, training=True, momentum=momentum)  # moves the running ones
            ends = [len(z) * number // slices for number in range(slices + 1)]
            return torch.cat(
                [
                    functional.batch_norm(z[begin:end], None, None, weight=self.scale, training=True, eps=epsilon)
                    for begin, end in zip(ends, ends[1:])
                ]
            )

        def arrays(self):
            return [self.scale, *self.running]

    return Norm()


def nadam_optimizer():
    """NAdam as PyTorch documents it. Its class in PyTorch 1 has a factor mu twice, which PyTorch 2 has mended."""
    import torch

    class NAdam(torch.optim.Optimizer):
        def __init__(self, parameters, **options):
            super().__init__(parameters, options)
            self.step_number = 0
            self.product = 1.0

        @torch.no_grad()
        def step(self):
            self.step_number += 1
            mu, following = (0.9 * (1 - 0.5 * 0.96 ** (t * 0.004)) for t in (self.step_number, self.step_number + 1))
            self.product *= mu
            for parameter, group in ((p, group) for group in self.param_groups for p in group["params"]):
                state = self.state[parameter]
                gradient = parameter.grad + group["weight_decay"] * parameter
                state["m"] = 0.9 * state.get("m", 0) + 0.1 * gradient
                state["v"] = 0.999 * state.get("v", 0) + 0.001 * gradient**2
                direction = (1 - mu) / (1 - self.product) * gradient
                direction += following / (1 - self.product * following) * state["m"]
                root = (state["v"] / (1 - 0.999**self.step_number)).sqrt()
                parameter -= group["lr"] * direction / (root + 1e-8)

    return NAdam


def layerwise_optimizers():
    """LAMB (You et al. 2020, algorithm 2) and LARS (You, Gitman and Ginsburg 2017), which PyTorch has not."""
    import torch

    class Layerwise(torch.optim.Optimizer):
        """Parameters come as weight, bias, weight, ..., a layer's two together."""

        def __init__(self, parameters, **options):
            super().__init__(parameters, options)
            self.step_number = 0

        @torch.no_grad()
        def step(self):
            self.step_number += 1
            every = [(parameter, group) for group in self.param_groups for parameter in group["params"]]
            for layer in zip(every[::2], every[1::2]):
                self.update(layer)

        @staticmethod
        def norm(tensors):
            return math.sqrt(sum(float((tensor.double() ** 2).sum()) for tensor in tensors))

    class Lamb(Layerwise):
        def update(self, layer):
            directions = []
            for parameter, group in layer:
                state = self.state[parameter]
                for name, beta, term in (("m", 0.9, parameter.grad), ("v", 0.999, parameter.grad**2)):
                    state[name] = beta * state.get(name, 0) + (1 - beta) * term
                mean, square = (state[n] / (1 - b**self.step_number) for n, b in (("m", 0.9), ("v", 0.999)))
                directions.append(mean / (square.sqrt() + 1e-6) + group["weight_decay"] * parameter)
            trust = self.norm(parameter for parameter, _ in layer) / self.norm(directions)
            for (parameter, group), direction in zip(layer, directions):
                parameter -= group["lr"] * trust * direction

    class Lars(Layerwise):
        def update(self, layer):
            size = self.norm(parameter for parameter, _ in layer)
            decay = layer[0][1]["weight_decay"]
            trust = layer[0][1]["trust_coefficient"] * size / (
                self.norm(parameter.grad for parameter, _ in layer) + decay * size
            )
            for parameter, group in layer:
                state = self.state[parameter]
                direction = parameter.grad + group["weight_decay"] * parameter
                state["v"] = 0.9 * state.get("v", 0) + group["lr"] * trust * direction
                parameter -= state["v"]

    return {"lamb": Lamb, "lars": Lars}


def make_optimizer(options, parameters):
    """PyTorch's, with the options under its names."""
    from torch import optim

    name = options["name"]
    classes = {
        "sgd": optim.SGD,
        "adam": optim.Adam,
        "adamw": optim.AdamW,
        "nadam": nadam_optimizer(),
        "rmsprop": optim.RMSprop,
        "adagrad": optim.Adagrad,
        **layerwise_optimizers(),
    }
    others = {"learning_rate": "lr", "epsilon": "eps", "rho": "alpha"}
    ours = ("name", "decay_biases", "l1_penalty", "beta1", "beta2")
    arguments = {others.get(key, key): value for key, value in options.items() if key not in ours}
    if "beta1" in options:
        arguments["betas"] = (options["beta1"], options["beta2"])
    if name == "lars":
        arguments.setdefault("lr", 1)
    arguments.setdefault("weight_decay", 0)
    decay = arguments["weight_decay"]
    groups = [
        {"params": [parameter], "weight_decay": decay if number % 2 == 0 or options.get("decay_biases", True) else 0}
        for number, parameter in enumerate(parameters)
    ]
    return classes[name](groups, **arguments)


def train(config):
    """Trains with PyTorch and returns what happened, a dictionary of lists of numbers."""
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    x, y = samples(config)
    weights = [torch.from_numpy(each) for each in sample_weights(config, y)]
    x, y = map(torch.from_numpy, (x, y))
    activations = [
        activation_function(config["model"], activation) for _, _, activation in network(config, *widths(config))
    ]
    product = product_function(config["train"].get("precision"))
    mean_loss = loss_function(config["train"])
    parameters = [
        torch.from_numpy(array).requires_grad_() for layer in initial_weights(config) for array in layer
    ]

    averages = [parameter.detach().clone() for parameter in parameters]
    norms = [layer_norm_of(config, layer, len(bias)) for layer, bias in enumerate(parameters[1::2])]
    trained = parameters + [norm.scale for norm in norms if norm]

    mixup = config.get("augment", {}).get("mixup", 0)

    def outputs(rows, step):
        """Of the parameters in a training step, of what is kept as the model where `step` is None."""
        z = x[rows]
        if mixup and step is not None:
            share = mixup_share(mixup, config["run"]["seed"], step)
            z = share * z + (1 - share) * z.roll(-1, 0)
        used = averages if step is None and "average" in config["train"] else parameters
        for layer, (weight, bias) in enumerate(zip(used[::2], used[1::2])):
            before, z = z, product(z, weight)
            if norms[layer]:
                z = norms[layer](z, trains=step is not None)
            z = activations[layer](z + bias)
            if step is not None and layer + 1 < len(activations):
                z = z * torch.from_numpy(dropout_factors(config, layer, step, rows))
            if config["model"].get("residual") and 0 < layer < len(activations) - 1 and before.shape == z.shape:
                z = z + before
        return z

    def loss_of(rows, step=None):
        """Of a training step, which leaves out what its number says; else of the whole network."""
        one_hot = y.ndim == 1 and config["train"]["loss"] != "cross_entropy"
        expected = functional.one_hot(y[rows], len(CLASSES)).float() if one_hot else y[rows]
        z, w = outputs(rows, step), weights[step is None][rows]
        if not mixup or step is None:
            return mean_loss(z, expected, w)
        share = mixup_share(mixup, config["run"]["seed"], step)
        mixed = ((share, expected, w), (1 - share, expected.roll(-1, 0), w.roll(-1)))
        return sum(part * mean_loss(z, e, by) for part, e, by in mixed)

    optimizer = make_optimizer(config["optimizer"], trained)
    batch = config["train"]["global_batch"]
    schedule = make_schedule(config, optimizer, math.ceil(len(x) / batch))
    found = {"loss": [], "learning_rate": [], "gradient_norm": [], "test_loss": []}
    for epoch in range(config["train"]["epochs"]):
        order = sample_order(config["run"]["seed"], epoch, len(x))
        for begin in range(0, len(x), batch):
            optimizer.zero_grad()
            loss = loss_of(order[begin : begin + batch], step=len(found["loss"]))
            loss.backward()
            for parameter in trained:
                parameter.grad += config["optimizer"].get("l1_penalty", 0) * parameter.detach().sign()
            found["loss"].append(loss.item())
            found["learning_rate"].append(optimizer.param_groups[0]["lr"])
            squares = sum(float((p.grad.double() ** 2).sum()) for p in trained)
            found["gradient_norm"].append(math.sqrt(squares))
            if "clip_norm" in config["train"]:
                torch.nn.utils.clip_grad_norm_(parameters, config["train"]["clip_norm"])
            if "clip_value" in config["train"]:
                torch.nn.utils.clip_grad_value_(parameters, config["train"]["clip_value"])
            optimizer.step()
            schedule.step()
            kept = min(config["train"].get("average_decay", 0), (1 + len(found["loss"])) / (10 + len(found["loss"])))
            for average, parameter in zip(averages, parameters):
                average.lerp_(parameter.detach(), 1 - kept)
        with torch.no_grad():
            found["test_loss"].append(loss_of(slice(None)).item())
    kept = averages if "average" in config["train"] else parameters
    arrays = []
    for layer, norm in enumerate(norms):
        arrays += kept[2 * layer : 2 * layer + 2] + (norm.arrays() if norm else [])
    found["weights"] = numpy.concatenate([array.detach().numpy().ravel() for array in arrays]).tolist()
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
