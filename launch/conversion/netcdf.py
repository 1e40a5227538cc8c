"""netCDF files, classic ones and those of version 4. The samples lie along one dimension; variables without it are left out."""

import math

import numpy

from conversion.common import ConversionError, wanted

PACKAGE = "on Debian, apt-get install python3-netcdf4"


def recognises(path):
    with open(path, "rb") as file:
        return file.read(4) in (b"CDF\x01", b"CDF\x02", b"CDF\x05", b"\x89HDF")


class Table:
    def __init__(self, path, dimension):
        self.module = wanted("netCDF4", PACKAGE)
        self.file = self.module.Dataset(path)
        variables = self.file.variables.values()
        first = [variable.dimensions[0] for variable in variables if variable.dimensions]
        if not first:
            raise ConversionError("holds no variable with a dimension")
        self.dimension = dimension or max(sorted(set(first)), key=first.count)
        if self.dimension not in first:
            raise ConversionError(f"no variable begins with the dimension '{self.dimension}'; give one of "
                                  f"{', '.join(sorted(set(first)))} with --key")  # fmt: skip
        self.columns = {}  # the variable of each, and where it is in a row of it
        self.types, self.what = {}, {}
        for variable in variables:
            if variable.dimensions[:1] != (self.dimension,):
                continue
            text = variable.dtype is str or variable.dtype.kind == "S"
            packed = {"scale_factor", "add_offset"} & set(variable.ncattrs())
            width = 1 if text else math.prod(variable.shape[1:])
            for place in range(width):
                name = variable.name if width == 1 else f"{variable.name}_{place}"
                self.columns[name] = (variable, place)
                self.types[name] = numpy.dtype(object if text else "f8" if packed else variable.dtype)
                self.what[name] = str(variable.dtype)

    def blocks(self, names, rows):
        """Yields lists of arrays, one for each of these columns."""
        for begin in range(0, len(self.file.dimensions[self.dimension]), rows):
            read = {}
            for name in names:
                variable, _ = self.columns[name]
                if variable.name not in read:
                    read[variable.name] = self.values(variable, begin, begin + rows)
            yield [read[variable.name][:, place] for variable, place in map(self.columns.get, names)]

    def values(self, variable, begin, end):
        """The rows of a variable, (rows, columns): numbers, NaN where they are masked, or texts."""
        values = variable[begin:end]
        if variable.dtype is not str and variable.dtype.kind == "S":
            values = self.module.chartostring(numpy.ma.filled(values, b""))
        if values.dtype.kind in "OUS":
            return values.astype(str).astype(object).reshape(-1, 1)
        if numpy.ma.is_masked(values):
            values = values.astype("f8").filled(numpy.nan)
        return numpy.asarray(values).reshape(len(values), -1)
