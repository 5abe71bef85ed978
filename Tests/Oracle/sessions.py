"""Holds what the pipeline sessions has made against DuckDB over the same events.

    sessions.py BROKER REGISTRY_URL DATABASE_URL

The events and the Avro records are read with confluent-kafka, schemas come over HTTP and fastavro reads the
records; PostgreSQL is asked through psql. Three must agree: DuckDB over the events, the last Avro record of
each key, and the tables. Also looks whether the usual questions use the indexes, and whether tables and
columns are described. Says what differs, and ends with 1 if anything does.
"""

import csv
import io
import json
import re
import struct
import subprocess
import sys
import tempfile
import urllib.request
from datetime import datetime
from decimal import Decimal

import duckdb
import fastavro
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

TYPES = ("page_viewed", "product_viewed", "item_added_to_cart", "item_removed_from_cart", "checkout_started",
         "purchase")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
TEXTS = ("event_id", "event_type", "user_id", "user_segment", "session_id", "product_id", "product_name",
         "category", "device")
COLUMNS = (*TEXTS, "price", "quantity", "timestamp")

# By table: how the columns of its Avro record are asked of PostgreSQL, key first.
TABLES = {
    "session_stats": (
        1, "session_id", "user_id", "user_segment", "device", "session_state", "events_count", "pages_viewed",
        "products_viewed", "cart_additions", "checkout_count", "purchase_count", "items_in_cart",
        "cart_value", "revenue", "started_at", "updated_at"),
    "product_stats": (
        2, "product_id", "window_start", "window_end", "product_name", "category", "views", "units_added",
        "units_removed", "purchases", "units_sold", "revenue"),
    "activity_stats": (
        2, "event_type", "window_start", "window_end", "events_count", "sessions", "users"),
}
ADDED, REMOVED, BOUGHT = (f"event_type = '{name}'" for name in (TYPES[2], TYPES[3], TYPES[5]))
ANSWERS = {
    "session_stats": f"""
        SELECT session_id, max(user_id), max(user_segment), max(device),
            CASE WHEN count_if({BOUGHT}) > 0 THEN 'purchased'
                WHEN coalesce(sum(quantity) FILTER (WHERE {ADDED}), 0)
                    <= coalesce(sum(quantity) FILTER (WHERE {REMOVED}), 0) THEN 'browsing'
                WHEN count_if(event_type = 'checkout_started') > 0 THEN 'checkout'
                ELSE 'shopping' END,
            count(*), count_if(event_type = 'page_viewed'), count_if(event_type = 'product_viewed'),
            count_if({ADDED}), count_if(event_type = 'checkout_started'), count_if({BOUGHT}),
            coalesce(sum(quantity * sign), 0),
            coalesce(sum(price * quantity * sign), 0)::DECIMAL(21, 2),
            coalesce(sum(price * quantity) FILTER (WHERE {BOUGHT}), 0)::DECIMAL(21, 2),
            min(time_), max(time_)
        FROM events WHERE session_id IS NOT NULL GROUP BY session_id""",
    "product_stats": f"""
        SELECT product_id, time_bucket(INTERVAL 5 MINUTE, time_) AS start, start + INTERVAL 5 MINUTE,
            arg_max(product_name, offset_), arg_max(category, offset_),
            count_if(event_type = 'product_viewed'),
            coalesce(sum(quantity) FILTER (WHERE {ADDED}), 0),
            coalesce(sum(quantity) FILTER (WHERE {REMOVED}), 0),
            count_if({BOUGHT}), coalesce(sum(quantity) FILTER (WHERE {BOUGHT}), 0),
            coalesce(sum(price * quantity) FILTER (WHERE {BOUGHT}), 0)::DECIMAL(21, 2)
        FROM events
        WHERE product_id IS NOT NULL AND price >= 0
            AND event_type NOT IN ('page_viewed', 'checkout_started')
        GROUP BY product_id, start""",
    "activity_stats": """
        SELECT event_type, time_bucket(INTERVAL 1 MINUTE, time_) AS start, start + INTERVAL 1 MINUTE,
            count(*), count(DISTINCT session_id), count(DISTINCT user_id)
        FROM events GROUP BY event_type, start""",
}
ABANDONED = "session_state IN ('shopping', 'checkout') AND updated_at < now() - interval '30 minutes'"
# A view, and the same asked of the tables in another way.
VIEWS = {
    "SELECT session_state, user_segment, sessions, cart_value, revenue FROM v_session_states":
    f"SELECT CASE WHEN {ABANDONED} THEN 'abandoned' ELSE session_state END AS state, user_segment, count(*), "
    "sum(cart_value), sum(revenue) FROM session_stats GROUP BY state, user_segment",
    "SELECT session_id, furthest_state, cart_value FROM v_abandoned_carts":
    f"SELECT session_id, session_state, cart_value FROM session_stats WHERE {ABANDONED}",
    "SELECT session_id, cart_value FROM v_sessions WHERE session_state = 'abandoned'":
    "SELECT session_id, cart_value FROM v_abandoned_carts",
    "SELECT user_segment, sessions, viewed_product, filled_cart, began_checkout, purchased, revenue "
    "FROM v_session_funnel":
    "SELECT user_segment, count(*), sum((products_viewed > 0)::int), sum((cart_additions > 0)::int), "
    "sum((checkout_count > 0)::int), sum((session_state = 'purchased')::int), sum(revenue) "
    "FROM session_stats GROUP BY user_segment",
    "SELECT sum(revenue), sum(units_sold), sum(views) FROM v_top_products":
    "SELECT sum(revenue), sum(units_sold), sum(views) FROM product_stats",
    "SELECT sum(events), sum(page_views + product_views + cart_additions + cart_removals + checkouts + "
    "purchases) FROM v_activity":
    "SELECT sum(events_count), sum(events_count) FROM activity_stats",
}
# What users ask, and the index that must answer it.
INDEXED = {
    "SELECT * FROM v_sessions WHERE session_id = 's_1'": "session_stats_pkey",
    "SELECT * FROM v_sessions WHERE user_id = 'u_1'": "session_stats_user",
    "SELECT * FROM v_sessions ORDER BY updated_at DESC LIMIT 20": "session_stats_time",
    "SELECT count(*) FROM session_stats WHERE updated_at > now() - interval '5 seconds'":
    "session_stats_time",
    "SELECT * FROM v_sessions WHERE user_segment = 'vip' AND updated_at > now() - interval '1 day'":
    "session_stats_segment",
    "SELECT * FROM session_stats WHERE session_state = 'purchased'": "session_stats_state",
    "SELECT sum(cart_value) FROM v_abandoned_carts": "session_stats_state",
    "SELECT * FROM session_stats WHERE started_at > now() - interval '5 seconds'": "session_stats_start",
    "SELECT * FROM product_stats WHERE product_id = 'p_0001'": "product_stats_pkey",
    "SELECT * FROM product_stats WHERE window_start > now() - interval '10 minutes' AND category = 'home'":
    "product_stats_time",
    "SELECT * FROM v_activity WHERE minute > now() - interval '5 minutes'": "activity_stats",
}


