#!/usr/bin/env python3
"""Writes the manual pages and the completion for bash, zsh and fish, from what the program says of itself.

Usage: documents.py FOLDER PROGRAM...: PROGRAM may have an emulator before it. FOLDER becomes
  man/man1/lockstep.1, lockstep-COMMAND.1   from --help
  man/man5/lockstep.toml.5                  from `lockstep keys`
  completion.bash, .zsh, .fish              from both
"""

import dataclasses
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

VERBATIM = re.compile(r"`([^`]*)`")
WORDS = re.compile(r"[a-z0-9]+(\|[a-z0-9]+)+")  # the values of an option: idx|csv


def first_clause(text):
    return text.split(";")[0].split(". ")[0]


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
        """What an option takes; empty for a flag. What it needs beside it is not that."""
        return " ".join(self.name.split(" Needs: ")[0].split()[1:])

    @property
    def summary(self):
        """The first clause of the description, on a line."""
        return VERBATIM.sub(r"\1", first_clause(self.text))


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
            folder / f"man1/lockstep-{name}.1", version, first_clause(of.description[0]),
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


def completed(commands, keys):
    """What completes what an option takes, by what `--help` calls that; anything else may be a file's name."""
    values = {"KEY=VALUE": [Entry(f"{name}=", meaning) for name, _, meaning in keys]}
    for takes in (option.takes for of in commands.values() for option in of.options):
        if WORDS.fullmatch(takes):
            values[takes] = [Entry(word, "") for word in takes.split("|")]
    return values


BASH = """# Completion of lockstep for bash.
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


def bash(top, commands, values):
    def words(entries):
        return f"words='{' '.join(entry.option for entry in entries)}' ;;"

    def places(takes):
        pairs = ((name, option) for name, of in commands.items() for option in of.options)
        return "|".join(f"{name}:{option.option}" for name, option in pairs if option.takes == takes)

    return BASH % {
        "commands": " ".join(entry.option for entry in [*top.commands, *top.options]),
        "values": "\n".join(f"      {places(takes)}) {words(entries)}" for takes, entries in values.items()),
        "options": "\n".join(f"            {name}) {words(of.options)}" for name, of in commands.items()),
    }


ZSH = """#compdef lockstep
# Completion of lockstep for zsh.

# Completes what an option takes that `--help` calls $1. A key ends with =, without a space; a file's name may follow.
_lockstep_values() {
  local -a values suffix
  case $1 in
%(values)s
  esac
  if compset -P '*='; then _files; return; fi
  if [[ $values[1] == *=:* ]]; then suffix=(-S ''); fi
  _describe value values "$suffix[@]"
}

_lockstep() {
  local curcontext=$curcontext state line
  local -A opt_args
  local -a commands=(
%(commands)s
  )
  _arguments -C \\
%(options)s \\
    '1: :->command' '*:: :->argument' && return
  case $state:$words[1] in
    command:*) _describe command commands ;;
%(arguments)s
  esac
}

_lockstep "$@"
"""


def zsh(top, commands, values):
    def described(entries, indent):
        return "\n".join(indent + shlex.quote(f"{entry.name}:{entry.summary}".rstrip(":")) for entry in entries)

    def specified(options, indent):
        lines = []
        for option in options:
            times = "*" if "several times" in option.text else ""
            meaning = re.sub(r"[][\\]", r"\\\g<0>", option.summary)
            how = f' _lockstep_values "{option.takes}"' if option.takes in values else "_files"
            value = f":{option.takes}:{how}" if option.takes else ""
            lines.append(indent + shlex.quote(f"{times}{option.option}[{meaning}]{value}"))
        return " \\\n".join(lines)

    return ZSH % {
        "values": "\n".join(
            f"    '{takes}') values=(\n{described(entries, 8 * ' ')}\n      ) ;;" for takes, entries in values.items()
        ),
        "commands": described(top.commands, 4 * " "),
        "options": specified(top.options, 4 * " "),
        "arguments": "\n".join(
            f"    argument:{name}) _arguments \\\n{specified(of.options, 8 * ' ')} \\\n        '*:file:_files' ;;"
            for name, of in commands.items()
        ),
    }


FISH = """# Completion of lockstep for fish.

# Whether what is being written are arguments of this command; without one, whether it is the command itself.
function __lockstep_writes
    set -l words (commandline -opc)
    test "$words[2]" = "$argv[1]"
end

# What an option takes that `--help` calls $argv[1], with meanings. After a key and = a file's name may follow.
function __lockstep_values
    if set -l parts (string match -r '^([^-=][^=]*=)(.*)' -- (commandline -ct))
        printf '%%s\\n' $parts[2](complete -C "'' $parts[3]")
        return
    end
    switch $argv[1]
%(values)s
    end
end

%(rules)s
"""


def fish(top, commands, values):
    def quote(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def rule(command, option):
        how = f" -x -a {quote(f'(__lockstep_values {quote(option.takes)})')}" if option.takes in values else " -r"
        where = quote(f"__lockstep_writes {command}".strip())
        line = f"complete -c lockstep -n {where} -l {option.option[2:]} -d {quote(option.summary)}"
        return line + how * bool(option.takes)

    def listed_values(takes, entries):
        pairs = (f"{quote(entry.name)} {quote(entry.summary)}" for entry in entries)
        return f"        case '{takes}'\n            printf '%s\\t%s\\n' " + " \\\n                ".join(pairs)

    rules = [
        f"complete -c lockstep -n __lockstep_writes -f -a {entry.name} -d {quote(entry.summary)}" for entry in top.commands
    ]
    rules += [rule("", option) for option in top.options]
    rules += [rule(name, option) for name, of in commands.items() for option in of.options]
    return FISH % {
        "values": "\n".join(listed_values(takes, entries) for takes, entries in values.items()),
        "rules": "\n".join(rules),
    }


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
    values = completed(commands, keys)
    for write in (bash, zsh, fish):
        (folder / f"completion.{write.__name__}").write_text(write(top, commands, values), encoding="utf-8")


if __name__ == "__main__":
    main()
