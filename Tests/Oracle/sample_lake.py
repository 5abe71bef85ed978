"""A small input and the lake that a right pipeline makes of it, one event at a time in plain Python: what the
checkers are tested with."""

import datetime
import json
import os
import random
from collections import defaultdict
from decimal import Decimal

import pyarrow as pa
from deltalake import write_deltalake

START = datetime.datetime(2026, 3, 4, 23, 50, tzinfo=datetime.timezone.utc)
KINDS = ("page_view", "add_to_cart", "purchase", "search")
# A valid event, and what is changed in it (None: null) to make a line that no one may accept.
VALID = {
    "event_id": "m",
    "event_type": "purchase",
    "user_id": "u",
    "session_id": "s",
    "product_id": "p",
    "timestamp": "2026-03-04T23:51:00Z",
    "price": 1,
    "quantity": 1,
}
FAULTS = (
    {"event_type": "heartbeat"},
    {"timestamp": "2026-02-30T23:51:00Z"},
    {"timestamp": "not-a-date"},
    {"price": "n/a"},
    {"price": "12.5.1"},
    {"price": True},
    {"quantity": "1.5"},
    {"quantity": "3000000000"},
    {"price": -0.01},
    {"quantity": 1.5},
    {"quantity": -1},
    {"product_id": None},
    {"event_id": ""},
    {"user_id": None},
)


def iso(time):
    moment = START + datetime.timedelta(milliseconds=time)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def events(seed, count):
    """Events in the order of their lines, times in milliseconds after START; some repeat, some are late."""
    chance = random.Random(seed)
    made = []
    for number in range(count):
        kind = chance.choices(KINDS, (60, 15, 15, 10))[0]
        time = number * 1500 + chance.randrange(1000)
        if chance.random() < 0.02 and number > 900:
            time -= chance.choice(
                (700_000, 1_300_000)
            )  # late for its window; late for the deduplication too
        user = "bot_1" if chance.random() < 0.5 and 100 <= number < 300 else f"u{chance.randrange(40)}"
        if user == "bot_1":
            time = 150_000 + number * 100
        event = {
            "event_id": f"e{number}",
            "event_type": kind,
            "user_id": user,
            "session_id": f"s{chance.randrange(90)}",
            "product_id": f"p{chance.randrange(9)}",
            "price": chance.randrange(1, 100_000) / 100,
            "quantity": chance.randrange(1, 5),
            "timestamp": iso(time),
            "device": chance.choice(("mobile", "desktop")),
        }
        if chance.random() < 0.7:
            event["category"] = chance.choice(("shoes", "books"))
        if kind == "search":
            del event["product_id"], event["price"], event["quantity"]
        if chance.random() < 0.05:
            event["event_type"] = f" {kind.upper()} "
        if chance.random() < 0.05 and "price" in event:
            # A text that is a number is one.
            event["price"], event["quantity"] = f" {event['price']} ", str(event["quantity"])
        if chance.random() < 0.05 and "quantity" in event:
            event["quantity"] = None
        made.append((time, kind, event))
        if chance.random() < 0.03:
            made.append((time, kind, event))
    # The deduplication may have forgotten what lies twenty minutes back, not what is a millisecond younger.
    newest = max(time for time, _, _ in made)
    for number, time in enumerate((newest, newest - 1_200_000, newest - 1_199_999)):
        event = {**VALID, "event_id": f"border{number}", "event_type": "page_view", "device": "mobile"}
        made.append((time, "page_view", {**event, "timestamp": iso(time)}))
    return made


def malformed_lines():
    lines = [json.dumps({**VALID, **fault}).encode() for fault in FAULTS]
    whole = json.dumps({**VALID, "event_id": "cut"}).encode()
    return [*lines, whole[:60], b"[1, 2]", whole.replace(b'"p"', b'"\xff"')]


