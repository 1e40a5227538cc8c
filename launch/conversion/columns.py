"""Which column of a table is what, and its values as numbers and texts."""

import dataclasses
import fnmatch

import numpy

from conversion.common import ConversionError

LARGEST_WHOLE = 2**53  # up to which float64 holds all whole numbers


@dataclasses.dataclass(frozen=True)
class Roles:
    """Names of columns."""

    features: list
    labels: str | None
    targets: list
    kept: list

    @property
    def all(self):
        return list(dict.fromkeys([*self.features, *([self.labels] if self.labels else []), *self.targets, *self.kept]))


def fitting(entries, names, option):
    """The names that an entry fits: a name, a number from 1, or a pattern."""
    chosen = set()
    for entry in entries:
        fits = {name for name in names if name == entry or fnmatch.fnmatchcase(name, entry)}
        if not fits and entry.isdecimal() and 0 < int(entry) <= len(names):
            fits = {names[int(entry) - 1]}
        if not fits:
            shown = ", ".join(f"'{name}'" for name in names[:10])
            raise ConversionError(f"no column fits {option} {entry}; there are {shown}{', ...' if len(names) > 10 else ''}")
        chosen |= fits
    return [name for name in names if name in chosen]


def roles_of(names, arguments):
    """The roles that the command line gives to columns of these names."""
    labels = fitting([arguments.labels] if arguments.labels else [], names, "--labels")
    targets = [name for entry in arguments.target for name in fitting([entry], names, "--target")]
    if len(labels) > 1 or (labels and targets):
        raise ConversionError("a sample has one label, or targets; give one column with --labels, or --target")
    kept = fitting(arguments.keep, names, "--keep")
    chosen = fitting(arguments.features, names, "--features") if arguments.features else names
    others = {*labels, *targets, *kept, *fitting(arguments.ignore, names, "--ignore")}
    features = [name for name in chosen if name not in others]
    if not features:
        raise ConversionError("no column is left to learn from")
    return Roles(features, labels[0] if labels else None, targets, kept)


def check_types(table, names):
    """Refuses columns that hold neither numbers nor texts."""
    for name in names:
        kind = table.types[name]
        if kind is None or kind.kind not in "biufO":
            raise ConversionError(f"column '{name}' is of type {table.what[name]}, of which there is no number; "
                                  f"leave it out with --ignore")  # fmt: skip


def check_numbers(table, names, remedy):
    """Refuses columns of texts."""
    for name in names:
        if table.types[name] == object:
            raise ConversionError(f"column '{name}' holds texts, not numbers; {remedy}")


def common_type(types):
    """The smallest type that holds the numbers of these types, and NaN."""
    return numpy.result_type(numpy.float32, *types) if types else numpy.dtype("f4")


def as_numbers(name, values, kind, row):
    """The values as numbers of a type. `row` is the number of the first, for messages."""
    if values.dtype.kind in "iu" and values.dtype.itemsize > 4:
        large = (values > LARGEST_WHOLE) | (values < (-LARGEST_WHOLE if values.dtype.kind == "i" else 0))
        if large.any():
            place = int(large.argmax())
            raise ConversionError(f"column '{name}', row {row + place}: {values[place]} has more digits than float64 holds; "
                                  f"keep it with --keep, or leave it out with --ignore")  # fmt: skip
    return values.astype(kind)


def without_gaps(name, values, row):
    """The values, as whole numbers, real numbers or texts, of a column where none may be missing."""
    gaps = numpy.equal(values, None) if values.dtype == object else numpy.isnan(values) if values.dtype.kind == "f" else None
    if gaps is not None and gaps.any():
        raise ConversionError(f"column '{name}', row {row + int(gaps.argmax())}: is missing; fill it in, or leave the row out")
    return values
