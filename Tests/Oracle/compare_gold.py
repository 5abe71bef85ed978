#!/usr/bin/env python3
"""compare_gold.py DATA_DIR LAKE_DIR [--only gold|all] [--show N] [--json] [--cache FILE]

Holds the tables of a lake, read by delta-rs, against DuckDB's answer on the raw files: gold row for row
with money exact to the cent, silver row for row, bronze line for line, the dead letters exactly the
malformed lines, and the books. Exit code 0: all equal; 1: something differs, shown; 2: wrong use.

  --only gold   the three windowed gold tables alone, for a lake that has no bronze and silver
  --show N      rows shown of each difference (5)
  --json        one line of JSON instead of text
  --cache FILE  keeps the expected tables in FILE, a DuckDB database, for the next run over the same files

`severity`, bot counts and rates between steps are the pipeline's own and are not compared.
"""

import argparse
import json
import os
import sys

import lake
import medallion

# Per gold table: its key, what is compared exactly, and what within a tolerance.
GOLD = {
    "revenue": (
        ("window_start", "window_end", "product_id"),
        ("total_revenue", "purchase_count", "units_sold"),
        {"avg_order_value": 0.01},
    ),
    "anomalies": (("window_start", "window_end", "user_id"), ("event_count",), {}),
    "conversion": (
        ("window_start", "window_end", "session_id"),
        ("page_views", "add_to_carts", "purchases"),
        {"conversion_rate": 1e-9},
    ),
}
# Their columns beside the key are compared where they are there; a NULL key stands for any name of "unknown".
DAILY = {
    "sales_metrics": (
        ("event_date", "category"),
        ("total_revenue", "purchase_count", "units_sold"),
        {"avg_order_value": 0.01},
    ),
    "user_engagement": (("event_date",), ("events", "sessions", "users"), {"events_per_session": 1e-6}),
    "traffic_analysis": (("event_date", "event_hour", "device_type"), ("events", "users", "sessions"), {}),
}
TIMES = ("window_start", "window_end")
UNKNOWN = "('', 'unknown', 'none', 'other', 'uncategorized')"


