#!/usr/bin/env python3
"""every_version.py TABLE_DIR[:a,b]… [--key a,b] [--from N] [--quiet]

Opens every version of Delta tables by two independent readers, delta-rs and ClickHouse's
deltaLakeLocal (chdb), and checks that both count the same rows and, with --key, that no version has two
rows of one key or a NULL in it; a key behind a table's colon is that table's. Prints a line per version;
exit code 0: all well, 1: something is wrong, 2: wrong use.

  --from N   begin with version N, where older ones were cleaned up
"""

import argparse
import os
import sys

import duckdb
from deltalake import DeltaTable

import lake


def delta_rs(path, version, keys):
    """Rows, and distinct keys without NULLs (None where no key is asked for)."""
    connection = duckdb.connect()
    connection.register("t", lake.dataset(path, version))
    names = ", ".join(f'"{key}"' for key in keys)
    complete = " AND ".join(f'"{key}" IS NOT NULL' for key in keys)
    distinct = (
        f"(SELECT count(*) FROM (SELECT DISTINCT {names} FROM t WHERE {complete}))" if keys else "NULL"
    )
    return connection.execute(f"SELECT count(*), {distinct} FROM t").fetchall()[0]


class ClickHouse:
    def __init__(self):
        from chdb import session

        self.session = session.Session()

    def rows(self, path, version, keys):
        quoted = path.replace("\\", "\\\\").replace("'", "\\'")
        names = ", ".join(f"`{key}`" for key in keys)
        complete = " AND ".join(f"`{key}` IS NOT NULL" for key in keys)
        distinct = f"uniqExactIf(({names}), {complete})" if keys else "0"
        # It reads no file outside the folder it works in.
        before = os.getcwd()
        os.chdir("/")
        try:
            answer = self.session.query(
                f"SELECT count(), {distinct} FROM deltaLakeLocal('{quoted}') "
                f"SETTINGS delta_lake_snapshot_version = {version}",
                "TSV",
            )
        finally:
            os.chdir(before)
        count, keyed = str(answer).split()
        return int(count), int(keyed) if keys else None


def check(path, keys, first, report, clickhouse):
    """The problems found; `report` gets a line per version."""
    path = os.path.abspath(path)
    newest = DeltaTable(path).version()
    problems = []
    for version in range(first, newest + 1):
        answers = {}
        for name, read in (("delta-rs", delta_rs), ("ClickHouse", clickhouse.rows)):
            try:
                answers[name] = read(path, version, keys)
            except Exception as error:
                problems.append(f"version {version}: {name} cannot read it: {str(error).strip()[:500]}")
        for name, (rows, keyed) in answers.items():
            if keys and rows != keyed:
                problems.append(f"version {version}: {name} sees {rows} rows but {keyed} keys")
        if len({rows for rows, _ in answers.values()}) > 1:
            problems.append(
                f"version {version}: "
                + ", ".join(f"{name} counts {rows}" for name, (rows, _) in answers.items())
            )
        report(
            f"version {version}: " + ", ".join(f"{name} {rows} rows" for name, (rows, _) in answers.items())
        )
    return problems


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("tables", nargs="+")
    parser.add_argument("--key", default="")
    parser.add_argument("--from", type=int, default=0, dest="first")
    parser.add_argument("--quiet", action="store_true")
    options = parser.parse_args(arguments)
    clickhouse = ClickHouse()
    problems = []
    for word in options.tables:
        table, _, own = word.partition(":")
        if not lake.is_table(table):
            parser.exit(2, f"every_version.py: no Delta table at {table}\n")
        keys = [key.strip() for key in (own or options.key).split(",") if key.strip()]
        report = (lambda line: None) if options.quiet else print
        problems += [
            f"{problem} ({table})" for problem in check(table, keys, options.first, report, clickhouse)
        ]
    for problem in problems:
        print(f"WRONG {problem}")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
