-- A change of the user's count for each event, instead of one for each epoch.
SET 'emit.per.record' = 'true';
CREATE STREAM events (event_id STRING, user_id STRING, product_id STRING, quantity INTEGER, ts BIGINT)
  WITH (connector = 'files', path = '${data}/events', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE counts AS
  SELECT user_id, COUNT(*) AS events, SUM(quantity) AS quantity FROM events GROUP BY user_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'counts', 'path' = '${out}/answer');
--- input events
--- duckdb
-- SELECT user_id, count(*) AS events, sum(quantity)::BIGINT AS quantity FROM events GROUP BY user_id
