"""A regression on its test set: predicted against true, residuals, each target."""

import numpy

from reporting.markup import element, number, plural, section, table
from reporting.svg import (
    HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, Series, axes, chart, drawing, figure, line, points, rectangle,
)  # fmt: skip

MOST_TARGETS = 4  # that are drawn
MOST_DOTS = 1500
BINS = 24


def sample(count):
    """Which of so many samples are drawn: all, or evenly chosen ones."""
    return numpy.unique(numpy.linspace(0, count - 1, min(count, MOST_DOTS)).astype(int))


def titles(evaluation, chosen, target):
    return [
        f"row {number(int(evaluation.rows[i]) + 1)}: true {number(float(evaluation.truth[i, target]))}, "
        f"predicted {number(float(evaluation.outputs[i, target]))}"
        for i in chosen
    ]


def predicted_against_true(evaluation, target, remark):
    """Both axes have one scale of values, so that the diagonal is what is right."""
    chosen = sample(len(evaluation.rows))
    truth, said = evaluation.truth[chosen, target], evaluation.outputs[chosen, target]
    both = numpy.concatenate([truth, said])
    x, y = Axis(both, LEFT, WIDTH - RIGHT), Axis(both, HEIGHT - 32, TOP)
    low, high = max(x.low, y.low), min(x.high, y.high)
    dots = points(x, y, Series("", truth, said, 0, "mark", titles=titles(evaluation, chosen, target)), "")
    parts = [axes(x, y, "true", "predicted"), line(x(low), y(low), x(high), y(high), "ideal"), dots]
    return figure("Predicted against true", drawing("Predicted over true values", *parts), remark=remark)


def residuals(evaluation, target, remark):
    chosen = sample(len(evaluation.rows))
    said = evaluation.outputs[chosen, target]
    rest = said - evaluation.truth[chosen, target]
    series = Series("", said, rest, 1, "mark", titles=titles(evaluation, chosen, target))
    return chart("Residuals", [series], "predicted", "predicted − true", log=False, zero=True, remark=remark)


def distribution(evaluation, target):
    rest = evaluation.outputs[:, target] - evaluation.truth[:, target]
    counts, edges = numpy.histogram(rest, BINS)
    x, y = Axis(edges, LEFT, WIDTH - RIGHT), Axis(counts.astype(float), HEIGHT - 32, TOP, zero=True, whole=False)
    parts = [axes(x, y, "predicted − true", "samples")]
    for count, low, high in zip(counts, edges, edges[1:]):
        words = f"{number(float(low), 3)} to {number(float(high), 3)}: {plural(int(count), 'sample')}"
        if count:
            parts.append(rectangle(x(low), y(count), x(high) - x(low) - 0.7, y(0) - y(count), "area c1", words))
    mean, spread = float(rest.mean()), float(rest.std())
    remark = f"Mean {number(mean, 3)}, standard deviation {number(spread, 3)}."
    return figure("Distribution of residuals", drawing("Histogram of residuals", *parts), remark=remark)


def each_target(evaluation):
    rows = []
    for i, name in enumerate(evaluation.names):
        rows.append([name, *(number(float(evaluation.table[column][i])) for column in ("r2", "rmse", "mae"))])
    return element(
        "figure", element("figcaption", element("b", "Each target")), table(["target", "R²", "RMSE", "MAE"], rows)
    )


def make(evaluation):
    if not evaluation or evaluation.classifies:
        return None
    parts, count = [], len(evaluation.rows)
    remark = f"{number(MOST_DOTS)} of {number(count)} samples, evenly chosen." if count > MOST_DOTS else None
    for target, name in enumerate(evaluation.names[:MOST_TARGETS]):
        charts = [f(evaluation, target, remark) for f in (predicted_against_true, residuals)]
        parts.append(element("h3", name))
        parts.append(element("div", *charts, distribution(evaluation, target), class_="charts"))
    if len(evaluation.names) > MOST_TARGETS:
        parts.append(element("p", f"The first {MOST_TARGETS} of {len(evaluation.names)} targets.", class_="note"))
    return section("Test set", *parts, each_target(evaluation))
