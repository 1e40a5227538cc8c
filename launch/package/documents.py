#!/usr/bin/env python3
"""Writes the manual pages and the completion for bash, from what the program says of itself.

Usage: documents.py FOLDER PROGRAM...: PROGRAM may have an emulator before it. FOLDER becomes
  man/man1/lockstep.1, lockstep-COMMAND.1   from --help
  man/man5/lockstep.toml.5                  from `lockstep keys`
  completion.bash
"""

import dataclasses
import pathlib
import re
import shutil
import subprocess
import sys

VERBATIM = re.compile(r"`([^`]*)`")
WORDS = re.compile(r"[a-z0-9]+(\|[a-z0-9]+)+")  # the values of an option: idx|csv


@dataclasses.dataclass
class Entry:
    """A line of a list: an option with what it takes, a positional, a command."""

    name: str
    text: str

    @property
    def option(self):
        """The long name of an option."""
        return self.name.split()[0].split(",")[-1]

    @property
    def takes(self):
        """What an option takes; empty for a flag."""
        return " ".join(self.name.split()[1:])


@dataclasses.dataclass
class Help:
    """What `--help` says."""

    description: list
    usage: str
    positionals: list
    options: list
    commands: list


def read_help(text):
    head, rest = text.split("\nUsage: ", 1)
    usage, *lines = rest.splitlines()
    lists = {"Positionals:": [], "Options:": [], "Subcommands:": []}
    for line in lines:
        if line in lists:
            entries = lists[line]
        elif line.startswith(30 * " "):
            entries[-1].text = f"{entries[-1].text} {line.strip()}".strip()
        elif line:
            name, _, description = line.strip().partition("  ")
            entries.append(Entry(name, description.strip()))
    return Help(head.splitlines(), usage, *lists.values())


def read_keys(text):
    """The keys of a configuration: names, defaults and meanings, from the columns of a table."""
    head, *lines = text.splitlines()
    columns = [0, head.index("default"), head.index("meaning"), None]
    keys = []
    for line in lines:
        fields = [line[begin:end].strip() for begin, end in zip(columns, columns[1:])]
        if fields[0]:
            keys.append(fields)
        else:
            keys[-1] = [f"{known} {more}".strip() for known, more in zip(keys[-1], fields)]
    return keys


def roff(text):
    """Text of a manual page, with what is in backticks in bold."""
    text = text.replace("\\", "\\e").replace("-", "\\-")
    text = VERBATIM.sub(r"\\fB\1\\fR", text)
    return re.sub(r"^([.'])", r"\\&\1", text)


def section(title, *lines):
    return [f".SH {title}", *lines]


def listed(entries):
    return [line for entry in entries for line in (".TP", f"\\fB{roff(entry.name)}\\fR", roff(entry.text) or "\\&")]


def page(path, version, summary, *sections):
    name, number = path.stem, path.suffix[1:]
    lines = [f'.TH "{name}" {number} "" "{version}"', *section("NAME", f"{roff(name)} \\- {roff(summary)}")]
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([*lines, *(line for part in sections for line in part)]) + "\n", encoding="utf-8")


def write_pages(folder, version, top, commands, keys):
    others = ", ".join(f"\\fBlockstep\\-{name}\\fR(1)" for name in commands)
    page(
        folder / "man1/lockstep.1", version, "trains multi-layer perceptrons on MPI ranks",
        section("SYNOPSIS", roff(top.usage)),
        section("DESCRIPTION", *map(roff, top.description)),
        section("COMMANDS", *listed(top.commands)),
        section("OPTIONS", *listed(top.options)),
        section("SEE ALSO", f"{others}, \\fBlockstep.toml\\fR(5)"),
    )
    for name, of in commands.items():
        page(
            folder / f"man1/lockstep-{name}.1", version, of.description[0].split(";")[0].split(". ")[0],
            section("SYNOPSIS", roff(of.usage)),
            section("DESCRIPTION", *map(roff, of.description)),
            section("ARGUMENTS", *listed(of.positionals)) if of.positionals else [],
            section("OPTIONS", *listed(of.options)),
            section("SEE ALSO", "\\fBlockstep\\fR(1), \\fBlockstep.toml\\fR(5)"),
        )
    entries = [Entry(name, f"{meaning}. Default: {default}") for name, default, meaning in keys]
    page(
        folder / "man5/lockstep.toml.5", version, "configuration of a training run",
        section("DESCRIPTION", "A file of TOML. A key a.b is b in the section [a], or a.b = VALUE."),
        section("KEYS", *listed(entries)),
        section("SEE ALSO", "\\fBlockstep\\-keys\\fR(1), \\fBlockstep\\-train\\fR(1)"),
    )


COMPLETION = """# Completion of lockstep for bash.
_lockstep() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=''
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    words='%(commands)s'
  else
    case $command:$previous in
%(values)s
      *)
        if [[ $current == -* ]]; then
          case $command in
%(options)s
          esac
        fi
        ;;
    esac
  fi
  if [[ $words ]]; then mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current"); fi
  if [[ ${COMPREPLY[0]-} == *= ]]; then compopt -o nospace; fi
}
complete -o bashdefault -o default -F _lockstep lockstep
"""


def write_completion(path, top, commands, keys):
    values = []
    options = []
    for name, of in commands.items():
        options.append(f"            {name}) words='{' '.join(option.option for option in of.options)}' ;;")
        for option in of.options:
            if WORDS.fullmatch(option.takes):
                values.append(f"      {name}:{option.option}) words='{option.takes.replace('|', ' ')}' ;;")
            elif option.takes == "KEY=VALUE":
                values.append(f"      {name}:{option.option}) words='{' '.join(f'{key[0]}=' for key in keys)}' ;;")
    names = [*commands, *(option.option for option in top.options)]
    filled = {"commands": " ".join(names), "values": "\n".join(values), "options": "\n".join(options)}
    path.write_text(COMPLETION % filled, encoding="utf-8")


def main():
    folder = pathlib.Path(sys.argv[1])

    def say(*words):
        return subprocess.run([*sys.argv[2:], *words], text=True, capture_output=True, check=True).stdout

    version = say("--version").strip()
    top = read_help(say("--help"))
    commands = {entry.name: read_help(say(entry.name, "--help")) for entry in top.commands}
    keys = read_keys(say("keys"))
    shutil.rmtree(folder, ignore_errors=True)
    write_pages(folder / "man", version, top, commands, keys)
    write_completion(folder / "completion.bash", top, commands, keys)


if __name__ == "__main__":
    main()
