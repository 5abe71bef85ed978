#!/usr/bin/env python3
"""operators.py [--sizes 1m] [--runs 3] [--only NAME…] [--engines millrace duckdb] [--json FILE]

The operators of the language, each in a pipeline of its own (Benchmarks/operators/NAME.sql), beside
DuckDB's batch answer to the same question on the same files. Prints a Markdown table of medians; exit
code 1 where a run failed or the two answers differ in a row.

Whole processes from start to end, start-up, reading JSON and writing the answer included: Millrace writes
a Delta table, DuckDB a Parquet file. Memory is the sum over the process tree, sampled every 20 ms. The
input is made once, of the events in .deps/data (Tests/Oracle/make_data.sh): valid ones in the order of
their time, each once; `arrivals` are in the order of their files, with repeats. `--sizes 1k --runs 1` is
over in seconds.
"""

import argparse
import json
import os
import shutil
import statistics
import sys

import duckdb
from process_tree import measure
from run import DATA, EVENTS, PYTHON, ROOT, WORK, machine, warm

sys.path.insert(0, os.path.join(ROOT, "Tests/Oracle"))
from lake import dataset  # noqa: E402

FOLDER = os.path.join(ROOT, "Benchmarks/operators")
ORDER = (
    "deduplicate",
    "stream-stream-join",
    "stream-table-join",
    "table-table-join",
    "session-windows",
    "hopping-windows",
    "per-record",
)
COLUMNS = dict(
    event_id="VARCHAR",
    event_type="VARCHAR",
    user_id="VARCHAR",
    session_id="VARCHAR",
    product_id="VARCHAR",
    quantity="INTEGER",
    ts="BIGINT",
)
# What is read of the raw files, and of that what makes each input.
RAW = """CREATE TABLE arrivals AS SELECT * FROM (
  SELECT event_id, event_type, user_id, session_id, product_id, TRY_CAST(quantity AS INTEGER) AS quantity,
    epoch_ms(TRY_CAST("timestamp" AS TIMESTAMP)) AS ts
  FROM read_json('{raw}/*.ndjson', format='newline_delimited', ignore_errors=true, columns={{
    event_id: 'VARCHAR', event_type: 'VARCHAR', user_id: 'VARCHAR', session_id: 'VARCHAR',
    product_id: 'VARCHAR', quantity: 'VARCHAR', "timestamp": 'VARCHAR'}}))
WHERE event_id <> '' AND user_id <> '' AND session_id <> '' AND product_id <> '' AND ts IS NOT NULL
  AND quantity IS NOT NULL"""
INPUTS = dict(
    arrivals="SELECT * FROM arrivals",
    events="SELECT * FROM events ORDER BY ts, event_id",
    views="SELECT * FROM events WHERE event_type = 'page_view' ORDER BY ts, event_id",
    purchases="SELECT * FROM events WHERE event_type = 'purchase' ORDER BY ts, event_id",
    users="""SELECT user_id, ['new', 'regular', 'loyal'][(1 + hash(user_id) % 3)::BIGINT] AS segment
      FROM events GROUP BY user_id ORDER BY user_id""",
)


class Operator:
    """A pipeline file: its inputs, and DuckDB's statement for the same answer."""

    def __init__(self, name):
        self.name = name
        self.path = os.path.join(FOLDER, f"{name}.sql")
        with open(self.path) as stream:
            head, _, self.query = stream.read().partition("--- duckdb\n")
        self.query = "\n".join(line.removeprefix("-- ") for line in self.query.splitlines())
        self.inputs = head.partition("--- input ")[2].split()


def prepare(size):
    """The folder with the inputs of a size, which are made where they are not there."""
    target = os.path.join(DATA, f"operators_{size}")
    if os.path.isdir(target):
        return target
    print(f"making {target}", file=sys.stderr)
    work = target + ".making"
    shutil.rmtree(work, ignore_errors=True)
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    connection.execute(RAW.format(raw=os.path.join(DATA, f"w1_{size}")))
    connection.execute("CREATE TABLE events AS SELECT DISTINCT ON (event_id) * FROM arrivals")
    for name, query in INPUTS.items():
        os.makedirs(os.path.join(work, name))
        connection.execute(f"COPY ({query}) TO '{work}/{name}/all.json' (FORMAT json)")
    os.rename(work, target)
    return target


