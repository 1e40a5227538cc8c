"""`lockstep doctor`, and what every command recognises when it starts."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import unittest

from harness import LAUNCH, EndToEndTest, Result, temporary_folder

LOCKSTEP = os.environ["LOCKSTEP"]
AVX512 = "avx512f" in pathlib.Path("/proc/cpuinfo").read_text()
BFLOAT16 = "avx512_bf16" in pathlib.Path("/proc/cpuinfo").read_text()
LOOKS = ("ranks", "memory", "kernels", "products", "sum", "messages", "folder")
SLURM_STEP = {
    "SLURM_JOB_ID": "7",
    "SLURM_JOBID": "7",
    "SLURM_NODELIST": "node1",
    "SLURM_STEP_ID": "0",
    "SLURM_STEPID": "0",
}


class LaunchTest(EndToEndTest):
    """Jobs whose ranks are started differently, and what doctor says."""

    def ranks_of(self, *commands):
        """Runs each command as one rank of a job: mpirun's options and the words of the command."""
        line = [os.environ["MPIRUN"]]
        for number, command in enumerate(commands):
            line += [":"] if number else []
            line += ["-n", "1", *map(str, command)]
        with temporary_folder() as own:
            completed = subprocess.run(
                line,
                cwd=self.folder,
                env=os.environ | LAUNCH | {"TMPDIR": own},
                text=True,
                capture_output=True,
                timeout=120,
                check=False,
            )
        return Result(completed)

    def findings(self, output):
        """Each look's verdict, and all that is said of it."""
        found = {}
        name = None
        for line in output.splitlines():
            look = re.match(r"(\w+): +(ok|slow|broken) +(.*)", line)
            if look:
                name = look[1]
                found[name] = (look[2], look[3])
            elif line.startswith(" " * 18):
                found[name] = (found[name][0], found[name][1] + "\n" + line.strip())
        return found


@contextlib.contextmanager
def busy(core, processes):
    """Keeps a core busy with so many other programs."""
    others = [
        subprocess.Popen(["taskset", "-c", str(core), "sh", "-c", "while :; do :; done"])
        for _ in range(processes)
    ]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


