#!/usr/bin/env python3
"""run.py [--sizes 1m 10m] [--runs 3] [--pipelines gold full] [--engines millrace duckdb spark] [--json FILE]

Millrace beside DuckDB and, where pyspark is installed, Spark: on the same files, on this machine, in
turn. Prints a Markdown table of medians; exit code 1 where a run failed or Millrace's answer was not
DuckDB's.

  gold   the three windowed gold tables from raw files (Benchmarks/gold.sql)
  full   bronze, silver and gold (pipelines/medallion/medallion.sql)

Whole processes from start to end, start-up included. Memory is the sum over the process tree, sampled
every 20 ms. Input comes from .deps/data (Tests/Oracle/make_data.sh), the other engines' programs from
$MILLRACE_BENCH. After each run of Millrace its tables are held against the expected ones
(Tests/Oracle/compare_gold.py). `--sizes 1k --runs 1` is over in seconds.
"""

import argparse
import datetime
import importlib.util
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys

from process_tree import measure

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PYTHON = os.path.join(ROOT, ".deps/venv/bin/python")
DATA = os.path.join(ROOT, ".deps/data")
WORK = os.path.join(ROOT, ".deps/bench")
BENCH = os.path.abspath(os.environ.get("MILLRACE_BENCH", os.path.join(ROOT, "../shared/bench")))
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
EVENTS = {"1k": 1_000, "100k": 100_000, "1m": 1_000_000, "10m": 10_000_000}
PIPELINES = {"gold": "Benchmarks/gold.sql", "full": "pipelines/medallion/medallion.sql"}
# The name of each contender, its engine, and the mode of its program for each pipeline.
CONTENDERS = (
    ("Millrace", "millrace", {"gold": None, "full": None}),
    ("DuckDB", "duckdb", {"gold": "gold", "full": "full"}),
    ("Spark, batch", "spark", {"gold": "gold_batch"}),
    ("Spark, streaming", "spark", {"gold": "gold", "full": "full"}),
)


def command(engine, pipeline, mode, data, out, threads):
    if engine == "millrace":
        run = [
            os.path.join(ROOT, "bin/millrace"),
            "run",
            os.path.join(ROOT, PIPELINES[pipeline]),
            "--once",
            "-D",
            f"raw={data}",
            "-D",
            f"lake={out}/lake",
            "--state",
            f"{out}/state",
        ]
        return run + (["--threads", str(threads)] if threads else [])
    program = "oracle_duckdb.py" if engine == "duckdb" else "peers/spark_peer.py"
    return [PYTHON, os.path.join(BENCH, program), mode, data, os.path.join(out, engine)]


def has_gold(lake):
    """Whether a gold table has rows: version 0 only makes it."""
    try:
        tables = list(os.scandir(os.path.join(lake, "gold")))
    except OSError:
        return False
    return any(os.path.isfile(os.path.join(table.path, "_delta_log", f"{1:020}.json")) for table in tables)


def reported_first(output):
    """`first_result_s` of the last line of JSON that the other engines' programs print."""
    for line in reversed(output.splitlines()):
        try:
            answer = json.loads(line)
        except ValueError:
            continue
        if isinstance(answer, dict):
            return answer.get("first_result_s")
    return None


def verify(data, lake, pipeline):
    """What is wrong with the lake, empty where nothing is."""
    answer = subprocess.run(
        [
            PYTHON,
            os.path.join(ROOT, "Tests/Oracle/compare_gold.py"),
            data,
            lake,
            "--only",
            "gold" if pipeline == "gold" else "all",
            "--cache",
            data.rstrip("/") + ".expected.duckdb",
        ],
        capture_output=True,
        text=True,
    )
    return "" if answer.returncode == 0 else answer.stdout + answer.stderr


def run_once(name, engine, mode, pipeline, size, options):
    data = os.path.join(DATA, f"w1_{size}")
    out = os.path.join(WORK, f"{engine}_{pipeline}_{size}")
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    watch = (lambda: has_gold(os.path.join(out, "lake"))) if engine == "millrace" else None
    result = measure(
        command(engine, pipeline, mode, data, out, options.threads), options.timeout, watch=watch
    )
    problem = ""
    if result.timed_out:
        problem = f"took longer than {options.timeout} s"
    elif result.exit_code != 0:
        problem = f"exit code {result.exit_code}\n{result.output[-1500:]}{result.errors[-3000:]}"
    elif engine == "millrace":
        problem = verify(data, os.path.join(out, "lake"), pipeline)
    if not options.keep:
        shutil.rmtree(out)
    first = result.first_seconds if engine == "millrace" else reported_first(result.output)
    row = dict(
        name=name,
        pipeline=pipeline,
        size=size,
        events=EVENTS[size],
        wall=result.wall_seconds,
        rate=EVENTS[size] / result.wall_seconds,
        cpu=result.cpu_seconds,
        peak=result.peak_megabytes,
        first=first,
        problem=problem,
    )
    note = problem or f"{row['rate']:,.0f} events/s, {row['cpu']:.1f} s CPU, {row['peak']:,.0f} MB"
    print(f"{pipeline} {size} {name}: {note}", file=sys.stderr, flush=True)
    return row


