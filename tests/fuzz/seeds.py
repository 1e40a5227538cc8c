#!/usr/bin/env python3
"""Writes inputs from which fuzzing begins, a folder a target. Usage: seeds.py REPOSITORY FOLDER"""

import gzip
import io
import math
import pathlib
import struct
import sys
import zipfile


def archive(method, content):
    """The bytes of a zip archive with one member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as members:
        members.writestr("x.npy", content)
    return file.getvalue()


def message(*fields):
    """A message of protobuf, of fields (number, value): texts, bytes and messages, and whole numbers below 128."""
    encoded = b""
    for number, value in fields:
        value = value.encode() if isinstance(value, str) else value
        encoded += bytes([number << 3, value]) if isinstance(value, int) else bytes([number << 3 | 2, len(value)]) + value
    return encoded


def onnx_model():
    """x (2) -> MatMul (3), Add -> Tanh -> MatMul (1) -> y."""

    def node(operator, inputs, output):
        return (1, message(*((1, name) for name in inputs), (2, output), (4, operator)))

    def tensor(name, *shape):
        values = struct.pack("<2f", 0.5, -1.5) * 3
        size = 4 * math.prod(shape)
        return (5, message(*((1, extent) for extent in shape), (2, 1), (8, name), (9, values[:size])))

    nodes = [
        node("MatMul", ("x", "v"), "a"), node("Add", ("a", "b"), "s"), node("Tanh", ("s",), "h"),
        node("MatMul", ("h", "w"), "y"),
    ]  # fmt: skip
    ends = [(11, message((1, "x"))), (12, message((1, "y")))]
    graph = message(*nodes, tensor("v", 2, 3), tensor("b", 3), tensor("w", 3, 1), *ends)
    return b"\x3a" + bytes([len(graph) & 127 | 128, len(graph) >> 7]) + graph


def main():
    repository, folder = map(pathlib.Path, sys.argv[1:])
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1]) + bytes(range(6))
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 9])
    header = b"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }\n"
    npy = b"\x93NUMPY\1\0" + bytes([len(header), 0]) + header + bytes(8)
    fields = b"""{'descr': [('x', '<f4'), ('', '|V1'), (('t', 'y'), '<M8[ns]'), ("z'", '|S2')], 'fortran_order': False, """
    fields += b"'shape': (2,)}\n"
    records = b"\x93NUMPY\1\0" + bytes([len(fields), 0]) + fields + bytes(30)
    seeds = {
        "idx": [images, labels, gzip.compress(images, mtime=0), gzip.compress(labels, mtime=0)],
        "npy": [
            *(npy, gzip.compress(npy, mtime=0), archive(zipfile.ZIP_STORED, npy), archive(zipfile.ZIP_DEFLATED, npy)),
            *(records, gzip.compress(records, mtime=0)),
        ],
        "csv": [
            b'\3a,b,y\n1,2.5,"x ""1"""\n-3e5,4,y\n',
            b"\6y,z\n0,1\n1,0\n\n2,3\r\n",
            b"\x1b\xef\xbb\xbfb,y,a\n1,0,2\n3,1,4\n",
        ],
        "config": [path.read_bytes() for path in sorted((repository / "configs").glob("*.toml"))]
        + [b"[run]\nname = 'r'\n[data]\ntrain = 'a'\ntest_fraction = 0.5\n--set data.format=hdf5\n--set model.hidden=[3]\n"],
        "checkpoint": [bytes(100), b"\1" * 200],
        "onnx": [onnx_model()],
    }
    for target, contents in seeds.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            (folder / target / str(number)).write_bytes(content)


if __name__ == "__main__":
    main()