class DoctorTest(LaunchTest):
    def check_whole(self, result, ranks):
        """All looks are there, in order, and the end agrees with them."""
        found = self.findings(result.output)
        self.assertEqual(tuple(found), LOOKS, result.output)
        self.assertRegex(found["ranks"][1], rf"^{ranks} on 1 host \(\S+\); cores per rank: \d+")
        self.assertRegex(found["kernels"][1], r"(?m)\b(libxsmm \S+|portable) \S+, bfloat16 by .*; threads per rank: 1$")
        rate = r"[\d.]+( to [\d.]+)?"
        self.assertRegex(found["products"][1], rf"^{rate} GFLOP/s per rank, {rate} in bfloat16(, which is slower|\n|$)")
        if ranks > 1:
            self.assertRegex(
                found["sum"][1], r"^one number in [\d.]+ [um]s(, [\d.]+ [kM]B in [\d.]+ [um]s \(.*?/s\)){3}"
            )
            self.assertRegex(found["messages"][1], r"^move (by themselves|in calls to MPI)")
        verdicts = {verdict for verdict, _ in found.values()}
        last = result.output.splitlines()[-1]
        if "broken" in verdicts:
            self.assertEqual((result.status, last), (1, "doctor: not fit for training"))
        elif "slow" in verdicts:
            self.assertEqual(
                (result.status, last), (0, "doctor: fit for training, though slower than it could be")
            )
        else:
            self.assertEqual((result.status, last), (0, "doctor: fit for training"))
        return found

    def test_alone_and_under_mpirun(self):
        for ranks in (None, 1, 2, 3):
            with self.subTest(ranks=ranks):
                result = self.command("doctor", ranks=ranks)
                found = self.check_whole(result, ranks or 1)
                self.assertEqual(result.status, 0, result.output)
                for name in ("kernels", "memory", "folder"):
                    self.assertEqual(found[name][0], "ok", result.output)
                self.assertIn(str(self.folder), found["folder"][1])
        self.assertEqual(list(self.folder.iterdir()), [], "it leaves nothing")

    def test_recommends_all_cores(self):
        cores = set()
        for thread in os.sched_getaffinity(0):
            siblings = pathlib.Path(f"/sys/devices/system/cpu/cpu{thread}/topology/thread_siblings_list")
            cores.add(siblings.read_text() if siblings.exists() else thread)
        output = self.run_ok("doctor").output
        as_root = "--allow-run-as-root " if os.geteuid() == 0 else ""
        self.assertIn(f"start:    mpirun {as_root}-n {len(cores)} --bind-to core lockstep train CONFIG.toml\n", output)
        output = self.run_ok("doctor", environment=LAUNCH | {"SLURM_JOB_ID": "7"}).output
        line = f"SLURM_PMIX_FENCE=ring srun --mpi=pmix --nodes=1 --ntasks={len(cores)} --cpu-bind=cores lockstep"
        self.assertIn(f"start:    {line}", output)

    def test_a_folder_that_cannot_be_written(self):
        self.write("file", "text")
        causes = {"file/runs": "Not a directory", "missing": "No such file or directory", "/proc": ""}
        for folder, cause in causes.items():
            for ranks in (None, 2):
                with self.subTest(folder, ranks=ranks):
                    result = self.command("doctor", "--dir", folder, ranks=ranks)
                    verdict, text = self.check_whole(result, ranks or 1)["folder"]
                    self.assertEqual(verdict, "broken")
                    self.assertIn(f"{folder}/lockstep-doctor-", text)
                    self.assertIn(cause, text)
                    self.assertEqual(result.status, 1)

    def test_a_folder_that_is_not_the_same(self):
        for name in ("here", "there"):
            (self.folder / name).mkdir()
        result = self.ranks_of(
            *(["-wdir", self.folder / name, LOCKSTEP, "doctor"] for name in ("here", "there"))
        )
        verdict, text = self.check_whole(result, 2)["folder"]
        self.assertEqual(verdict, "broken")
        self.assertRegex(text, r"rank 1 on \S+ has another folder than rank 0 on \S+")
        self.assertIn(str(self.folder / "there"), text)

    def test_ranks_that_share_a_core(self):
        bound = ["taskset", "-c", min(os.sched_getaffinity(0)), LOCKSTEP, "doctor"]
        verdict, text = self.check_whole(self.ranks_of(bound, bound), 2)["ranks"]
        self.assertEqual(verdict, "slow")
        self.assertRegex(
            text, r"cores per rank: 1\nranks 0 to 1 on \S+ share 1 core; start at most one rank per core"
        )

    def test_a_rank_whose_core_others_use(self):
        """Four other programs leave it a fifth of its core."""
        cores = sorted(os.sched_getaffinity(0))[:2]
        self.assertEqual(len(cores), 2, "the test needs two cores")
        with busy(cores[1], 4):
            result = self.ranks_of(*(["taskset", "-c", core, LOCKSTEP, "doctor"] for core in cores))
        verdict, text = self.check_whole(result, 2)["products"]
        self.assertEqual((verdict, result.status), ("slow", 0))
        share = re.search(r"not all of a core's time: .*?rank 1 on \S+ at (\d+) %", text)
        self.assertIsNotNone(share, text)
        self.assertLess(int(share[1]), 50)

    @unittest.skipUnless(AVX512, "this processor has kernels of one kind only")
    def test_a_rank_with_slower_kernels(self):
        result = self.ranks_of(
            *(["env", f"LIBXSMM_TARGET={target}", LOCKSTEP, "doctor"] for target in ("skx", "skx", "snb"))
        )
        text = self.findings(result.output)["products"][1]
        self.assertRegex(text, r"slower processors or kernels than the median: rank 2 on \S+ at \d+ %;")
        verdict, text = self.check_whole(result, 3)["kernels"]
        self.assertEqual((verdict, result.status), ("ok", 0))
        self.assertRegex(
            text,
            r"^ranks 0 to 1 on \S+ have libxsmm \S+ skx, bfloat16 by .*; rank 2 on \S+ has portable \S+, .* \(or OpenBLAS",
        )

    def test_bfloat16_where_an_instruction_multiplies_it_and_where_not(self):
        slower = "in bfloat16, which is slower than float32 here"
        plain = self.findings(self.run_ok("doctor", environment=LAUNCH | {"LIBXSMM_TARGET": "snb"}).output)
        self.assertIn("bfloat16 by float32 instructions", plain["kernels"][1])
        self.assertIn(slower, plain["products"][1])
        if BFLOAT16:
            own = self.findings(self.run_ok("doctor").output)
            self.assertIn("bfloat16 by vdpbf16ps", own["kernels"][1])
            self.assertNotIn(slower, own["products"][1])


