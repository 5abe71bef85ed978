-- Each event with the segment of its user.
CREATE STREAM events (event_id STRING, user_id STRING, product_id STRING, quantity INTEGER, ts BIGINT)
  WITH (connector = 'files', path = '${data}/events', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM users (user_id STRING, segment STRING)
  WITH (connector = 'files', path = '${data}/users', value_format = 'JSON');
CREATE TABLE segments AS
  SELECT user_id, LATEST_BY_OFFSET(segment) AS segment FROM users GROUP BY user_id;
CREATE STREAM joined AS
  SELECT e.event_id AS event_id, e.user_id AS user_id, s.segment AS segment
  FROM events e JOIN segments s ON e.user_id = s.user_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'joined', 'path' = '${out}/answer');
--- input events users
--- duckdb
-- SELECT e.event_id, e.user_id, s.segment FROM events e JOIN users s ON e.user_id = s.user_id