def write_input(directory, seed=1, count=1500, files=4):
    """Writes the files; returns their lines in source order: (file, offset, bytes, time, kind, event)."""
    os.makedirs(directory)
    chance = random.Random(seed + 1)
    made = [(json.dumps(event).encode(), time, kind, event) for time, kind, event in events(seed, count)]
    for line in malformed_lines():
        made.insert(chance.randrange(len(made)), (line, None, None, None))
    lines = []
    for index in range(files):
        part = made[len(made) * index // files : len(made) * (index + 1) // files]
        # Names are not in the order of time: the source goes by modification time first.
        name = f"events_{files - index}.json"
        path = os.path.join(directory, name)
        with open(path, "wb") as stream:
            for line, time, kind, event in part:
                if chance.random() < 0.02:
                    # Blank lines are no records.
                    stream.write(chance.choice((b"\n", b" \t\n", b"\r\n")))
                lines.append((name, stream.tell(), line, time, kind, event))
                stream.write(line + chance.choice((b"\n", b"\n", b"\r\n")))
        os.utime(path, (1_700_000_000 + index, 1_700_000_000 + index))
    return lines


def answer(lines):
    """The rows of each table of the lake."""
    day, minute = 86_400_000, 60_000
    origin = int(START.timestamp() * 1000)
    tables = defaultdict(list)
    seen, newest = set(), -(10**15)
    revenue, anomalies = defaultdict(lambda: [Decimal(0), 0, 0]), defaultdict(int)
    conversion, sales = defaultdict(lambda: [0, 0, 0]), defaultdict(lambda: [Decimal(0), 0, 0])
    engagement, traffic = defaultdict(lambda: [0, set(), set()]), defaultdict(lambda: [0, set(), set()])
    now = START + datetime.timedelta(days=1)
    for name, offset, line, time, kind, event in lines:
        try:
            raw, raw_bytes = line.decode(), None
        except UnicodeDecodeError:
            raw, raw_bytes = None, line
        source = {"source_file": f"raw/{name}", "source_offset": offset, "ingestion_timestamp": now}
        tables["bronze/events"].append(
            {"raw": raw, "raw_bytes": raw_bytes, **source, "processing_date": now.date()}
        )
        if event is None:
            tables["bronze/dead_letters"].append({"raw_bytes": line, **source, "reason": "malformed"})
            continue
        newest = max(newest, time)
        watermark = newest - 10 * minute
        if time + 10 * minute <= watermark or event["event_id"] in seen:
            continue
        seen.add(event["event_id"])
        moment = START + datetime.timedelta(milliseconds=time)
        price = Decimal(str(event["price"]).strip()).quantize(Decimal("0.01")) if "price" in event else None
        quantity = int(event["quantity"]) if event.get("quantity") is not None else None
        tables["silver/events"].append(
            {
                "event_id": event["event_id"],
                "event_type": kind,
                "user_id": event["user_id"],
                "session_id": event["session_id"],
                "product_id": event.get("product_id"),
                "price": price,
                "quantity": quantity,
                "event_timestamp": moment,
                "event_date": moment.date(),
                "event_hour": moment.hour,
                "device_type": event["device"],
                "is_purchase": kind == "purchase",
                "total_amount": price * (quantity or 1) if kind == "purchase" else None,
            }
        )

        def window(minutes):
            """The start of the window of this size, None where it is closed."""
            start = (origin + time) // (minutes * minute) * minutes * minute
            return start if watermark + origin < start + minutes * minute else None

        if kind == "purchase":
            units = 1 if quantity is None else quantity
            amount = price * units
            for entry in ([revenue[window(5), event["product_id"]]] if window(5) is not None else []) + [
                sales[moment.date(), event.get("category", "unknown")]
            ]:
                entry[0] += amount
                entry[1] += 1
                entry[2] += units
        if window(1) is not None:
            anomalies[window(1), event["user_id"]] += 1
        if window(10) is not None:
            counts = conversion[window(10), event["session_id"]]
            if kind != "search":
                counts[KINDS.index(kind)] += 1
        for entry in (engagement[moment.date()], traffic[moment.date(), moment.hour, event["device"]]):
            entry[0] += 1
            entry[1].add(event["user_id"])
            entry[2].add(event["session_id"])

    def moment(milliseconds):
        return datetime.datetime.fromtimestamp(milliseconds / 1000, datetime.timezone.utc)

    def window_of(start, minutes):
        return {"window_start": moment(start), "window_end": moment(start + minutes * minute)}

    def sold(values):
        return {
            "total_revenue": values[0],
            "purchase_count": values[1],
            "units_sold": values[2],
            "avg_order_value": float(values[0] / values[1]),
        }

    for (start, product), values in revenue.items():
        tables["gold/revenue"].append({**window_of(start, 5), "product_id": product, **sold(values)})
    for (start, user), count in anomalies.items():
        if count > 50:
            tables["gold/anomalies"].append(
                {**window_of(start, 1), "user_id": user, "event_count": count, "severity": "high"}
            )
    for (start, session), (views, carts, purchases) in conversion.items():
        tables["gold/conversion"].append(
            {
                **window_of(start, 10),
                "session_id": session,
                "page_views": views,
                "add_to_carts": carts,
                "purchases": purchases,
                "conversion_rate": purchases / views if views else 0.0,
            }
        )
    for (date, category), values in sales.items():
        tables["gold/sales_metrics"].append({"event_date": date, "category": category, **sold(values)})
    for date, (count, users, sessions) in engagement.items():
        tables["gold/user_engagement"].append(
            {
                "event_date": date,
                "events": count,
                "users": len(users),
                "sessions": len(sessions),
                "events_per_session": count / len(sessions),
            }
        )
    for (date, hour, device), (count, users, sessions) in traffic.items():
        tables["gold/traffic_analysis"].append(
            {
                "event_date": date,
                "event_hour": hour,
                "device_type": device,
                "events": count,
                "users": len(users),
                "sessions": len(sessions),
            }
        )
    return tables


SCHEMAS = {
    "bronze/events": pa.schema(
        {
            "raw": pa.string(),
            "raw_bytes": pa.binary(),
            "source_file": pa.string(),
            "source_offset": pa.int64(),
            "ingestion_timestamp": pa.timestamp("us", "UTC"),
            "processing_date": pa.date32(),
        }
    ),
    "bronze/dead_letters": pa.schema(
        {
            "raw_bytes": pa.binary(),
            "source_file": pa.string(),
            "source_offset": pa.int64(),
            "ingestion_timestamp": pa.timestamp("us", "UTC"),
            "reason": pa.string(),
        }
    ),
}


def write_lake(directory, tables):
    for name, rows in tables.items():
        table = pa.Table.from_pylist(rows, schema=SCHEMAS.get(name))
        write_deltalake(os.path.join(directory, name), table, mode="overwrite")
