"""A classification on its test set: confusion matrix, each class, calibration."""

import numpy

from reporting.markup import element, join, note, number, section, table
from reporting.svg import HEIGHT, LEFT, RIGHT, TOP, WIDTH, Axis, axes, dot, drawing, figure, key, line, rectangle, text

MOST_NUMBERED = 20  # classes of a matrix whose cells have numbers
MOST_DRAWN = 120
MOST_PAIRS = 12
BINS = 10


def shorten(name, length=14):
    return name if len(name) <= length else name[: length - 1] + "…"


def matrix(evaluation):
    """A row per class, a column per prediction; the shade is the square root of the share of the class."""
    counts, names = evaluation.confusion, evaluation.names
    classes = len(names)
    if counts is None or classes > MOST_DRAWN:
        return note(f"A confusion matrix of {number(classes)} classes is too large to be drawn.")
    numbered = classes <= MOST_NUMBERED
    left, top, width = (86, 62, 640) if numbered else (14, 16, 640)
    cell = (width - left) / classes
    height = min(cell, 34) if numbered else cell
    shares = counts / numpy.maximum(counts.sum(axis=1, keepdims=True), 1e-300)
    parts = []
    for truth in range(classes):
        for said in range(classes):
            count = counts[truth, said]
            if not count:
                continue
            x, y, shade = left + said * cell, top + truth * height, float(shares[truth, said]) ** 0.5
            words = f"{names[truth]} as {names[said]}: {number(float(count))}, {100 * shares[truth, said]:.1f} %"
            kind = f"cell c{0 if truth == said else 1}"
            parts.append(rectangle(x, y, cell - 1, height - 1, kind, words, fill_opacity=f"{shade:.2f}"))
            if numbered:
                said_class = "count on" if shade > 0.6 else "count"
                parts.append(text(x + cell / 2, y + height / 2 + 4, number(float(count), 3), "middle", said_class))
    if numbered:
        for i, name in enumerate(names):
            parts.append(text(left - 6, top + (i + 0.5) * height + 4, shorten(name, 13), "end"))
            x, y = left + (i + 0.5) * cell, top - 6
            words = shorten(name, 12)
            parts.append(element("text", words, transform=f"translate({x:.1f} {y:.1f}) rotate(-35)"))
    else:
        parts.append(rectangle(left, top, width - left - 1, classes * height - 1, "frame"))
        parts.append(text(left, 11, "predicted, first to last class →", class_="label"))
        turned = f"translate(10 {top + classes * height / 2:.0f}) rotate(-90)"
        parts.append(element("text", "true class", transform=turned, text_anchor="middle", class_="label"))
    picture = drawing("Confusion matrix", *parts, width=width, height=top + classes * height + 4)
    legend = key([("area c0", "right"), ("area c1", "wrong")])
    remark = "A row per class, a column per class that it was taken for. The darker, the larger the share of the class."
    return figure("Confusion matrix", picture, legend, "broad", remark)


def confusions(evaluation):
    """The pairs that are mixed up most often."""
    if evaluation.confusion is None:
        return None
    wrong = evaluation.confusion.astype(float)
    numpy.fill_diagonal(wrong, 0)
    order = numpy.argsort(-wrong, axis=None, kind="stable")[:MOST_PAIRS]
    rows = []
    for truth, said in zip(*numpy.unravel_index(order, wrong.shape)):
        if wrong[truth, said]:
            share = wrong[truth, said] / evaluation.confusion[truth].sum()
            rows.append(
                [evaluation.names[truth], evaluation.names[said], number(wrong[truth, said]), f"{100 * share:.1f} %"]
            )
    if not rows:
        return note("No sample of the test set is wrong.")
    return element("figure", element("figcaption", element("b", "Most frequent mistakes")),
                   table(["class", "taken for", "samples", "of the class"], rows, texts=2))  # fmt: skip


def bar(share):
    """A number from 0 to 1 with a bar under it."""
    known = numpy.isfinite(share)
    words, width = (f"{share:.4f}", 100 * share) if known else ("–", 0)
    return element("span", words, class_="bar", style=f"--share:{width:.1f}%")


def per_class(evaluation):
    columns = [evaluation.table[name] for name in ("precision", "recall", "f1")]
    rows = []
    for i, name in enumerate(evaluation.names):
        rows.append([name, *(bar(column[i]) for column in columns), number(float(evaluation.table["support"][i]))])
    head = ["class", "precision", "recall", "F1", "weight" if evaluation.weighted_by else "samples"]
    return element("figure", element("figcaption", element("b", "Each class")), table(head, rows, class_="classes"))


def bins_of(evaluation):
    """For each tenth of probability that holds samples: mean probability, share that is right, samples."""
    sure = evaluation.outputs.max(axis=1)
    right = evaluation.outputs.argmax(axis=1) == evaluation.truth
    place = numpy.minimum((sure * BINS).astype(int), BINS - 1)
    found = []
    for number_of_bin in range(BINS):
        inside = place == number_of_bin
        if inside.any():
            found.append((float(sure[inside].mean()), float(right[inside].mean()), int(inside.sum())))
    return found


def calibration_error(bins):
    """Expected calibration error (Naeini, Cooper and Hauskrecht 2015): the mean of |probability - share| over samples."""
    return sum(abs(sure - right) * count for sure, right, count in bins) / sum(count for *_, count in bins)


def calibration(evaluation):
    if not evaluation.has_probabilities:
        return None
    bins = bins_of(evaluation)
    x = Axis(numpy.array([0.0, 1.0]), LEFT, WIDTH - RIGHT)
    y = Axis(numpy.array([0.0, 1.0]), HEIGHT - 32, TOP)
    parts = [axes(x, y, "probability of the predicted class", "share that is right")]
    parts.append(line(x(0), y(0), x(1), y(1), "ideal"))
    most = max(count for *_, count in bins)
    for sure, right, count in bins:
        place = min(int(sure * BINS), BINS - 1) / BINS
        words = f"{number(count)} samples: probability {number(sure)}, right {number(right)}"
        tall = (y(0) - y(1)) * count / most
        parts.append(rectangle(x(place) + 1, y(0) - tall, x(0.1) - x(0) - 2, tall, "histogram", words))
        parts.append(line(x(sure), y(right), x(sure), y(sure), "gap c1"))
        parts.append(dot(x(sure), y(right), 3.5, "dot c0", words))
    legend = key([("dot c0", "network"), ("ideal", "ideal"), ("area c7", "samples")])
    remark = f"Expected calibration error {number(calibration_error(bins), 3)}; tenths of probability."
    return figure("Calibration", drawing("Reliability diagram", *parts), legend, remark=remark)


def make(evaluation):
    if not evaluation or not evaluation.classifies:
        return None
    side = element("div", calibration(evaluation), confusions(evaluation), class_="charts")
    weighted = note(f"Confusion matrix and classes count samples by '{evaluation.weighted_by}', calibration each once.")
    return section(
        "Test set",
        join([matrix(evaluation), side, per_class(evaluation)]),
        weighted if evaluation.weighted_by else None,
    )
