-- Events of each product in ten minutes, each minute: an event is in ten windows.
CREATE STREAM events (event_id STRING, user_id STRING, product_id STRING, quantity INTEGER, ts BIGINT)
  WITH (connector = 'files', path = '${data}/events', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE busy AS
  SELECT product_id, COUNT(*) AS events, SUM(quantity) AS quantity
  FROM events WINDOW HOPPING (SIZE 10 MINUTES, ADVANCE BY 1 MINUTE, GRACE PERIOD 0 SECONDS)
  GROUP BY product_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'busy', 'path' = '${out}/answer');
--- input events
--- duckdb
-- SELECT make_timestamp(start * 1000) AS window_start, make_timestamp((start + 600000) * 1000) AS window_end,
--   product_id, count(*) AS events, sum(quantity)::BIGINT AS quantity
-- FROM (SELECT *, ts - ts % 60000 - 60000 * unnest(range(10)) AS start FROM events)
-- GROUP BY start, product_id
