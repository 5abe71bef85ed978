"""Holds the tables that an example has made against DuckDB over the same input.

    compare_example.py online-retail|access-log|otto-sessions INPUT LAKE

Says what differs, and ends with 1 if anything does. DuckDB reads the raw input by itself, in one go and
without windows that close; nothing here knows how Millrace does it.
"""

import sys

import duckdb
from deltalake import DeltaTable

RETAIL = {
    "": """
        CREATE VIEW lines AS SELECT
          InvoiceNo AS invoice, InvoiceNo LIKE 'C%' AS is_cancellation, StockCode AS product,
          nullif(trim(Description), '') AS description, Quantity::INT AS quantity,
          UnitPrice::DECIMAL(10,3) AS unit_price, Quantity::INT * UnitPrice::DECIMAL(10,3) AS amount,
          replace(CustomerID, '.0', '')::BIGINT AS customer, Country AS country,
          strptime(InvoiceDate, '%Y-%m-%d %H:%M:%S')::TIMESTAMPTZ AS sold_at,
          strptime(InvoiceDate, '%Y-%m-%d %H:%M:%S')::DATE AS day
        FROM read_csv('{input}/*.csv', header = true, all_varchar = true);
        CREATE VIEW hours AS SELECT
          date_trunc('hour', sold_at) AS window_start,
          date_trunc('hour', sold_at) + INTERVAL 1 HOUR AS window_end, *
        FROM lines;""",
    "silver/lines": "SELECT * FROM lines",
    "silver/unreadable": "SELECT '' AS file, 0 AS offset, '' AS line WHERE false",
    "gold/revenue": """SELECT window_start, window_end, product, country, sum(quantity) AS units,
        sum(amount) AS revenue, count(*) AS lines, count(DISTINCT invoice) AS invoices
        FROM hours GROUP BY ALL""",
    "gold/cancellations": """SELECT window_start, window_end, country, count(*) AS lines,
        count(DISTINCT invoice) AS invoices, count(DISTINCT customer) AS customers, -sum(quantity) AS units,
        -sum(amount) AS amount FROM hours WHERE is_cancellation GROUP BY ALL""",
    "gold/days": """SELECT day, sum(amount) AS revenue, count(*) AS lines,
        count(DISTINCT invoice) AS invoices, count(DISTINCT customer) AS customers,
        count(*) - count(customer) AS lines_without_customer
        FROM lines GROUP BY day""",
}

LOG = {
    "": r"""
        CREATE VIEW requests AS SELECT
          p.client, strptime(p.time, '%d/%b/%Y:%H:%M:%S %z')::TIMESTAMPTZ AS requested_at, p.method, p.path,
          p.status::INT AS status, nullif(p.bytes, '-')::BIGINT AS bytes, nullif(p.referrer, '-') AS referrer,
          p.agent, p.agent ILIKE '%bot%' OR p.agent ILIKE '%crawler%' OR p.agent ILIKE '%spider%' AS is_bot
        FROM (SELECT regexp_extract(line,
            '^(\S+) \S+ \S+ \[([^\]]+)\] "([A-Z]+) ([^ "?]+)[^"]*" (\d+) (\S+) "([^"]*)" "([^"]*)"?$',
            ['client', 'time', 'method', 'path', 'status', 'bytes', 'referrer', 'agent']) AS p
          FROM read_csv('{input}', columns = {{'line': 'VARCHAR'}}, header = false, delim = '\x01',
            quote = '', escape = ''));""",
    "silver/requests": "SELECT * FROM requests",
    "silver/unreadable": "SELECT '' AS file, 0 AS offset, '' AS line WHERE false",
    "gold/minutes": """SELECT date_trunc('minute', requested_at) AS window_start,
        date_trunc('minute', requested_at) + INTERVAL 1 MINUTE AS window_end, count(*) AS requests,
        count(*) FILTER (is_bot) AS bots, count(DISTINCT client) AS clients,
        count(*) FILTER (status >= 400) AS errors, coalesce(sum(bytes), 0) AS bytes
        FROM requests GROUP BY ALL""",
    "gold/bots": """SELECT agent, count(*) AS requests, count(DISTINCT client) AS clients
        FROM requests WHERE is_bot GROUP BY ALL""",
    "gold/paths": """SELECT path, status, count(*) AS requests, coalesce(sum(bytes), 0) AS bytes
        FROM requests GROUP BY ALL""",
}