class SilentRankTest(LaunchTest):
    def test_it_ends_when_a_rank_does_not_answer(self):
        with temporary_folder() as own, subprocess.Popen(
            [os.environ["MPIRUN"], "-n", "2", LOCKSTEP, "doctor"],
            cwd=self.folder,
            env=os.environ | LAUNCH | {"TMPDIR": own},
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as job:
            self.addCleanup(job.kill)
            while not job.stdout.readline().startswith("kernels:"):
                self.assertIsNone(job.poll())
            ranks = pathlib.Path(f"/proc/{job.pid}/task/{job.pid}/children").read_text().split()
            os.kill(int(ranks[1]), signal.SIGSTOP)
            _, errors = job.communicate(timeout=60)
        self.assertEqual(job.returncode, 1, errors)
        self.assertRegex(
            errors, r"(?m)^doctor: no end after 30 s, in the look at: products; not fit for training$"
        )


class StartTest(LaunchTest):
    """What keeps training from starting, said before it starts."""

    def setUp(self):
        super().setUp()
        self.write_small_run()

    def refused(self, result, *texts):
        """It was refused in one message, which has these texts."""
        self.assertEqual(result.status, 2, result.errors)
        for text in texts:
            self.assertIn(text, result.errors)
        messages = re.findall(r"^(?:lockstep|rank \d+ \(.*?\)): ", result.errors, re.MULTILINE)
        self.assertEqual(len(messages), 1, result.errors)
        self.assertFalse((self.folder / "runs").exists(), "nothing was written")

    def test_processes_that_mpi_does_not_connect(self):
        for variables in (
            SLURM_STEP | {"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "0"},
            {"PMI_SIZE": "2", "PMI_RANK": "0"},
            {"OMPI_COMM_WORLD_SIZE": "2", "OMPI_COMM_WORLD_RANK": "0"},
        ):
            with self.subTest(variables):
                result = self.command("train", "small.toml", environment=LAUNCH | variables)
                self.refused(result, "process 0 of 2", "srun --mpi=pmix", "mpirun")

    def test_pmi_2_of_slurm(self):
        """Open MPI itself ends such a start, unless it was built for it: a word comes before."""
        step = SLURM_STEP | {"SLURM_STEP_NUM_TASKS": "2", "PMI_SIZE": "2", "PMI_RANK": "0"}
        result = self.command("train", "small.toml", environment=LAUNCH | step)
        self.assertNotEqual(result.status, 0)
        self.assertTrue(
            result.errors.startswith("lockstep: srun has started this with PMI-2;"), result.errors
        )
        self.assertFalse((self.folder / "runs").exists(), "nothing was written")

    def test_the_first_process_speaks_for_all(self):
        step = SLURM_STEP | {"SLURM_STEP_NUM_TASKS": "2", "SLURM_PROCID": "1"}
        result = self.command("train", "small.toml", environment=LAUNCH | step)
        self.assertEqual((result.status, result.output, result.errors), (2, "", ""))

    def test_one_process_of_a_job_is_meant(self):
        """In a batch script, in a step of its own, and as the only rank of mpirun in a step of several."""
        expected = self.run_ok("train", "small.toml", "--run-dir", "alone").outcome()
        job = {"SLURM_JOB_ID": "7", "SLURM_NTASKS": "4", "SLURM_NPROCS": "4", "SLURM_PROCID": "0"}
        step = {"SLURM_STEP_ID": "0", "SLURM_STEP_NUM_TASKS": "2"}
        for name, ranks, variables in (
            ("batch", None, job),
            ("step", None, SLURM_STEP | {"SLURM_STEP_NUM_TASKS": "1", "SLURM_PROCID": "0"}),
            ("mpirun", 1, step),
        ):
            with self.subTest(name):
                result = self.run_ok(
                    "train", "small.toml", "--run-dir", name, ranks=ranks, environment=LAUNCH | variables
                )
                self.assertEqual(result.outcome(), expected)

    def test_different_programs(self):
        other = self.folder / "lockstep"
        shutil.copy(LOCKSTEP, other)
        with other.open("ab") as file:
            file.write(b"\n")
        result = self.ranks_of(*([program, "train", "small.toml"] for program in (LOCKSTEP, other)))
        self.refused(result, "different programs", "rank 0 on", "rank 1 on", "Start the same file")

    @unittest.skipUnless(os.uname().machine == "x86_64", "the names are those of its kernels")
    def test_openblas_of_different_processors(self):
        names = ("Haswell", "Sandybridge")
        command = [LOCKSTEP, "train", "small.toml", "--set", "train.kernels=openblas"]
        result = self.ranks_of(*(["env", f"OPENBLAS_CORETYPE={name}", *command] for name in names))
        self.refused(result, "round differently", 'Set train.kernels = "auto"', "rank 0 on", "rank 1 on", *names)

    def test_libxsmm_on_a_rank_that_does_not_have_it(self):
        command = [LOCKSTEP, "train", "small.toml", "--set", "train.kernels=libxsmm"]
        result = self.ranks_of(command, ["env", "LIBXSMM_TARGET=snb", *command])
        self.refused(result, "rank 1", 'train.kernels is "libxsmm", which', 'set "auto"')

    def test_more_ranks_than_cores_are_warned_of(self):
        ranks = len(os.sched_getaffinity(0)) + 1
        output = self.run_ok("train", "small.toml", "--set", f"train.slices={ranks}", ranks=ranks).output
        self.assertRegex(output, rf"(?m)^warning: ranks 0 to {ranks - 1} on \S+ share \d+ cores?; start")
        output = self.run_ok("train", "small.toml", "--run-dir", "one", ranks=1).output
        self.assertNotIn("warning", output)


if __name__ == "__main__":
    unittest.main()
