-- Views and purchases counted for each session, side by side.
CREATE STREAM views (event_id STRING, session_id STRING, ts BIGINT)
  WITH (connector = 'files', path = '${data}/views', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM purchases (event_id STRING, session_id STRING, ts BIGINT)
  WITH (connector = 'files', path = '${data}/purchases', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE viewed AS SELECT session_id, COUNT(*) AS views FROM views GROUP BY session_id;
CREATE TABLE bought AS SELECT session_id, COUNT(*) AS purchases FROM purchases GROUP BY session_id;
CREATE TABLE joined AS
  SELECT v.session_id AS session_id, v.views AS views, b.purchases AS purchases
  FROM viewed v LEFT JOIN bought b ON v.session_id = b.session_id;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'joined', 'path' = '${out}/answer');
--- input views purchases
--- duckdb
-- SELECT session_id, views, purchases
-- FROM (SELECT session_id, count(*) AS views FROM views GROUP BY 1)
-- LEFT JOIN (SELECT session_id, count(*) AS purchases FROM purchases GROUP BY 1) USING (session_id)
