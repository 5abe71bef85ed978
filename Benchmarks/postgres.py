#!/usr/bin/env python3
"""postgres.py [--rows 500000] [--runs 5] [--seconds 30] [--rate 5000] [--trigger 50ms] [--json FILE]

The PostgreSQL sink beside psql, psycopg and asyncpg: the same CSV file into the same table with the same
indexes, on a throwaway server of this machine (scripts/postgres-server: SCRAM, no waiting for the disk).
Whole processes from start to end, in turn, each into an emptied table; medians, and their ratios.

  append   rows that are not there, into a table with a primary key and two indexes
  upsert   the same, half of whose keys are there already
  latency  pipelines/csv-to-postgres at `--rate` events a second in ten files a second: for each row
           from the moment at which its file was renamed into the watched directory to its transaction's
           commit, as the server has noted it (pg_xact_commit_timestamp)

Exit code 1 where a contender failed or left other rows than psql. `--rows 2000 --runs 1 --seconds 3` is
over in seconds.
"""

import argparse
import asyncio
import csv
import datetime
import decimal
import itertools
import json
import os
import platform
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import uuid

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PROGRAM = os.environ.get("MILLRACE_BINARY", os.path.join(ROOT, "bin/millrace"))
COLUMNS = (
    "event_id", "user_id", "event_type", "product_id", "product_name", "category", "price", "quantity",
    "event_timestamp", "session_id", "device_type")
TABLE = """
CREATE TABLE events (
    event_id uuid PRIMARY KEY, user_id text NOT NULL, event_type text NOT NULL, product_id text NOT NULL,
    product_name text, category text, price numeric(12, 2) CHECK (price >= 0), quantity integer,
    event_timestamp timestamptz NOT NULL, session_id text NOT NULL, device_type text NOT NULL);
CREATE INDEX events_user ON events (user_id, event_timestamp);
CREATE INDEX events_time ON events (event_timestamp);
"""
LIST = ", ".join(COLUMNS)
TAKEN = ", ".join(f"{name} = EXCLUDED.{name}" for name in COLUMNS[1:])
STAGE = "CREATE TEMP TABLE stage (LIKE events) ON COMMIT DROP"
# The keys of the file are all different, so nobody but Millrace looks for repeated ones.
MERGE = f"INSERT INTO events ({LIST}) SELECT {LIST} FROM stage ON CONFLICT (event_id) DO UPDATE SET {TAKEN}"


