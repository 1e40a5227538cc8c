#!/usr/bin/env python3
"""Compares the dependencies of the recipe for Spack with what CMake looks for.

Usage: spack.py REPOSITORY. Every finding is a line; the recipe is not run, but it has to be Python.
"""

import ast
import pathlib
import re
import sys

# What CMake looks for, and what Spack calls it.
NAMES = {
    "PkgConfig": "pkgconfig",
    "Python3": "python",
    "MPI": "mpi",
    "HDF5": "hdf5",
    "Boost": "boost",
    "ZLIB": "zlib-api",
    "LibLZMA": "xz",
    "libzstd": "zstd",
    "fmt": "fmt",
    "CLI11": "cli11",
    "openblas": "openblas",
    "libxsmm": "libxsmm",
    "libxsmmnoblas": "libxsmm",
    "libxxhash": "xxhash",
    "tomlplusplus": "tomlplusplus",
    "Protobuf": "protobuf",
    "ONNX": "onnx",
    "Random123/philox.h": "random123",
    "nlohmann/json.hpp": "nlohmann-json",
}
# What builds, and what scripts want.
TOOLS = {"c", "cxx", "cmake", "ninja", "py-h5py"}
SEARCH = re.compile(r"^\s*(find_package|pkg_check_modules|find_path)\((.*?)\)", re.MULTILINE)


def looked_for(text):
    """The names of packages, modules and headers in a build file."""
    for command, arguments in SEARCH.findall(text):
        words = [word for word in arguments.split() if word not in ("REQUIRED", "IMPORTED_TARGET")]
        yield from words[:1] if command == "find_package" else words[1:]


def dependencies(recipe):
    """The names in depends_on(), without versions and variants."""
    for node in ast.walk(ast.parse(recipe)):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "depends_on":
            yield re.match(r"[a-z0-9-]+", node.args[0].value)[0]


def check(build_files, recipe):
    """All findings."""
    wanted = set()
    for name in (name for text in build_files for name in looked_for(text)):
        if name in NAMES:
            wanted.add(NAMES[name])
        else:
            yield f"{name}: CMake looks for it; say in tests/lint/spack.py what Spack calls it"
    known = set(dependencies(recipe))
    for name in sorted(wanted - known):
        yield f"{name}: CMake looks for it; cluster/spack/package.py does not depend on it"
    for name in sorted(known - wanted - TOOLS):
        yield f"{name}: cluster/spack/package.py depends on it; CMake does not look for it"


def main():
    repository = pathlib.Path(sys.argv[1])
    build_files = [(repository / name).read_text() for name in ("CMakeLists.txt", "launch/package/CMakeLists.txt")]
    findings = list(check(build_files, (repository / "cluster/spack/package.py").read_text()))
    print("\n".join(findings) or "The recipe for Spack depends on what CMake looks for.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
