"""The program as scripts and people see it: help, what it prints, and what a run leaves in its folder."""

import os
import pty
import re
import subprocess
import unittest

import h5py

from harness import EndToEndTest, metrics, rows_of, temporary_folder

REGRESSION = (
    "data.train=values.csv",
    "data.target=['left', 'right']",
    "train.loss=mse",
    "data.standardize_targets=true",
)
NUMBER = r"-?\d+\.\d+"
DONE = (
    rf"done: epoch 4 step 20 train_loss {NUMBER} test_loss {NUMBER} %s {NUMBER} "
    r"samples_per_second \d+ best_epoch \d+ digest [0-9a-f]{16}"
)
EPOCH = (
    rf"epoch %d/4  train_loss {NUMBER}  test_loss {NUMBER}  test_accuracy {NUMBER}  [\d.]+m?s"
)
ESCAPE = "\x1b"  # begins what only a terminal understands

OPTIONS = {
    "init": ["TABLE [LABELS]", "--target COLUMN", "--output FILE.toml"],
    "keys": ["WORD"],
    "train": ["CONFIG.toml", "--set KEY=VALUE", "--run-dir DIR", "--resume auto|never|must"],
    "evaluate": ["CHECKPOINT|RUN_DIR", "--set KEY=VALUE", "--output FILE.h5|FILE.json", "--samples", "--force"],
    "predict": [
        "CHECKPOINT|RUN_DIR",
        "--set KEY=VALUE",
        "--input FILE",
        "--input-format idx|hdf5|npy|csv",
        "--output FILE.csv|FILE.h5",
    ],
    "inspect": ["CHECKPOINT|RUN_DIR"],
    "doctor": ["--dir DIR"],
    "verify": ["CONFIG.toml", "--set KEY=VALUE", "--ranks N,N,...", "--steps N"],
}


class HelpTest(EndToEndTest):
    def test_program(self):
        output = self.run_ok("--help").output
        for word in (*OPTIONS, "--help", "--version"):
            self.assertIn(word, output)

    def test_commands(self):
        for command, options in OPTIONS.items():
            with self.subTest(command):
                output = self.run_ok(command, "--help").output
                for option in options:
                    self.assertIn(option, output)

    def test_version(self):
        self.assertRegex(self.run_ok("--version").output, r"\Alockstep \d+\.\d+\.\d+\n\Z")

    def test_one_rank_speaks(self):
        for arguments in (("--help",), ("--version",), ("train", "--help")):
            self.assertEqual(self.run_ok(*arguments, ranks=3).output, self.run_ok(*arguments).output)


