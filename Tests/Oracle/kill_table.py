#!/usr/bin/env python3
"""kill_table.py PROGRAM FOLDER --kills N --seed S

Tables that delta-rs has written, and `millrace table optimize` and `vacuum` that are killed over and over
while they work on them; meanwhile delta-rs reads each table's newest version again and again. Each time it
must see exactly the rows that were written. At last both commands are run to their ends: the same rows, by
ClickHouse's deltaLakeLocal too, in few files. Prints the number of kills and of readings; exit code 0: all
well, 1: something is wrong, 2: wrong use.

A reader may meet a file that was deleted since it opened its version, for nothing is retained here; it
then opens the newest version anew, and has to succeed before long.
"""

import argparse
import glob
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time

import chdb
import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

COMMITS, ROWS = 24, 400
PATIENCE = 200


def build(path):
    """Many small files, some of them replaced; the rows that are left."""
    for commit in range(COMMITS):
        ids = list(range(commit * ROWS, (commit + 1) * ROWS))
        texts = [f"row {number} of commit {commit} " + "x" * (number % 50) for number in ids]
        write_deltalake(path, pa.table({"id": pa.array(ids, pa.int64()), "text": texts}), mode="append")
        if commit % 6 == 5:
            DeltaTable(path).delete(f"id % 7 = {commit % 7}")
    return read(path)


def read(path):
    table = DeltaTable(path).to_pyarrow_table()
    return sorted(zip(table.column("id").to_pylist(), table.column("text").to_pylist()))


class Reader(threading.Thread):
    def __init__(self, path, expected):
        super().__init__(daemon=True)
        self.path, self.expected = path, expected
        self.readings, self.problem, self.is_over = 0, None, False

    def run(self):
        failures = 0
        while not self.is_over and not self.problem:
            try:
                rows = read(self.path)
            except Exception as error:  # A file that is gone has many names.
                failures += 1
                if failures == PATIENCE:
                    self.problem = f"can't be read: {error}"
                continue
            failures = 0
            self.readings += 1
            if rows != self.expected:
                self.problem = f"{len(rows)} rows instead of {len(self.expected)}, or others"


def command(program, what, path):
    return [program, "table", what, path] + (["--retain", "0s"] if what == "vacuum" else [])


def duration(program, what, template, folder):
    path = os.path.join(folder, "measured")
    shutil.copytree(template, path)
    start = time.monotonic()
    subprocess.run(command(program, what, path), check=True, capture_output=True)
    seconds = time.monotonic() - start
    shutil.rmtree(path)
    return seconds


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("program")
    parser.add_argument("folder")
    parser.add_argument("--kills", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    chance = random.Random(options.seed)
    template = os.path.join(options.folder, "template")
    expected = build(template)
    seconds = {
        what: duration(options.program, what, template, options.folder) for what in ("optimize", "vacuum")
    }
    kills = readings = 0
    problems = []
    while kills < options.kills and not problems:
        path = os.path.join(options.folder, f"table{kills}")
        shutil.copytree(template, path)
        reader = Reader(path, expected)
        reader.start()
        for what in ("optimize", "vacuum", "optimize", "vacuum"):
            process = subprocess.Popen(
                command(options.program, what, path), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
            )
            time.sleep(chance.uniform(0, seconds[what]))
            process.send_signal(signal.SIGKILL)
            kills += process.wait() == -signal.SIGKILL
            if read(path) != expected:
                problems.append(f"{path}: not the rows that were written, after a killed {what}")
        for what in ("optimize", "vacuum"):
            done = subprocess.run(command(options.program, what, path), capture_output=True, text=True)
            if done.returncode != 0:
                problems.append(f"{path}: {what} after kills: {done.stderr}")
        while reader.is_alive() and reader.readings == 0:
            time.sleep(0.01)
        reader.is_over = True
        reader.join()
        readings += reader.readings
        if reader.problem:
            problems.append(f"{path}: {reader.problem}")
        if read(path) != expected:
            problems.append(f"{path}: not the rows that were written, at last")
        os.chdir("/")  # deltaLakeLocal reads no file outside the folder it works in.
        counted = chdb.query(f"SELECT count(), sum(id) FROM deltaLakeLocal('{path}')", "CSV").data().strip()
        if counted != f"{len(expected)},{sum(row[0] for row in expected)}":
            problems.append(f"{path}: ClickHouse counts {counted}")
        if len(DeltaTable(path).file_uris()) != 1:
            problems.append(f"{path}: {len(DeltaTable(path).file_uris())} files after optimize")
        # What a killed optimize has written and nobody knows of stays for an hour, since it may be under way.
        known = len(glob.glob(os.path.join(path, "*.parquet")))
        if not problems and known > 20:
            problems.append(f"{path}: {known} data files after vacuum")
        shutil.rmtree(path)
    print(f"{kills} kills, {readings} readings beside them")
    for problem in problems:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