class Comparison:
    def __init__(self, connection, lake_directory, shown):
        self.connection = connection
        self.directory = lake_directory
        self.shown = shown
        self.problems = []
        self.counts = {}

    def problem(self, table, text):
        self.problems.append(f"{table}: {text}")

    def number(self, query):
        return medallion.first_row(self.connection, query)[0]

    def open(self, layer, table, required):
        """Registers LAKE/layer/table as actual_<layer>_<table>; returns its columns, or notes a problem."""
        name = f"actual_{layer}_{table}"
        columns = lake.register(self.connection, name, os.path.join(self.directory, layer, table))
        title = f"{layer}/{table}"
        if columns is None:
            self.problem(title, "no such Delta table")
            return None
        missing = [column for column in required if column not in columns]
        if missing:
            self.problem(title, f"lacks {', '.join(missing)}; it has {', '.join(columns)}")
            return None
        return columns

    def gold(self, table, keys, exact, close, is_daily=False):
        columns = self.open("gold", table, keys if is_daily else [*keys, *exact, *close])
        if columns is None:
            return
        name, title = f"actual_gold_{table}", f"gold/{table}"
        kinds = lake.column_kinds(self.connection, name)
        exact = [column for column in exact if column in columns]
        close = {column: by for column, by in close.items() if column in columns}

        def actual(column):
            if column in TIMES:
                return f"{lake.microseconds(column, kinds[column])} AS {column}"
            if column == "event_date":
                return f"{column}::DATE AS {column}"
            if column in ("category", "device_type"):
                return f"CASE WHEN lower({column}) NOT IN {UNKNOWN} THEN {column} END AS {column}"
            # A binary fraction is compared as the cents it stands for; a DECIMAL as it is.
            if column == "total_revenue" and kinds[column] in ("DOUBLE", "FLOAT"):
                return f"round({column}, 2)::DECIMAL(38, 4) AS {column}"
            return f"{column}::DECIMAL(38, 4) AS {column}" if column == "total_revenue" else column

        listed = [*keys, *exact, *close]
        # A day's category without a purchase is a row of zeros for one, and no row for the other.
        filled = (
            " WHERE purchase_count > 0" if table == "sales_metrics" and "purchase_count" in columns else ""
        )
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE a AS SELECT {', '.join(map(actual, listed))} FROM {name}{filled};
            CREATE OR REPLACE TEMP TABLE e AS SELECT {', '.join(listed)} FROM expected_{table}""")
        if (
            is_daily
            and len(keys) > 1
            and self.number(f"SELECT count(*) FROM a WHERE {keys[-1]} IS NULL") == 0
        ):
            # A pipeline may leave out rows without the dimension, as GROUP BY does with NULL keys in ksqlDB.
            self.connection.execute(f"DELETE FROM e WHERE {keys[-1]} IS NULL")
        self.counts[title] = self.number("SELECT count(*) FROM a")
        twice = self.number(
            f"SELECT count(*) FROM (SELECT 1 FROM a GROUP BY {', '.join(keys)} HAVING count(*) > 1)"
        )
        if twice:
            self.problem(title, f"{twice} keys have more than one row")
        same_key = " AND ".join(f"e.{key} IS NOT DISTINCT FROM a.{key}" for key in keys)
        differs = [f"e.{column} IS DISTINCT FROM a.{column}" for column in exact]
        differs += [
            f"NOT coalesce(abs(e.{column} - a.{column}) <= {by}, e.{column} IS NULL AND a.{column} IS NULL)"
            for column, by in close.items()
        ]
        self.rows(title, "missing", f"SELECT e.* FROM e ANTI JOIN a ON {same_key}", listed)
        self.rows(title, "not expected", f"SELECT a.* FROM a ANTI JOIN e ON {same_key}", listed)
        if differs:
            pairs = [f"e.{key} AS {key}" for key in keys]
            pairs += [f"concat(e.{c}, ' but is ', a.{c}) AS {c}" for c in [*exact, *close]]
            self.rows(
                title,
                "with another value (expected … but is …)",
                f"SELECT {', '.join(pairs)} FROM e JOIN a ON {same_key} WHERE {' OR '.join(differs)}",
                listed,
            )

    def rows(self, title, what, query, columns):
        count = self.number(f"SELECT count(*) FROM ({query})")
        if not count:
            return
        lines = [f"{count} rows {what}"]
        for row in self.connection.execute(f"{query} ORDER BY ALL LIMIT {self.shown}").fetchall():
            lines.append(
                "    "
                + ", ".join(f"{column}={shown(column, value)}" for column, value in zip(columns, row))
            )
        self.problem(title, "\n".join(lines))

    def have_equal_digests(self, columns):
        """Equal counts and sums of row digests spare a join of two large tables."""
        names = ", ".join(f'"{column}"' for column in columns)
        query = f"SELECT count(*), sum(hash({names})::HUGEINT) FROM"
        return medallion.first_row(self.connection, f"{query} e") == medallion.first_row(
            self.connection, f"{query} a"
        )

    def silver(self):
        required = (
            "event_id",
            "event_type",
            "user_id",
            "session_id",
            "product_id",
            "event_timestamp",
            "price",
            "quantity",
        )
        columns = self.open("silver", "events", required)
        if columns is None:
            return
        kinds = lake.column_kinds(self.connection, "actual_silver_events")
        pairs = [(c, c, c) for c in ("event_type", "user_id", "session_id")]
        pairs.append(("product_id", "nullif(product_id, '')", "nullif(product_id, '')"))
        pairs.append(
            ("event_timestamp", "time", lake.microseconds("event_timestamp", kinds["event_timestamp"]))
        )
        pairs.append(("price", "price", "price::DECIMAL(18, 4)"))
        pairs.append(("quantity", "quantity", "quantity::BIGINT"))
        # What the pipeline derives, where it is there.
        for column, expected, actual in (
            ("event_date", "make_timestamp(time)::DATE", "event_date::DATE"),
            ("event_hour", "hour(make_timestamp(time))", "event_hour::BIGINT"),
            ("is_purchase", "event_type = 'purchase'", "is_purchase"),
            (
                "total_amount",
                "CASE WHEN event_type = 'purchase' THEN (price * coalesce(quantity, 1))::DECIMAL(38, 4) END",
                "CASE WHEN event_type = 'purchase' THEN total_amount::DECIMAL(38, 4) END",
            ),
        ):
            if column in columns:
                pairs.append((column, expected, actual))
        names = ["event_id", *(pair[0] for pair in pairs)]
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE e AS
                SELECT event_id, {', '.join(f'{expected} AS {name}' for name, expected, _ in pairs)}
                FROM expected_silver;
            CREATE OR REPLACE TEMP TABLE a AS
                SELECT event_id, {', '.join(f'{actual} AS {name}' for name, _, actual in pairs)}
                FROM actual_silver_events""")
        self.counts["silver/events"] = self.number("SELECT count(*) FROM a")
        twice = self.number("SELECT count(*) - count(DISTINCT event_id) FROM a")
        if twice:
            self.problem("silver/events", f"{twice} rows repeat an event_id")
        if self.have_equal_digests(names):
            return
        self.rows(
            "silver/events", "missing or different", "SELECT * FROM e EXCEPT ALL SELECT * FROM a", names
        )
        self.rows("silver/events", "not expected", "SELECT * FROM a EXCEPT ALL SELECT * FROM e", names)

    def lines(self, table, expected_filter):
        """Bronze tables line for line: the bytes, the file and the offset of each."""
        title = f"bronze/{table}"
        columns = self.open("bronze", table, ("raw_bytes", "source_file", "source_offset"))
        if columns is None:
            return
        kinds = lake.column_kinds(self.connection, f"actual_bronze_{table}")
        # `raw` holds what is UTF-8; `raw_bytes` the rest, and all dead letters.
        content = "coalesce(raw_bytes, encode(raw))" if "raw" in kinds else "raw_bytes"
        place = "regexp_extract(source_file, '[^/]*$') AS file, source_offset::BIGINT AS \"offset\""
        self.connection.execute(f"""
            CREATE OR REPLACE TEMP TABLE a AS SELECT {place}, hash({content}) AS digest
                FROM actual_bronze_{table};
            CREATE OR REPLACE TEMP TABLE e AS SELECT file, "offset", digest FROM expected_lines
                WHERE {expected_filter}""")
        self.counts[title] = self.number("SELECT count(*) FROM a")
        if self.have_equal_digests(("file", "offset", "digest")):
            return
        missing = "SELECT * FROM e EXCEPT ALL SELECT * FROM a"
        extra = "SELECT * FROM a EXCEPT ALL SELECT * FROM e"
        joined = f"""SELECT l.file, l."offset", coalesce(left(l.raw::VARCHAR, 200), 'valid')
            FROM ({missing}) m JOIN expected_lines l USING (file, "offset")"""
        self.rows(title, "missing or different", joined, ("file", "offset", "line"))
        self.rows(title, "not expected", extra, ("file", "offset", "digest"))

    def books(self, expected):
        counted = [
            self.counts.get(name) for name in ("bronze/events", "silver/events", "bronze/dead_letters")
        ]
        if None in counted:
            return
        bronze, silver, dead = counted
        rest = bronze - silver - dead
        if rest != expected.duplicates + expected.late:
            self.problem(
                "books",
                f"{bronze} bronze ≠ {silver} silver + {expected.duplicates} duplicates + "
                f"{expected.late} late + {dead} dead letters",
            )


