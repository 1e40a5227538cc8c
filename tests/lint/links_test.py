"""Proves that links.py catches what it is for, on small trees made for it."""

import pathlib
import tempfile
import unittest

import links


class LinksTest(unittest.TestCase):
    def findings(self, files):
        with tempfile.TemporaryDirectory() as folder:
            for name, text in files.items():
                path = pathlib.Path(folder, name)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text)
            return list(links.check(pathlib.Path(folder), list(files)))

    def test_links_that_lead_somewhere_are_fine(self):
        readme = "# Own\n[a](b/c.md) [b](b/c.md#two-words-of-it) [c](#own) [d](https://example.org/x) `[e](f)`\n"
        self.assertEqual(self.findings({"README.md": readme, "b/c.md": "## Two words, of it\n[up](../README.md)"}), [])

    def test_no_file(self):
        self.assertEqual(self.findings({"a/b.md": "[x](c.md)"}), ["a/b.md: c.md: there is no such file"])

    def test_no_heading(self):
        self.assertEqual(
            self.findings({"a.md": "[x](#gone)\n```\n# gone\n```\n"}), ["a.md: #gone: there is no such heading"]
        )

    def test_a_readme_is_short(self):
        self.assertEqual(self.findings({"README.md": "x\n" * 201}), ["README.md: 201 lines are more than 200"])


if __name__ == "__main__":
    unittest.main()
