"""The answer that the medallion pipeline must give, computed by DuckDB from the raw files in one batch.

Nothing here is shared with Millrace: files are read, validated, deduplicated and aggregated by other
means. The rules are those of the pipeline: which lines are valid, first row of an `event_id` wins, a
watermark of ten minutes decides record by record in source order what is late, and money is exact
DECIMAL arithmetic.
"""

import glob
import gzip
import hashlib
import os
import tempfile

import duckdb
import numpy as np
import pyarrow as pa

MICROSECOND = 1_000_000
WATERMARK_DELAY = 600 * MICROSECOND
DEDUPLICATE_WITHIN = 600 * MICROSECOND
ENDINGS = (".json", ".jsonl", ".ndjson")
COMPRESSIONS = {"": None, ".gz": "gzip", ".zst": "zstd"}
FIELDS = (
    "event_id",
    "event_type",
    "user_id",
    "session_id",
    "product_id",
    "timestamp",
    "price",
    "quantity",
    "category",
    "device",
)


def connect(path=":memory:", read_only=False):
    connection = duckdb.connect(path, read_only=read_only)
    # Ten million events would take 9 GB, so it spills.
    connection.execute("SET TimeZone = 'UTC'; SET memory_limit = '5GB'")
    connection.execute(
        "SET temp_directory = $spill", {"spill": os.path.join(tempfile.gettempdir(), "millrace-oracle")}
    )
    return connection


def first_row(connection, query, parameters=None):
    """All rows are fetched: an unread rest would keep the connection busy."""
    return connection.execute(query, parameters).fetchall()[0]


def raw_files(directory):
    """The input in the order in which the file source reads it: by modification time, then by name."""
    found = [
        path
        for ending in ENDINGS
        for compression in COMPRESSIONS
        for path in glob.glob(os.path.join(glob.escape(directory), "*" + ending + compression))
    ]
    return sorted(found, key=lambda path: (os.stat(path).st_mtime_ns, os.path.basename(path)))


def read_bytes(path):
    if path.endswith(".gz"):
        with gzip.open(path) as stream:
            return stream.read()
    if path.endswith(".zst"):
        with pa.input_stream(path, compression="zstd") as stream:
            return stream.read()
    with open(path, "rb") as stream:
        return stream.read()


def split_lines(data):
    """The records of a file as Arrow binary values, and the offset of each. The last may lack its newline.

    A carriage return before the newline belongs to it; a line of blanks is no record.
    """
    if data and not data.endswith(b"\n"):
        data += b"\n"
    letters = np.frombuffer(data, np.uint8)
    ends = np.flatnonzero(letters == 10)
    starts = np.concatenate([[0], ends + 1]).astype(np.int64)
    without_newlines = letters[letters != 10]
    borders = starts - np.arange(len(starts))
    lines = pa.Array.from_buffers(
        pa.large_binary(), len(ends), [None, pa.py_buffer(borders), pa.py_buffer(without_newlines)]
    )
    offsets = starts[:-1]
    if b"\r\n" in data:
        lines = pa.array([line.rstrip(b"\r") for line in lines.to_pylist()], pa.large_binary())
    # Only a short line or one that begins with a blank can be blank.
    first = letters[np.minimum(offsets, len(letters) - 1)] if len(letters) else letters
    suspects = np.flatnonzero((first == 10) | (first == 13) | (first == 32) | (first == 9))
    blank = [number for number in suspects.tolist() if not lines[number].as_py().strip(b" \t\r")]
    if blank:
        kept = np.ones(len(lines), bool)
        kept[blank] = False
        lines, offsets = lines.filter(pa.array(kept)), offsets[kept]
    return lines, offsets


def as_text(lines):
    """The lines as strings, NULL where a line is not UTF-8."""
    try:
        return lines.cast(pa.large_string())
    except pa.ArrowInvalid:

        def text(line):
            try:
                return line.decode()
            except UnicodeDecodeError:
                return None

        return pa.array([text(line) for line in lines.to_pylist()], pa.large_string())


# A line becomes JSON values first: what is no JSON, or no object, is malformed whatever its fields look like.
_PARSED = f"""
    SELECT n, e.*, line IS NOT NULL AND e IS NOT NULL AS is_object FROM (
        SELECT n, line, CASE WHEN line IS NOT NULL AND json_valid(line) AND json_type(line) = 'OBJECT'
            THEN from_json(line, '{{{", ".join(f'"{field}": "JSON"' for field in FIELDS)}}}') END AS e
        FROM input)"""


def _text(field):
    scalar = f"json_type({field}) NOT IN ('OBJECT', 'ARRAY', 'NULL')"
    return f"CASE WHEN {scalar} THEN trim({field} ->> '$') END"


