"""Holds what the pipeline csv-to-postgres has made in a database against DuckDB over the same files.

    csv_to_postgres.py FOLDER_OF_CSV_FILES DATABASE_URL

Tables, views and functions are asked through psql; Python's csv module parts the fields, and DuckDB does the
rest. Also looks whether the usual questions use the indexes, and whether tables and columns are described.
Says what differs, and ends with 1 if anything does.
"""

import csv
import glob
import io
import subprocess
import sys
import tempfile

import duckdb

folder, url = sys.argv[1:3]
failures = []
total = 0
records = tempfile.NamedTemporaryFile("w", suffix=".csv", newline="")
writer = csv.writer(records)
for number, path in enumerate(sorted(glob.glob(folder + "/*.csv"))):
    lines = open(path, "rb").read().split(b"\n")[:-1]
    total += len(lines) - 1
    for line in lines[min(number, 1):]:
        try:
            fields = next(csv.reader([line.decode()], strict=True))
        except (csv.Error, UnicodeDecodeError):
            continue
        if len(fields) == 11:
            writer.writerow(fields)
records.flush()

TYPES = "'view', 'click', 'add_to_cart', 'remove_from_cart', 'purchase'"
UUID = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"
EVENTS = """
CREATE TABLE lines AS SELECT * FROM read_csv('{records}', header = true, all_varchar = true);
CREATE TABLE events AS SELECT DISTINCT ON (event_id)
    lower(trim(event_id)) AS event_id, trim(user_id) AS user_id, lower(trim(event_type)) AS event_type,
    trim(product_id) AS product_id, trim(product_name) AS product_name, lower(trim(category)) AS category,
    TRY_CAST(price AS DECIMAL(12, 2)) AS price, TRY_CAST(quantity AS INTEGER) AS quantity,
    TRY_CAST(event_timestamp AS TIMESTAMPTZ) AS event_timestamp, trim(session_id) AS session_id,
    lower(trim(device_type)) AS device_type
FROM lines
WHERE regexp_matches(lower(trim(event_id)), '{UUID}') AND lower(trim(event_type)) IN ({TYPES})
    AND user_id <> '' AND product_id <> '' AND session_id <> ''
    AND event_timestamp ~ '[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z'
    AND TRY_CAST(event_timestamp AS TIMESTAMPTZ) IS NOT NULL
    AND TRY_CAST(event_timestamp AS TIMESTAMPTZ) < now() + INTERVAL 1 DAY
    AND (price IS NULL OR price = '' OR TRY_CAST(price AS DECIMAL(12, 2)) >= 0)
    AND (quantity IS NULL OR quantity = '' OR (quantity ~ '^[0-9]+$' AND TRY_CAST(quantity AS INTEGER) >= 0))
    AND (lower(trim(event_type)) <> 'purchase' OR TRY_CAST(price AS DECIMAL(12, 2)) IS NOT NULL);
"""
AMOUNT = "sum(price * coalesce(quantity, 1))"
REVENUE = f"coalesce({AMOUNT} FILTER (WHERE event_type = 'purchase'), 0)::DECIMAL(20, 2)"
QUESTIONS = {
    "SELECT event_id, user_id, event_type, product_id, product_name, category, price, quantity, "
    "to_char(event_timestamp, 'YYYY-MM-DD HH24:MI:SS.MS'), session_id, device_type FROM ecommerce_events":
    "SELECT event_id, user_id, event_type, product_id, product_name, category, price, quantity, "
    "strftime(event_timestamp, '%Y-%m-%d %H:%M:%S.%g'), session_id, device_type FROM events",
    "SELECT to_char(window_start, 'YYYY-MM-DD HH24'), event_type, event_count, revenue, distinct_users, "
    "distinct_products FROM event_hourly_summary":
    f"SELECT strftime(event_timestamp, '%Y-%m-%d %H') AS hour, event_type, count(*), "
    f"{REVENUE}, count(DISTINCT user_id), "
    "count(DISTINCT product_id) FROM events GROUP BY hour, event_type",
    "SELECT to_char(hour, 'YYYY-MM-DD HH24'), event_type, event_count, revenue FROM v_hourly_events":
    f"SELECT strftime(event_timestamp, '%Y-%m-%d %H') AS hour, event_type, count(*), "
    f"{REVENUE} FROM events "
    "GROUP BY hour, event_type",
    "SELECT event_type, events, users, sessions, products, revenue::numeric(20, 2) FROM v_event_summary":
    "SELECT event_type, count(*), count(DISTINCT user_id), count(DISTINCT session_id), "
    f"count(DISTINCT product_id), {REVENUE} "
    "FROM events GROUP BY event_type",
    "SELECT day, sessions_with_view, sessions_with_cart, sessions_with_purchase FROM v_purchase_funnel":
    "SELECT strftime(event_timestamp, '%Y-%m-%d') AS day, "
    "count(DISTINCT session_id) FILTER (WHERE event_type IN ('view', 'click')), "
    "count(DISTINCT session_id) FILTER (WHERE event_type = 'add_to_cart'), "
    "count(DISTINCT session_id) FILTER (WHERE event_type = 'purchase') FROM events GROUP BY day",
    "SELECT product_id, purchases, units_sold, revenue, buyers FROM v_top_products":
    f"SELECT product_id, count(*), sum(coalesce(quantity, 1)), {AMOUNT}, count(DISTINCT user_id) FROM events "
    "WHERE event_type = 'purchase' GROUP BY product_id",
    "SELECT to_char(max(event_timestamp), 'YYYY-MM-DD HH24:MI:SS.MS') FROM v_recent_activity":
    "SELECT strftime(max(event_timestamp), '%Y-%m-%d %H:%M:%S.%g') FROM events",
    "SELECT extract(epoch FROM period_start)::bigint, sessions, purchasing_sessions, revenue::numeric(20, 2) "
    "FROM conversion_by_period('2026-01-05', '2026-01-08', '15 minutes')":
    "SELECT epoch(time_bucket(INTERVAL 15 MINUTE, event_timestamp, "
    "TIMESTAMPTZ '2026-01-05 00:00:00+00'))::BIGINT AS period, count(DISTINCT session_id), "
    "count(DISTINCT session_id) FILTER (WHERE event_type = 'purchase'), "
    f"{REVENUE} FROM events "
    "WHERE event_timestamp >= TIMESTAMPTZ '2026-01-05 00:00:00+00' "
    "AND event_timestamp < TIMESTAMPTZ '2026-01-08 00:00:00+00' GROUP BY period",
    "SELECT product_id, purchases, units_sold, revenue FROM "
    "top_products_between('2026-01-05 09:00Z', '2026-01-06 09:00:10Z', 7)":
    f"SELECT product_id, count(*), sum(coalesce(quantity, 1)), {AMOUNT} AS revenue FROM events "
    "WHERE event_type = 'purchase' AND event_timestamp >= TIMESTAMPTZ '2026-01-05 09:00:00+00' "
    "AND event_timestamp < TIMESTAMPTZ '2026-01-06 09:00:10+00' GROUP BY product_id "
    "ORDER BY revenue DESC, product_id LIMIT 7",
}
# What users ask, and the index that must answer it.
INDEXED = {
    "SELECT * FROM v_recent_activity LIMIT 20": "ecommerce_events_time",
    "SELECT * FROM v_top_products": "ecommerce_events_type",
    "SELECT * FROM v_event_summary WHERE event_type = 'purchase'": "ecommerce_events_type",
    "SELECT * FROM v_hourly_events WHERE hour >= '2026-01-06' AND event_type = 'view'":
    "event_hourly_summary",
    "SELECT * FROM v_purchase_funnel WHERE day = '2026-01-04'": "ecommerce_events_day",
    "SELECT * FROM ecommerce_events WHERE product_id = 'p_0001'": "ecommerce_events_product",
}


