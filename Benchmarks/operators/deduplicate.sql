-- Each event once, of arrivals with repeats.
CREATE STREAM arrivals (event_id STRING, user_id STRING, ts BIGINT)
  WITH (connector = 'files', path = '${data}/arrivals', value_format = 'JSON',
    timestamp = 'ts', watermark_delay = '10 minutes');
CREATE STREAM firsts AS
  SELECT event_id, user_id, ts FROM arrivals DEDUPLICATE BY event_id WITHIN 10 MINUTES;
CREATE SINK CONNECTOR answer WITH (
  'connector.class' = 'delta', 'from' = 'firsts', 'path' = '${out}/answer');
--- input arrivals
--- duckdb
-- SELECT DISTINCT ON (event_id) event_id, user_id, ts FROM arrivals
