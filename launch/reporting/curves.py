"""Curves of training: loss, metrics, learning rate, norm of the gradient, speed."""

from reporting.markup import element, note, section
from reporting.summary import TITLES
from reporting.svg import Series, chart

# Charts of metrics: title, what is drawn in it, the vertical axis.
METRICS = (
    ("Accuracy", ("accuracy", "top5_accuracy"), "share of samples"),
    ("Scores over classes", ("macro_f1", "balanced_accuracy", "roc_auc"), "score"),
    ("Coefficient of determination", ("r2",), "R²"),
    ("Errors", ("rmse", "mae"), "unit of the targets"),
)


def steps_of(run):
    """The steps that were recorded, in epochs where one is complete, with the axis' name."""
    steps = run.metrics["steps"]["step"]
    return (steps / run.steps_per_epoch, "epoch") if run.steps_per_epoch else (steps, "step")


def marks(run):
    return [(run.best_epoch, "best")] if run.best_epoch else []


def loss(run):
    steps, epochs = run.metrics["steps"], run.metrics["epochs"]
    series = []
    if steps:
        places, axis = steps_of(run)
        series.append(Series("mini-batches", places, steps["loss"], 7, "faint"))
    if epochs:
        axis = "epoch"
        series.append(Series("training", epochs["epoch"], epochs["train_loss"], 0))
        series.append(Series(run.watched, epochs["epoch"], epochs[f"{run.watched}_loss"], 1))
    return (
        chart("Loss", series, axis, run.config["train"]["loss"].replace("_", " "), whole=True, marks=marks(run))
        if series
        else None
    )


def metrics(run):
    epochs = run.metrics["epochs"]
    for title, names, axis in METRICS:
        series = []
        for name in names:
            column = f"{run.watched}_{name}"
            certain = name == "top5_accuracy" and run.checkpoint and len(run.checkpoint.outputs) <= 5
            if column in epochs and not certain:
                series.append(Series(TITLES[name], epochs["epoch"], epochs[column], len(series) + 1))
        yield chart(f"{title}, {run.watched} set", series, "epoch", axis, log=False, whole=True, marks=marks(run))


def by_step(run, column, title, axis, colour, **options):
    steps = run.metrics["steps"]
    if column not in steps:
        return None
    places, name = steps_of(run)
    return chart(title, [Series(title.lower(), places, steps[column], colour)], name, axis, whole=True, **options)


def make(run):
    charts = [
        loss(run),
        *metrics(run),
        by_step(run, "learning_rate", "Learning rate", "rate", 2, log=False, zero=True),
        by_step(run, "gradient_norm", "Norm of the gradient", "L2 norm, before clipping", 3),
        by_step(run, "samples_per_second", "Speed of a step", "samples/s, all ranks", 4, log=False, zero=True),
    ]
    remarks = []
    if not run.epochs:
        remarks.append("No epoch is complete yet.")
    if not run.metrics["steps"]:
        remarks.append("Steps were not recorded: metrics.every_steps = 0.")
    return section("Training", element("div", *charts, class_="charts"), note(" ".join(remarks)) if remarks else None)
