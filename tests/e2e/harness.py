"""What the end-to-end tests share: starting the program as a user does, and reading what it printed."""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CONFIGS = REPOSITORY / "configs"


class Result:
    """How a command ended: its status and what it wrote to standard output and standard error."""

    def __init__(self, completed):
        self.status = completed.returncode
        self.output = completed.stdout
        self.errors = completed.stderr

    def done(self):
        """The values of the last line of a training run, as a dictionary of texts."""
        last = self.output.strip().splitlines()[-1]
        assert last.startswith("done: "), f"not a finished run:\n{self.output}\n{self.errors}"
        words = last.removeprefix("done: ").split()
        return dict(zip(words[::2], words[1::2]))

    def values(self):
        """The lines "key: value" as a dictionary of texts."""
        return dict(re.findall(r"^([\w.]+): (.*)$", self.output, re.MULTILINE))


class EndToEndTest(unittest.TestCase):
    """A test with a folder of its own, in which commands run. The folder is gone after the test."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def command(self, *arguments, ranks=None, timeout=240, environment=None):
        """Runs `lockstep ARGUMENTS...`, under mpirun where `ranks` is given, and returns its Result."""
        line = [os.environ["LOCKSTEP"], *map(str, arguments)]
        if ranks is not None:
            line = [os.environ["MPIRUN"], "-n", str(ranks), *line]
        completed = subprocess.run(
            line,
            cwd=self.folder,
            env=os.environ | (environment or {}),
            text=True,
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return Result(completed)

    def run_ok(self, *arguments, **options):
        """The same for a command that must succeed."""
        result = self.command(*arguments, **options)
        self.assertEqual(result.status, 0, f"{arguments}\n{result.output}\n{result.errors}")
        return result

    def write(self, name, text):
        """Writes a file in the test's folder and returns its path."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        return path