FUNNEL = """count(*) FILTER (type = 'clicks') AS clicks, count(*) FILTER (type = 'carts') AS carts,
    count(*) FILTER (type = 'orders') AS orders"""

SESSIONS = {
    "": """
        CREATE VIEW shoppers AS SELECT * FROM read_json('{input}', format = 'newline_delimited',
          columns = {{'session': 'BIGINT', 'events': 'STRUCT(aid BIGINT, ts BIGINT, type VARCHAR)[]'}});
        CREATE VIEW events AS SELECT session AS shopper, e.aid AS product, e.type,
          make_timestamptz(e.ts * 1000) AS happened_at
        FROM (SELECT session, unnest(events) AS e FROM shoppers);
        CREATE VIEW numbered AS SELECT *, sum(starts::INT) OVER shopping AS visit
        FROM (SELECT *,
          coalesce(happened_at - lag(happened_at) OVER shopping > INTERVAL 30 MINUTES, true) AS starts
          FROM events WINDOW shopping AS (PARTITION BY shopper ORDER BY happened_at))
        WINDOW shopping AS (PARTITION BY shopper ORDER BY happened_at);""",
    "bronze/shoppers": """SELECT session AS shopper, len(events) AS event_count,
        make_timestamptz(events[1].ts * 1000) AS first_at,
        make_timestamptz(events[-1].ts * 1000) AS last_at, events FROM shoppers""",
    "silver/events": "SELECT * FROM events",
    "gold/visits": f"""SELECT min(happened_at) AS window_start, max(happened_at) AS window_end, shopper,
        count(*) AS events, count(DISTINCT product) AS products, {FUNNEL},
        epoch_ms(max(happened_at)) - epoch_ms(min(happened_at)) AS milliseconds
        FROM numbered GROUP BY shopper, visit""",
    "gold/conversion": f"""SELECT *, carts / nullif(clicks, 0) AS click_to_cart,
        orders / nullif(carts, 0) AS cart_to_order
        FROM (SELECT shopper, {FUNNEL} FROM events GROUP BY shopper)""",
    "gold/products": f"""SELECT product, count(DISTINCT shopper) AS shoppers, {FUNNEL}
        FROM events GROUP BY product""",
}

EXAMPLES = {"online-retail": RETAIL, "access-log": LOG, "otto-sessions": SESSIONS}


def differences(name, path, lake):
    """A line for each table that is not as it should be."""
    database = duckdb.connect()
    database.sql("SET TimeZone = 'UTC'")
    queries = dict(EXAMPLES[name])
    database.execute(queries.pop("").format(input=path.replace("'", "''")))
    for table, query in queries.items():
        found = DeltaTable(f"{lake}/{table}").to_pyarrow_table()  # noqa: F841, DuckDB reads it by its name
        database.execute(f"CREATE OR REPLACE TEMP TABLE expected AS {query}")
        columns = ", ".join(f'"{row[0]}"' for row in database.sql("DESCRIBE expected").fetchall())
        for what, left, right in (("lacks", "expected", "found"), ("has more", "found", "expected")):
            rows = database.sql(
                f"SELECT {columns} FROM {left} EXCEPT ALL SELECT {columns} FROM {right}"
            ).fetchall()
            if rows:
                yield f"{table} {what}: {len(rows)} rows such as {rows[0]}"


def main(arguments):
    if len(arguments) != 3 or arguments[0] not in EXAMPLES:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(differences(*arguments))
    print("\n".join(found) or f"{arguments[0]}: {len(EXAMPLES[arguments[0]]) - 1} tables as DuckDB has them")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
