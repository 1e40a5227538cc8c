"""Several runs side by side: results, mean and standard deviation over seeds, curves, differences of configuration."""

import json

import numpy

from reporting.markup import capital, duration, element, join, note, number, section, table
from reporting.settings import breakable, written
from reporting.summary import TITLES, measured, title_of
from reporting.svg import COLOURS, Series, chart

OF_A_SEED = {("run", "name"), ("run", "seed")}  # keys in which runs may differ that are one experiment


def values(run):
    """(section, key) -> value"""
    return {(name, key): value for name, keys in run.config.items() for key, value in keys.items()}


def experiments(runs):
    """Lists of numbers of runs that differ in nothing but their seed and name."""
    groups = {}
    for i, run in enumerate(runs):
        same = {key: value for key, value in values(run).items() if key not in OF_A_SEED}
        groups.setdefault(json.dumps(sorted((*key, written(value)) for key, value in same.items())), []).append(i)
    return list(groups.values())


def results(run, evaluation):
    """Metric -> value of the best network on the test set; where it was not measured, of its epoch."""
    return dict(measured(run, evaluation))


def spread(numbers):
    """Mean and sample standard deviation as text."""
    numbers = [value for value in numbers if value is not None]
    if len(numbers) < 2:
        return number(numbers[0]) if numbers else "–"
    return f"{number(float(numpy.mean(numbers)))} ± {number(float(numpy.std(numbers, ddof=1)), 2)}"


def name_of_group(group, groups):
    return "mean ± sd" if len(groups) == 1 else f"mean ± sd of {', '.join(str(i + 1) for i in group)}"


def side_by_side(runs, evaluations, groups):
    found = [results(run, evaluation) for run, evaluation in zip(runs, evaluations)]
    columns = list(dict.fromkeys(name for one in found for name in one))
    colours = {i: colour for colour, group in enumerate(groups) for i in group}
    rows = []
    for i, (run, one) in enumerate(zip(runs, found)):
        swatch = element("i", class_=f"area c{colours[i] % COLOURS}")
        rows.append(
            [
                join([f"{i + 1} ", element("a", swatch, run.label, href=f"#run-{i + 1}")]),
                element("code", run.newest.attributes["digest"]) if run.newest else "–",
                number(run.config["run"]["seed"]),
                number(run.starts[-1]["ranks"]) if run.starts else "–",
                number(run.epochs),
                *(number(one.get(column)) for column in columns),
                number(round(run.speed)) if run.epochs else "–",
                duration(run.seconds),
            ]
        )
    for group in groups:
        if len(group) > 1:
            means = [element("b", spread([found[i].get(column) for i in group])) for column in columns]
            rows.append([element("b", name_of_group(group, groups)), *[""] * 4, *means, "", ""])
    head = ["run", "digest", "seed", "ranks", "epochs", *map(title_of, columns), "samples/s", "time"]
    return element("figure", table(head, rows, texts=2))


def differences(runs):
    settings = [values(run) for run in runs]
    rows = []
    for key in dict.fromkeys(key for one in settings for key in one):
        said = [written(one[key]) if key in one else "–" for one in settings]
        if len(set(said)) > 1 and key != ("run", "name"):
            rows.append([element("code", ".".join(key)), *map(breakable, said)])
    title = element("figcaption", element("b", "Differences of configuration"))
    if not rows:
        return element("figure", title, note("There are none."))
    return element("figure", title, table(["key", *(run.label for run in runs)], rows, texts=len(runs) + 1))


def over_seeds(runs, group, column, colour, name):
    """Mean and band of one standard deviation over the runs of an experiment, as far as all have come."""
    tables = [runs[i].metrics["epochs"] for i in group]
    length = min(len(one[column]) for one in tables)
    if length == 0:
        return []
    y = numpy.array([one[column][:length] for one in tables])
    kept = numpy.isfinite(y).all(axis=0)
    x, mean, deviation = tables[0]["epoch"][:length][kept], y.mean(axis=0)[kept], y.std(axis=0, ddof=1)[kept]
    low, high = mean - deviation, mean + deviation
    if y.min() >= 0:  # a loss or a score that is never negative
        low = numpy.maximum(low, 0)
    if y.max() <= 1:  # a score
        high = numpy.minimum(high, 1)
    return [
        Series("", x, low, colour, "band", high=high),
        Series(name, x, mean, colour),
    ]


def curves(runs, groups):
    watched = runs[0].watched
    main = "accuracy" if f"{watched}_accuracy" in runs[0].metrics["epochs"] else "r2"
    charts = []
    for column, title, axis in (
        ("train_loss", "Training loss", "loss"),
        (f"{watched}_loss", f"Loss, {watched} set", "loss"),
        (f"{watched}_{main}", f"{capital(TITLES[main])}, {watched} set", TITLES[main]),
    ):
        series = []
        for colour, group in enumerate(groups):
            group = [i for i in group if column in runs[i].metrics["epochs"]]
            if len(group) > 1:
                series += over_seeds(runs, group, column, colour, name_of_group(group, groups))
            for i in group:
                epochs = runs[i].metrics["epochs"]
                alone = len(group) == 1
                series.append(
                    Series(
                        str(i + 1) if alone else "",
                        epochs["epoch"],
                        epochs[column],
                        colour,
                        "line" if alone else "faint",
                    )
                )
        charts.append(chart(title, series, "epoch", axis, log=None if "loss" in column else False, whole=True))
    return element("div", *charts, class_="charts")


def make(runs, evaluations):
    groups = experiments(runs)
    words = (
        "± is the sample standard deviation over runs that differ in nothing but their seeds."
        if len(groups) < len(runs)
        else ""
    )
    parts = [
        note(words) if words else None,
        side_by_side(runs, evaluations, groups),
        curves(runs, groups),
        differences(runs),
    ]
    return section("Comparison", *parts)