def psql(sql):
    text = subprocess.run(
        ["psql", url, "-XqAt", "--csv", "-v", "ON_ERROR_STOP=1", "-c", "SET TimeZone = 'UTC'", "-c", sql],
        check=True, capture_output=True, text=True).stdout
    return list(csv.reader(io.StringIO(text)))


def plain(value):
    return "" if value is None else str(value)


def compare(ours, theirs):
    mine = sorted(map(tuple, psql(ours)))
    oracle = sorted(tuple(map(plain, row)) for row in duckdb.sql(theirs).fetchall())
    if mine == oracle:
        return
    extra, missing = sorted(set(mine) - set(oracle))[:3], sorted(set(oracle) - set(mine))[:3]
    failures.append(f"{ours}: {len(mine)} rows for {len(oracle)}; only here {extra}; only there {missing}")


duckdb.sql("SET TimeZone = 'UTC'")
for name, text in (("records", records.name), ("UUID", UUID), ("TYPES", TYPES)):
    EVENTS = EVENTS.replace("{" + name + "}", text)
duckdb.execute(EVENTS)
psql("ANALYZE")
for ours, theirs in QUESTIONS.items():
    compare(ours, theirs)

user = duckdb.sql("SELECT user_id FROM events GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1").fetchall()[0][0]
steps = psql(f"SELECT step, session_id, event_type FROM user_journey('{user}')")
theirs = duckdb.sql(
    f"SELECT session_id, event_type FROM events WHERE user_id = '{user}' ORDER BY event_timestamp, event_id"
).fetchall()
if [tuple(step[1:]) for step in steps] != theirs:
    failures.append(f"user_journey('{user}') differs")

# The books: a line is an event, the same event again, or an error.
errors = int(psql("SELECT count(*) FROM ecommerce_events_errors")[0][0])
events = int(psql("SELECT count(*) FROM ecommerce_events")[0][0])
if not events < total - errors < events * 1.1 or errors == 0:
    failures.append(f"{total} lines are not {events} events, their repetitions and {errors} errors")

for sql, index in INDEXED.items():
    steps = "\n".join(row[0] for row in psql("EXPLAIN " + sql))
    if index not in steps:
        failures.append(f"{sql} does not use {index}:\n{steps}")
undescribed = psql(
    "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
    "WHERE c.relname IN ('ecommerce_events', 'event_hourly_summary') "
    "AND (col_description(c.oid, a.attnum) IS NULL OR obj_description(c.oid) IS NULL)")
if undescribed:
    failures.append(f"without a comment: {undescribed}")

print("\n".join(failures))
sys.exit(1 if failures else 0)
