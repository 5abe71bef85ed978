"""Holds what the pipeline shopsight has made of a topic against DuckDB over the same messages.

    shopsight.py SERVERS TOPIC LAKE [--interval SECONDS] [--alarm-delay SECONDS] [--threshold Z] [--alarms N]

Messages are read with librdkafka's Python client and judged with Python's json; DuckDB does the rest in one
batch. Every table must be equal, row by row and to the last bit. No event may come later than the pipeline
waits for it; with more than one partition the alarm delay too must cover all lateness, for else what is late
depends on which partition was read first. With --alarms there must be so many anomalies at least. Says what
differs, and ends with 1 if anything does.
"""

import argparse
import datetime
import json
import re
import sys
from decimal import ROUND_HALF_UP, Decimal

import confluent_kafka
import deltalake
import duckdb
import pyarrow as pa

parser = argparse.ArgumentParser()
parser.add_argument("servers")
parser.add_argument("topic")
parser.add_argument("lake")
parser.add_argument("--interval", type=int, default=60)
parser.add_argument("--alarm-delay", type=int, default=60)
parser.add_argument("--threshold", type=float, default=4)
parser.add_argument("--alarms", type=int, default=0)
given = parser.parse_args()

SECOND = 1_000_000
DELAY = 600 * SECOND
TYPES = ("product_view", "product_click", "add_to_cart", "checkout_start", "purchase")
TIME = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
failures = []


def messages():
    consumer = confluent_kafka.Consumer(
        {"bootstrap.servers": given.servers, "group.id": "oracle", "enable.auto.commit": False}
    )
    partitions = consumer.list_topics(given.topic, timeout=30).topics[given.topic].partitions
    for partition in sorted(partitions):
        place = confluent_kafka.TopicPartition(given.topic, partition, 0)
        _, end = consumer.get_watermark_offsets(place, timeout=30)
        consumer.assign([place])
        offset = 0
        while offset < end:
            for message in consumer.consume(10_000, timeout=0.5):
                if message.error():
                    raise SystemExit(str(message.error()))
                offset = message.offset() + 1
                yield partition, message.offset(), message.value()
    consumer.close()


def text(value):
    """A scalar of JSON as the text that it stands for."""
    if value is None or isinstance(value, (dict, list)):
        return None
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else str(value)


def number(value, form, kind):
    """The number, and whether something is given that is none."""
    if value is None:
        return None, False
    found = text(value)
    if found is None or not re.fullmatch(form, found):
        return None, True
    return kind(found), False


def money(given_text):
    return Decimal(given_text).quantize(Decimal("0.01"), ROUND_HALF_UP)


def time_of(value):
    found = text(value)
    if found is None or not TIME.fullmatch(found):
        return None
    try:
        moment = datetime.datetime.fromisoformat(found.replace("Z", "+00:00"))
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.timezone.utc)
    return (moment - EPOCH) // datetime.timedelta(milliseconds=1) * 1000


def event_of(value):
    """The fields of a valid event, or None."""
    try:
        fields = json.loads(value.decode(), parse_float=Decimal)
    except (UnicodeDecodeError, ValueError):
        return None
    if not isinstance(fields, dict):
        return None
    event = {
        name: text(fields.get(name))
        for name in (
            "event_id", "event_type", "user_id", "user_segment", "session_id", "product_id", "product_name",
            "category", "page_url", "referrer", "user_agent", "platform", "device", "country",
        )
    }
    event["event_type"] = (event["event_type"] or "").lower()
    if event["event_type"] not in TYPES:
        return None
    if not (event["event_id"] and event["user_id"] and event["session_id"] and event["product_id"]):
        return None
    decimal = r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"
    event["price"], unfit = number(fields.get("price"), decimal, money)
    event["quantity"], uncountable = number(fields.get("quantity"), r"[+-]?\d+", int)
    event["cart_total"], _ = number(fields.get("cart_total"), decimal, money)
    event["cart_item_count"], _ = number(fields.get("cart_item_count"), r"[+-]?\d+", int)
    event["time"] = time_of(fields.get("timestamp"))
    if unfit or uncountable or event["time"] is None or event["time"] > LATEST:
        return None
    if (event["price"] or 0) < 0 or (event["quantity"] or 0) < 0:
        return None
    if event["event_type"] == "purchase" and event["price"] is None:
        return None
    for name in ("user_segment", "category", "platform"):
        event[name] = event[name] and event[name].lower()
    event["device"] = (event["device"] or "unknown").lower()
    return event