class Sessions:
    def __init__(self, broker, registry, database):
        self.broker, self.registry, self.database = broker, registry, database
        self.failures = []
        self.schemas = {}

    def messages(self, topic):
        """All that readers of committed records see, each partition in order."""
        reader = Consumer({
            "bootstrap.servers": self.broker, "group.id": "check", "enable.auto.commit": False,
            "enable.partition.eof": True, "fetch.wait.max.ms": 20})
        partitions = list(reader.list_topics(topic, 30).topics[topic].partitions)
        reader.assign([TopicPartition(topic, number, OFFSET_BEGINNING) for number in partitions])
        left = len(partitions)
        while left:
            message = reader.poll(30)
            if message is None:
                raise AssertionError(f"nothing comes of {topic}")
            if message.error():
                left -= 1
            else:
                yield message
        reader.close()

    def load_events(self):
        """What is an event by the declared columns, into DuckDB."""
        with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
            for message in self.messages("ecommerce.events"):
                event = self.event(message.value())
                if event:
                    file.write(json.dumps({**event, "offset_": message.offset()}) + "\n")
            file.flush()
            shape = ", ".join(f"{name}: 'VARCHAR'" for name in (*TEXTS, "price", "timestamp"))
            sign = f"CASE WHEN {ADDED} THEN 1 WHEN {REMOVED} OR {BOUGHT} THEN -1 END"
            duckdb.execute(
                "CREATE OR REPLACE TABLE events AS SELECT * REPLACE (price::DECIMAL(10, 2) AS price), "
                f"timestamp::TIMESTAMP AS time_, {sign} AS sign FROM read_json('{file.name}', "
                f"columns = {{{shape}, quantity: 'INTEGER', offset_: 'BIGINT'}}) "
                f"WHERE event_type IN {TYPES} AND (price IS NULL OR price::DECIMAL(10, 2) >= 0)")

    @staticmethod
    def event(line):
        try:
            found = json.loads(line.decode(), parse_float=Decimal)
        except ValueError:
            return None
        event = {name: found.get(name) for name in COLUMNS}
        try:
            assert TIME.fullmatch(event["timestamp"])
            datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
        except (AssertionError, TypeError, ValueError):
            return None
        price, quantity = event["price"], event["quantity"]
        if price is not None and not isinstance(price, (int, Decimal)):
            return None
        if quantity is not None and not isinstance(quantity, int):
            return None
        return {**event, "price": None if price is None else str(price)}

    def record(self, payload):
        magic, identifier = struct.unpack(">bI", payload[:5])
        assert magic == 0
        if identifier not in self.schemas:
            with urllib.request.urlopen(f"{self.registry}/schemas/ids/{identifier}", timeout=30) as answer:
                self.schemas[identifier] = fastavro.parse_schema(
                    json.loads(json.load(answer)["schema"]))
        return fastavro.schemaless_reader(io.BytesIO(payload[5:]), self.schemas[identifier])

    def psql(self, sql):
        text = subprocess.run(
            ["psql", self.database, "-XqAt", "--csv", "-v", "ON_ERROR_STOP=1", "-c",
             "SET TimeZone = 'UTC'", "-c", sql], check=True, capture_output=True, text=True).stdout
        return list(map(tuple, csv.reader(io.StringIO(text))))

    def hold(self, what, mine, theirs):
        if sorted(mine) == sorted(theirs):
            return
        extra, missing = sorted(set(mine) - set(theirs))[:3], sorted(set(theirs) - set(mine))[:3]
        self.failures.append(
            f"{what}: {len(mine)} rows for {len(theirs)}; only here {extra}; only there {missing}")

    def check_table(self, table, columns):
        asked = ", ".join(
            f"to_char({name}, 'YYYY-MM-DD HH24:MI:SS.MS')" if name.endswith(("_at", "_start", "_end"))
            else name for name in columns[1:])
        rows = self.psql(f"SELECT {asked} FROM {table}")
        if not rows:
            self.failures.append(f"{table} is empty")
        theirs = [tuple(map(plain, row)) for row in duckdb.sql(ANSWERS[table]).fetchall()]
        self.hold(f"{table} and DuckDB", rows, theirs)

        last = {}
        for message in self.messages(table + "_avro"):
            if message.value() is None:
                last.pop(message.key(), None)
                continue
            row = self.record(message.value())
            last[message.key()] = tuple(plain(row[name.upper()]) for name in columns[1:])
            if row[columns[1].upper()].encode() != message.key()[:len(message.key()) - (columns[0] - 1) * 8]:
                self.failures.append(f"{table}: the value {row} does not hold the key {message.key()}")
                return
        self.hold(f"{table} and its topic", rows, list(last.values()))

    def check(self):
        self.load_events()
        self.psql("ANALYZE")
        for table, columns in TABLES.items():
            self.check_table(table, columns)
            with urllib.request.urlopen(f"{self.registry}/subjects/{table}_avro-value/versions") as answer:
                if json.load(answer) != [1]:
                    self.failures.append(f"{table}_avro-value has not one version")
        for view, question in VIEWS.items():
            self.hold(view, self.psql(view), self.psql(question))
        for sql, index in INDEXED.items():
            steps = "\n".join(row[0] for row in self.psql("EXPLAIN " + sql))
            if index not in steps:
                self.failures.append(f"{sql} does not use {index}:\n{steps}")
        undescribed = self.psql(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
            "AND a.attnum > 0 WHERE (c.relname ~ '^(session|product|activity)_stats' AND c.relname !~ 'pkey' "
            "AND obj_description(c.oid) IS NULL) OR (c.relname IN ('session_stats', 'product_stats', "
            "'activity_stats') AND col_description(c.oid, a.attnum) IS NULL) "
            "OR (c.relname ~ '^v_' AND obj_description(c.oid) IS NULL)")
        if undescribed:
            self.failures.append(f"without a comment: {undescribed}")
        return self.failures


def plain(value):
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S.%f")[:-3]
    return str(value)


if __name__ == "__main__":
    found = Sessions(*sys.argv[1:4]).check()
    print("\n".join(found))
    sys.exit(1 if found else 0)
