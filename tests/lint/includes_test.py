"""Proves that includes.py catches what it is for, on small trees made for it."""

import pathlib
import tempfile
import unittest

import includes


class IncludesTest(unittest.TestCase):
    def findings(self, **files):
        """Findings in a repository of these files, each named folder__file (a header) and given by its includes."""
        with tempfile.TemporaryDirectory() as folder:
            for name, lines in files.items():
                path = pathlib.Path(folder, "src", *name.split("__")).with_suffix(".hpp")
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("// A file.\n" + lines + "\n")
            return list(includes.check(pathlib.Path(folder)))

    def test_down_and_own_folder_are_fine(self):
        self.assertEqual(self.findings(nn__model='#include "tensor/matrix.hpp"\n#include "nn/loss.hpp"\n#include <map>'), [])
        self.assertEqual(self.findings(cli__main='#include "base/error.hpp"\n#include <sys/stat.h>'), [])

    def test_a_folder_of_entries_belongs_to_its_floor(self):
        self.assertEqual(self.findings(nn__activations__relu='#include "tensor/elementary.hpp"'), [])
        self.assertEqual(
            self.findings(nn__activations__relu='#include "train/step.hpp"'),
            ['src/nn/activations/relu.hpp:2: "train/step.hpp" goes up, from nn/ to train/'],
        )
        self.assertEqual(
            self.findings(nn__others__relu=""), ["src/nn/others/relu.hpp:1: not in a folder of a floor"]
        )

    def test_up(self):
        self.assertEqual(
            self.findings(nn__model='#include "train/step.hpp"'),
            ['src/nn/model.hpp:2: "train/step.hpp" goes up, from nn/ to train/'],
        )

    def test_up_in_angle_brackets_and_with_spaces(self):
        self.assertEqual(len(self.findings(base__error="#  include  <config/config.hpp>")), 1)

    def test_sideways(self):
        self.assertEqual(
            self.findings(nn__model='#include "comm/reducer.hpp"'),
            ['src/nn/model.hpp:2: "comm/reducer.hpp" goes sideways, from nn/ to comm/'],
        )

    def test_library_away_from_home(self):
        self.assertEqual(
            self.findings(train__step="#include <mpi.h>", comm__reducer="#include <mpi.h>"),
            ["src/train/step.hpp:2: <mpi.h> belongs in comm/ alone"],
        )
        for header in ("cblas.h", "hdf5.h", "toml++/toml.h", "boost/archive/binary_oarchive.hpp", "zlib.h", "zstd.h", "lzma.h",
                       "Random123/philox.h", "xxhash.h", "CLI/CLI.hpp", "nlohmann/json.hpp"):
            self.assertEqual(len(self.findings(train__step=f"#include <{header}>")), 1, header)

    def test_library_without_a_home(self):
        self.assertEqual(len(self.findings(train__step="#include <Eigen/Dense>")), 1)
        self.assertEqual(self.findings(train__step="#include <fmt/format.h>"), [])

    def test_path_that_is_not_from_src_on(self):
        self.assertEqual(len(self.findings(nn__model='#include "loss.hpp"')), 1)
        self.assertEqual(len(self.findings(nn__model='#include "../train/step.hpp"')), 1)

    def test_length_and_first_line(self):
        self.assertEqual(len(self.findings(nn__model="\n" * 350)), 1)
        with tempfile.TemporaryDirectory() as folder:
            source = pathlib.Path(folder, "src", "nn")
            source.mkdir(parents=True)
            for name in ("model.hpp", "model.cpp", "loss.cpp"):
                (source / name).write_text("#pragma once\n")
            found = [finding.split(":")[0] for finding in includes.check(pathlib.Path(folder))]
            self.assertEqual(found, ["src/nn/loss.cpp", "src/nn/model.hpp"])

    def test_functions_that_differ_among_c_libraries(self):
        for call in ("std::exp(x)", "tanhf(x)", "std::pow(x, 2)", "std::log1p(x)", "cos(x)"):
            self.assertEqual(len(self.findings(nn__model=f"float y = {call};")), 1, call)
        for call in ("elementary::exp(x)", "std::sqrt(x)", "std::floor(x)", "f(x);  // exp(x)", "regexp(x)"):
            self.assertEqual(self.findings(nn__model=f"float y = {call};"), [], call)
        self.assertEqual(self.findings(tensor__elementary="float exp(float x);"), [])

    def test_folder_that_is_no_floor(self):
        self.assertEqual(len(self.findings(util__misc="")), 1)

    def test_links(self):
        with tempfile.TemporaryDirectory() as folder:
            build_file = pathlib.Path(folder, "CMakeLists.txt")
            build_file.write_text("lockstep_floor(nn lockstep_tensor)\nlockstep_floor(comm lockstep_nn MPI::MPI_CXX)\n")
            self.assertEqual(
                list(includes.check_links(build_file, "CMakeLists.txt")),
                ["CMakeLists.txt:2: comm links to nn, which is not below it"],
            )

    def test_nothing_to_check_is_a_finding(self):
        self.assertEqual(len(self.findings()), 1)


if __name__ == "__main__":
    unittest.main()
