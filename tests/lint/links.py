#!/usr/bin/env python3
"""Finds links of Markdown files that lead nowhere: files that are not there, headings that are not in them.

links.py REPOSITORY: prints a line for each and ends with status 1 if there are any. The README stays short, too.
"""

import pathlib
import re
import subprocess
import sys

README_LINES = 200  # what a reader takes in within a minute
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def anchors(text):
    """The names by which GitHub links to the headings of a text."""
    headings = re.findall(r"(?m)^#+ +(.+?)\s*$", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def check(repository, files):
    """Yields a line for each fault of these Markdown files, whose paths are relative to the repository."""
    for file in files:
        text = (repository / file).read_text()
        if file == "README.md" and text.count("\n") > README_LINES:
            yield f"{file}: {text.count(chr(10))} lines are more than {README_LINES}"
        for link in LINK.findall(CODE.sub("", text)):
            if re.match(r"\w+:", link):
                continue
            path, _, anchor = link.partition("#")
            target = (repository / file).parent / path if path else repository / file
            if not target.exists():
                yield f"{file}: {link}: there is no such file"
            elif anchor and anchor not in anchors(target.read_text()):
                yield f"{file}: {link}: there is no such heading"


def main():
    repository = pathlib.Path(sys.argv[1])
    command = ["git", "-C", repository, "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    files = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    findings = list(check(repository, files))
    print("\n".join(findings) or f"{len(files)} files: no link leads nowhere")
    return 1 if findings or "README.md" not in files else 0


if __name__ == "__main__":
    sys.exit(main())
