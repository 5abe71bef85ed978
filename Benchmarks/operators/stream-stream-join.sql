-- Views of a session up to ten minutes before or after each of its purchases.
CREATE STREAM views (event_id STRING, session_id STRING, product_id STRING, ts BIGINT)
  WITH (connector = 'files', path = '${data}/views', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM purchases (event_id STRING, session_id STRING, product_id STRING, ts BIGINT)
  WITH (connector = 'files', path = '${data}/purchases', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM joined AS
  SELECT v.session_id AS session_id, v.event_id AS viewed, p.event_id AS bought, v.product_id AS product_id
  FROM views v JOIN purchases p WITHIN 10 MINUTES GRACE PERIOD 0 SECONDS ON v.session_id = p.session_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'joined', 'path' = '${out}/answer');
--- input views purchases
--- duckdb
-- SELECT v.session_id, v.event_id AS viewed, p.event_id AS bought, v.product_id
-- FROM views v JOIN purchases p ON v.session_id = p.session_id AND abs(v.ts - p.ts) <= 600000
