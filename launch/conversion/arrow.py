"""Parquet files, and Arrow files, which Feather files of version 2 are, too."""

import numpy

from conversion.common import ConversionError, wanted

PACKAGE = "Debian has no package of it; pip install pyarrow, in a virtual environment"
SECONDS = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}
SECONDS_OF_A_DAY = 86400


def recognises(path):
    with open(path, "rb") as file:
        return file.read(4) in (b"PAR1", b"ARRO")


class Table:
    def __init__(self, path, _):
        pyarrow = wanted("pyarrow", PACKAGE)
        with open(path, "rb") as file:
            self.is_parquet = file.read(4) == b"PAR1"
        if self.is_parquet:
            self.file = wanted("pyarrow.parquet", PACKAGE).ParquetFile(path)
            schema = self.file.schema_arrow
        else:
            self.file = wanted("pyarrow.ipc", PACKAGE).open_file(pyarrow.memory_map(str(path)))
            schema = self.file.schema
        self.types = {field.name: numpy_type(pyarrow.types, field.type) for field in schema}
        if len(self.types) < len(schema):
            raise ConversionError("several columns have one name; give each its own")
        self.what = {field.name: str(field.type) for field in schema}

    def blocks(self, names, rows):
        """Yields lists of arrays, one for each of these columns."""
        pyarrow = wanted("pyarrow", PACKAGE)
        if self.is_parquet:
            batches = self.file.iter_batches(rows, columns=names)
        else:
            whole = (self.file.get_batch(i).select(names) for i in range(self.file.num_record_batches))
            batches = (batch.slice(at, rows) for batch in whole for at in range(0, batch.num_rows, rows))
        for batch in batches:
            yield [values_of(pyarrow, batch.column(name)) for name in names]


def numpy_type(types, kind):
    """The type of what values_of() returns; None: there is no number or text for it."""
    if types.is_dictionary(kind):
        return numpy_type(types, kind.value_type)
    if types.is_string(kind) or types.is_large_string(kind):
        return numpy.dtype(object)
    if types.is_boolean(kind):
        return numpy.dtype("u1")
    if types.is_integer(kind) or types.is_floating(kind):
        return numpy.dtype(kind.to_pandas_dtype())
    is_time = types.is_temporal(kind) and not types.is_interval(kind)
    return numpy.dtype("f8") if is_time or types.is_decimal(kind) else None


def values_of(pyarrow, column):
    """Numbers, NaN where they are missing, or texts, None where they are. Times are in seconds, dates since 1970."""
    types, kind = pyarrow.types, column.type
    if types.is_dictionary(kind):
        return values_of(pyarrow, column.dictionary_decode())
    if types.is_date32(kind):
        return column.cast("int32").cast("float64").to_numpy(zero_copy_only=False) * SECONDS_OF_A_DAY
    if types.is_temporal(kind):
        unit = "ms" if types.is_date64(kind) else kind.unit
        whole = column.cast(pyarrow.int32() if kind.bit_width == 32 else pyarrow.int64())
        return whole.cast("float64", safe=False).to_numpy(zero_copy_only=False) / SECONDS[unit]
    if types.is_boolean(kind):
        column = column.cast("uint8")
    elif types.is_decimal(kind) or (types.is_integer(kind) and column.null_count):
        column = column.cast("float64")  # refuses whole numbers that it does not hold
    return column.to_numpy(zero_copy_only=False)
