-- Each source has a time of its own: what is new in one closes no window and makes no row late in the other.
CREATE STREAM old (k STRING, ts BIGINT)
  WITH (connector = 'files', path = 'old', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM young (k STRING, ts BIGINT)
  WITH (connector = 'files', path = 'young', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM old_firsts AS SELECT k, ts FROM old DEDUPLICATE BY k WITHIN 5 SECONDS;
CREATE TABLE old_counts AS
  SELECT k, COUNT(*) AS n FROM old WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
CREATE TABLE old_final AS
  SELECT k, COUNT(*) AS n FROM old WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k EMIT FINAL;
CREATE TABLE old_sessions AS
  SELECT k, COUNT(*) AS n FROM old WINDOW SESSION (10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
CREATE TABLE young_counts AS
  SELECT k, COUNT(*) AS n FROM young WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
--- input OLD
-- {"k": "a", "ts": 1000}
-- {"k": "a", "ts": 2000}
-- {"k": "b", "ts": 8000}
-- {"k": "a", "ts": 9000}
-- {"k": "a", "ts": 12000}
-- {"k": "b", "ts": 3000}
--- input YOUNG
-- {"k": "x", "ts": 1000000001000}
-- {"k": "x", "ts": 1000000002000}
-- {"k": "x", "ts": 1000000021000}
-- {"k": "x", "ts": 1000000003000}
-- {"k": "x", "ts": 1000000022000}
-- {"k": "x", "ts": 1000000023000}
--- output OLD_FIRSTS
-- {"K": "a", "TS": 1000}
-- {"K": "b", "TS": 8000}
-- {"K": "a", "TS": 9000}
--- counts OLD_FIRSTS
-- {"late": 1, "duplicates": 2}
--- output OLD_COUNTS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 3}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 1}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "N": 1}
--- counts OLD_COUNTS
-- {"late": 1}
--- output OLD_FINAL
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 3}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "N": 1}
--- output OLD_SESSIONS
-- {"WINDOWSTART": 1000, "WINDOWEND": 12000, "K": "a", "N": 4}
-- {"WINDOWSTART": 3000, "WINDOWEND": 8000, "K": "b", "N": 2}
--- output YOUNG_COUNTS
-- {"WINDOWSTART": 1000000000000, "WINDOWEND": 1000000010000, "K": "x", "N": 2}
-- {"WINDOWSTART": 1000000020000, "WINDOWEND": 1000000030000, "K": "x", "N": 3}
--- counts YOUNG_COUNTS
-- {"late": 1}
