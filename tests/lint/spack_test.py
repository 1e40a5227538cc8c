"""Proves that spack.py catches what it is for."""

import unittest

import spack

BUILD = "find_package(ZLIB REQUIRED)\npkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)\n"


class SpackTest(unittest.TestCase):
    def findings(self, build, *names):
        return list(spack.check([build], "class A(B):\n" + "".join(f"    depends_on('{name}')\n" for name in names)))

    def test_the_same(self):
        self.assertEqual(self.findings(BUILD, "zlib-api", "zstd@1:+lib", "cmake@3.25:"), [])

    def test_too_few_and_too_many(self):
        self.assertEqual(len(self.findings(BUILD, "zlib-api")), 1)
        self.assertEqual(len(self.findings(BUILD, "zlib-api", "zstd", "xz")), 1)

    def test_unknown_to_the_check(self):
        self.assertEqual(len(self.findings(BUILD + "find_path(EIGEN Eigen/Dense)", "zlib-api", "zstd")), 1)

    def test_no_python(self):
        with self.assertRaises(SyntaxError):
            list(spack.check([BUILD], "class A(B:"))


if __name__ == "__main__":
    unittest.main()
