"""The test samples on which the network errs most, as pictures or as rows."""

import lzma
import math
import pathlib
import struct
import zlib

import numpy

from reporting import originals
from reporting.markup import element, note, number, section, table, void
from reporting.originals import NotShown

MOST = 24
MOST_COLUMNS = 40


def worst(evaluation):
    """The samples, worst first: wrong ones by how much the wrong class is ahead of the right one; of a regression those
    with the largest residual, in units of the target's RMSE."""
    outputs, truth = evaluation.outputs, evaluation.truth
    if evaluation.classifies:
        badness = outputs.max(axis=1) - outputs[numpy.arange(len(truth)), truth]
        badness[outputs.argmax(axis=1) == truth] = -1
    else:
        badness = (numpy.abs(outputs - truth) / numpy.maximum(evaluation.table["rmse"], 1e-300)).max(axis=1)
    order = numpy.argsort(-badness, kind="stable")[:MOST]
    return order[badness[order] > 0]


def verdict(evaluation, i):
    """What is true and what was said, as texts."""
    if evaluation.classifies:
        said = int(evaluation.outputs[i].argmax())
        sure = f" ({evaluation.outputs[i, said]:.3f})" if evaluation.has_probabilities else ""
        return evaluation.names[evaluation.truth[i]], evaluation.names[said] + sure
    return tuple(", ".join(number(float(v)) for v in values[i]) for values in (evaluation.truth, evaluation.outputs))


def pictures(evaluation, chosen, images):
    parts = []
    for i, image in zip(chosen, images):
        truth, said = verdict(evaluation, i)
        alt = f"test sample {int(evaluation.rows[i])}: {truth}, taken for {said}"
        picture = void("img", src=originals.data_uri(image), alt=alt, title=alt, width=image.shape[1])
        parts.append(element("figure", picture, element("figcaption", element("b", truth), element("span", said))))
    return element("div", *parts, class_="pictures")


def rows(evaluation, chosen, names, values):
    """A table of samples with their columns."""
    shown, lines = names[:MOST_COLUMNS], []
    for i, fields in zip(chosen, values):
        lines.append([number(int(evaluation.rows[i]) + 1), *verdict(evaluation, i), *fields[:MOST_COLUMNS]])
    left_out = note(f"The first {MOST_COLUMNS} of {len(names)} columns.") if len(names) > MOST_COLUMNS else None
    return element("div", table(["row", "true", "predicted", *shown], lines, texts=0), left_out)


def same(field, value):
    """Whether a field of a table says this text or number."""
    try:
        return field == value or math.isclose(float(field.replace(",", ".")), float(value), rel_tol=1e-5, abs_tol=1e-9)
    except ValueError:
        return False


def from_csv(run, evaluation, chosen):
    """Rows of a CSV table, after a look whether they are those that were measured."""
    names = list(run.checkpoint.features)
    header, found = originals.csv_rows(evaluation.data, evaluation.rows[chosen], names)
    for i, fields in zip(chosen, found):
        truth = evaluation.names[evaluation.truth[i]] if evaluation.classifies else evaluation.truth[i, 0]
        if len(fields) != len(header) or not any(same(field, truth) for field in fields):
            raise NotShown("the rows of the table are others now")
    return rows(evaluation, chosen, names, [[fields[header.index(name)] for name in names] for fields in found])


def from_arrays(run, evaluation, chosen):
    found = originals.arrays(evaluation.data, evaluation.rows[chosen])
    images = [originals.as_image(sample) for sample in found]
    if images[0] is not None:
        return pictures(evaluation, chosen, images)
    flat = found.reshape(len(found), -1)
    names = list(run.checkpoint.features) or [f"{k + 1}" for k in range(flat.shape[1])]
    return rows(evaluation, chosen, names, [[number(float(v)) for v in values[:MOST_COLUMNS]] for values in flat])


def make(run, evaluation):
    if not evaluation:
        return None
    chosen = worst(evaluation)
    if not len(chosen):
        return None
    is_table = run.config["data"]["format"] == "csv"
    try:
        if not pathlib.Path(evaluation.data).is_file():
            raise NotShown("they are not in one file")
        shown = (from_csv if is_table else from_arrays)(run, evaluation, chosen)
    except (NotShown, OSError, ValueError, EOFError, IndexError, struct.error, zlib.error, lzma.LZMAError) as error:
        shown = rows(evaluation, chosen, [], [[] for _ in chosen])
        shown = element("div", note(f"Without their features: {error}."), shown)
    how = (
        "Wrong predictions, the most confident first: the true class, and under it what was predicted."
        if evaluation.classifies
        else "The largest residuals, in units of the target's RMSE; rows count from 1."
    )
    return section("Worst examples", note(how), shown)
