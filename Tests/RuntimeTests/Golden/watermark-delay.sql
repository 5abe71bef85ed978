-- The watermark stays three seconds behind, so rows up to three seconds late are still in time.
CREATE STREAM clicks (k STRING, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts', watermark_delay = '3 seconds');
CREATE TABLE counts AS
  SELECT k, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
CREATE STREAM firsts AS SELECT k, ts FROM clicks DEDUPLICATE BY k WITHIN 2 SECONDS;
--- input CLICKS
-- {"k": "a", "ts": 9000}
-- {"k": "a", "ts": 12999}
-- {"k": "a", "ts": 9999}
-- {"k": "b", "ts": 13000}
-- {"k": "a", "ts": 9998}
-- {"k": "c", "ts": 7999}
--- output COUNTS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 1}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "b", "N": 1}
--- counts COUNTS
-- {"late": 2}
--- output FIRSTS
-- {"K": "a", "TS": 9000}
-- {"K": "b", "TS": 13000}
--- counts FIRSTS
-- {"late": 1, "duplicates": 3}