def write_rows(path, count, seed=7):
    """A file of shop events, each with a key of its own."""
    dice = random.Random(seed)
    start = datetime.datetime(2026, 1, 5, tzinfo=datetime.timezone.utc)
    with open(path, "w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number in range(count):
            product = dice.randrange(2000)
            when = start + datetime.timedelta(milliseconds=20 * number)
            writer.writerow((
                uuid.UUID(int=dice.getrandbits(128), version=4), f"user_{dice.randrange(50_000)}",
                dice.choice(("view", "click", "add_to_cart", "purchase")), f"product_{product}",
                f"Product number {product}", f"category_{product % 20}",
                f"{dice.randrange(100, 100_000) / 100:.2f}", dice.randrange(1, 5),
                when.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z", f"session_{number // 20}",
                dice.choice(("mobile", "desktop", "tablet"))))


# Contenders in Python: each a process of its own.

def typed(path):
    """The rows as Python has them: what an application in Python holds."""
    with open(path, newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for row in reader:
            row[0] = uuid.UUID(row[0])
            row[6] = decimal.Decimal(row[6])
            row[7] = int(row[7])
            row[8] = datetime.datetime.fromisoformat(row[8].replace("Z", "+00:00"))
            yield row


TYPES = ("uuid", "text", "text", "text", "text", "text", "numeric", "int4", "timestamptz", "text", "text")


def psycopg_file(url, path, upserts):
    """The file's bytes as they are: the server reads the CSV."""
    import psycopg
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        if upserts:
            cursor.execute(STAGE)
        target = "stage" if upserts else "events"
        with open(path, "rb") as file, cursor.copy(f"COPY {target} FROM STDIN (FORMAT csv, HEADER)") as copy:
            while piece := file.read(1 << 20):
                copy.write(piece)
        if upserts:
            cursor.execute(MERGE)


def psycopg_rows(url, path, upserts):
    """Rows of Python through binary COPY."""
    import psycopg
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        if upserts:
            cursor.execute(STAGE)
        target = "stage" if upserts else "events"
        with cursor.copy(f"COPY {target} ({LIST}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(TYPES)
            for row in typed(path):
                copy.write_row(row)
        if upserts:
            cursor.execute(MERGE)


def upserting(upserts, values):
    text = f"INSERT INTO events ({LIST}) VALUES {values}"
    return text + (f" ON CONFLICT (event_id) DO UPDATE SET {TAKEN}" if upserts else "")


def psycopg_executemany(url, path, upserts):
    import psycopg
    statement = upserting(upserts, "(" + ", ".join(["%s"] * len(COLUMNS)) + ")")
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        cursor.executemany(statement, typed(path))


def psycopg_values(url, path, upserts, together=1000):
    """Many rows in one statement, as execute_values of psycopg2 has them."""
    import psycopg
    one = "(" + ", ".join(["%s"] * len(COLUMNS)) + ")"
    with psycopg.ClientCursor(psycopg.connect(url)) as cursor:
        rows = typed(path)
        while batch := list(itertools.islice(rows, together)):
            statement = upserting(upserts, ", ".join([one] * len(batch)))
            cursor.execute(statement, [value for row in batch for value in row])
        cursor.connection.commit()


def asyncpg_rows(url, path, upserts):
    import asyncpg

    async def work():
        connection = await asyncpg.connect(url)
        async with connection.transaction():
            if upserts:
                await connection.execute(STAGE)
            await connection.copy_records_to_table(
                "stage" if upserts else "events", records=typed(path), columns=COLUMNS)
            if upserts:
                await connection.execute(MERGE)
        await connection.close()

    asyncio.run(work())


def asyncpg_executemany(url, path, upserts):
    import asyncpg

    async def work():
        connection = await asyncpg.connect(url)
        async with connection.transaction():
            places = "(" + ", ".join(f"${n + 1}" for n in range(len(COLUMNS))) + ")"
            await connection.executemany(upserting(upserts, places), typed(path))
        await connection.close()

    asyncio.run(work())


PYTHON = {
    "psycopg, COPY of the file": psycopg_file,
    "psycopg, COPY of rows": psycopg_rows,
    "psycopg, executemany": psycopg_executemany,
    "psycopg, 1,000 rows a statement": psycopg_values,
    "asyncpg, copy_records_to_table": asyncpg_rows,
    "asyncpg, executemany": asyncpg_executemany,
}


# The server, and programs.

class Server:
    def __init__(self, directory):
        self.directory = directory
        self.start()
        # So that each row's commit has a time.
        self.sql("ALTER SYSTEM SET track_commit_timestamp = on")
        self.sql("ALTER SYSTEM SET max_wal_size = '4GB'")
        self.stop()
        self.start()

    def start(self):
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "scripts/postgres-server"), self.directory], stdin=subprocess.DEVNULL)
        for _ in range(600):
            if self.process.poll() is not None:
                sys.exit("the server ended: see " + self.directory + "/data/log")
            try:
                with open(self.directory + "/url") as file:
                    self.url = file.read().strip()
                self.sql("SELECT 1")
                return
            except (OSError, RuntimeError):
                time.sleep(0.1)
        sys.exit("the server does not answer")

    def stop(self):
        self.process.send_signal(signal.SIGINT)
        self.process.wait()

    def sql(self, text):
        ended = subprocess.run(
            ["psql", "-XqAt", "-v", "ON_ERROR_STOP=1", self.url, "-c", text], capture_output=True, text=True)
        if ended.returncode != 0:
            raise RuntimeError(ended.stderr)
        return ended.stdout.strip()


PIPELINE = """
CREATE STREAM events (
  event_id STRING, user_id STRING, event_type STRING, product_id STRING, product_name STRING,
  category STRING, price DECIMAL(12, 2), quantity INTEGER, event_timestamp TIMESTAMP, session_id STRING,
  device_type STRING) WITH (connector = 'files', path = '{path}', value_format = 'CSV');
CREATE SINK CONNECTOR rows WITH ('connector.class' = 'postgres', 'from' = 'events',
  'connection.url' = '{url}', 'table.name.format' = 'events'{more});
"""


def millrace(server, path, work, upserts):
    state = os.path.join(work, "state")
    shutil.rmtree(state, ignore_errors=True)
    script = os.path.join(work, "load.sql")
    more = ", 'insert.mode' = 'upsert', 'pk.fields' = 'event_id'" if upserts else ""
    with open(script, "w") as file:
        file.write(PIPELINE.format(path=path, url=server.url, more=more))
    return [PROGRAM, "run", script, "--once", "--quiet", "--state", state]


def psql(server, path, upserts):
    steps = [f"\\copy {'stage' if upserts else 'events'} FROM '{path}' CSV HEADER"]
    if upserts:
        steps = [STAGE, *steps, MERGE]
    return ["psql", "-Xq1", "-v", "ON_ERROR_STOP=1", server.url, *(w for s in steps for w in ("-c", s))]


def contenders(server, path, work, upserts, slow):
    yield "psql, \\copy", psql(server, path, upserts)
    yield "Millrace", millrace(server, path, work, upserts)
    for name in PYTHON:
        if slow or "executemany" not in name and "a statement" not in name:
            yield name, [sys.executable, os.path.abspath(__file__), "--contender", name, server.url, path,
                         "upsert" if upserts else "append"]


def prepared(server, path, rows, upserts):
    """An empty table; or one with half of the keys, and other values."""
    server.sql("DROP TABLE IF EXISTS events, millrace_epochs; " + TABLE)
    if upserts:
        server.sql(
            "CREATE TABLE given (LIKE events)")
        subprocess.run(
            ["psql", "-Xq", server.url, "-c", f"\\copy given FROM '{path}' CSV HEADER"], check=True)
        server.sql(
            "INSERT INTO events SELECT event_id, user_id, 'view', product_id, 'former', category, 1, 1, "
            f"event_timestamp, session_id, device_type FROM given LIMIT {rows // 2}; DROP TABLE given")
    server.sql("VACUUM ANALYZE events")
    server.sql("CHECKPOINT")


CHECK = "SELECT count(*), md5(string_agg(e::text, ',' ORDER BY event_id)) FROM events e"


def throughput(server, path, work, options):
    answers, problems = {}, []
    for upserts in (False, True):
        times, expected = {}, None
        for run in range(options.runs):
            for name, command in contenders(server, path, work, upserts, slow=run < options.slow_runs):
                prepared(server, path, options.rows, upserts)
                begin = time.monotonic()
                ended = subprocess.run(command, capture_output=True, text=True)
                seconds = time.monotonic() - begin
                if ended.returncode != 0:
                    problems.append(f"{name}: {ended.stderr[-500:]}")
                    continue
                times.setdefault(name, []).append(seconds)
                if run == 0:
                    found = server.sql(CHECK)
                    expected = expected or found
                    if found != expected:
                        problems.append(f"{name}: {found} instead of {expected}")
        answers["upsert" if upserts else "append"] = {
            name: options.rows / statistics.median(all) for name, all in times.items()}
    return answers, problems


# Latency.

def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def latency(server, work, options):
    """Percentiles over all rows, in milliseconds; and what is wrong."""
    folder, staging = os.path.join(work, "in"), os.path.join(work, "staging")
    for path in (folder, staging):
        os.makedirs(path, exist_ok=True)
    rows, files = max(1, options.rate // 10), int(options.seconds * 10) + options.warm
    source = os.path.join(work, "latency.csv")
    write_rows(source, rows * files, seed=11)
    with open(source) as file:
        lines = file.readlines()
    for number in range(files):
        with open(f"{staging}/{number:06}.csv", "w") as file:
            file.write(lines[0])
            file.writelines(lines[1 + number * rows:1 + (number + 1) * rows])
    server.sql("CREATE DATABASE latency")
    url = server.url.rsplit("/", 1)[0] + "/latency"
    process = subprocess.Popen(
        [PROGRAM, "run", os.path.join(ROOT, "pipelines/csv-to-postgres/csv-to-postgres.sql"), "--quiet",
         "-D", f"events={folder}", "-D", f"database={url}", "--trigger", options.trigger,
         "--state", os.path.join(work, "latency-state")], stdin=subprocess.DEVNULL)
    time.sleep(2)
    renamed, begin = {}, time.monotonic()
    for number in range(files):
        pause = begin + number / 10 - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        renamed[number] = time.time()
        os.rename(f"{staging}/{number:06}.csv", f"{folder}/{number:06}.csv")
    late = max(0.0, time.monotonic() - begin - files / 10)
    ask = ["psql", "-XqAt", "-F", ",", url, "-c"]
    for _ in range(300):
        count = subprocess.run(
            [*ask, "SELECT count(*) FROM ecommerce_events"], capture_output=True, text=True)
        if count.stdout.strip() == str(rows * files):
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    process.wait()
    found = subprocess.run(
        [*ask, "SELECT event_id, extract(epoch FROM pg_xact_commit_timestamp(xmin)) FROM ecommerce_events"],
        capture_output=True, text=True, check=True).stdout.split()
    committed = dict(line.split(",") for line in found)
    times, missing = [], 0
    for number in range(options.warm, files):
        for line in lines[1 + number * rows:1 + (number + 1) * rows]:
            when = committed.get(line.split(",", 1)[0])
            if when is None:
                missing += 1
            else:
                times.append((float(when) - renamed[number]) * 1000)
    answer = {f"p{int(share * 100)}": percentile(times, share) for share in (0.5, 0.9, 0.99)}
    answer["max"] = max(times, default=float("nan"))
    answer["rows"] = len(times)
    problems = [f"latency: {missing} rows are missing"] if missing else []
    if late > 0.5:
        problems.append(f"latency: files came {late:.1f} s late, the rate was not kept")
    return answer, problems


def show(answers, options):
    for kind in ("append", "upsert"):
        found = answers.get(kind, {})
        best = max((rate for name, rate in found.items() if name in PYTHON), default=None)
        print(f"\n{kind}: {options.rows:,} rows, medians of {options.runs}")
        for name, rate in sorted(found.items(), key=lambda item: -item[1]):
            print(f"  {name:<36} {rate:>12,.0f} rows/s")
        ours, copy = found.get("Millrace"), found.get("psql, \\copy")
        if ours and copy and best:
            print(f"  Millrace is {ours / copy:.2f} of psql, {ours / best:.2f} of the fastest in Python")
    if "latency" in answers:
        found = answers["latency"]
        print(f"\nlatency at {options.rate:,} events/s, trigger {options.trigger}, {found['rows']:,} rows: "
              + ", ".join(f"{name} {found[name]:.0f} ms" for name in ("p50", "p90", "p99", "max")))


def main(arguments=None):
    if arguments is None and sys.argv[1:2] == ["--contender"]:
        PYTHON[sys.argv[2]](sys.argv[3], sys.argv[4], sys.argv[5] == "upsert")
        return 0
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=500_000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--slow-runs", type=int, default=1, help="runs of those that take statements")
    parser.add_argument("--seconds", type=float, default=30)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--trigger", default="50ms")
    parser.add_argument("--warm", type=int, default=10, help="files that are not counted")
    parser.add_argument("--json")
    options = parser.parse_args(arguments)
    # Where another user may look: the server is one.
    with tempfile.TemporaryDirectory() as work:
        os.chmod(work, 0o755)
        server = Server(os.path.join(work, "pg"))
        try:
            path = os.path.join(work, "events.csv")
            answers, problems = {}, []
            if options.rows and options.runs:
                write_rows(path, options.rows)
                answers, problems = throughput(server, path, work, options)
            if options.seconds:
                answers["latency"], more = latency(server, work, options)
                problems += more
        finally:
            server.stop()
    show(answers, options)
    for problem in problems:
        print("PROBLEM", problem)
    if options.json:
        with open(options.json, "w") as file:
            json.dump({"machine": platform.machine(), "options": vars(options), **answers}, file, indent=2)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
