#!/usr/bin/env python3
"""compare_lakes.py LAKE LAKE [--ignore a,b] [--show N]

Holds each Delta table of one lake against the table of the same path in the other, as multisets of
rows: so a run that was killed and restarted, or had other threads, is held against one that was not.
Columns that hold the clock of the run (ingestion_timestamp, processing_date, processing_timestamp) are
left out, as are the epoch and clock of quarantined rows, and --ignore adds to them; of `source_file`
only the name counts. The results of quality rules are left out: they are told by epoch, and the clock
cuts epochs. Exit code 0: equal, 1: different, 2: wrong use.
"""

import argparse
import os
import sys

import lake
import medallion

CLOCK = {"ingestion_timestamp", "processing_date", "processing_timestamp", "processing_time"}
CLOCK |= {"quarantined_at", "quarantined_date", "epoch"}


def tables(directory):
    found = []
    for path, folders, _ in os.walk(directory):
        if lake.is_table(path):
            found.append(os.path.relpath(path, directory))
            folders.clear()
    return sorted(set(found) - {"quality/results"})


def compare(left, right, ignored, shown):
    """The problems found, and the number of rows by table."""
    connection = medallion.connect()
    names = sorted({*tables(left), *tables(right)})
    problems, counts = [], {}
    if not names:
        problems.append(f"no Delta table below {left}")
    for name in names:
        sides = []
        for side, directory in (("l", left), ("r", right)):
            sides.append(lake.register(connection, f"{side}_table", os.path.join(directory, name)))
        if None in sides:
            problems.append(f"{name}: only in {left if sides[1] is None else right}")
            continue
        if set(sides[0]) != set(sides[1]):
            problems.append(f"{name}: other columns: {', '.join(sorted(set(sides[0]) ^ set(sides[1])))}")
            continue
        kept = [column for column in sides[0] if column not in ignored]
        listed = ", ".join(
            (
                f"regexp_extract(source_file, '[^/]*$') AS source_file"
                if column == "source_file"
                else f'"{column}"'
            )
            for column in kept
        )
        for side in "lr":
            connection.execute(f"CREATE OR REPLACE TEMP TABLE {side} AS SELECT {listed} FROM {side}_table")
        digest = "SELECT count(*), sum(hash(t)::HUGEINT) FROM"
        sums = [medallion.first_row(connection, f"{digest} {side} AS t") for side in "lr"]
        counts[name] = sums[0][0]
        if sums[0] == sums[1]:
            continue
        for where, query in (
            (left, "SELECT * FROM l EXCEPT ALL SELECT * FROM r"),
            (right, "SELECT * FROM r EXCEPT ALL SELECT * FROM l"),
        ):
            count = medallion.first_row(connection, f"SELECT count(*) FROM ({query})")[0]
            rows = connection.execute(f"{query} ORDER BY ALL LIMIT {shown}").fetchall() if count else []
            if count:
                problems.append(
                    f"{name}: {count} rows only in {where}"
                    + "".join("\n    " + ", ".join(f"{c}={v}" for c, v in zip(kept, row)) for row in rows)
                )
    return problems, counts


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("left")
    parser.add_argument("right")
    parser.add_argument("--ignore", default="")
    parser.add_argument("--show", type=int, default=5)
    options = parser.parse_args(arguments)
    ignored = CLOCK | {column.strip() for column in options.ignore.split(",")}
    problems, counts = compare(options.left, options.right, ignored, options.show)
    for table, count in counts.items():
        print(f"  {table}: {count} rows")
    for problem in problems:
        print(f"DIFFERENT {problem}")
    print("equal" if not problems else f"{len(problems)} differences")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
