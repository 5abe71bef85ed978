-- CSV files of a shop's events → PostgreSQL: the events once each, an hourly summary, and what failed.
--
--   DATABASE_URL=postgresql://app@localhost:5432/shop \
--     millrace run pipelines/csv-to-postgres/csv-to-postgres.sql -D events=data/events
--
-- Tables, indexes, views and functions are in the *.postgres.sql files beside this one; they are applied to the
-- database before the first row is written.

DEFINE events = 'data/events';
DEFINE database = '${env:DATABASE_URL}';
-- What becomes of a file whose lines are all in the database: keep, archive or delete.
DEFINE after = 'keep';
DEFINE archive = 'data/archive';

-- The declared schema. A line that does not fit it has the reason in ROWERROR, and its columns are NULL.
CREATE STREAM csv_lines (
  event_id STRING, user_id STRING, event_type STRING, product_id STRING, product_name STRING,
  category STRING, price DECIMAL(12, 2), quantity INTEGER, event_timestamp STRING,
  session_id STRING, device_type STRING
) WITH (
  connector = 'files', path = '${events}', value_format = 'CSV', on_error = 'keep',
  timestamp = 'event_timestamp', watermark_delay = '10 minutes', max_future = '1 day',
  after = '${after}', archive.path = '${archive}');

-- Each line, trimmed, with the first reason why it is no event, if there is one.
CREATE STREAM checked_events AS
  SELECT
    LCASE(TRIM(event_id)) AS event_id,
    TRIM(user_id) AS user_id,
    LCASE(TRIM(event_type)) AS event_type,
    TRIM(product_id) AS product_id,
    TRIM(product_name) AS product_name,
    LCASE(TRIM(category)) AS category,
    price,
    quantity,
    TRIM(session_id) AS session_id,
    COALESCE(LCASE(TRIM(device_type)), 'unknown') AS device_type,
    CASE
      WHEN ROWERROR IS NOT NULL THEN ROWERROR
      WHEN event_id IS NULL OR TRIM(event_id) = '' THEN 'event_id is missing'
      WHEN REGEXP_EXTRACT('^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$', LCASE(TRIM(event_id))) IS NULL
        THEN 'event_id is no UUID'
      WHEN user_id IS NULL OR TRIM(user_id) = '' THEN 'user_id is missing'
      WHEN event_type IS NULL OR TRIM(event_type) = '' THEN 'event_type is missing'
      WHEN LCASE(TRIM(event_type)) NOT IN ('view', 'click', 'add_to_cart', 'remove_from_cart', 'purchase')
        THEN 'event_type is not known'
      WHEN product_id IS NULL OR TRIM(product_id) = '' THEN 'product_id is missing'
      WHEN session_id IS NULL OR TRIM(session_id) = '' THEN 'session_id is missing'
      WHEN price < 0 THEN 'price is negative'
      WHEN quantity < 0 THEN 'quantity is negative'
      WHEN LCASE(TRIM(event_type)) = 'purchase' AND price IS NULL THEN 'price of a purchase is missing'
    END AS reason
  FROM csv_lines;

-- Repeated events too: the table's key makes them one row, however late they come.
CREATE STREAM valid_events AS
  SELECT
    event_id, user_id, event_type, product_id, product_name, category, price, quantity,
    FROM_UNIXTIME(ROWTIME) AS event_timestamp,
    session_id, device_type,
    FROM_UNIXTIME(UNIX_TIMESTAMP()) AS processing_time
  FROM checked_events
  WHERE reason IS NULL;

CREATE STREAM failed_lines AS
  SELECT
    ROWSOURCE AS source_file,
    ROWOFFSET AS source_offset,
    FROM_BYTES(ROWRAW, 'utf8') AS line,
    CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END AS line_bytes,
    reason,
    FROM_UNIXTIME(UNIX_TIMESTAMP()) AS processing_time
  FROM checked_events
  WHERE reason IS NOT NULL;

-- Counts need each event once.
CREATE STREAM counted_events AS
  SELECT event_type, user_id, product_id, price, quantity
  FROM checked_events
  WHERE reason IS NULL
  DEDUPLICATE BY event_id WITHIN 1 HOUR;

CREATE TABLE hourly_summary AS
  SELECT
    event_type,
    COUNT(*) AS event_count,
    SUM(CASE WHEN event_type = 'purchase' THEN price * COALESCE(quantity, 1) ELSE price * 0 END) AS revenue,
    COUNT_DISTINCT(user_id) AS distinct_users,
    COUNT_DISTINCT(product_id) AS distinct_products
  FROM counted_events
  WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1 HOUR)
  GROUP BY event_type
  EMIT CHANGES;

-- Where it all goes.
CREATE SINK CONNECTOR ecommerce_events WITH (
  'connector.class' = 'postgres', 'from' = 'valid_events', 'connection.url' = '${database}',
  'table.name.format' = 'ecommerce_events', 'insert.mode' = 'upsert', 'pk.mode' = 'record_value',
  'pk.fields' = 'event_id');
CREATE SINK CONNECTOR event_hourly_summary WITH (
  'connector.class' = 'postgres', 'from' = 'hourly_summary', 'connection.url' = '${database}',
  'table.name.format' = 'event_hourly_summary');
CREATE SINK CONNECTOR ecommerce_events_errors WITH (
  'connector.class' = 'postgres', 'from' = 'failed_lines', 'connection.url' = '${database}',
  'table.name.format' = 'ecommerce_events_errors');
