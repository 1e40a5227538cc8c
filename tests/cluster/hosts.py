#!/usr/bin/python3
"""Several hosts on one machine, for tests and for measurements by hand: mpirun over links of a chosen speed.

    tests/cluster/hosts.py --hosts 2 --rate 1gbit -- mpirun -n 2 build/release/lockstep train CONFIG

A host is a set of namespaces: it has a name, a network, shared memory and cores of its own, and the same files as the
others. All hang on a switch that no network reaches, and all live in namespaces that the kernel removes, with every
process in them, as soon as the command has ended. It wants root, or a kernel on which users may make namespaces.
"""

import argparse
import contextlib
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
ENTER = HERE / "hosts_enter.sh"
SWITCH = os.environ.get("LOCKSTEP_SWITCH", HERE.parents[1] / "build/release/cluster_switch")
INSIDE = "LOCKSTEP_HOSTS_SANDBOX"

# Everything that hosts are made of, tried once in the sandbox.
PROBE = """set -e
ip link add name bridge0 type bridge
ip link add name port1 type veth peer name eth0
tc qdisc add dev port1 root tbf rate 1gbit burst 64kb latency 20ms
mount -t tmpfs tmpfs /dev/shm
unshare --net --mount --uts --ipc true
"""
NEEDS = """Several hosts on one machine need network, mount, PID and UTS namespaces with bridge, veth and tbf, and the
commands unshare, nsenter, taskset (util-linux), ip and tc (iproute2). Run it as root (in a container: with the
capabilities SYS_ADMIN and NET_ADMIN), or as a user where the kernel allows user namespaces. What failed:"""


class NoNamespaces(Exception):
    """Hosts cannot be made here; the text says why, and what is needed."""


def enter_sandbox():
    """Runs this program again in namespaces that end with it, and exits as it does; returns only in there.

    Raises NoNamespaces.
    """
    if os.environ.get(INSIDE) == str(os.getpid()) == "1":
        return
    # The first process in a PID namespace takes all others with it when it ends; it itself ends with `unshare`, and
    # that with this process, whatever ends it.
    line = ["setpriv", "--pdeathsig", "KILL", "unshare", "--fork", "--kill-child"]
    line += ["--pid", "--mount-proc", "--mount", "--net", "--uts", "--ipc"]
    failures = []
    for user in ([], ["--user", "--map-root-user"]):
        try:
            probe = subprocess.run([*line, *user, "sh", "-c", PROBE], text=True, capture_output=True, check=False)
        except FileNotFoundError as error:
            raise NoNamespaces(f"{NEEDS}\n{error}") from error
        if probe.returncode == 0:
            for number in (signal.SIGTERM, signal.SIGINT):
                signal.signal(number, lambda number, _: sys.exit(128 + number))
            with tempfile.TemporaryDirectory(prefix="hosts-", ignore_cleanup_errors=True) as own:
                program = [*line, *user, sys.executable, *sys.orig_argv[1:]]
                sys.exit(subprocess.call(program, env=os.environ | {INSIDE: "1", "TMPDIR": own}))
        failures.append(f"{'as a user: ' if user else 'as root: '}{probe.stderr.strip()}")
    raise NoNamespaces("\n".join([NEEDS, *failures]))


def run(*words):
    """Runs a command that must succeed; what it wrote is in the error if it does not."""
    completed = subprocess.run([*map(str, words)], text=True, capture_output=True, check=False)
    if completed.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {completed.stderr.strip()}")


