"""Asks every table of testdata/delta through `millrace query` and compares the rows with those expected.

    query_delta.py PROGRAM DIRECTORY [TABLE…]

DIRECTORY holds `<table>/delta` beside `expected.json` and perhaps `expected-versions.json`. A line for each
table that is refused, with the reason, or differs; ends with 1 if any differs.
"""

import base64
import collections
import datetime
import decimal
import json
import os
import subprocess
import sys
import tempfile

import pyarrow.parquet as pq

# What is expected of it is wrong: the year 9999 in nanoseconds, which wraps around.
WRONG = {"table_with_edge_timestamps"}


def comparable(value):
    """Values as expected.json writes them, whatever their type here."""
    if isinstance(value, decimal.Decimal):
        return str(value.normalize() + 0)
    if isinstance(value, bytes):
        return "base64:" + base64.b64encode(value).decode()
    if isinstance(value, datetime.datetime):
        if value.tzinfo is None:
            value = value.replace(tzinfo=datetime.timezone.utc)
        return value.astimezone(datetime.timezone.utc).isoformat()
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return [comparable(item) for item in value]
    if isinstance(value, dict):
        return {name: comparable(item) for name, item in value.items()}
    if isinstance(value, float) and value != value:
        return "NaN"
    return value


def expected_value(value, found):
    """An expected value in the form that `comparable` gives to what was found in its place."""
    if isinstance(found, decimal.Decimal):
        return comparable(decimal.Decimal(value)) if isinstance(value, (str, int)) else value
    if isinstance(found, datetime.datetime) and isinstance(value, str):
        return comparable(datetime.datetime.fromisoformat(value.replace("Z", "+00:00")))
    if isinstance(found, (list, tuple)) and isinstance(value, list) and found:
        # Pairs of a map, or elements of one type.
        if isinstance(found, tuple):
            return [expected_value(item, other) for item, other in zip(value, found)]
        others = found if len(found) == len(value) else [found[0]] * len(value)
        return [expected_value(item, other) for item, other in zip(value, others)]
    if isinstance(found, dict) and isinstance(value, dict):
        return {name: expected_value(item, found.get(name)) for name, item in value.items()}
    return value


def counted(rows):
    return collections.Counter(json.dumps(row, sort_keys=True, default=str) for row in rows)


def ask(program, lake, table, version, folder):
    """The rows, or the reason why there are none."""
    path = os.path.join(folder, "rows.parquet")
    words = [program, "query", "--lake", lake, "--format", "parquet", "--output", path]
    words += [] if version is None else ["--at", str(version)]
    words.append('FROM "%s"."delta"' % table.replace('"', '""'))
    ended = subprocess.run(words, capture_output=True, text=True)
    if ended.returncode != 0:
        return None, ended.stderr.strip().split("\n")[0]
    return pq.read_table(path).to_pylist(), None


def verdict(found, expected):
    if len(found) != len(expected):
        return f"differs: {len(found)} rows, where {len(expected)} are expected"
    # Rows have no order: types are taken from any row that has a value.
    types = {}
    for row in found:
        for name, value in row.items():
            if value is not None and value != [] and types.get(name) is None:
                types[name] = value
    left = counted(comparable(row) for row in found)
    right = counted(
        {name: expected_value(value, types.get(name)) for name, value in row.items()} for row in expected
    )
    if left == right:
        return "match"
    return "differs: " + "; ".join(list((right - left))[:1] + ["found"] + list((left - right))[:1])[:600]


def main(arguments):
    if len(arguments) < 2:
        print(__doc__, file=sys.stderr)
        return 2
    program, lake, *names = arguments
    tally = collections.Counter()
    with tempfile.TemporaryDirectory() as folder:
        for table in sorted(os.listdir(lake)):
            if not os.path.isdir(f"{lake}/{table}/delta/_delta_log") or (names and table not in names):
                continue
            entries = []
            for name in ("expected.json", "expected-versions.json"):
                if not os.path.exists(f"{lake}/{table}/{name}"):
                    continue
                with open(f"{lake}/{table}/{name}", encoding="utf-8") as stream:
                    data = json.load(stream)
                if name == "expected.json":
                    entries.append((None, data))
                else:
                    versions = data["versions"]
                    entries += [(int(version), entry) for version, entry in versions.items()]
            for version, entry in entries:
                found, reason = ask(program, lake, table, version, folder)
                if found is None:
                    said = f"refused: {reason}"
                elif "rows" in entry:
                    said = verdict(found, entry["rows"])
                elif entry.get("num_rows") in (None, len(found)):
                    said = "match" if "num_rows" in entry else "read"
                else:
                    said = f"differs: {len(found)} rows, where {entry['num_rows']} are expected"
                if table in WRONG:
                    continue
                tally[said.split(":")[0]] += 1
                if said != "match":
                    print(f"{table}{'' if version is None else f' at {version}'}: {said}")
    print(", ".join(f"{count} {what}" for what, count in sorted(tally.items())))
    return 1 if tally["differs"] or not tally["match"] else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