def _number(field, kind):
    """A number, or a text that is one. The other column says whether what is given is neither."""
    form = {
        "DECIMAL(18, 4)": r"'^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$'",
        "INTEGER": r"'^[+-]?\d+$'",
    }[kind]
    given = f"{field} IS NOT NULL AND json_type({field}) <> 'NULL'"
    text = f"trim({field} ->> '$', e' \\t\\r\\n')"
    value = f"CASE WHEN {given} AND regexp_matches({text}, {form}) THEN TRY_CAST({text} AS {kind}) END"
    return f"{value} AS {field}_value, {given} AND {value} IS NULL AS {field}_unfit"


_TIME = r"'^\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d(:?\d\d)?)?)?$'"

_TYPED = f"""
    SELECT n, is_object, {_text('event_id')} AS event_id, lower({_text('event_type')}) AS event_type,
        {_text('user_id')} AS user_id, {_text('session_id')} AS session_id,
        {_text('product_id')} AS product_id,
        {_text('category')} AS category, lower({_text('device')}) AS device,
        {_number('price', 'DECIMAL(18, 4)')}, {_number('quantity', 'INTEGER')},
        CASE WHEN regexp_matches({_text('timestamp')}, {_TIME})
            THEN epoch_us(TRY_CAST({_text('timestamp')} AS TIMESTAMPTZ)) // 1000 * 1000 END AS time
    FROM ({_PARSED})"""

_JUDGED = f"""
    SELECT *, is_object AND time IS NOT NULL AND time <= $latest AS is_decoded,
        coalesce(is_object AND event_id <> '' AND user_id <> '' AND session_id <> ''
            AND (product_id <> '' OR event_type = 'search')
            AND event_type IN ('page_view', 'add_to_cart', 'purchase', 'search')
            AND time IS NOT NULL AND time <= $latest AND NOT price_unfit AND coalesce(price_value, 0) >= 0
            AND NOT quantity_unfit AND coalesce(quantity_value, 0) >= 0, false) AS is_valid
    FROM ({_TYPED})"""