class Hosts:
    """Hosts node1 (10.0.0.1), node2, ... on a switch, in the sandbox; a context manager.

    `rate` is the speed of each link in each direction as tc takes it, such as "1gbit"; `delay` the seconds that a
    frame is under way from one host to another, `loss` the part of frames that get lost. A host has a share of this
    machine's cores, the same ones as others where there are more hosts than cores.
    """

    def __init__(self, number=3, slots=1, rate=None, delay=0, loss=0):
        self.names = [f"node{i}" for i in range(1, number + 1)]
        self.processes = []
        self.networks = []
        self.folder = tempfile.TemporaryDirectory()
        try:
            self.make(slots, rate, delay, loss)
        except BaseException:
            self.close()
            raise

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def make(self, slots, rate, delay, loss):
        folder = pathlib.Path(self.folder.name)
        addresses = [f"10.0.0.{i} {name}" for i, name in enumerate(self.names, 1)]
        (folder / "hosts").write_text("\n".join(["127.0.0.1 localhost", *addresses, ""]))
        (folder / "slots").write_text("".join(f"{name} slots={slots}\n" for name in self.names))
        run("mount", "--bind", folder / "hosts", "/etc/hosts")
        cores = sorted(os.sched_getaffinity(0))
        for i, (name, address) in enumerate(zip(self.names, addresses)):
            own = cores[i :: len(self.names)] or [cores[i % len(cores)]]
            enter = self.make_host(name, address.split()[0], rate)
            (folder / name).write_text(" ".join([*enter, "taskset", "--cpu-list", ",".join(map(str, own))]))
        ports = [f"port-{name}" for name in self.names]
        if delay or loss:
            if not os.path.exists(SWITCH):
                raise RuntimeError(f"{SWITCH} is missing, which makes delay and loss: build the target cluster_switch")
            self.start([SWITCH, round(delay * 1e6), loss, *ports])
        else:
            run("ip", "link", "add", "name", "switch", "type", "bridge")
            for port in ports:
                run("ip", "link", "set", port, "master", "switch")
            run("ip", "link", "set", "switch", "up")

        # As on a cluster with Ethernet. Ranks stay on their host's cores, which carry its network too: so they yield.
        self.environment = os.environ | {
            "LOCKSTEP_HOSTS": self.folder.name,
            "OMPI_ALLOW_RUN_AS_ROOT": "1",
            "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
            "OMPI_MCA_orte_default_hostfile": str(folder / "slots"),
            "OMPI_MCA_plm": "rsh",
            "OMPI_MCA_plm_rsh_agent": str(ENTER),
            "OMPI_MCA_pml": "ob1",
            "OMPI_MCA_btl": "self,vader,tcp",
            "OMPI_MCA_btl_tcp_if_include": "eth0",
            "OMPI_MCA_oob_tcp_if_include": "eth0",
            "OMPI_MCA_hwloc_base_binding_policy": "none",
            "OMPI_MCA_mpi_yield_when_idle": "1",
        }

    def make_host(self, name, address, rate):
        """Makes a host and its link, and returns the words that run a command on it."""
        set_up = 'hostname "$0" && mount -t tmpfs tmpfs /dev/shm && echo ready && exec sleep infinity'
        first = self.start(["unshare", "--net", "--mount", "--uts", "--ipc", "sh", "-c", set_up, name])
        self.networks.append(os.readlink(f"/proc/{first}/ns/net"))
        enter = ["nsenter", "--target", str(first), "--net", "--mount", "--uts", "--ipc", "--wd=."]
        port = f"port-{name}"
        run("ip", "link", "add", "name", port, "type", "veth", "peer", "name", "eth0", "netns", first)
        run(*enter, "ip", "address", "add", f"{address}/24", "dev", "eth0")
        for link in ("lo", "eth0"):
            run(*enter, "ip", "link", "set", link, "up")
        run("ip", "link", "set", port, "up")
        if rate:
            shape = ["root", "tbf", "rate", rate, "burst", "128kb", "latency", "20ms"]
            run("tc", "qdisc", "add", "dev", port, *shape)
            run(*enter, "tc", "qdisc", "add", "dev", "eth0", *shape)
        return enter

    def start(self, words):
        """Starts a process that lives as long as the hosts, waits until it writes that it is ready, returns its id."""
        process = subprocess.Popen([*map(str, words)], text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.processes.append(process)
        if process.stdout.readline() != "ready\n":
            raise RuntimeError(f"{' '.join(map(str, words))} did not start")
        return process.pid

    def on(self, name, *command):
        """The words that run a command on a host."""
        return [*(pathlib.Path(self.folder.name) / name).read_text().split(), *map(str, command)]

    def cut(self, name):
        """Cuts a host's link."""
        run("ip", "link", "set", f"port-{name}", "down")

    def mend(self, name):
        run("ip", "link", "set", f"port-{name}", "up")

    def is_on_a_host(self, process):
        """True if a process, a folder of /proc, runs on one of the hosts."""
        try:
            return os.readlink(f"/proc/{process}/ns/net") in self.networks
        except OSError:
            return False

    def close(self):
        """Takes the hosts down, with all processes on them: their namespaces go with the last one."""
        while running := [process for process in os.listdir("/proc") if self.is_on_a_host(process)]:
            for process in running:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(int(process), signal.SIGKILL)
            time.sleep(0.01)
        while self.processes:
            process = self.processes.pop()
            process.kill()
            process.communicate()
        # The kernel removes a network a while after its last process; the links must have gone when this returns.
        for link in ["switch", *(f"port-{name}" for name in self.names)]:
            subprocess.run(["ip", "link", "delete", link], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["umount", "/etc/hosts"], stderr=subprocess.DEVNULL, check=False)
        self.folder.cleanup()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hosts", type=int, default=3, metavar="N", help="how many; default: 3")
    parser.add_argument("--slots", type=int, default=1, metavar="N", help="ranks that mpirun puts on a host; default: 1")
    parser.add_argument("--rate", help="of each link, as tc takes it: 1gbit; default: as fast as it goes")
    parser.add_argument("--delay", type=float, default=0, metavar="SECONDS", help="of a frame between two hosts")
    parser.add_argument("--loss", type=float, default=0, metavar="PART", help="of the frames: 0.001")
    parser.add_argument("command", nargs="+", help="runs on the first host, node1; `mpirun` uses all")
    options = parser.parse_args()
    try:
        enter_sandbox()
    except NoNamespaces as error:
        sys.exit(f"hosts.py: {error}")
    try:
        with Hosts(options.hosts, options.slots, options.rate, options.delay, options.loss) as hosts:
            return subprocess.call(hosts.on("node1", *options.command), env=hosts.environment)
    except RuntimeError as error:
        sys.exit(f"hosts.py: {error}")


if __name__ == "__main__":
    sys.exit(main())