class OutputTest(EndToEndTest):
    def setUp(self):
        super().setUp()
        self.write_small_run()

    def train(self, *settings, ranks=None, environment=None):
        options = [word for setting in settings for word in ("--set", setting)]
        return self.run_ok("train", "small.toml", *options, ranks=ranks, environment=environment)

    def check_lines(self, result):
        """Plain lines: one per epoch, and the last one for scripts."""
        lines = result.output.splitlines()
        self.assertRegex(lines[-1], f"^{DONE % 'test_accuracy'}$")
        epochs = [line for line in lines if line.startswith("epoch ")]
        self.assertEqual(len(epochs), 4)
        for number, line in enumerate(epochs, 1):
            self.assertRegex(line, f"^{EPOCH % number}$")
        self.assertNotIn(ESCAPE, result.output)
        self.assertNotIn("\r", result.output)

    def test_lines_of_a_classification(self):
        result = self.train()
        self.check_lines(result)
        self.assertEqual(result.errors, "")

    def test_lines_under_mpirun(self):
        result = self.train(ranks=3, environment={})
        self.check_lines(result)
        self.assertEqual(result.output.count("done: "), 1)
        self.assertIn("ranks:   3 on 1 host", result.output)

    def test_last_line_of_a_regression(self):
        last = self.train(*REGRESSION, "optimizer.learning_rate=0.01").output.splitlines()[-1]
        self.assertRegex(last, f"^{DONE % 'test_r2'}$")

    def test_start_says_what_runs_where(self):
        result = self.train(environment={"OPENBLAS_CORETYPE": "Haswell", "OMP_NUM_THREADS": "1"})
        for line in (
            r"run:     small in runs/small",
            r"ranks:   1 on 1 host \(\S+\); cores per rank: \d+; BLAS threads per rank: 1",
            r"blas:    (?:OpenBLAS|libxsmm) \S+ \S+",
            r"environ: .*\bOPENBLAS_CORETYPE=Haswell\b.*\bOMP_NUM_THREADS=1\b.*",
            r"data:    201 training and 50 test samples; 6 numbers, 3 classes",
            r"model:   6-16-8-3 \(relu, relu, identity\); 275 parameters",
            r"step:    50 samples in 8 slices; 5 steps per epoch, 4 epochs",
        ):
            self.assertRegex(result.output, f"(?m)^{line}$")

    def test_one_process_does_not_wait_for_mpi(self):
        """Alone and as the only rank of mpirun: here MPI would fail to start."""
        without = {"OMPI_MCA_pml": "none"}
        self.assertNotEqual(self.command("train", "small.toml", ranks=2, environment=without).status, 0)
        outcomes = [
            self.run_ok("train", "small.toml", "--run-dir", f"on-{ranks}", ranks=ranks, environment=without).outcome()
            for ranks in (None, 1)
        ]
        self.assertEqual(outcomes, [self.train(ranks=2).outcome()] * 2)
        for command in (["--version"], ["train", "--help"], ["inspect", "on-1"], ["evaluate", "on-1"]):
            self.run_ok(*command, environment=without)
        self.run_ok("predict", "on-1", "--input", "classes.csv", "--output", "out.csv", environment=without)
        self.assertEqual(self.command("no-command", environment=without).status, 2)

    def test_initial_weights_on_several_ranks(self):
        """Each choice gives bits of its own, the same on any number of ranks."""
        digests = set()
        for init in ("glorot", "he", "lecun", "pytorch"):
            found = {
                self.train(f"model.init='{init}'", f"run.name={init}-{ranks}", ranks=ranks).done()["digest"]
                for ranks in (None, 2, 5)
            }
            self.assertEqual(len(found), 1, init)
            digests |= found
        self.assertEqual(len(digests), 4)

    def test_notes_where_a_run_goes_astray(self):
        """They are the same on any number of ranks, and come after the first and the last epoch."""
        settings = (*REGRESSION, "data.standardize_targets=false", "optimizer.learning_rate=0")
        notes = [
            [line for line in self.train(*settings, f"run.name=on-{ranks}", ranks=ranks).output.splitlines()
             if line.startswith("note:    test_r2 ")]
            for ranks in (None, 3)
        ]
        self.assertEqual(notes[0], notes[1])
        self.assertEqual([int(re.search(r"after epoch (\d+)", note)[1]) for note in notes[0]], [1, 4])

    def test_numbers_that_are_not_finite_name_what_may_help(self):
        settings = (*REGRESSION, "data.standardize_targets=false", "optimizer.learning_rate=1e30")
        options = [word for setting in settings for word in ("--set", setting)]
        result = self.command("train", "small.toml", *options)
        self.assertEqual(result.status, 1)
        self.assertRegex(result.errors, "set data.standardize = true and data.standardize_targets = true, or lower")

    def on_a_terminal(self, *line):
        """What a command writes to a terminal."""
        ours, theirs = pty.openpty()
        with (
            temporary_folder() as own,
            subprocess.Popen(
                line,
                cwd=self.folder,
                env=os.environ | {"TMPDIR": own},
                stdin=subprocess.DEVNULL,
                stdout=theirs,
                stderr=theirs,
            ) as process,
        ):
            os.close(theirs)
            written = b""
            while True:
                try:
                    piece = os.read(ours, 65536)
                except OSError:  # all that had the terminal open have ended
                    break
                if not piece:
                    break
                written += piece
            os.close(ours)
        self.assertEqual(process.returncode, 0, written)
        return written.decode()

    def test_progress_bar_on_a_terminal(self):
        """It shows the epoch, and is gone before anything else is printed."""
        command = [os.environ["LOCKSTEP"], "train", "small.toml", "--run-dir"]
        for name, launcher in (("alone", []), ("ranks", [os.environ["MPIRUN"], "-n", "2"])):
            with self.subTest(name):
                written = self.on_a_terminal(*launcher, *command, name)
                self.assertRegex(
                    written, r"\r\x1b\[Kepoch 1/4 \[[#.]{20}\] +\d+%  loss \d+\.\d+  \d+ samples/s"
                )
                shown = [line.rpartition("\x1b[K")[2] for line in written.replace("\r\n", "\n").splitlines()]
                self.assertRegex(shown[-1], f"^{DONE % 'test_accuracy'}$")
                self.assertRegex("\n".join(shown), f"(?m)^{EPOCH % 4}$")

    def test_inspect_prints_keys_and_values(self):
        done = self.train().outcome()
        output = self.run_ok("inspect", "runs/small").output
        for line in output.splitlines():
            self.assertRegex(line, r"^[\w.]+: .*$")
        values = self.run_ok("inspect", "runs/small", ranks=2).values()
        self.assertEqual(values["digest"], done["digest"])
        self.assertEqual(values["train_loss"], done["train_loss"])
        self.assertEqual(values["train.global_batch"], "50")

    def test_a_run_is_a_checkpoint_too(self):
        """A run's folder stands for its best checkpoint, or, to inspect it, for its newest."""
        self.train()
        for command, name in (("inspect", "step-00000020.h5"), ("evaluate", "best.h5")):
            checkpoint = f"runs/small/checkpoints/{name}"
            self.assertEqual(self.run_ok(command, "runs/small").output, self.run_ok(command, checkpoint).output)


