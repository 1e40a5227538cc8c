"""The head of a run's report: how good the network is, and what was trained on what, where."""

import math

from reporting.markup import duration, element, facts, join, note, number, plural, section

SCORES = ("accuracy", "r2", "macro_f1", "rmse", "mae", "roc_auc", "loss")
TITLES = {
    "loss": "loss",
    "accuracy": "accuracy",
    "balanced_accuracy": "balanced accuracy",
    "top5_accuracy": "top-5 accuracy",
    "log_loss": "log loss",
    "macro_f1": "macro F1",
    "roc_auc": "ROC AUC",
    "r2": "R²",
    "rmse": "RMSE",
    "mae": "MAE",
}


def title_of(metric):
    """ "test_r2" as "test R²"."""
    part, _, name = metric.partition("_")
    return f"{part} {TITLES.get(name, name.replace('_', ' '))}"


def tile(name, value, remark=None, class_=None):
    parts = [element("dt", name), element("dd", value, class_=class_)]
    return element("div", *parts, element("dd", remark, class_="remark") if remark else None)


def standard_error(evaluation):
    """Of the accuracy, where each sample counts once."""
    accuracy, samples = evaluation.metrics.get("test_accuracy"), evaluation.metrics["test_samples"]
    if accuracy is None or evaluation.weighted_by:
        return None
    return math.sqrt(accuracy * (1 - accuracy) / samples)


def measured(run, evaluation):
    """The main metrics of the best network: pairs of a name and a value, of the test set, or where that was not measured
    of the set that was watched in its epoch."""
    if evaluation:
        found = [(f"test_{name}", evaluation.metrics.get(f"test_{name}")) for name in SCORES]
    elif run.epochs:
        columns = {name: run.metrics["epochs"].get(f"{run.watched}_{name}") for name in SCORES}
        epoch = min(int(run.best_epoch or run.epochs), run.epochs)
        found = [
            (f"{run.watched}_{name}", None if one is None else float(one[epoch - 1])) for name, one in columns.items()
        ]
    else:
        found = []
    found = [(name, value) for name, value in found if value is not None]
    return found[:2] + [one for one in found[2:] if one[0].endswith("_loss")]


def how_measured(run, evaluation):
    if not evaluation:
        return f"after epoch {number(int(run.best_epoch or run.epochs))}"
    samples = f"{number(evaluation.metrics['test_samples'])} samples"
    error = standard_error(evaluation)
    return samples if error is None else f"± {number(error, 2)}, standard error of {samples}"


def tiles(run, evaluation):
    parts = []
    for i, (name, value) in enumerate(measured(run, evaluation)):
        parts.append(tile(title_of(name), number(value), None if i else how_measured(run, evaluation)))
    if run.best_epoch:
        parts.append(tile("best epoch", number(run.best_epoch), f"of {number(run.epochs)}, by validation"))
    elif run.epochs:
        parts.append(tile("epochs", number(run.epochs), f"of {number(run.config['train']['epochs'])}"))
    if run.epochs:
        parts.append(tile("speed", number(round(run.speed)), "samples/s, all ranks together"))
    parts.append(tile("time", duration(run.seconds), plural(len(run.starts), "start")))
    if run.newest:
        parts.append(tile("digest", run.newest.attributes["digest"], "of the parameters", "digest"))
    return element("dl", *parts, class_="tiles")


def network(run):
    if not run.checkpoint:
        return None
    shapes = run.checkpoint.shapes
    layers = run.config["model"].get("layers", [])
    widths = "–".join(str(size) for size in (shapes[0][0], *(out for _, out in shapes)))
    activations = [layer["activation"] for layer in layers]
    kinds = f", {' '.join(dict.fromkeys(activations))}" if activations else ", linear"
    norms = sorted({layer["normalization"] for layer in layers} - {"none"})
    extras = [f"{norm} normalization" for norm in norms]
    if any(layer["dropout"] for layer in layers):
        extras.append("dropout " + ", ".join(dict.fromkeys(f"{layer['dropout']:g}" for layer in layers)))
    return f"{'; '.join([widths + kinds, *extras])}; {number(run.checkpoint.parameters)} parameters"


def training(run):
    train, optimizer = run.config["train"], run.config["optimizer"]
    return (
        f"{train['loss'].replace('_', ' ')}, {optimizer['name']} with learning rate {optimizer['learning_rate']:g}, "
        f"{run.config['schedule']['name']} schedule, mini-batches of {number(train['global_batch'])} samples"
    )


def data(run):
    if not run.checkpoint:
        return None
    attributes, checkpoint = run.checkpoint.attributes, run.checkpoint
    counts = []
    for part, name in (("train", "training"), ("validation", "validation"), ("test", "test")):
        if attributes.get(f"{part}_samples"):
            digest = run.starts[-1].get(f"{part}_digest") if run.starts else None
            of = join([" (", element("code", digest), ")"]) if digest else ""
            counts.append(join([", " if counts else "", f"{number(int(attributes[f'{part}_samples']))} {name}", of]))
    shape = " × ".join(map(str, checkpoint.feature_shape))
    outputs = plural(len(checkpoint.outputs), "class" if run.classifies else "target")
    return join([*counts, f"; {shape} features, {outputs}"])


def files(run):
    given = run.config["data"]["train"]
    paths = given.values() if isinstance(given, dict) else given if isinstance(given, list) else [given]
    return join([element("div", element("code", path)) for path in paths])


def where(start):
    hosts = start["hosts"]
    named = ", ".join(hosts[:4]) + (", …" if len(hosts) > 4 else "")
    job = f", job {start['job']}" if start.get("job") else ""
    return f"{plural(start['ranks'], 'rank')} on {plural(len(hosts), 'host')} ({named}{job}), {start['processor']}"


def program(start):
    return join(
        [
            f"Lockstep {start['lockstep']}, commit ",
            element("code", start["commit"][:12] or "unknown"),
            f"; {start['kernels']}; {start['compiler']}; {start['mpi']}; {start['c_library']}",
        ]
    )


def make(run, evaluation, why):
    start = run.starts[-1] if run.starts else None
    attributes = run.newest.attributes if run.newest else {}
    listed = facts(
        [
            ("network", network(run)),
            ("training", training(run)),
            ("data", data(run)),
            ("files", files(run)),
            ("where", where(start) if start else None),
            ("program", program(start) if start else None),
            ("started", start["start_time"].replace("T", " ").replace("Z", " UTC") if start else None),
            ("command", element("code", " ".join(start["command_line"])) if start else None),
            ("began with", element("code", attributes["started_from"]) if attributes.get("started_from") else None),
            ("changed arithmetic", attributes.get("arithmetic_changes")),
            ("best network", element("code", run.best.attributes["digest"]) if run.best else None),
        ]
    )
    missing = note("The test set was not measured: ", why) if why else None
    return section("Result", tiles(run, evaluation), missing, listed)
