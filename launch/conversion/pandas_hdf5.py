"""HDF5 files of pandas: DataFrame.to_hdf(), of both formats. The index is left out."""

import numpy

from conversion.common import ConversionError, wanted

PACKAGE = "on Debian, apt-get install python3-pandas python3-tables"


def recognises(path):
    with open(path, "rb") as file:
        if file.read(8) != b"\x89HDF\r\n\x1a\n":
            return False
    h5py = wanted("h5py", "on Debian, apt-get install python3-h5py")
    with h5py.File(path) as file:
        found = []
        file.visititems(lambda _, item: found.append(item) if "pandas_type" in item.attrs else None)
        return bool(found)


class Table:
    def __init__(self, path, key):
        pandas = wanted("pandas", PACKAGE)
        wanted("tables", PACKAGE)
        self.store = pandas.HDFStore(path, "r")
        keys = [name.lstrip("/") for name in self.store.keys()]
        if key is None and len(keys) != 1:
            raise ConversionError(f"holds several tables; name one with --key: {', '.join(keys)}")
        self.key = key or keys[0]
        if self.key not in keys:
            raise ConversionError(f"there is no table '{self.key}' in it; there are {', '.join(keys)}")
        first = self.store.select(self.key, start=0, stop=1)
        if not isinstance(first, pandas.DataFrame):
            raise ConversionError(f"'{self.key}' is no DataFrame")
        self.types = {str(name): values_of(first[name]).dtype for name in first.columns}
        if len(self.types) < len(first.columns):
            raise ConversionError("several columns have one name; give each its own")
        self.what = {str(name): str(first[name].dtype) for name in first.columns}

    def blocks(self, names, rows):
        """Yields lists of arrays, one for each of these columns."""
        storer = self.store.get_storer(self.key)
        count = storer.nrows if storer.is_table else storer.shape[0]
        for begin in range(0, count, rows):
            block = self.store.select(self.key, start=begin, stop=begin + rows)
            block.columns = block.columns.map(str)
            yield [values_of(block[name]) for name in names]


def values_of(series):
    """Numbers, NaN where they are missing, or texts, None where they are. Times are in seconds, dates since 1970."""
    pandas = wanted("pandas", PACKAGE)
    kind = series.dtype
    if isinstance(kind, pandas.CategoricalDtype):
        return values_of(series.astype(kind.categories.dtype))
    if pandas.api.types.is_datetime64_any_dtype(kind) or pandas.api.types.is_timedelta64_dtype(kind):
        whole = series.astype("int64").to_numpy()
        return numpy.where(series.isna(), numpy.nan, whole / 1e9)
    if pandas.api.types.is_bool_dtype(kind) and not series.hasnans:
        return series.to_numpy("u1")
    if pandas.api.types.is_numeric_dtype(kind):
        return series.to_numpy("f8", na_value=numpy.nan) if series.hasnans else series.to_numpy(getattr(kind, "numpy_dtype", kind))
    return series.map(str).astype(object).where(series.notna(), None).to_numpy()