NOW = (datetime.datetime.now(datetime.timezone.utc) - EPOCH) // datetime.timedelta(microseconds=1)
LATEST = NOW + 86_400 * SECOND
valid, refused, newest = [], [], {}
for partition, offset, value in messages():
    event = event_of(value)
    if event is None:
        refused.append({"partition": partition, "offset": offset, "raw": value})
        continue
    newest[partition] = max(newest.get(partition, 0), event["time"])
    if newest[partition] - event["time"] >= DELAY:
        failures.append(f"the event {event['event_id']} is late: the input is not fit for this comparison")
    valid.append(event | {"partition": partition, "offset": offset})

db = duckdb.connect()
db.execute("SET TimeZone = 'UTC'; SET memory_limit = '2GB'")
COLUMNS = {
    "time": pa.int64(), "partition": pa.int64(), "offset": pa.int64(), "price": pa.decimal128(18, 2),
    "cart_total": pa.decimal128(18, 2), "quantity": pa.int32(), "cart_item_count": pa.int32(),
}
names = list(valid[0])
db.register(
    "valid_rows",
    pa.table(
        {name: pa.array([row[name] for row in valid], COLUMNS.get(name, pa.string())) for name in names}
    ),
)
FORM = pa.schema([("partition", pa.int64()), ("offset", pa.int64()), ("raw", pa.binary())])
db.register("refused_rows", pa.Table.from_pylist(refused, FORM))
REVENUE = "CASE WHEN event_type = 'purchase' THEN (price * coalesce(quantity, 1))::DECIMAL(38, 2) END"
db.execute(f"""
    CREATE TABLE events AS
    SELECT *, {REVENUE} AS revenue,
        user_id LIKE 'bot%' OR coalesce(lower(user_agent) LIKE '%bot%', false) AS is_bot
    FROM (SELECT DISTINCT ON (event_id) * FROM valid_rows ORDER BY event_id, "offset")""")


def so_far(condition):
    return f'count(*) FILTER (WHERE {condition}) OVER session'


db.execute(f"""
    CREATE TABLE enriched AS
    SELECT *, first_value(time) OVER session AS started, count(*) OVER session AS session_events,
        {so_far("event_type = 'product_view'")} AS session_views,
        {so_far("event_type = 'add_to_cart'")} AS session_cart_adds,
        {so_far("event_type = 'checkout_start'")} AS session_checkouts,
        {so_far("event_type = 'purchase'")} AS session_purchases,
        coalesce(sum(revenue) OVER session, 0) AS session_revenue
    FROM events
    WINDOW session AS (PARTITION BY session_id ORDER BY "offset" ROWS UNBOUNDED PRECEDING)""")


def events_of(kind):
    return f"count(*) FILTER (WHERE event_type = '{kind}')"


def window(seconds, column="time"):
    size = seconds * SECOND
    return f"{column} // {size} * {size} AS window_start, {column} // {size} * {size} + {size} AS window_end"


def ranking(kind):
    """Ten structs, the most frequent first, then by product."""
    ranked = f"""list({{'product_id': product_id, 'events': {kind}::INTEGER}}
        ORDER BY {kind} DESC, product_id) FILTER (WHERE {kind} > 0)"""
    return f"coalesce(({ranked})[:10], [])"


INTERVAL = given.interval * SECOND
# With one partition lateness is decided row by row; with more there is none. A row is in no window that was
# over when it came: of the windows of an interval and of those behind it, in those from the interval `since`
# on.
watermark = "(max(time) OVER (ORDER BY \"offset\" ROWS UNBOUNDED PRECEDING) - $delay)"
if len(newest) > 1:
    watermark = "(time - $delay)"
db.execute(
    f"""
    CREATE TABLE counts AS
    SELECT event_type, number, greatest(number, watermark // {INTERVAL}) AS since, count(*) AS events
    FROM (SELECT event_type, time // {INTERVAL} AS number, {watermark} AS watermark FROM events)
    GROUP BY ALL""",
    {"delay": given.alarm_delay * SECOND},
)
closed = min(newest.values()) - given.alarm_delay * SECOND
db.execute("""
    CREATE TABLE rates AS
    SELECT event_type, number, sum(events)::BIGINT AS events FROM counts WHERE since = number GROUP BY ALL""")
