"""A SLURM of our own on this machine: munged, slurmctld and a slurmd for each node, with all their files in one folder
and no need of root, of systemd or of anything in /etc."""

import ctypes
import os
import pathlib
import random
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback

SKIPPED = 77  # the status of a test that cannot run here
PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol", "squeue", "scancel")
SEARCH = os.environ["PATH"] + ":/usr/sbin"  # where the daemons are, also for ordinary users

# Some of it would not do for a real cluster: nodes that do not answer are given up after 20 s, and jobs that were
# requeued start 11 s later (after cred_expire), not 300 s and 121 s.
CONFIGURATION = """\
ClusterName=lockstep
SlurmctldHost={host}
SlurmctldPort={port}
SlurmUser={user}
SlurmdUser={user}
AuthType=auth/munge
AuthInfo=socket={folder}/munge/socket,cred_expire=10
CredType=cred/munge
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/%n
TmpFS={folder}/%n.tmp
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/%n.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/%n.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SwitchType=switch/none
MailProg=/bin/true
SchedulerParameters=sched_interval=1,bf_interval=1,batch_sched_delay=0,sched_min_interval=0
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
CommunicationParameters={listen}
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
ReturnToService=2
SlurmdTimeout=20
KillWait=10
{nodes}
PartitionName=normal Nodes=ALL Default=YES MaxTime=60
PartitionName=grace Nodes=ALL MaxTime=60 PreemptMode=CANCEL GraceTime=20
PartitionName=urgent Nodes=ALL MaxTime=60 PriorityTier=2
"""

def host_name():
    return socket.gethostname().partition(".")[0]


def host_address():
    """The address that SLURM finds for this host."""
    found = socket.getaddrinfo(host_name(), None, socket.AF_INET, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG)
    return found[0][4][0]


def what_is_missing():
    """What this machine lacks to run a SLURM of its own, as a sentence, or nothing."""
    missing = [name for name in PROGRAMS if shutil.which(name, path=SEARCH) is None]
    if missing:
        return f"SLURM or MUNGE is not installed: no {', '.join(missing)}; launch/install --tests installs them"
    try:
        host_address()
    except OSError as error:
        return f"SLURM wants a network and a host name that it can look up, but for {host_name()}: {error}"
    return ""


def free_ports(count):
    """Ports on which nobody listens, below those that the kernel gives to connections."""
    ports = []
    while len(ports) < count:
        port = random.randint(10000, 32000)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        if port not in ports:
            ports.append(port)
    return ports


def processes_with(variable):
    """The process ids of those whose environment has a variable, given as NAME=VALUE, in order of their numbers."""
    found = []
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            if variable.encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
        except OSError:
            pass  # of another user, or gone
    return sorted(found)


def name_of(process):
    try:
        return pathlib.Path(f"/proc/{process}/comm").read_text().strip()
    except OSError:
        return ""  # gone


def children(process):
    """The process ids of a process's children."""
    found = []
    for task in pathlib.Path(f"/proc/{process}/task").glob("*/children"):
        found += [int(child) for child in task.read_text().split()]
    return found


def call_contained(function):
    """Calls a function in a child process and returns the status that it returns. Whatever it has started is gone
    afterwards, however it ends: daemons too are descendants of this process, which is their subreaper."""
    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda number, _: sys.exit(128 + number))
    main = os.fork()
    if main == 0:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        status = 1
        try:
            status = function()
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)
    try:
        while True:
            ended, status = os.wait()
            if ended == main:
                return os.waitstatus_to_exitcode(status)
    finally:
        while left := children(os.getpid()):
            for child in left:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)