def median(rows, key):
    values = [row[key] for row in rows if row[key] is not None]
    return statistics.median(values) if values else None


def markdown(rows):
    """The table: one line per pipeline, size and contender, in the order of the first runs."""
    groups = {}
    for row in rows:
        if not row["problem"]:
            groups.setdefault((row["pipeline"], row["size"], row["name"]), []).append(row)
    lines = [
        "| pipeline | events | engine | events/s | vs DuckDB | CPU s | MB | vs DuckDB | first s | runs |",
        "|---|---:|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for (pipeline, size, name), group in groups.items():
        duckdb = groups.get((pipeline, size, "DuckDB"), [])

        def ratio(key):
            return f"{median(group, key) / median(duckdb, key):.2f}×" if duckdb else ""

        first = median(group, "first")
        lines.append(
            f"| {pipeline} | {size} | {name} | {median(group, 'rate'):,.0f} | {ratio('rate')} "
            f"| {median(group, 'cpu'):.1f} | {median(group, 'peak'):,.0f} | {ratio('peak')} "
            f"| {'' if first is None else format(first, '.2f')} | {len(group)} |"
        )
    return "\n".join(lines)


def machine():
    with open("/proc/cpuinfo") as stream:
        cpu = next(
            (line.split(":")[1].strip() for line in stream if line.startswith("model name")), "unknown CPU"
        )
    memory = os.sysconf("SC_PHYS_PAGES") * PAGE_BYTES / 2**30
    moment = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    return (
        f"{moment}; {cpu}, {os.cpu_count()} cores, {memory:.0f} GB, Linux {platform.release()}; "
        f"load before: {os.getloadavg()[0]:.1f}"
    )


def warm(data):
    """Everyone reads the input from the page cache."""
    for entry in os.scandir(data):
        with open(entry.path, "rb", buffering=0) as stream:
            while stream.read(1 << 22):
                pass


def parse(arguments):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("--sizes", nargs="+", choices=EVENTS, default=["1m", "10m"])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--spark-runs", type=int, default=1, help="Spark takes minutes a run")
    parser.add_argument("--pipelines", nargs="+", choices=PIPELINES, default=list(PIPELINES))
    parser.add_argument(
        "--engines",
        nargs="+",
        choices=("millrace", "duckdb", "spark"),
        default=["millrace", "duckdb", "spark"],
    )
    parser.add_argument("--threads", type=int, help="given to Millrace")
    parser.add_argument("--timeout", type=float, default=1800)
    parser.add_argument("--json", metavar="FILE", help="every run, one JSON object a line")
    parser.add_argument("--keep", action="store_true", help="leave the output in .deps/bench")
    options = parser.parse_args(arguments)
    missing = [size for size in options.sizes if not os.path.isdir(os.path.join(DATA, f"w1_{size}"))]
    if missing:
        parser.exit(2, f"run.py: no input; make it with Tests/Oracle/make_data.sh {' '.join(missing)}\n")
    if "millrace" in options.engines:
        for path in ["bin/millrace", *(PIPELINES[pipeline] for pipeline in options.pipelines)]:
            if not os.path.exists(os.path.join(ROOT, path)):
                parser.exit(2, f"run.py: no {path}; `make build` makes the program\n")
    if "spark" in options.engines and importlib.util.find_spec("pyspark") is None:
        print("no pyspark here (scripts/setup --bench installs it): without Spark", file=sys.stderr)
        options.engines.remove("spark")
    return options


def main(arguments=None):
    options = parse(arguments)
    header = machine()
    rows = []
    for pipeline in options.pipelines:
        for size in options.sizes:
            warm(os.path.join(DATA, f"w1_{size}"))
            # In turn, so that a slow minute of the machine falls on all.
            for turn in range(options.runs):
                for name, engine, modes in CONTENDERS:
                    if (
                        engine in options.engines
                        and pipeline in modes
                        and (engine != "spark" or turn < options.spark_runs)
                    ):
                        rows.append(run_once(name, engine, modes[pipeline], pipeline, size, options))
    if options.json:
        with open(options.json, "w") as stream:
            stream.writelines(json.dumps(row) + "\n" for row in rows)
    print(f"{header}\n\n{markdown(rows)}")
    failures = [row for row in rows if row["problem"]]
    for row in failures:
        print(f"\nFAILED {row['pipeline']} {row['size']} {row['name']}: {row['problem']}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