# Each interval beside the thirty before it, those without an event too.
db.execute(f"""
    CREATE TABLE scored AS
    WITH numbers AS (
        SELECT DISTINCT event_type, unnest(range(since, number + 31)) AS number FROM counts),
    beside AS (
        SELECT n.event_type, n.number, c.number AS earlier, sum(c.events)::BIGINT AS events
        FROM numbers n JOIN counts c
            ON c.event_type = n.event_type AND c.number BETWEEN n.number - 30 AND n.number
            AND c.since <= n.number
        WHERE (n.number + 1) * {INTERVAL} <= {closed}
        GROUP BY ALL),
    sums AS (
        SELECT event_type, number, number - min(earlier) AS known,
            coalesce(sum(events) FILTER (WHERE earlier = number), 0)::BIGINT AS observed,
            coalesce(sum(events) FILTER (WHERE earlier < number), 0)::BIGINT AS total,
            coalesce(sum(events * events) FILTER (WHERE earlier < number), 0)::BIGINT AS squares
        FROM beside GROUP BY event_type, number)
    SELECT *, (observed::DOUBLE - mean) / deviation AS score FROM (
        SELECT *, total::DOUBLE / known AS mean,
            greatest(sqrt((known * squares - total * total)::DOUBLE / (known * (known - 1))),
                sqrt(total::DOUBLE / known), 1.0::DOUBLE) AS deviation
        FROM sums WHERE known >= 10)""")

HOUR, DAY = 3600, 86_400
STEPS = f"""
    (SELECT *, make_timestamp(started)::DATE AS session_date,
        (session_events = 1)::INTEGER AS begins, (session_events = 2)::INTEGER AS goes_on,
        (event_type = 'product_view' AND session_views = 1)::INTEGER AS views,
        (event_type = 'add_to_cart' AND session_cart_adds = 1)::INTEGER AS adds,
        (event_type = 'checkout_start' AND session_checkouts = 1)::INTEGER AS checks_out,
        (event_type = 'purchase' AND session_purchases = 1)::INTEGER AS purchases
    FROM enriched WHERE NOT is_bot)"""


def share(part, whole):
    return f"CASE WHEN sum({whole}) > 0 THEN sum({part})::DOUBLE / sum({whole}) END"


EXPECTED = {
    "enriched_events": """
        SELECT event_id, event_type, user_id, user_segment, session_id, product_id, product_name, category,
            price, quantity, revenue, cart_total, cart_item_count, page_url, referrer, user_agent, platform,
            device AS device_type, country, is_bot AS is_bot_traffic, time AS event_timestamp,
            make_timestamp(time)::DATE AS event_date, started AS session_started_at,
            greatest((time - started) // 1000000, 0) AS session_seconds, session_events, session_views,
            session_cart_adds, session_checkouts, session_purchases, session_revenue
        FROM enriched""",
    "dead_letters": """
        SELECT raw AS raw_bytes, partition AS source_partition, "offset" AS source_offset
        FROM refused_rows""",
    "product_activity": f"""
        SELECT {window(300)}, product_id, any_value(product_name) AS product_name,
            any_value(category) AS category, count(*) AS events, {events_of('product_view')} AS views,
            {events_of('product_click')} AS clicks, {events_of('add_to_cart')} AS cart_adds,
            {events_of('purchase')} AS purchases,
            coalesce(sum(coalesce(quantity, 1)) FILTER (WHERE event_type = 'purchase'), 0) AS units_sold,
            coalesce(sum(revenue), 0) AS revenue, count(DISTINCT session_id) AS sessions
        FROM events WHERE NOT is_bot GROUP BY ALL""",
    "top_products": f"""
        SELECT window_start, window_end, category, sum(events)::BIGINT AS events,
            {ranking('views')} AS most_viewed, {ranking('sold')} AS most_sold
        FROM (SELECT {window(HOUR)}, category, product_id, count(*) AS events,
            {events_of('product_view')} AS views, {events_of('purchase')} AS sold
            FROM events WHERE NOT is_bot AND category IS NOT NULL GROUP BY ALL)
        GROUP BY window_start, window_end, category""",
    "sessions": f"""
        SELECT min(time) AS window_start, max(time) AS window_end, session_id,
            arg_min(user_id, "offset") AS user_id, arg_min(user_segment, "offset") AS user_segment,
            arg_min(device, "offset") AS device_type, arg_min(country, "offset") AS country,
            bool_or(is_bot) AS is_bot_traffic, count(*) AS events,
            ((max(time) - min(time)) // 1000)::DOUBLE / 1000 AS duration_seconds, count(*) = 1 AS is_bounce,
            {events_of('product_view')} AS views, {events_of('product_click')} AS clicks,
            {events_of('add_to_cart')} AS cart_adds, {events_of('checkout_start')} AS checkouts,
            {events_of('purchase')} AS purchases, coalesce(sum(revenue), 0) AS revenue,
            count(DISTINCT product_id) AS products
        FROM (SELECT *, count(*) FILTER (WHERE gap > {1800 * SECOND})
                OVER (PARTITION BY session_id ORDER BY time, "offset") AS number
            FROM (SELECT *, time - lag(time) OVER (PARTITION BY session_id ORDER BY time, "offset") AS gap
                FROM events))
        GROUP BY session_id, number""",
    "bounce_rate": f"""
        SELECT {window(HOUR, 'started')}, session_date, hour(make_timestamp(window_start)) AS session_hour,
            sum(begins) AS sessions, sum(begins) - sum(goes_on) AS bounced_sessions,
            (sum(begins) - sum(goes_on))::DOUBLE / sum(begins) AS bounce_rate
        FROM {STEPS} GROUP BY ALL""",
    "funnel": f"""
        SELECT {window(DAY, 'started')}, session_date, device AS device_type, sum(begins) AS sessions,
            sum(views) AS viewed, sum(adds) AS added_to_cart, sum(checks_out) AS started_checkout,
            sum(purchases) AS purchased, {share('adds', 'views')} AS view_to_cart_rate,
            {share('checks_out', 'adds')} AS cart_to_checkout_rate,
            {share('purchases', 'checks_out')} AS checkout_to_purchase_rate,
            {share('purchases', 'begins')} AS conversion_rate
        FROM {STEPS} GROUP BY ALL""",
    "event_rates": f"""
        SELECT number * {INTERVAL} AS window_start, (number + 1) * {INTERVAL} AS window_end, event_type,
            events
        FROM rates WHERE (number + 1) * {INTERVAL} <= {closed}""",
    "anomalies": f"""
        SELECT (number - 30) * {INTERVAL} AS window_start, (number + 1) * {INTERVAL} AS window_end,
            event_type, number * {INTERVAL} AS interval_start, (number + 1) * {INTERVAL} AS interval_end,
            observed AS events, mean AS expected, deviation, score AS z_score,
            CASE WHEN score > 0 THEN 'spike' ELSE 'drop' END AS direction,
            CASE WHEN abs(score) >= 3 * {given.threshold} THEN 'critical'
                WHEN abs(score) >= 2 * {given.threshold} THEN 'high' ELSE 'medium' END AS severity,
            known AS baseline_intervals
        FROM scored WHERE abs(score) >= {given.threshold}""",
}
# The clock's columns, and reasons, which are the pipeline's own words.
IGNORED = {"processing_timestamp", "reason", "source_topic"}


