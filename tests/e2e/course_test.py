"""The chapters of configs/course/ show what comes of their commands and of their Python, here as anywhere.

Of a chapter's blocks, `console` is a session: lines that begin with "$ " are commands, and what follows each is its
output. `python` runs as it stands, and a `text` block after it is its output. `toml` is a part of the chapter's
configuration. A line "..." stands for any lines. What a machine adds of its own is not compared, see `plain`.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import unittest

from harness import CONFIGS, LAUNCH, REPOSITORY, EndToEndTest

COURSE = CONFIGS / "course"
CHAPTERS = sorted(COURSE.glob("[0-9]_*.md"))


def blocks(text):
    """The fenced blocks of a Markdown text, as pairs of language and content."""
    return re.findall(r"(?ms)^```(\w+)\n(.*?)^```$", text)


def sessions(console):
    """The commands of a session, each with the output that follows it. A command may go on after a backslash."""
    parts = re.split(r"(?m)^\$ ((?:.*\\\n)*.*\n)", console)[1:]
    return list(zip(parts[::2], parts[1::2]))


def plain(output):
    """The lines of an output without those of the machine: versions, ranks, kernels, times and speeds."""
    output = re.sub(r"(?m)^(lockstep \d|ranks:|blas:|environ:|time:|slow:).*\n", "", output)
    output = re.sub(r"(?m)^(epoch .*) \S+$", r"\1", output)
    return re.sub(r"samples_per_second \d+", "samples_per_second", output).splitlines()


def agree(shown, output):
    """Whether an output is what is shown of it."""
    lines = (r"(?:.*\n)*" if line == "..." else re.escape(line) + r"\n" for line in plain(shown))
    return re.fullmatch("".join(lines), "".join(line + "\n" for line in plain(output))) is not None


NUMBER = r"-?\d+\.\d+"


def same_picture(shown, drawn):
    """Whether two SVG pictures are the same to the eye: numbers that NumPy computes for them may differ between
    processors in the last digit, and with them the names that Matplotlib gives to what is used again."""
    shown, drawn = (re.sub(r"\b[a-z][0-9a-f]{10}\b", "name", picture) for picture in (shown, drawn))
    if re.split(NUMBER, shown) != re.split(NUMBER, drawn):
        return False
    pairs = zip(re.findall(NUMBER, shown), re.findall(NUMBER, drawn))
    return all(abs(float(one) - float(other)) < 1e-3 for one, other in pairs)


class AgreeTest(unittest.TestCase):
    SHOWN = "lockstep 0.7.0\nmodel:   2-2\n...\nepoch 9/9  test_loss 0.5  3ms\ndone: samples_per_second 9 digest 0123\n"

    def test_what_differs_between_machines_is_not_compared(self):
        output = "model:   2-2\nnote:    x\nepoch 9/9  test_loss 0.5  1.2s\ndone: samples_per_second 77 digest 0123\n"
        self.assertTrue(agree(self.SHOWN, output))

    def test_all_else_is(self):
        for old, new in (("digest 0123", "digest 0124"), ("loss 0.5", "loss 0.6"), ("2-2", "2-3"), ("done", "note\ndone")):
            with self.subTest(new):
                self.assertFalse(agree(self.SHOWN, self.SHOWN.replace(old, new)))

    def test_pictures_differ_by_what_is_seen(self):
        shown = '<path d="M 1.250001 -20.5 L 3.000000"/><text>0.5 of x</text>'
        self.assertTrue(same_picture(shown, shown.replace("1.250001", "1.250000")))
        self.assertTrue(same_picture("url(#p98630205c5)", "url(#pb5822c4460)"))
        for old, new in (("1.250001", "1.26"), ("-20.5", "20.5"), ("of x", "of y"), (" L 3.000000", "")):
            with self.subTest(new):
                self.assertFalse(same_picture(shown, shown.replace(old, new)))


class CourseTest(EndToEndTest):
    """All chapters, one after the other, in a copy of configs/."""

    def setUp(self):
        super().setUp()
        shutil.copytree(CONFIGS, self.folder / "configs")
        (self.folder / "launch").symlink_to(REPOSITORY / "launch")
        programs = self.folder / "programs"
        programs.mkdir()
        (programs / "lockstep").symlink_to(os.environ["LOCKSTEP"])
        (programs / "python3").symlink_to(sys.executable)
        self.environment = os.environ | LAUNCH | {"PATH": f"{programs}:{os.environ['PATH']}"}

    def output(self, *command):
        """What a command writes to standard output."""
        completed = subprocess.run(
            command, cwd=self.folder, env=self.environment, text=True, capture_output=True, timeout=120, check=False
        )
        self.assertEqual(completed.returncode, 0, f"{command}\n{completed.stdout}\n{completed.stderr}")
        return completed.stdout

    def check(self, source, shown, *command):
        """Runs a command, and compares its output with what is shown of it. The other blocks are compared all the same."""
        with self.subTest(source):
            output = self.output(*command)
            self.assertTrue(agree(shown, output), f"shown:\n{shown}\noutput:\n{output}")

    def check_chapter(self, chapter):
        found = blocks(chapter.read_text())
        for (language, text), (following, shown) in zip(found, [*found[1:], ("", "")]):
            if language == "console":
                for command, expected in sessions(text):
                    self.check(command, expected, "bash", "-c", command)
            elif language == "python":
                self.check(text, shown if following == "text" else "", sys.executable, "-c", text)
            elif language == "toml":
                self.assertIn(text, chapter.with_suffix(".toml").read_text())

    def check_picture(self, picture):
        """The picture that the runs give is the one in the chapter, wherever the same Matplotlib draws it."""
        shown, drawn = ((folder / picture.name).read_text() for folder in (COURSE, self.folder / "configs/course"))
        versions = [re.search(r"Matplotlib v[\d.]+", text)[0] for text in (shown, drawn)]
        self.assertTrue(same_picture(shown, drawn) or versions[0] != versions[1], "plots.py draws another picture")

    def test_chapters(self):
        for chapter in CHAPTERS:
            with self.subTest(chapter.name):
                self.check_chapter(chapter)
        self.output(sys.executable, "configs/course/plots.py")
        for chapter in CHAPTERS:
            with self.subTest(chapter.name):
                self.check_picture(chapter.with_suffix(".svg"))
        for table in COURSE.glob("*.csv"):
            with self.subTest(table.name):
                self.assertEqual((self.folder / "configs/course" / table.name).read_text(), table.read_text())

    def test_contents(self):
        contents = (COURSE / "README.md").read_text()
        self.assertEqual(re.findall(r"\]\((\d_\w+\.md)\)", contents), [chapter.name for chapter in CHAPTERS])
        for chapter in CHAPTERS:
            with self.subTest(chapter.name):
                links = re.findall(r"\]\((?!https?:)([^)#]+)\)", chapter.read_text())
                self.assertIn(chapter.with_suffix(".svg").name, links)
                self.assertIn(chapter.with_suffix(".toml").name, links)
                self.assertEqual([link for link in links if not (COURSE / pathlib.Path(link)).exists()], [])


if __name__ == "__main__":
    unittest.main()