def answer_by_duckdb(operator, data, out):
    """DuckDB's whole run, in a process of its own."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    connection.execute("SET threads = 2; SET preserve_insertion_order = false")
    for name in operator.inputs:
        columns = dict(user_id="VARCHAR", segment="VARCHAR") if name == "users" else COLUMNS
        connection.execute(
            f"CREATE VIEW {name} AS SELECT * FROM read_json('{data}/{name}/*.json', "
            f"format='newline_delimited', columns={columns})"
        )
    connection.execute(f"COPY ({operator.query}) TO '{out}/answer.parquet' (FORMAT parquet)")


def command(operator, engine, data, out):
    if engine == "duckdb":
        return [PYTHON, os.path.abspath(__file__), "--answer", operator.name, data, out]
    run = [os.path.join(ROOT, "bin/millrace"), "run", operator.path, "--once"]
    return run + ["-D", f"data={data}", "-D", f"out={out}", "--state", f"{out}/state"]


def difference(millrace, reference):
    """In what the answers differ; empty where in nothing."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    connection.execute(f"CREATE VIEW expected AS FROM read_parquet('{reference}/answer.parquet')")
    connection.register("actual", dataset(os.path.join(millrace, "answer")))
    kinds = connection.execute("DESCRIBE expected").fetchall()

    def columns(relation):
        have = {row[0]: row[1] for row in connection.execute(f"DESCRIBE {relation}").fetchall()}
        return ", ".join(
            f"epoch_us({row[0]})" if have[row[0]].startswith("TIMESTAMP") else f"{row[0]}::VARCHAR"
            for row in kinds
        )

    def rows(first, second):
        return connection.execute(
            f"SELECT count(*) FROM (SELECT {columns(first)} FROM {first} EXCEPT ALL "
            f"SELECT {columns(second)} FROM {second})"
        ).fetchone()[0]

    missing, extra = rows("expected", "actual"), rows("actual", "expected")
    return f"{missing} rows are missing, {extra} are wrong" if missing or extra else ""


def run_once(operator, engine, size, data, options):
    out = os.path.join(WORK, f"{operator.name}_{size}_{engine}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    result = measure(command(operator, engine, data, out), options.timeout)
    problem = ""
    if result.timed_out:
        problem = f"took longer than {options.timeout} s"
    elif result.exit_code != 0:
        problem = f"exit code {result.exit_code}\n{result.output[-1500:]}{result.errors[-3000:]}"
    events = 0
    for name in operator.inputs:
        with open(os.path.join(data, name, "all.json"), "rb") as stream:
            events += sum(1 for _ in stream)
    row = dict(name=operator.name, engine=engine, size=size, events=events, problem=problem)
    row.update(wall=result.wall_seconds, rate=events / result.wall_seconds, cpu=result.cpu_seconds)
    row.update(peak=result.peak_megabytes, out=out)
    note = problem or f"{row['rate']:,.0f} events/s, {row['cpu']:.1f} s CPU, {row['peak']:,.0f} MB"
    print(f"{operator.name} {size} {engine}: {note}", file=sys.stderr, flush=True)
    return row


def median(rows, key):
    return statistics.median(row[key] for row in rows)


def markdown(rows):
    """The table: one line per operator, size and engine."""
    groups = {}
    for row in rows:
        if not row["problem"]:
            groups.setdefault((row["name"], row["size"], row["engine"]), []).append(row)
    lines = [
        "| operator | events | engine | events/s | to DuckDB | CPU s | peak MB | to DuckDB |",
        "|---|---:|---|---:|---:|---:|---:|---:|",
    ]
    for (name, size, engine), group in groups.items():
        other = groups.get((name, size, "duckdb"), []) if engine == "millrace" else []

        def ratio(key):
            return f"{median(group, key) / median(other, key):.2f}×" if other else ""

        title = "Millrace" if engine == "millrace" else "DuckDB"
        lines.append(
            f"| {name} | {group[0]['events']:,} | {title} | {median(group, 'rate'):,.0f} | {ratio('rate')} "
            f"| {median(group, 'cpu'):.1f} | {median(group, 'peak'):,.0f} | {ratio('peak')} |"
        )
    return "\n".join(lines)


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--sizes", nargs="+", choices=EVENTS, default=["1m"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", nargs="+", choices=ORDER, default=list(ORDER))
    engines = ["millrace", "duckdb"]
    parser.add_argument("--engines", nargs="+", choices=engines, default=engines)
    parser.add_argument("--timeout", type=float, default=900)
    parser.add_argument("--json", metavar="FILE", help="every run, one JSON object a line")
    parser.add_argument("--keep", action="store_true", help="leave the output in .deps/bench")
    parser.add_argument("--answer", nargs=3, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments=None):
    options = parse(arguments)
    if options.answer:
        name, data, out = options.answer
        answer_by_duckdb(Operator(name), data, out)
        return 0
    header = machine()
    rows = []
    for size in options.sizes:
        data = prepare(size)
        for name in options.only:
            operator = Operator(name)
            for part in operator.inputs:
                warm(os.path.join(data, part))
            for _ in range(options.runs):
                # In turn, so that a slow minute of the machine falls on both.
                turn = [run_once(operator, engine, size, data, options) for engine in options.engines]
                if len(turn) == 2 and not any(row["problem"] for row in turn):
                    turn[0]["problem"] = difference(*(row["out"] for row in turn))
                rows += turn
                if not options.keep:
                    for row in turn:
                        shutil.rmtree(row["out"])
    if options.json:
        with open(options.json, "w") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    print(f"{header}\n\n{markdown(rows)}")
    failures = [row for row in rows if row["problem"]]
    for row in failures:
        print(f"\nFAILED {row['name']} {row['size']} {row['engine']}: {row['problem']}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
