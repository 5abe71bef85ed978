-- Visits of users: a minute without events ends one.
CREATE STREAM events (event_id STRING, user_id STRING, product_id STRING, quantity INTEGER, ts BIGINT)
  WITH (connector = 'files', path = '${data}/events', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE visits AS
  SELECT user_id, COUNT(*) AS events, SUM(quantity) AS quantity
  FROM events WINDOW SESSION (1 MINUTE, GRACE PERIOD 0 SECONDS) GROUP BY user_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'visits', 'path' = '${out}/answer');
--- input events
--- duckdb
-- SELECT make_timestamp(min(ts) * 1000) AS window_start, make_timestamp(max(ts) * 1000) AS window_end,
--   user_id, count(*) AS events, sum(quantity)::BIGINT AS quantity
-- FROM (SELECT *, sum(CASE WHEN ts - before <= 60000 THEN 0 ELSE 1 END)
--     OVER (PARTITION BY user_id ORDER BY ts ROWS UNBOUNDED PRECEDING) AS visit
--   FROM (SELECT *, lag(ts) OVER (PARTITION BY user_id ORDER BY ts) AS before FROM events))
-- GROUP BY user_id, visit
