#!/usr/bin/env python3
"""Reads the includes of src/ and fails on one that goes up or sideways in the order of the floors.

Usage: includes.py REPOSITORY. Every finding is a line `file:line: what`. Checked are
  - includes of our own files: only from the same folder or from a floor below,
  - headers of libraries: each has one home,
  - src/CMakeLists.txt: a library links only to libraries of floors below,
  - the length of a file, and its first line: a comment that says what the file is for,
  - functions that round differently in each C library: only those of tensor/elementary.hpp are called.
"""

import pathlib
import re
import sys

FLOORS = (
    ("base",),
    ("tensor",),
    ("data", "nn", "comm", "optim", "onnx"),
    ("checkpoint", "metrics", "scores"),
    ("config",),
    ("predict",),
    ("train", "export", "lockstep"),
    ("cli",),
)
FLOOR_OF = {folder: floor for floor, folders in enumerate(FLOORS) for folder in folders}

# Folders within that of a floor, which hold the entries of a table, a file each.
TABLES = ("activations", "formats", "losses", "scales")

# Headers of libraries, and the folders that wrap each of them.
HOMES = (
    (r"mpi\.h", "comm"),
    (r"libxsmm.*\.h", "tensor"),
    (r"immintrin\.h", "tensor"),
    (r"cblas\.h|openblas.*", "tensor"),
    (r"hdf5\.h|H5.*public\.h", "base"),
    (r"toml\+\+/.*", "config"),
    (r"boost/.*", "comm"),
    (r"zlib\.h", "data"),
    (r"zstd\.h", "data"),
    (r"lzma\.h", "data"),
    (r"Random123/.*", "base"),
    (r"xxh.*\.h", "base"),
    (r"CLI/.*", "cli"),
    (r"nlohmann/.*", "metrics", "export"),
    (r"onnx/onnx_pb\.h", "onnx"),
)
EVERYWHERE = r"fmt/.*"
# sqrt, fma, floor, ldexp and their like are exact and may be called.
ELEMENTARY = "tensor/elementary"
INEXACT = re.compile(
    r"(?<!elementary::)\b(exp[2m]?1?|log(?:2|10|1p)?|pow|a?(?:sin|cos|tan)h?|atan2|cbrt|hypot|erfc?|[lt]gamma)[fl]?\("
)
LONGEST_FILE = 350  # lines


def check_include(folder, header, own):
    """What is wrong with including `header` in a file of `folder`, or None. `own`: in quotes, not in angle brackets."""
    for pattern, *homes in HOMES:
        if re.fullmatch(pattern, header) and folder not in homes:
            return f"<{header}> belongs in {'/ and '.join(homes)}/ alone"
        if re.fullmatch(pattern, header):
            return None
    target = header.split("/")[0] if "/" in header else None
    if not own and target not in FLOOR_OF:
        known = target is None or target in ("sys", "netinet", "arpa") or re.fullmatch(EVERYWHERE, header)
        return None if known else f'<{header}> has no home yet: name one in tests/lint/includes.py'
    if target not in FLOOR_OF:
        return f'"{header}" is in no floor: write the path from src/ on'
    if target == folder or FLOOR_OF[target] < FLOOR_OF[folder]:
        return None
    direction = "sideways" if FLOOR_OF[target] == FLOOR_OF[folder] else "up"
    return f'"{header}" goes {direction}, from {folder}/ to {target}/'


def check_file(path, name):
    """The findings in one source file, which is called `name` in them."""
    parts = pathlib.PurePath(name).parts
    folder = parts[1]
    lines = path.read_text(encoding="utf-8").splitlines()
    if folder not in FLOOR_OF or not (len(parts) == 3 or (len(parts) == 4 and parts[2] in TABLES)):
        yield f"{name}:1: not in a folder of a floor"
        return
    if len(lines) > LONGEST_FILE:
        yield f"{name}:{len(lines)}: has {len(lines)} lines, more than {LONGEST_FILE}"
    has_header = path.suffix == ".cpp" and path.with_suffix(".hpp").exists()
    if not has_header and not (lines and lines[0].startswith(("//", "/*"))):
        yield f"{name}:1: does not begin with a comment that says what it is for"
    for number, line in enumerate(lines, 1):
        include = re.match(r'\s*#\s*include\s*([<"])([^>"]+)[>"]', line)
        if include:
            finding = check_include(folder, include[2], include[1] == '"')
            if finding:
                yield f"{name}:{number}: {finding}"
        inexact = INEXACT.search(line.split("//")[0])
        if inexact and ELEMENTARY not in name:
            yield f"{name}:{number}: {inexact[1]} differs among C libraries: call that of {ELEMENTARY}.hpp"


def check_links(path, name):
    """The findings in the build file, which lists the floors: lockstep_floor(NAME libraries...)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        floor = re.match(r"lockstep_floor\((\w+)(.*)\)", line)
        if not floor:
            continue
        folder = floor[1]
        if folder not in FLOOR_OF:
            yield f"{name}:{number}: {folder} is no folder of a floor"
            continue
        for target in re.findall(r"\blockstep_(\w+)", floor[2]):
            if FLOOR_OF.get(target, len(FLOORS)) >= FLOOR_OF[folder]:
                yield f"{name}:{number}: {folder} links to {target}, which is not below it"


def check(repository):
    """All findings of a repository, in the order of its files."""
    source = repository / "src"
    build_file = source / "CMakeLists.txt"
    if build_file.exists():
        yield from check_links(build_file, "src/CMakeLists.txt")
    files = sorted(path for path in source.rglob("*") if path.suffix in (".cpp", ".hpp", ".h"))
    if not files:
        yield "src:1: no source files"
    for path in files:
        yield from check_file(path, path.relative_to(repository).as_posix())


def main():
    findings = list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(findings) or "Every include goes down.")
    return 1 if findings else 0


if __name__ == "__main__":
    sys.exit(main())