class SlurmCluster:
    """Nodes node1, node2, ... of two cores each, whatever this machine has."""

    def __init__(self, folder, nodes):
        self.folder = pathlib.Path(folder)
        self.nodes = [f"node{i + 1}" for i in range(nodes)]
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith("SLURM_")}
        self.environment |= {"PATH": SEARCH, "SLURM_CONF": str(self.folder / "slurm.conf")}
        self.daemons = {}
        self.lock = threading.Lock()
        self.jobs, self.jobs_time = {}, 0
        self._write_files()

    def start(self):
        """Starts the daemons and waits until all nodes are there."""
        munge = self.folder / "munge"
        self._start("munged", "--foreground", "--force", f"--key-file={munge}/key", f"--socket={munge}/socket",
                    f"--pid-file={munge}/pid", f"--log-file={munge}/log", f"--seed-file={munge}/seed")  # fmt: skip
        self.wait_until(lambda: (munge / "socket").exists(), "munged's socket", 10)
        self._start("slurmctld", "-D", "-c")
        for node in self.nodes:
            self.start_node(node)
        self.wait_until(lambda: self.states() == {"idle": len(self.nodes)}, "all nodes to be idle", 30)

    def start_node(self, node):
        self._start("slurmd", "-D", "-N", node, name=node, mark={"LOCKSTEP_NODE": node})

    def power_off(self, node):
        """Kills all processes of a node, the ranks last, so that nobody reports their end."""
        for variable in (f"LOCKSTEP_NODE={node}", f"SLURMD_NODENAME={node}"):
            for process in processes_with(variable):
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        self.daemons[node].wait()

    def call(self, *command, folder=None, environment=None):
        """Runs a command of SLURM, which must succeed, and returns its output."""
        done = subprocess.run(command, cwd=folder or self.folder, env=self.environment | (environment or {}), text=True,
                              timeout=60, capture_output=True, check=False)  # fmt: skip
        assert done.returncode == 0, f"{' '.join(command)}: {done.stderr}"
        return done.stdout

    def job(self, number):
        """What SLURM knows of a job, as a dictionary. All callers share an answer for half a second."""
        with self.lock:
            if number not in self.jobs or time.monotonic() > self.jobs_time + 0.5:
                lines = self.call("scontrol", "--oneliner", "show", "job").splitlines()
                jobs = [dict(word.partition("=")[::2] for word in line.split()) for line in lines]
                self.jobs = {job["JobId"]: job for job in jobs}
                self.jobs_time = time.monotonic()
            return self.jobs[number]

    def states(self):
        """The number of nodes in each state."""
        try:
            found = self.call("sinfo", "--noheader", "--Node", "--partition=normal", "--format=%T").split()
        except AssertionError:
            found = []  # slurmctld does not answer yet
        return {state: found.count(state) for state in found}

    def wait_until(self, condition, what, seconds):
        end = time.monotonic() + seconds
        while not condition():
            dead = [name for name in ("munged", "slurmctld") if name in self.daemons and self.daemons[name].poll()]
            assert not dead and time.monotonic() < end, f"no {what} within {seconds} s\n{self.logs()}"
            time.sleep(0.1)

    def logs(self):
        """The ends of the logs of all daemons, for messages."""
        texts = []
        for path in sorted(self.folder.glob("*.log")):
            texts.append(f"--- {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:]))
        return "\n".join(texts)

    def _start(self, program, *options, name=None, mark=None):
        name = name or program
        with open(self.folder / f"{name}.output.log", "ab") as output:
            self.daemons[name] = subprocess.Popen(
                [shutil.which(program, path=SEARCH), *options], cwd=self.folder, env=self.environment | (mark or {}),
                stdin=subprocess.DEVNULL, stdout=output, stderr=output)  # fmt: skip

    def _write_files(self):
        for name in ("state", "munge", *self.nodes, *(f"{node}.tmp" for node in self.nodes)):
            (self.folder / name).mkdir()
        key = self.folder / "munge/key"
        key.write_bytes(os.urandom(128))
        key.chmod(0o600)
        ports = free_ports(1 + len(self.nodes))
        nodes = "\n".join(
            f"NodeName={node} NodeHostname={host_name()} Port={port} CPUs=2 RealMemory=1000"
            for node, port in zip(self.nodes, ports[1:])
        )
        # Listen at no other address than the host's, unless that is 127.0.1.1: connections within a host are known by
        # 127.0.0.1 then, where an srun would not be found.
        odd = host_address().startswith("127.") and host_address() != "127.0.0.1"
        listen = "NoCtldInAddrAny" if odd else "NoCtldInAddrAny,NoInAddrAny"
        text = CONFIGURATION.format(
            host=host_name(), port=ports[0], user=os.getuid(), folder=self.folder, listen=listen, nodes=nodes
        )
        (self.folder / "slurm.conf").write_text(text)
        # Not "autodetect": nothing here uses control groups, and in a chroot there may be none.
        (self.folder / "cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
