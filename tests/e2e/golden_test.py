"""Configurations name the digest that they end with, on every processor: of all parameters, bit by bit.

A change of arithmetic is a change of those lines.
"""

import os
import subprocess
import unittest

from harness import CONFIGS, LAUNCH, EndToEndTest, Result, data_of, named_digests

# Kernels for other processors run on this one: libxsmm's for AVX2, and without libxsmm.
AVX2 = {"LIBXSMM_TARGET": "hsw"}
NO_LIBXSMM = {"LIBXSMM_TARGET": "snb"}
X86 = os.uname().machine == "x86_64"  # elsewhere all kernels are the portable ones


def short_runs(config):
    """Settings and digests. Where some are of fewer epochs, a run of all is trained by a test of its own."""
    digests = named_digests(config)
    return [run for run in digests if "train.epochs" in "".join(run[0])] or digests


class GoldenDigestTest(EndToEndTest):
    def command_for(self, config, settings):
        options = [word for setting in settings for word in ("--set", setting)]
        options += data_of(config, self.folder)
        return ["train", config, "--run-dir", "run", "--resume", "never", *options]

    def check(self, kernels, ranks):
        """Every configuration, with the kernels that this environment asks for."""
        for config in sorted(CONFIGS.glob("*.toml")):
            runs = short_runs(config)
            # MNIST's files are for the user to fetch.
            self.assertEqual(not runs, config.name == "mnist.toml", config.name)
            for settings, digest in runs:
                with self.subTest(config=config.name, settings=settings):
                    result = self.run_ok(*self.command_for(config, settings), ranks=ranks, environment=LAUNCH | kernels)
                    self.assertEqual(result.done()["digest"], digest)
                    portable = kernels == NO_LIBXSMM or not X86
                    self.assertEqual("portable" in result.output, portable, result.output)


class OwnKernelsTest(GoldenDigestTest):
    def test_on_one_rank(self):
        self.check({}, ranks=1)


class Avx2Test(GoldenDigestTest):
    def test_on_three_ranks(self):
        self.check(AVX2, ranks=3)


class PortableTest(GoldenDigestTest):
    def test_on_eight_ranks(self):
        self.check(NO_LIBXSMM, ranks=8)


class MixedKernelsTest(GoldenDigestTest):
    @unittest.skipUnless(X86, "this processor has kernels of one kind only")
    def test_ranks_with_different_kernels(self):
        config = CONFIGS / "fashion_mnist.toml"
        for settings, digest in short_runs(config):
            with self.subTest(settings=settings):
                self.check_mixed(config, settings, digest)

    def check_mixed(self, config, settings, digest):
        line = [os.environ["MPIRUN"]]
        for variables in ("LIBXSMM_TARGET=", "LIBXSMM_TARGET=hsw", "LIBXSMM_TARGET=snb"):
            line += ["-n", "1", "env", variables, os.environ["LOCKSTEP"], *self.command_for(config, settings), ":"]
        completed = subprocess.run(
            line[:-1],
            cwd=self.folder,
            env=os.environ | LAUNCH,
            text=True,
            capture_output=True,
            timeout=120,
            check=False,
        )
        result = Result(completed)
        self.assertEqual(result.status, 0, result.errors)
        self.assertRegex(result.output, r"(?m)^blas: .*rank 1 on \S+ has libxsmm \S+ hsw\b.*; rank 2 on \S+ has portable")
        self.assertEqual(result.done()["digest"], digest)


if __name__ == "__main__":
    unittest.main()