class RunFolderTest(EndToEndTest):
    """What is in a run's folder."""

    def setUp(self):
        super().setUp()
        self.write_small_run()
        self.done = self.run_ok("train", "small.toml", ranks=2).outcome()
        self.run_folder = self.folder / "runs/small"

    def test_files(self):
        names = sorted(
            str(path.relative_to(self.run_folder)) for path in self.run_folder.rglob("*") if path.is_file()
        )
        checkpoints = [f"checkpoints/{name}.h5" for name in ("best", "step-00000015", "step-00000020")]
        self.assertEqual(names, [*checkpoints, "config.toml", "environment.json", "metrics.h5", "metrics.jsonl"])

    def test_configuration_gives_the_same_run(self):
        (self.folder / "elsewhere").mkdir()
        copy = self.run_folder.joinpath("config.toml").rename(self.folder / "elsewhere/copy.toml")
        again = self.run_ok("train", copy, "--run-dir", "again", "--resume", "never")
        self.assertEqual(again.outcome(), self.done)
        self.assertEqual((self.folder / "again/config.toml").read_text(), copy.read_text())

    def test_lines_of_json(self):
        steps, epochs, ranks = (rows_of(self.run_folder, group) for group in ("steps", "epochs", "ranks"))
        self.assertEqual([row["step"] for row in steps], list(range(1, 21)))
        self.assertEqual([row["epoch"] for row in steps], [1 + step // 5 for step in range(20)])
        self.assertEqual([row["step"] for row in epochs], [5, 10, 15, 20])
        self.assertEqual(
            [(row["epoch"], row["rank"]) for row in ranks], [(e, r) for e in (1, 2, 3, 4) for r in (0, 1)]
        )
        for name in ("train_loss", "test_loss", "test_accuracy"):
            self.assertEqual(f"{epochs[-1][name]:.6f}", self.done[name])
        mean = sum(row["loss"] * size for row, size in zip(steps[-5:], (50, 50, 50, 50, 1))) / 201
        self.assertAlmostEqual(mean, epochs[-1]["train_loss"], delta=1e-12)
        self.assertTrue(all(row["samples_per_second"] > 0 for row in steps + epochs))
        for column in ("input_seconds", "compute_seconds", "sum_seconds", "wait_seconds"):
            self.assertTrue(all(row[column] > 0 for row in ranks), column)

    def test_tables_in_hdf5(self):
        """A data set a column, of equal length and extendable, with the rows of metrics.jsonl."""
        columns = {
            "steps": {"step", "epoch", "loss", "learning_rate", "gradient_norm", "samples_per_second"},
            "epochs": {
                "step",
                "epoch",
                "train_loss",
                "test_loss",
                "test_accuracy",
                "learning_rate",
                "samples_per_second",
            },
            "ranks": {
                "step", "epoch", "rank", "host", "input_seconds", "compute_seconds", "sum_seconds", "wait_seconds"
            },
            "checkpoints": {"step", "time", "newest", "best"},
        }
        with h5py.File(self.run_folder / "metrics.h5") as file:
            self.assertEqual(set(file), set(columns))
            for group, names in columns.items():
                expected = rows_of(self.run_folder, group)
                self.assertEqual(set(file[group]), names)
                for name in names:
                    column = file[group][name]
                    self.assertEqual(column.maxshape, (None,))
                    values = column.asstr()[:] if name == "host" else column[:]
                    self.assertEqual(values.tolist(), [row[name] for row in expected])

    def test_interval_of_steps(self):
        for every, steps in ((3, [3, 6, 9, 12, 15, 18]), (0, [])):
            name = f"every-{every}"
            self.run_ok("train", "small.toml", "--run-dir", name, "--set", f"metrics.every_steps={every}")
            self.assertEqual([row["step"] for row in metrics(self.folder / name, "steps")], steps)
            self.assertEqual(len(metrics(self.folder / name, "epochs")), 4)

    def test_interval_of_ranks(self):
        """Rows of `ranks` within epochs and at their ends."""
        self.run_ok("train", "small.toml", "--run-dir", "often", "--set", "metrics.ranks_every_steps=3", ranks=2)
        rows = rows_of(self.folder / "often", "ranks")
        steps = [3, 5, 6, 9, 10, 12, 15, 18, 20]
        self.assertEqual([(row["step"], row["rank"]) for row in rows], [(s, r) for s in steps for r in (0, 1)])
        self.assertEqual([row["epoch"] for row in rows[::2]], [1 + (step - 1) // 5 for step in steps])
        for column in ("input_seconds", "compute_seconds", "wait_seconds"):
            self.assertTrue(all(0 < row[column] < 10 for row in rows), column)

    def test_relative_data_paths_start_at_the_configuration(self):
        """A path in the file starts at the file's folder, a path in --set at the working folder."""
        elsewhere = self.folder / "elsewhere"
        elsewhere.mkdir()
        for name in ("small.toml", "classes.csv"):
            (self.folder / name).rename(elsewhere / name)
        run = ("train", "elsewhere/small.toml", "--run-dir")
        self.assertEqual(self.run_ok(*run, "one").outcome(), self.done)
        setting = ("--set", "data.train=elsewhere/classes.csv")
        self.assertEqual(self.run_ok(*run, "two", *setting, ranks=2).outcome(), self.done)


class ExitStatusTest(EndToEndTest):
    def test_done_is_zero(self):
        self.write_small_run()
        predict = ("predict", "runs/small", "--input", "classes.csv", "--output", "x.csv")
        for arguments in (
            ("train", "small.toml"),
            ("evaluate", "runs/small"),
            ("inspect", "runs/small"),
            predict,
        ):
            for ranks in (None, 2):
                self.assertNotIn("lockstep", self.run_ok(*arguments, ranks=ranks).errors)


if __name__ == "__main__":
    unittest.main()
