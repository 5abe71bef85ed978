-- A stream with times of its own has a watermark of its own, behind a deduplication too; what reads it goes by
-- that, what reads its source by the source's.
CREATE STREAM lines (line STRING) WITH (connector = 'files', path = 'in', value_format = 'LINES');
CREATE STREAM clicks WITH (timestamp = 'at', watermark_delay = '3 seconds') AS
  SELECT REGEXP_EXTRACT('^(\w+)', line, 1) AS k, CAST(REGEXP_EXTRACT(' (\d+)', line, 1) AS BIGINT) AS at FROM lines;
CREATE TABLE counts AS
  SELECT k, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
CREATE STREAM once WITH (timestamp = 'soon') AS
  SELECT k, at, at + 100000 AS soon FROM clicks DEDUPLICATE BY k, at WITHIN 2 SECONDS;
CREATE TABLE lasting AS
  SELECT k, COUNT(*) AS n FROM once WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k EMIT FINAL;
--- input LINES
-- a 9000
-- a 12999
-- a 9999
-- nothing
-- b 13000
-- b 13000
-- a 9998
-- c 7999
-- a 14000
--- output CLICKS
-- {"K": "a", "AT": 9000}
-- {"K": "a", "AT": 12999}
-- {"K": "a", "AT": 9999}
-- {"K": "b", "AT": 13000}
-- {"K": "b", "AT": 13000}
-- {"K": "a", "AT": 9998}
-- {"K": "c", "AT": 7999}
-- {"K": "a", "AT": 14000}
--- output COUNTS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 2}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "b", "N": 2}
--- counts COUNTS
-- {"late": 2}
--- output ONCE
-- {"K": "a", "AT": 9000, "SOON": 109000}
-- {"K": "a", "AT": 12999, "SOON": 112999}
-- {"K": "a", "AT": 9999, "SOON": 109999}
-- {"K": "b", "AT": 13000, "SOON": 113000}
-- {"K": "a", "AT": 9998, "SOON": 109998}
-- {"K": "a", "AT": 14000, "SOON": 114000}
--- counts ONCE
-- {"late": 1, "duplicates": 1}
--- output LASTING
-- {"WINDOWSTART": 100000, "WINDOWEND": 110000, "K": "a", "N": 2}
--- counts LASTING
-- {"late": 1}