def compare(table, query):
    try:
        rows = deltalake.DeltaTable(f"{given.lake}/shopsight/{table}").to_pyarrow_table()
    except deltalake.exceptions.TableNotFoundError:
        failures.append(f"{table} is missing")
        return
    db.register("actual_rows", rows)
    db.execute(f"CREATE OR REPLACE TEMP TABLE expected AS {query}")
    wanted = [name for name, *_ in db.execute("DESCRIBE expected").fetchall()]
    found = [name for name in rows.column_names if name not in IGNORED]
    if sorted(wanted) != sorted(found):
        failures.append(f"{table} has the columns {sorted(found)} and not {sorted(wanted)}")
        return
    # Times as microseconds; all else as it is.
    times = {field.name for field in rows.schema if pa.types.is_timestamp(field.type)}
    columns = ", ".join(
        f'epoch_us("{name}") AS "{name}"' if name in times else f'"{name}"' for name in wanted
    )
    db.execute(f"CREATE OR REPLACE TEMP TABLE actual AS SELECT {columns} FROM actual_rows")
    names = ", ".join(f'"{name}"' for name in wanted)
    counts = [db.execute(f"SELECT count(*) FROM {side}").fetchone()[0] for side in ("actual", "expected")]
    differences = {}
    for side, other in (("actual", "expected"), ("expected", "actual")):
        differences[side] = db.execute(
            f"SELECT {names} FROM {side} EXCEPT ALL SELECT {names} FROM {other} LIMIT 3"
        ).fetchall()
    print(f"{table}: {counts[0]:,} rows, {counts[1]:,} expected")
    for side, found in differences.items():
        for row in found:
            failures.append(f"only {side}, {table}: {dict(zip(wanted, row))}")


for table, query in EXPECTED.items():
    compare(table, query)
alarms = db.execute(f"SELECT count(*) FROM scored WHERE abs(score) >= {given.threshold}").fetchone()[0]
if alarms < given.alarms:
    failures.append(f"{alarms} anomalies are expected, and the test wants {given.alarms}")
for failure in failures[:20]:
    print(failure)
sys.exit(1 if failures else 0)
