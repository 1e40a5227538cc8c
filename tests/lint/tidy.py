#!/usr/bin/env python3
"""Runs clang-tidy on every source file of src/, a floor's files as one: what they include is then checked once.

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


# States that the static analyzer follows through a function, at most. Its own limit of 225,000 takes twice the time.
ANALYZER = [f"--extra-arg={word}" for word in ("-Xclang", "-analyzer-config", "-Xclang", "max-nodes=30000")]


def flags_of(entry):
    """The compiler's options of a file, without the file and its output."""
    words = shlex.split(entry["command"])[1:]
    for option, count in (("-o", 2), ("-c", 2)):
        if option in words:
            at = words.index(option)
            del words[at : at + count]
    return tuple(words)


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


def main(repository, build):
    repository = pathlib.Path(repository).resolve()
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text(encoding="utf-8"))
    groups = collections.defaultdict(list)  # what can be one: files of a folder with the same options
    for entry in entries:
        file = pathlib.Path(entry["file"])
        if file.parent.parent == repository / "src":
            groups[entry["directory"], file.parent.name, flags_of(entry)].append(file)
    checked = {file for files in groups.values() for file in files}
    missing = set((repository / "src").glob("*/*.cpp")) - checked
    if missing:
        sys.exit(f"not built, so not checked: {', '.join(sorted(map(str, missing)))}")

    largest_first = sorted(groups.items(), key=lambda group: -len(group[1]))
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        work = {pool.submit(tidy, repository, key[0], key[2], sorted(files)): key[1] for key, files in largest_first}
        for task in concurrent.futures.as_completed(work):
            failed += bool(task.result())
            print(f"src/{work[task]}: {task.result() or 'nothing found'}", flush=True)
    print(f"clang-tidy: {len(checked)} files in {len(groups)} groups, {failed} groups with findings")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
