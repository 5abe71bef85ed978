"""Writes a lake of Delta tables with delta-rs: make_lake.py DIRECTORY"""

import datetime
import decimal
import json
import os
import sys

import pyarrow as pa
from deltalake import write_deltalake

root = sys.argv[1]
UTC = datetime.timezone.utc


def moment(minute):
    return datetime.datetime(2026, 11, 20, 12, minute, tzinfo=UTC)


def note(path, version, counts):
    """Adds counts to the metrics of a version, as Millrace's sinks do."""
    name = f"{path}/_delta_log/{version:020}.json"
    with open(name, encoding="utf-8") as stream:
        lines = [json.loads(line) for line in stream]
    for line in lines:
        if "commitInfo" in line:
            metrics = line["commitInfo"].setdefault("operationMetrics", {})
            metrics.update({name: str(count) for name, count in counts.items()})
    with open(name, "w", encoding="utf-8") as stream:
        stream.writelines(json.dumps(line) + "\n" for line in lines)


def revenue():
    schema = pa.schema(
        [
            ("window_start", pa.timestamp("us", tz="UTC")),
            ("product_id", pa.string()),
            ("total_revenue", pa.decimal128(18, 2)),
            ("units_sold", pa.int64()),
        ]
    )
    for rows in (
        [(moment(0), "p1", "1.50", 1), (moment(5), "p2", "2.25", 2)],
        [(moment(10), "it's", "9.00", 3)],
    ):
        columns = list(zip(*rows))
        columns[2] = [decimal.Decimal(text) for text in columns[2]]
        table = pa.table([pa.array(c, f.type) for c, f in zip(columns, schema)], schema=schema)
        write_deltalake(f"{root}/gold/revenue", table, mode="append")
    # A column that the files before it do not have.
    wider = pa.table({"product_id": ["p4"], "note": ["new"]})
    write_deltalake(f"{root}/gold/evolved", pa.table({"product_id": ["p1"]}))
    write_deltalake(f"{root}/gold/evolved", wider, mode="append", schema_mode="merge")


def silver():
    day = datetime.date
    events = pa.table(
        {
            "event_id": ["a", "b", "c", "d", "e"],
            "event_date": [day(2026, 11, 20), day(2026, 11, 21), None, day(2026, 11, 20), day(2026, 11, 21)],
            "kind": ["x y", "x%2Fy", "z'[*]?", "x y", "é=1"],
            "is_bot": [True, False, None, False, True],
            "tags": [["a"], [], None, ["b", "c"], ["d"]],
            "place": [{"city": "Oslo"}] * 5,
        }
    )
    path = f"{root}/silver/events"
    write_deltalake(path, events, partition_by=["event_date", "kind"])
    note(path, 0, {"rows": 5, "late": 1, "duplicates": 2})
    write_deltalake(f"{root}/silver/empty", events.slice(0, 0), partition_by=["event_date"])


def bronze():
    raw = pa.table({"raw": [f"line {number}" for number in range(10)]})
    write_deltalake(f"{root}/bronze/events", raw)
    letters = pa.table(
        {
            "raw_bytes": pa.array([b"{\xff", b'{"a":'], pa.binary()),
            "source_file": ["raw/events_1.json", "raw/events_1.json"],
            "source_offset": pa.array([120, 3], pa.int64()),
            "reason": ["bad_utf8: byte 1 is no UTF-8", "malformed_json: the text ends too early"],
            "ingestion_timestamp": pa.array([moment(1), moment(2)], pa.timestamp("us", tz="UTC")),
        }
    )
    write_deltalake(f"{root}/bronze/dead_letters", letters)


revenue()
silver()
bronze()
os.makedirs(f"{root}/raw/events")
os.makedirs(f"{root}/gold/notatable")