def shown(column, value):
    if column in (*TIMES, "event_timestamp") and isinstance(value, int):
        import datetime

        moment = datetime.datetime.fromtimestamp(value / 1e6, datetime.timezone.utc)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("data")
    parser.add_argument("lake")
    parser.add_argument("--only", choices=("gold", "all"), default="all")
    parser.add_argument("--show", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--cache")
    options = parser.parse_args(arguments)
    for directory in (options.data, options.lake):
        if not os.path.isdir(directory):
            parser.exit(2, f"compare_gold.py: no directory {directory}\n")

    expected = medallion.expected(options.data, options.cache)
    connection = expected.connection
    comparison = Comparison(connection, options.lake, options.show)
    for table, (keys, exact, close) in GOLD.items():
        comparison.gold(table, keys, exact, close)
    if options.only == "all":
        for table, (keys, exact, close) in DAILY.items():
            comparison.gold(table, keys, exact, close, is_daily=True)
        comparison.silver()
        comparison.lines("events", "true")
        comparison.lines("dead_letters", "NOT is_valid")
        comparison.books(expected)

    books = {name: getattr(expected, name) for name in ("silver", "duplicates", "late", "malformed")}
    if options.json:
        print(
            json.dumps(
                dict(
                    equal=not comparison.problems,
                    files=expected.file_count,
                    lines=expected.line_count,
                    **books,
                    rows=comparison.counts,
                    problems=comparison.problems,
                )
            )
        )
    else:
        print(
            f"{expected.file_count} files, {expected.line_count} lines = "
            + " + ".join(f"{count} {name}" for name, count in books.items())
        )
        for table, count in comparison.counts.items():
            print(f"  {table}: {count} rows")
        for problem in comparison.problems:
            print(f"DIFFERENT {problem}")
        print("equal" if not comparison.problems else f"{len(comparison.problems)} differences")
    return 1 if comparison.problems else 0


if __name__ == "__main__":
    sys.exit(main())
