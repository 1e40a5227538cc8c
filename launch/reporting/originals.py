"""Test samples as their file has them, to be shown: pictures, or rows of a table."""

import base64
import csv
import gzip
import lzma
import struct
import zlib

import h5py
import numpy

OPEN = {b"\x1f\x8b": gzip.open, b"\xfd7": lzma.open}


class NotShown(Exception):
    """Why samples cannot be shown."""


def opener(path):
    with open(path, "rb") as file:
        return OPEN.get(file.read(2), open)


def idx_rows(path, rows):
    with opener(path)(path, "rb") as file:
        content = file.read()
    shape = struct.unpack_from(f">{content[3]}I", content, 4)
    if content[2] != 8:
        raise NotShown("the images are not bytes")
    return numpy.frombuffer(content, numpy.uint8, offset=4 + 4 * content[3]).reshape(shape)[rows]


def hdf5_rows(path, rows):
    with h5py.File(path) as file:
        if "features" not in file:
            raise NotShown(f"{path} has no array 'features'")
        order = numpy.argsort(rows)
        found = file["features"][rows[order]]
        return found[numpy.argsort(order)]


def npy_rows(path, rows):
    with opener(path)(path, "rb") as file:
        return numpy.load(file)[rows]


def arrays(path, rows):
    """The features of samples, (rows, ...)."""
    if h5py.is_hdf5(path):
        return hdf5_rows(path, rows)
    with opener(path)(path, "rb") as file:
        beginning = file.read(6)
    for signature, read in ((b"\0\0", idx_rows), (b"\x93NUMPY", npy_rows)):
        if beginning.startswith(signature):
            return read(path, rows)
    raise NotShown(f"{path} is read by the program alone")


def csv_rows(path, rows, names):
    """The names of all columns, `names` among them, and the fields of samples as texts, (rows, columns)."""
    wanted, last, found = set(map(int, rows)), int(max(rows)), {}
    with opener(path)(path, "rt", encoding="utf-8-sig", errors="replace", newline="") as file:
        first = file.readline()
        heads = [(separator, next(csv.reader([first], delimiter=separator), [])) for separator in ",;\t|"]
        separator, head = next(
            ((separator, head) for separator, head in heads if set(names) <= set(head)), (None, None)
        )
        if separator is None:
            raise NotShown("the table does not begin with a line of the names of its columns")
        records = (fields for fields in csv.reader(file, delimiter=separator) if any(map(str.strip, fields)))
        for number, fields in enumerate(records):
            if number in wanted:
                found[number] = fields
            if number >= last:
                break
    if len(found) < len(wanted):
        raise NotShown(f"{path} has fewer rows now")
    return head, [found[int(row)] for row in rows]


def png(image):
    """An image, (height, width) or (height, width, 3), as a PNG file; bytes as they are, other numbers from least to
    greatest."""
    if image.dtype != numpy.uint8:
        low, high = float(image.min()), float(image.max())
        image = ((image - low) * (255 / ((high - low) or 1))).astype(numpy.uint8)
    height, width = image.shape[:2]
    lines = b"".join(b"\0" + line.tobytes() for line in image)

    def chunk(kind, content):
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    header = struct.pack(">2I5B", width, height, 8, 2 if image.ndim == 3 else 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 9)) + chunk(b"IEND", b"")


def as_image(sample):
    """A sample as (height, width) or (height, width, 3); None where it is no image."""
    if sample.ndim == 3 and 1 in (sample.shape[0], sample.shape[2]):
        return sample.squeeze(0 if sample.shape[0] == 1 else 2)
    if sample.ndim == 3 and sample.shape[0] == 3:
        return numpy.ascontiguousarray(sample.transpose(1, 2, 0))
    return sample if sample.ndim == 2 or (sample.ndim == 3 and sample.shape[2] == 3) else None


def data_uri(image):
    return "data:image/png;base64," + base64.b64encode(png(image)).decode()
