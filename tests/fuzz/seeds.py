#!/usr/bin/env python3
"""Writes inputs from which fuzzing begins, a folder a target. Usage: seeds.py REPOSITORY FOLDER"""

import gzip
import io
import pathlib
import sys
import zipfile


def archive(method, content):
    """The bytes of a zip archive with one member."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as members:
        members.writestr("x.npy", content)
    return file.getvalue()


def main():
    repository, folder = map(pathlib.Path, sys.argv[1:])
    images = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0, 1]) + bytes(range(6))
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 2, 5, 9])
    header = b"{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1), }\n"
    npy = b"\x93NUMPY\1\0" + bytes([len(header), 0]) + header + bytes(8)
    seeds = {
        "idx": [images, labels, gzip.compress(images, mtime=0), gzip.compress(labels, mtime=0)],
        "npy": [npy, gzip.compress(npy, mtime=0), archive(zipfile.ZIP_STORED, npy), archive(zipfile.ZIP_DEFLATED, npy)],
        "csv": [
            b'\3a,b,y\n1,2.5,"x ""1"""\n-3e5,4,y\n',
            b"\6y,z\n0,1\n1,0\n\n2,3\r\n",
            b"\x1b\xef\xbb\xbfb,y,a\n1,0,2\n3,1,4\n",
        ],
        "config": [path.read_bytes() for path in sorted((repository / "configs").glob("*.toml"))]
        + [b"[run]\nname = 'r'\n[data]\ntrain = 'a'\ntest_fraction = 0.5\n--set data.format=hdf5\n--set model.hidden=[3]\n"],
        "checkpoint": [bytes(100), b"\1" * 200],
    }
    for target, contents in seeds.items():
        (folder / target).mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(contents):
            (folder / target / str(number)).write_bytes(content)


if __name__ == "__main__":
    main()
