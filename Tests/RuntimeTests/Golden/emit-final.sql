-- A window gives its result once, when it closes; without GRACE PERIOD that is at its end.
CREATE STREAM clicks (k STRING, v BIGINT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE closed AS
  SELECT k, COUNT(*) AS n, SUM(v) AS total FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k EMIT FINAL;
CREATE TABLE busy AS
  SELECT k, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k HAVING COUNT(*) > 1 EMIT FINAL;
CREATE TABLE visits AS
  SELECT k, COUNT(*) AS n FROM clicks WINDOW SESSION (3 SECONDS) GROUP BY k EMIT FINAL;
CREATE TABLE rolling AS
  SELECT k, SUM(v) AS total FROM clicks WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS) GROUP BY k EMIT FINAL;
--- input CLICKS
-- {"k": "a", "v": 1, "ts": 1000}
-- {"k": "a", "v": 2, "ts": 2000}
-- {"k": "b", "v": 4, "ts": 3000}
-- {"k": "a", "v": 8, "ts": 10000}
-- {"k": "a", "v": 16, "ts": 5000}
-- {"k": "b", "v": 32, "ts": 25000}
--- output CLOSED
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2, "TOTAL": 3}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "N": 1, "TOTAL": 4}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 1, "TOTAL": 8}
--- counts CLOSED
-- {"late": 1, "rows": 3}
--- output BUSY
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2}
--- counts BUSY
-- {"late": 1, "rows": 1}
--- output VISITS
-- {"WINDOWSTART": 1000, "WINDOWEND": 2000, "K": "a", "N": 2}
-- {"WINDOWSTART": 3000, "WINDOWEND": 3000, "K": "b", "N": 1}
-- {"WINDOWSTART": 10000, "WINDOWEND": 10000, "K": "a", "N": 1}
--- counts VISITS
-- {"late": 1, "rows": 3}
--- output ROLLING
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "TOTAL": 3}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "TOTAL": 4}
-- {"WINDOWSTART": 5000, "WINDOWEND": 15000, "K": "a", "TOTAL": 24}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "TOTAL": 8}
--- counts ROLLING
-- {"rows": 4}
