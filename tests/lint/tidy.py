#!/usr/bin/env python3
"""Runs clang-tidy on every source file of src/, those of neighbouring floors as one: what they include is then checked once.

Usage: tidy.py REPOSITORY BUILD_FOLDER, with compile_commands.json in it. Findings name the file and line in src/.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import subprocess
import sys
import tempfile


# States that the static analyzer follows through a function, at most. Its own limit of 225,000 takes much longer.
ANALYZER = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=8000")]


def flags_of(entry):
    """The compiler's options of a file, without the file and its output."""
    words = shlex.split(entry["command"])[1:]
    for option, count in (("-o", 2), ("-c", 2)):
        if option in words:
            at = words.index(option)
            del words[at : at + count]
    return tuple(words)


def sources_of(entry):
    """The files that an entry compiles: itself, or those that a file made by CMAKE_UNITY_BUILD includes."""
    file = pathlib.Path(entry["file"])
    if file.parent.name != "Unity":
        return [file]
    return [pathlib.Path(name) for name in re.findall(r'^#include "(.*)"', file.read_text(encoding="utf-8"), re.MULTILINE)]


def joined(files):
    """The text of the files, one after the other, and of each line its file and number there. An include that an earlier
    file has made is left out, as clang-tidy would call it a duplicate."""
    lines, places, included = [], [], set()
    for file in files:
        mine = set()
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if re.match(r"\s*#\s*include", line):
                mine.add(line)
                line = "" if line in included else line
            lines.append(line)
            places.append((file, number))
        included |= mine
    return "\n".join(lines) + "\n", places


def tidy(repository, folder, flags, files):
    """What clang-tidy finds in the files, as text; empty: nothing."""
    text, places = joined(files)
    with tempfile.TemporaryDirectory() as temporary:
        path = pathlib.Path(temporary) / "joined.cpp"
        path.write_text(text, encoding="utf-8")
        command = ["clang-tidy-19", "--quiet", f"--config-file={repository}/.clang-tidy", *ANALYZER, str(path), "--", *flags]
        done = subprocess.run(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)

    def place(match):
        file, number = places[int(match[1]) - 1]
        return f"{file}:{number}:"

    said = re.sub(re.escape(str(path)) + r":(\d+):", place, done.stdout.decode("utf-8", "replace"))
    return said if done.returncode else ""


def joined_floors(floors, size):
    """Lists of neighbouring floors that have `size` files at least."""
    lists, files = [[]], 0
    for floor in floors:
        if files >= size:
            lists.append([])
            files = 0
        lists[-1].append(floor)
        files += len(floors[floor])
    return lists


def main(repository, build):
    repository = pathlib.Path(repository).resolve()
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text(encoding="utf-8"))
    floors = collections.defaultdict(dict)  # of each, from the lowest on, its files with their options
    for entry in entries:
        for file in sources_of(entry):
            if file.parent.parent == repository / "src":
                floors[file.parent.name][file] = flags_of(entry)
    checked = {file for files in floors.values() for file in files}
    missing = set((repository / "src").glob("*/*.cpp")) - checked
    if missing:
        sys.exit(f"not built, so not checked: {', '.join(sorted(map(str, missing)))}")

    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = {}
        for names in joined_floors(floors, len(checked) / (2 * os.cpu_count())):
            files = {file: flags for name in names for file, flags in sorted(floors[name].items())}
            flags = [flag for some in dict.fromkeys(files.values()) for flag in some]
            work[pool.submit(tidy, repository, build, flags, list(files))] = ", ".join(names)
        for task in concurrent.futures.as_completed(work):
            failed += bool(task.result())
            print(f"src, {work[task]}: {task.result() or 'nothing found'}", flush=True)
    print(f"clang-tidy: {len(checked)} files, read as {len(work)}, {failed} of them with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
