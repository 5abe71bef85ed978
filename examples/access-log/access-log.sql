-- A web server's access log: requests, visitors, errors and bots by the minute.
--
--   millrace run examples/access-log/access-log.sql --once -D input=PATH/TO/access.log
--
-- The log is read as lines, and each line taken apart with REGEXP_EXTRACT. Its records are not in order: the
-- server writes a request down when it is answered, up to 59 seconds after its time in this sample.

DEFINE input = 'examples/access-log/data';
DEFINE lake = 'data/access-log';

CREATE STREAM lines (line STRING) WITH (
  connector = 'files', path = '${input}', value_format = 'LINES');

-- The combined log format: client, identity, user, [time], "request", status, bytes, "referrer", "agent".
-- One line of the sample lacks its last quote.
CREATE STREAM parsed AS
  SELECT
    line,
    REGEXP_EXTRACT('^(\S+)', line, 1) AS client,
    PARSE_TIMESTAMP(REGEXP_EXTRACT('\[([^\]]+)\]', line, 1), 'dd/MMM/yyyy:HH:mm:ss Z') AS requested_at,
    REGEXP_EXTRACT('"([A-Z]+) ', line, 1) AS method,
    REGEXP_EXTRACT('"[A-Z]+ ([^ "?]+)', line, 1) AS path,
    CAST(REGEXP_EXTRACT('" (\d{3}) ', line, 1) AS INTEGER) AS status,
    CAST(REGEXP_EXTRACT('" \d{3} (\d+)', line, 1) AS BIGINT) AS bytes,
    NULLIF(REGEXP_EXTRACT('"([^"]*)" "[^"]*"?$', line, 1), '-') AS referrer,
    REGEXP_EXTRACT('"([^"]*)"?$', line, 1) AS agent
  FROM lines;

-- From here on requests go by their own time. The watermark stays a minute behind it, which is more than they
-- are late, so that no window closes before its last request is there.
CREATE STREAM requests WITH (timestamp = 'requested_at', watermark_delay = '1 minute') AS
  SELECT
    client, requested_at, method, path, status, bytes, referrer, agent,
    COALESCE(
      LCASE(agent) LIKE '%bot%' OR LCASE(agent) LIKE '%crawler%' OR LCASE(agent) LIKE '%spider%',
      FALSE) AS is_bot
  FROM parsed
  WHERE requested_at IS NOT NULL;

-- A line without a time is no request, and kept as it is.
CREATE STREAM unreadable AS
  SELECT ROWSOURCE AS file, ROWOFFSET AS offset, line
  FROM parsed
  WHERE requested_at IS NULL;

-- One row for each minute. Without grace it closes when the watermark has passed it; with EMIT FINAL it would
-- be written only then, and the last minutes of a log that has ended never.
CREATE TABLE minutes AS
  SELECT
    'all' AS site,
    COUNT(*) AS requests,
    SUM(CASE WHEN is_bot THEN 1 ELSE 0 END) AS bots,
    COUNT_DISTINCT(client) AS clients,
    SUM(CASE WHEN status >= 400 THEN 1 ELSE 0 END) AS errors,
    SUM(COALESCE(bytes, 0)) AS bytes
  FROM requests WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS)
  GROUP BY 'all'
  EMIT CHANGES;

CREATE TABLE bots AS
  SELECT agent, COUNT(*) AS requests, COUNT_DISTINCT(client) AS clients
  FROM requests
  WHERE is_bot
  GROUP BY agent;

CREATE TABLE paths AS
  SELECT
    path, status,
    COUNT(*) AS requests,
    SUM(COALESCE(bytes, 0)) AS bytes
  FROM requests
  GROUP BY path, status;

CREATE SINK CONNECTOR requests_lake WITH (
  'connector.class' = 'delta', 'from' = 'requests', 'path' = '${lake}/silver/requests');
CREATE SINK CONNECTOR unreadable_lake WITH (
  'connector.class' = 'delta', 'from' = 'unreadable', 'path' = '${lake}/silver/unreadable');
CREATE SINK CONNECTOR minutes_lake WITH (
  'connector.class' = 'delta', 'from' = 'minutes', 'path' = '${lake}/gold/minutes');
CREATE SINK CONNECTOR bots_lake WITH (
  'connector.class' = 'delta', 'from' = 'bots', 'path' = '${lake}/gold/bots');
CREATE SINK CONNECTOR paths_lake WITH (
  'connector.class' = 'delta', 'from' = 'paths', 'path' = '${lake}/gold/paths');
