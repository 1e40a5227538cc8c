"""The files that conversions write: Lockstep's HDF5 layout, and CSV."""

import csv

import numpy

from conversion.columns import as_numbers, check_numbers, check_types, common_type, without_gaps
from conversion.common import ConversionError, rows_of_a_block, wanted

H5PY = "on Debian, apt-get install python3-h5py"
CHUNK_BYTES = 1 << 20


class Arrays:
    """Arrays of an HDF5 file that grow block by block."""

    def __init__(self, file, text_type):
        self.file, self.text_type = file, text_type

    def add(self, name, block):
        if name not in self.file:
            kind = self.text_type if block.dtype == object else block.dtype
            row = max(1, block[:1].nbytes)
            chunk = (max(1, min(CHUNK_BYTES // row, 1 << 16)), *block.shape[1:])
            self.file.create_dataset(name, (0, *block.shape[1:]), kind, maxshape=(None, *block.shape[1:]), chunks=chunk)
        array = self.file[name]
        array.resize(len(array) + len(block), axis=0)
        array[len(array) - len(block) :] = block


def images_to_hdf5(images, path):
    """Writes `features` (images, height, width[, 3]), `labels` and `class_names`. Returns what it has written, in words."""
    h5py = wanted("h5py", H5PY)
    with h5py.File(path, "w") as file:
        file["class_names"] = numpy.array(images.classes, h5py.string_dtype())
        arrays = Arrays(file, h5py.string_dtype())
        for pixels, labels in images.blocks():
            arrays.add("features", pixels)
            arrays.add("labels", labels)
    return f"{len(images.files)} images of {images.size[0]} x {images.size[1]} pixels, {len(images.classes)} classes"


def table_to_hdf5(table, roles, path):
    """Writes `features` with `feature_names`, `labels` or `targets` with `target_names`, and an array for each column that
    is kept. Returns what it has written, in words."""
    check_types(table, roles.all)
    check_numbers(table, roles.targets, "a class is learnt with --labels")
    check_numbers(table, roles.features, "convert to a CSV file, where it is a column of words, or leave it out with --ignore")
    taken = {"features", "labels", "targets", "feature_names", "target_names", "class_names"}.intersection(roles.kept)
    if taken:
        raise ConversionError(f"column '{taken.pop()}' cannot be kept: in the HDF5 file this name means something else")
    h5py = wanted("h5py", H5PY)
    feature_type = common_type([table.types[name] for name in roles.features])
    target_type = common_type([table.types[name] for name in roles.targets])
    rows = 0
    with h5py.File(path, "w") as file:
        file["feature_names"] = numpy.array(roles.features, h5py.string_dtype())
        if roles.targets:
            file["target_names"] = numpy.array(roles.targets, h5py.string_dtype())
        arrays = Arrays(file, h5py.string_dtype())
        for block in table.blocks(roles.all, rows_of_a_block(len(roles.all))):
            columns = dict(zip(roles.all, block))
            for array, names, kind in (("features", roles.features, feature_type), ("targets", roles.targets, target_type)):
                if names:
                    numbers = [as_numbers(name, columns[name], kind, rows) for name in names]
                    arrays.add(array, numpy.column_stack(numbers))
            if roles.labels:
                arrays.add("labels", without_gaps(roles.labels, columns[roles.labels], rows))
            for name in roles.kept:
                values = columns[name]
                arrays.add(name, numpy.where(numpy.equal(values, None), "", values) if values.dtype == object else values)
            rows += len(block[0])
    return described(rows, roles)


def table_to_csv(table, roles, path):
    """Writes all columns. Returns what it has written, in words."""
    check_types(table, roles.all)
    rows = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(roles.all)
        for block in table.blocks(roles.all, rows_of_a_block(8 * len(roles.all))):
            writer.writerows(zip(*(fields_of(values) for values in block)))
            rows += len(block[0])
    return described(rows, roles)


def fields_of(values):
    """Numbers with all their digits, and nothing where a value is missing."""
    if values.dtype == object:
        return ["" if value is None else value for value in values]
    return ["" if value != value else value for value in values.astype("f8" if values.dtype.kind == "f" else values.dtype).tolist()]


def described(rows, roles):
    if rows == 0:
        raise ConversionError("holds no rows")
    outputs = [f"labels '{roles.labels}'"] if roles.labels else [f"target '{name}'" for name in roles.targets]
    kept = [f"'{name}' beside them" for name in roles.kept]
    return ", ".join([f"{rows} samples", f"{len(roles.features)} features", *outputs, *kept])
