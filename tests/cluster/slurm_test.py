"""The batch scripts of cluster/ on a SLURM of our own: whatever happens to a job, it ends with the digest of the
undisturbed run, or fails with a true status. All tests run at once, each with its own job on its own nodes."""

import concurrent.futures
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import slurm_cluster
from harness import REPOSITORY, EndToEndTest, Result, metrics

NODES = 24
STEPS_PER_EPOCH = 5
NEVER = 1_000_000  # epochs

# Nodes are one machine here, on which ranks of different nodes would mistake each other's files in shared memory for
# their own: messages go through the loopback device only.
SETTINGS = {"OMPI_MCA_btl": "self,tcp", "OMPI_MCA_btl_tcp_if_include": "lo", "OMPI_MCA_oob_tcp_if_include": "lo"}

cluster = None


class JobTest:
    """What happens to a job. A run trains without end until something has happened to it; then the test allows it some
    more epochs, so that no test depends on the speed of the machine."""

    script = None

    def setUp(self):
        super().setUp()
        programs = {"build/release/lockstep": os.environ["LOCKSTEP"], "launch/run": REPOSITORY / "launch/run"}
        for name, target in programs.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).symlink_to(target)
        self.use_epochs(NEVER)

    def use_epochs(self, epochs):
        self.write_small_run(train={"epochs": epochs}, optimizer={"momentum": 0.9})

    def submit(self, *arguments, nodes=2, ranks=1, options=(), max_restarts=20):
        """Submits the script as a user does and returns the job's number."""
        text = (REPOSITORY / "cluster" / self.script).read_text()
        text, count = re.subn(r"^max_restarts=\d+$", f"max_restarts={max_restarts}", text, flags=re.MULTILINE)
        self.assertEqual(count, 1)
        self.write(self.script, text)
        own = self.folder / "tmp"  # for what Open MPI leaves when it is killed
        own.mkdir(exist_ok=True)
        settings = SETTINGS | {"TMPDIR": str(own), "OMPI_MCA_osc_sm_backing_directory": str(own)}
        job = cluster.call(
            "sbatch", "--parsable", f"--nodes={nodes}", f"--ntasks-per-node={ranks}", "--exclusive", "--time=10",
            "--output=log", *options, self.script, "small.toml", *arguments,
            folder=self.folder, environment=settings,
        ).strip()  # fmt: skip
        self.addCleanup(self.end, job)
        return job

    def end(self, job):
        """Ends a job that a failed test left behind, so that nobody writes into the test's folder any more."""
        cluster.call("scancel", job)
        cluster.wait_until(lambda: not slurm_cluster.processes_with(f"SLURM_JOB_ID={job}"), f"end of job {job}", 60)

    def log(self):
        path = self.folder / "log"
        return path.read_text(errors="replace") if path.exists() else ""

    def wait_for(self, job, condition, what, seconds=150):
        """Waits until a condition holds for what SLURM says of a job, and returns that."""
        end = time.monotonic() + seconds
        while not condition(state := cluster.job(job)):
            if time.monotonic() > end:
                self.fail(f"not {what} in {seconds} s: {state}\n{self.log()}\n{cluster.logs()}")
            time.sleep(0.2)
        return state

    def wait_for_training(self, job):
        """Waits until a job has written a checkpoint or two."""
        self.wait_for(job, lambda state: state["JobState"] == "RUNNING", "running")
        self.wait_for(job, lambda state: self.last_step() > STEPS_PER_EPOCH, "training", 60)

    def wait_for_end(self, job, state, status=None, restarts=None, seconds=150):
        running = ("PENDING", "RUNNING", "COMPLETING", "CONFIGURING", "REQUEUED")
        found = self.wait_for(job, lambda job: job["JobState"] not in running, "ended", seconds)
        self.assertEqual(found["JobState"], state, f"{found}\n{self.log()}")
        if status is not None:
            self.assertEqual(found["ExitCode"], f"{status}:0", self.log())
        if restarts is not None:
            self.assertEqual(int(found["Restarts"]), restarts, self.log())
        return found

    def wait_for_requeue(self, job, restarts=1):
        """Waits until a job is in the queue again; it will start some seconds later."""
        self.wait_for(
            job, lambda job: int(job["Restarts"]) == restarts and job["JobState"] == "PENDING", "queued again"
        )

    def last_step(self):
        """The step of the newest checkpoint."""
        checkpoints = (self.folder / "runs/small/checkpoints").glob("step-*.h5")
        return max((int(path.stem[5:]) for path in checkpoints), default=0)

    def allow_an_end(self):
        """Lets the run end some epochs after its newest checkpoint."""
        self.use_epochs(self.last_step() // STEPS_PER_EPOCH + 20)

    def assert_undisturbed(self, restarts=None, resumed=True):
        """The run has gone on where it was, and is that of one rank that nothing has happened to."""
        log = self.log()
        self.assertEqual("resumed: after epoch" in log, resumed, log)
        if restarts is not None:
            self.assertEqual(re.findall(r"sbatch: job \d+, restart (\d+)", log), [str(i) for i in range(restarts + 1)])
        last = [line for line in log.splitlines() if line.startswith("done: ")][-1]
        whole = self.run_ok("train", "small.toml", "--run-dir", "whole", "--set", "checkpoint.every_epochs=0")
        self.assertEqual(Result(subprocess.CompletedProcess([], 0, last, "")).outcome(), whole.outcome(), log)
        for group in ("steps", "epochs"):
            self.assertEqual(metrics(self.folder / "runs/small", group), metrics(self.folder / "whole", group))

    def ranks(self, job):
        """The process ids of a job's ranks."""
        return [
            process
            for process in slurm_cluster.processes_with(f"SLURM_JOB_ID={job}")
            if slurm_cluster.name_of(process) == "lockstep"
        ]

    # What happens.

    def test_nothing(self):
        self.use_epochs(20)
        job = self.submit(ranks=2)
        self.wait_for_end(job, "COMPLETED", status=0, restarts=0)
        self.assert_undisturbed(restarts=0, resumed=False)

    def test_signal(self):
        job = self.submit()
        self.wait_for_training(job)
        cluster.call("scancel", "--signal=USR1", job)
        self.wait_for_requeue(job)
        self.assertIn("stopped: ", self.log())
        self.allow_an_end()
        self.wait_for_end(job, "COMPLETED", status=0, restarts=1)
        self.assert_undisturbed(restarts=1)

    def test_requeue(self):
        job = self.submit()
        self.wait_for_training(job)
        cluster.call("scontrol", "requeue", job)
        self.wait_for_requeue(job)
        self.allow_an_end()
        self.wait_for_end(job, "COMPLETED", status=0, restarts=1)
        self.assert_undisturbed(restarts=1)

    def test_preemption(self):
        self.preempt(self.submit())

    def test_preemption_with_grace(self):
        """SLURM would cancel the job, but gives it some seconds before."""
        self.preempt(self.submit(options=("--partition=grace",)))

    def preempt(self, job):
        self.wait_for_training(job)
        nodes = cluster.job(job)["NodeList"]
        urgent = ("--partition=urgent", f"--nodelist={nodes}", "--exclusive", "--output=urgent.log")
        urgent = cluster.call("sbatch", "--parsable", *urgent, "--wrap=sleep 1", folder=self.folder).strip()
        self.wait_for_requeue(job)
        self.allow_an_end()
        self.wait_for_end(urgent, "COMPLETED")
        self.wait_for_end(job, "COMPLETED", status=0, restarts=1)
        self.assert_undisturbed(restarts=1)

    def test_time_limit(self):
        """SLURM looks twice a minute: it warns 20 to 50 s after the start of a job that has a minute."""
        job = self.submit(options=("--time=1", "--signal=B:USR1@10"))
        self.wait_for_requeue(job)
        self.assertIn("stopped: ", self.log())
        self.allow_an_end()
        self.wait_for_end(job, "COMPLETED", status=0, restarts=1)
        self.assert_undisturbed(restarts=1)

    def test_killed_rank(self):
        job = self.submit()
        self.wait_for_training(job)
        os.kill(self.ranks(job)[-1], signal.SIGKILL)
        found = self.wait_for_end(job, "FAILED", restarts=0, seconds=45)
        self.assertNotEqual(found["ExitCode"], "0:0")

    def test_lost_node(self):
        """Without power, the last node of the job; the job goes on with another one."""
        job = self.submit()
        self.wait_for_training(job)
        self.lose_node(job, -1)

    def test_lost_first_node(self):
        """The one with the batch script."""
        job = self.submit()
        self.wait_for_training(job)
        self.lose_node(job, 0)

    def lose_node(self, job, which):
        lost = cluster.call("scontrol", "show", "hostnames", cluster.job(job)["NodeList"]).split()[which]
        cluster.power_off(lost)
        time.sleep(2)  # until a checkpoint that was being written is there
        self.allow_an_end()
        found = self.wait_for_end(job, "COMPLETED", status=0)
        self.assertNotEqual(found["Restarts"], "0")
        self.assertNotIn(lost, cluster.call("scontrol", "show", "hostnames", found["NodeList"]).split())
        self.assert_undisturbed()

    def test_cancelled_and_submitted_with_another_size(self):
        job = self.submit(nodes=2)
        self.wait_for_training(job)
        cluster.call("scancel", job)
        self.wait_for_end(job, "CANCELLED", restarts=0)
        self.allow_an_end()
        job = self.submit(nodes=3)
        self.wait_for_end(job, "COMPLETED", status=0, restarts=0)
        self.assert_undisturbed()

    def test_bad_configuration(self):
        job = self.submit("--set", "train.epoch=3")
        self.wait_for_end(job, "FAILED", status=2, restarts=0)
        self.assertIn("the nearest is train.epochs", self.log())

    def test_too_many_restarts(self):
        job = self.submit("--set", "run.stop_after_steps=7", max_restarts=1)
        self.wait_for_end(job, "FAILED", status=75, restarts=1)
        self.assertIn("stopped as asked after 1 restarts, the most allowed", self.log())
        self.assertEqual(self.last_step(), 14)


class SrunTest(JobTest, EndToEndTest):
    script = "train.sbatch"


class MpirunTest(JobTest, EndToEndTest):
    script = "train-mpirun.sbatch"


class AtOnce(unittest.TestSuite):
    """Tests that run at the same time. Their results are reported in order."""

    def run(self, result, debug=False):
        def run_one(case):
            began = time.monotonic()
            own = case.run(unittest.TestResult())
            return own, time.monotonic() - began

        cases = [case for of_class in self for case in of_class]
        with concurrent.futures.ThreadPoolExecutor(len(cases)) as pool:
            for case, (own, seconds) in zip(cases, pool.map(run_one, cases)):
                result.startTest(case)
                for kind in ("errors", "failures"):
                    getattr(result, kind).extend((case, text) for _, text in getattr(own, kind))
                print(f"{case.id()}: {'ok' if own.wasSuccessful() else 'FAILED'}, {seconds:.1f} s", flush=True)
                result.stopTest(case)
        return result


def main(folder):
    global cluster
    tempfile.tempdir = folder  # so that the tests' own folders are gone in any case
    cluster = slurm_cluster.SlurmCluster(folder, NODES)
    cluster.start()
    loader = unittest.TestLoader()
    loader.testNamePatterns = [f"*{word}*" for word in sys.argv[1:]] or None
    suite = AtOnce(map(loader.loadTestsFromTestCase, (SrunTest, MpirunTest)))
    return 0 if unittest.TextTestRunner(verbosity=0).run(suite).wasSuccessful() else 1


if __name__ == "__main__":
    if missing := slurm_cluster.what_is_missing():
        print(f"This test cannot run here. {missing}.")
        sys.exit(1 if os.environ.get("CI") else slurm_cluster.SKIPPED)
    # Paths of sockets may have 107 characters, of which SLURM's own part is some forty.
    near = tempfile.gettempdir() if len(tempfile.gettempdir()) < 60 else "/tmp"
    with tempfile.TemporaryDirectory(prefix="slurm-", dir=near) as own:
        sys.exit(slurm_cluster.call_contained(lambda: main(own)))
