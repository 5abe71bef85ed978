"""Runs a command and measures it with everything that it starts, from outside."""

import ctypes
import dataclasses
import os
import resource
import signal
import subprocess
import tempfile
import threading
import time

PR_SET_CHILD_SUBREAPER = 36
PAGE = os.sysconf("SC_PAGE_SIZE")
SAMPLE_SECONDS = 0.02


@dataclasses.dataclass
class Measurement:
    wall_seconds: float
    cpu_seconds: float
    peak_megabytes: float
    exit_code: int
    output: str
    errors: str
    #: When `watch` first held, None where it never did.
    first_seconds: float | None
    timed_out: bool = False


def _processes():
    """Parent, virtual and resident bytes of every process."""
    found = {}
    for name in os.listdir("/proc"):
        if not name.isdigit():
            continue
        try:
            with open(f"/proc/{name}/stat", "rb") as stream:
                fields = stream.read().rpartition(b")")[2].split()
        except OSError:
            continue
        found[int(name)] = (int(fields[1]), int(fields[20]), int(fields[21]) * PAGE)
    return found


def _tree(root, processes):
    """The descendants of `root` and the sum of their resident bytes."""
    children = {}
    for number, (parent, _, _) in processes.items():
        children.setdefault(parent, []).append(number)
    found, total, pending = [], 0, [(root, None)]
    while pending:
        parent, parent_size = pending.pop()
        for number in children.get(parent, ()):
            _, size, resident = processes[number]
            # A child of the same size that was just forked still shares its parent's memory.
            total += 0 if size == parent_size else resident
            found.append(number)
            pending.append((number, size))
    return found, total


def measure(command, timeout=900, environment=None, watch=None):
    """`watch` is asked every 20 ms whether the first result is there.

    This process becomes the parent of orphans, so that a JVM whose driver has ended still counts.
    """
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    me = os.getpid()
    state = {"peak": 0, "first": None}
    done = threading.Event()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        started = time.monotonic()
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=errors,
            env={**os.environ, **(environment or {})},
        )

        def sample():
            while True:
                state["peak"] = max(state["peak"], _tree(me, _processes())[1])
                if watch is not None and state["first"] is None and watch():
                    state["first"] = time.monotonic() - started
                if done.wait(SAMPLE_SECONDS):
                    return

        sampler = threading.Thread(target=sample)
        sampler.start()
        timed_out = False
        try:
            process.wait(timeout)
        except subprocess.TimeoutExpired:
            timed_out = True
            _end(me)
            process.wait()
        wall = time.monotonic() - started
        if watch is not None and state["first"] is None and watch():
            state["first"] = wall
        _reap(me)
        done.set()
        sampler.join()
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        texts = []
        for stream in (output, errors):
            stream.seek(0)
            texts.append(stream.read().decode(errors="replace"))
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measurement(
        wall, cpu, state["peak"] / 2**20, process.returncode, *texts, state["first"], timed_out
    )


def _end(root):
    """Only what this process started: its own descendants."""
    for number in _tree(root, _processes())[0]:
        try:
            os.kill(number, signal.SIGKILL)
        except OSError:
            pass


def _reap(root, patience_seconds=15):
    """Waits for orphans, so that their CPU time is counted, and ends those that stay."""
    end = time.monotonic() + patience_seconds
    while time.monotonic() < end:
        try:
            number, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if number == 0:
            time.sleep(0.02)
    _end(root)
