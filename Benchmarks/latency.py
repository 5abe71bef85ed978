#!/usr/bin/env python3
"""latency.py [--seconds 60] [--rate 5000] [--pipeline FILE.sql] [--table NAME] [--json FILE]

How long after a file appears its events are seen. Each second a file of 5,000 events is renamed into
the directory that Millrace watches; the last event of file i is of session `s_marker_i`. Two times are
taken from the rename on:

  change   until the program prints a change of that session (run --print): what a subscriber in the
           process gets, before the commit. The pipeline gets one more table for it, with these sessions
           alone, so that printing thousands of rows is not measured
  durable  until the Delta table has the commit that holds the row, fsynced

The first files (--warm) are not counted. Input is .deps/data/w1_1m. Exit code 1 where a marker was
never seen.
"""

import argparse
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DATA = os.path.join(ROOT, ".deps/data/w1_1m")
WORK = os.path.join(ROOT, ".deps/bench/latency")
READY_SECONDS = 30
MARKER = re.compile(rb"\bs_marker_(\d+)\b")


MARKERS = """
CREATE TABLE latency_markers AS
  SELECT session_id, COUNT(*) AS events FROM silver_events
  WHERE session_id LIKE 's_marker_%' GROUP BY session_id EMIT CHANGES;
"""


def command(pipeline, raw, lake, state):
    """The program with its changes on standard output, a line each."""
    return [
        os.path.join(ROOT, "bin/millrace"),
        "run",
        pipeline,
        "-D",
        f"raw={raw}",
        "-D",
        f"lake={lake}",
        "--state",
        state,
        "--quiet",
        "--print",
        "latency_markers",
    ]


def marker_of(line):
    """The number of the marker session that a printed change is about, None for any other line."""
    found = MARKER.search(line)
    return int(found[1]) if found else None


def marker_event(number, timestamp):
    event = {
        "event_id": f"marker-{number}",
        "event_type": "page_view",
        "user_id": f"u_marker_{number}",
        "session_id": f"s_marker_{number}",
        "product_id": "p_marker",
        "timestamp": timestamp,
        "price": 1.0,
        "quantity": 1,
        "page_url": "",
        "device": "mobile",
        "country": "US",
    }
    return json.dumps(event, separators=(",", ":")) + "\n"


def source_lines():
    for name in sorted(os.listdir(DATA)):
        with open(os.path.join(DATA, name)) as stream:
            yield from stream


def file_text(lines, number, rate):
    """The next events and the marker, which has the time of the last of them, so it is never late."""
    taken = [next(lines) for _ in range(rate - 1)]
    for line in reversed(taken):
        try:
            return "".join(taken) + marker_event(number, json.loads(line)["timestamp"])
        except (ValueError, KeyError, TypeError):
            continue
    raise SystemExit("no event with a time in the input")


class Subscriber:
    """Reads the program's output and notes when each marker was first seen."""

    def __init__(self, stream):
        self.seen = {}
        self.thread = threading.Thread(target=self._read, args=(stream,), daemon=True)
        self.thread.start()

    def _read(self, stream):
        for line in stream:
            now = time.time()
            marker = marker_of(line)
            if marker is not None:
                self.seen.setdefault(marker, now)

    def wait_for(self, marker, seconds, process):
        end = time.monotonic() + seconds
        while marker not in self.seen and time.monotonic() < end and process.poll() is None:
            time.sleep(0.01)
        return marker in self.seen


def durable_times(table):
    """When the commit with each marker's row was there for all to see.

    The log entry is written under another name, fsynced and then linked: that last change is its ctime.
    """
    from deltalake import DeltaTable

    log = os.path.join(table, "_delta_log")
    times = {}
    for version in range(DeltaTable(table).version() + 1):
        path = os.path.join(log, f"{version:020}.json")
        if not os.path.exists(path):
            continue
        written = os.stat(path).st_ctime
        sessions = DeltaTable(table, version=version).to_pyarrow_table(columns=["session_id"])["session_id"]
        for session in sessions.to_pylist():
            if session and session.startswith("s_marker_"):
                times.setdefault(int(session.removeprefix("s_marker_")), written)
    return times


def quantiles(latencies):
    """Milliseconds; None where nothing was measured."""
    ordered = sorted(latencies)
    if not ordered:
        return dict(n=0, p50_ms=None, p90_ms=None, p99_ms=None, max_ms=None)

    def at(share):
        return round(1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))], 1)

    return dict(n=len(ordered), p50_ms=at(0.5), p90_ms=at(0.9), p99_ms=at(0.99), max_ms=at(1))


def feed(options, subscriber, process, raw, stage):
    """Renames a file a second and returns when each was."""
    lines = source_lines()
    renamed = {}

    def put(number, text, due=None):
        staged = os.path.join(stage, f"part-{number:05}.ndjson")
        with open(staged, "w") as stream:
            stream.write(text)
        if due is not None:
            time.sleep(max(0, due - time.monotonic()))
        os.rename(staged, os.path.join(raw, os.path.basename(staged)))
        renamed[number] = time.time()

    # The answer to the first file shows that the program watches.
    put(0, file_text(lines, 0, options.rate))
    if not subscriber.wait_for(0, READY_SECONDS, process):
        raise SystemExit(f"latency.py: no change of the first marker within {READY_SECONDS} s")
    started = time.monotonic() + 1
    for number in range(1, options.seconds + 1):
        put(number, file_text(lines, number, options.rate), started + number)
    subscriber.wait_for(options.seconds, 10, process)
    return renamed


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--warm", type=int, default=12)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--pipeline", default=os.path.join(ROOT, "pipelines/medallion/medallion.sql"))
    parser.add_argument("--table", default="conversion")
    parser.add_argument("--json", metavar="FILE")
    options = parser.parse_args(arguments)
    if not os.path.isdir(DATA):
        parser.exit(2, "latency.py: no input; make it with Tests/Oracle/make_data.sh 1m\n")
    shutil.rmtree(WORK, ignore_errors=True)
    raw, stage, lake, state = (os.path.join(WORK, name) for name in ("raw", "stage", "lake", "state"))
    os.makedirs(raw)
    os.makedirs(stage)
    pipeline = os.path.join(WORK, "pipeline.sql")
    with open(options.pipeline) as given, open(pipeline, "w") as changed:
        changed.write(given.read() + MARKERS)
    with open(os.path.join(WORK, "errors.log"), "wb") as errors:
        process = subprocess.Popen(
            command(pipeline, raw, lake, state), stdout=subprocess.PIPE, stderr=errors
        )
    try:
        subscriber = Subscriber(process.stdout)
        renamed = feed(options, subscriber, process, raw, stage)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    counted = range(options.warm + 1, options.seconds + 1)
    durable = durable_times(os.path.join(lake, "gold", options.table))
    result = dict(rate=options.rate, files=len(counted))
    for name, seen in (("change", subscriber.seen), ("durable", durable)):
        result[name] = quantiles([seen[number] - renamed[number] for number in counted if number in seen])
        figures = ", ".join(
            f"{key.removesuffix('_ms')} {value} ms" for key, value in result[name].items() if key != "n"
        )
        print(f"{name:8} {result[name]['n']} of {len(counted)} files: {figures}")
    if options.json:
        with open(options.json, "w") as stream:
            json.dump(result, stream)
    return 0 if all(result[name]["n"] == len(counted) for name in ("change", "durable")) else 1


if __name__ == "__main__":
    sys.exit(main())
