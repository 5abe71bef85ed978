#!/usr/bin/env python3
"""startup.py [--runs 20] [--pipeline FILE.sql] [--table NAME] [--json FILE]

From the start of the process to its first result, over one small file: a hundred events. Each run
begins with no state directory and no lake, so it makes all its tables; a second figure is for a start
with both there and one new file, and a third for `millrace --version`, the least that a start can take.

  first    until the first line of the printed table (run --print) is there, before the commit
  end      until the process has ended, everything committed
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time

from latency import quantiles

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, ".deps/data/w1_1k")
WORK = os.path.join(ROOT, ".deps/bench/startup")
MILLRACE = os.path.join(ROOT, "bin/millrace")


def timed(command):
    """Seconds until the first line of output and until the end; the error output where it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = process.stdout.readline()
    first = time.perf_counter() - started
    process.stdout.read()
    errors = process.stderr.read()
    code = process.wait()
    end = time.perf_counter() - started
    if code != 0 or not line:
        raise SystemExit(f"startup.py: exit code {code}, first line {line!r}\n{errors.decode()}")
    return first, end


def command(options, work):
    return [
        MILLRACE,
        "run",
        options.pipeline,
        "--once",
        "--quiet",
        "-D",
        f"raw={work}/raw",
        "-D",
        f"lake={work}/lake",
        "--state",
        f"{work}/state",
        "--print",
        options.table,
    ]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--pipeline", default=os.path.join(ROOT, "pipelines/medallion/medallion.sql"))
    parser.add_argument("--table", default="conversion")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    if not os.path.isdir(DATA):
        parser.exit(2, "startup.py: no input; make it with Tests/Oracle/make_data.sh 1k\n")
    files = sorted(os.path.join(DATA, name) for name in os.listdir(DATA))
    found = {name: [] for name in ("first, new", "end, new", "first, again", "end, again", "--version")}
    # One more than is counted: the first one reads the program from disk.
    for turn in range(options.runs + 1):
        shutil.rmtree(WORK, ignore_errors=True)
        os.makedirs(os.path.join(WORK, "raw"))
        row = []
        for number in (0, 1):
            shutil.copy2(files[number], os.path.join(WORK, "raw"))
            row += timed(command(options, WORK))
        row.append(timed([MILLRACE, "--version"])[1])
        if turn:
            for name, seconds in zip(found, row):
                found[name].append(seconds)
    result = {name: quantiles(seconds) for name, seconds in found.items()}
    for name, figures in result.items():
        print(f"{name:13} p50 {figures['p50_ms']} ms, p90 {figures['p90_ms']} ms, max {figures['max_ms']} ms")
    if options.json:
        with open(options.json, "w") as stream:
            json.dump(result, stream)
    return 0


if __name__ == "__main__":
    sys.exit(main())