def fingerprint(files):
    """Changes with the files and with this program."""
    digest = hashlib.sha256(read_bytes(os.path.abspath(__file__)))
    for path in files:
        status = os.stat(path)
        digest.update(f"{os.path.basename(path)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def expected(directory, cache=None):
    """The expected tables; kept in the file `cache` where one is given."""
    files = raw_files(directory)
    if not files:
        raise SystemExit(f"no *{', *'.join(ENDINGS)} in {directory}")
    if cache is None:
        return Expected(connect()).compute(files)
    mark = fingerprint(files)
    if os.path.exists(cache):
        connection = connect(cache, read_only=True)
        if first_row(connection, "SELECT fingerprint FROM books")[0] == mark:
            return Expected(connection).load_books()
        connection.close()
        os.remove(cache)
    # Complete or not there at all.
    making = f"{cache}.{os.getpid()}"
    connection = connect(making)
    Expected(connection).compute(files, mark)
    connection.close()
    os.replace(making, cache)
    return Expected(connect(cache, read_only=True)).load_books()


class Expected:
    """Tables in `connection`: `expected_lines` (every line), `expected_events` (every valid one, with the
    watermark when it came), `expected_silver`, `expected_<gold table>`, and `books` with the counts."""

    BOOKS = ("file_count", "line_count", "silver", "duplicates", "late", "malformed")

    def __init__(self, connection):
        self.connection = connection

    def load_books(self):
        for name, value in zip(
            self.BOOKS, first_row(self.connection, f"SELECT {', '.join(self.BOOKS)} FROM books")
        ):
            setattr(self, name, value)
        return self

    def compute(self, files, mark="", max_future_seconds=86_400):
        connection = self.connection
        latest = first_row(connection, "SELECT epoch_us(now())")[0] + max_future_seconds * MICROSECOND
        connection.execute("""
            CREATE TABLE expected_lines (n BIGINT, file VARCHAR, "offset" BIGINT, digest UBIGINT,
                is_valid BOOLEAN, raw BLOB);
            CREATE TABLE expected_events (n BIGINT, event_id VARCHAR, event_type VARCHAR, user_id VARCHAR,
                session_id VARCHAR, product_id VARCHAR, category VARCHAR, device VARCHAR,
                price DECIMAL(18, 4), quantity INTEGER, time BIGINT, watermark BIGINT)""")
        self.file_count = len(files)
        self.line_count = 0
        newest = np.iinfo(np.int64).min + WATERMARK_DELAY
        for path in files:
            newest = self._load(path, newest, latest)
        self._judge()
        values = ", ".join(f"{getattr(self, name)} AS {name}" for name in self.BOOKS)
        connection.execute(f"CREATE TABLE books AS SELECT {values}, '{mark}' AS fingerprint")
        return self

    def _load(self, path, newest, latest):
        lines, offsets = split_lines(read_bytes(path))
        count = len(lines)
        if not count:
            return newest
        numbers = pa.array(np.arange(self.line_count, self.line_count + count))
        self.line_count += count
        connection = self.connection
        connection.register(
            "input",
            pa.table({"n": numbers, "raw": lines, "line": as_text(lines), "offset": pa.array(offsets)}),
        )
        connection.execute(f"CREATE OR REPLACE TEMP TABLE judged AS {_JUDGED}", {"latest": latest})
        # The watermark before a row is the newest time up to it, itself included: that never makes it late.
        moved = connection.execute(
            "SELECT CASE WHEN is_decoded THEN time ELSE $low END AS time FROM judged ORDER BY n",
            {"low": int(np.iinfo(np.int64).min + WATERMARK_DELAY)},
        ).fetchnumpy()["time"]
        running = np.maximum(np.maximum.accumulate(np.asarray(moved, np.int64)), newest)
        connection.register(
            "marks", pa.table({"n": numbers, "watermark": pa.array(running - WATERMARK_DELAY)})
        )
        # Only what is malformed keeps its bytes; the rest is compared by digest.
        connection.execute(
            """
            INSERT INTO expected_lines SELECT input.n, $file, "offset", hash(input.raw), is_valid,
                CASE WHEN NOT is_valid THEN input.raw END FROM input JOIN judged USING (n)""",
            {"file": os.path.basename(path)},
        )
        connection.execute("""
            INSERT INTO expected_events SELECT n, event_id, event_type, user_id, session_id, product_id,
                category, device, price_value, quantity_value, time, watermark
            FROM judged JOIN marks USING (n)
            WHERE is_valid""")
        connection.unregister("input")
        connection.unregister("marks")
        return int(running[-1])

    def _judge(self):
        connection = self.connection
        connection.execute(f"""
            CREATE TABLE expected_silver AS
            SELECT DISTINCT ON (event_id) * FROM expected_events
            WHERE time + {DEDUPLICATE_WITHIN} > watermark ORDER BY event_id, n""")
        valid = self._count("expected_events")
        self.silver = self._count("expected_silver")
        self.late = self._count(f"expected_events WHERE time + {DEDUPLICATE_WITHIN} <= watermark")
        self.duplicates = valid - self.late - self.silver
        self.malformed = self.line_count - valid

        def windows(minutes):
            size = minutes * 60 * MICROSECOND
            start = f"time - ((time % {size}) + {size}) % {size}"
            # A window is closed, with no grace, once the watermark has reached its end.
            return f"""(SELECT *, {start} AS window_start, {start} + {size} AS window_end FROM expected_silver
                WHERE watermark < {start} + {size})"""

        def events(kind):
            return f"count(*) FILTER (event_type = '{kind}')"

        money = "sum((price * coalesce(quantity, 1))::DECIMAL(38, 4))"
        tables = {
            "revenue": f"""
                SELECT window_start, window_end, product_id, {money} AS total_revenue,
                    count(*) AS purchase_count, sum(coalesce(quantity, 1))::BIGINT AS units_sold,
                    {money}::DOUBLE / count(*) AS avg_order_value
                FROM {windows(5)} WHERE event_type = 'purchase' GROUP BY ALL""",
            "anomalies": f"""
                SELECT window_start, window_end, user_id, count(*) AS event_count FROM {windows(1)}
                GROUP BY ALL HAVING count(*) > 50""",
            "conversion": f"""
                SELECT *, CASE WHEN page_views = 0 THEN 0 ELSE purchases / page_views::DOUBLE END
                    AS conversion_rate
                FROM (SELECT window_start, window_end, session_id, {events('page_view')} AS page_views,
                    {events('add_to_cart')} AS add_to_carts, {events('purchase')} AS purchases
                    FROM {windows(10)} GROUP BY ALL)""",
            "sales_metrics": f"""
                SELECT make_timestamp(time)::DATE AS event_date, category, {money} AS total_revenue,
                    count(*) AS purchase_count, sum(coalesce(quantity, 1))::BIGINT AS units_sold,
                    {money}::DOUBLE / count(*) AS avg_order_value
                FROM expected_silver WHERE event_type = 'purchase' GROUP BY event_date, category""",
            "user_engagement": """
                SELECT make_timestamp(time)::DATE AS event_date, count(*) AS events,
                    count(DISTINCT session_id) AS sessions, count(DISTINCT user_id) AS users,
                    count(*) / count(DISTINCT session_id)::DOUBLE AS events_per_session
                FROM expected_silver GROUP BY event_date""",
            "traffic_analysis": """
                SELECT make_timestamp(time)::DATE AS event_date, hour(make_timestamp(time)) AS event_hour,
                    device AS device_type, count(*) AS events, count(DISTINCT user_id) AS users,
                    count(DISTINCT session_id) AS sessions
                FROM expected_silver GROUP BY event_date, event_hour, device_type""",
        }
        for name, query in tables.items():
            connection.execute(f"CREATE TABLE expected_{name} AS {query}")

    def _count(self, what):
        return first_row(self.connection, f"SELECT count(*) FROM {what}")[0]
