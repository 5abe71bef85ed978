-- A row belongs to each window that contains it and is not closed yet.
CREATE STREAM clicks (k STRING, v BIGINT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE sums AS
  SELECT k, COUNT(*) AS n, SUM(v) AS total
  FROM clicks WINDOW HOPPING (SIZE 10 SECONDS, ADVANCE BY 5 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
--- input CLICKS
-- {"k": "a", "v": 1, "ts": 2000}
-- {"k": "a", "v": 2, "ts": 7000}
-- {"k": "a", "v": 4, "ts": 12000}
-- {"k": "a", "v": 8, "ts": 9000}
-- {"k": "b", "v": 16, "ts": 12500}
-- {"k": "a", "v": 32, "ts": 15000}
-- {"k": "a", "v": 64, "ts": 14999}
--- output SUMS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2, "TOTAL": 3}
-- {"WINDOWSTART": 5000, "WINDOWEND": 15000, "K": "a", "N": 3, "TOTAL": 14}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 3, "TOTAL": 100}
-- {"WINDOWSTART": 15000, "WINDOWEND": 25000, "K": "a", "N": 1, "TOTAL": 32}
-- {"WINDOWSTART": 5000, "WINDOWEND": 15000, "K": "b", "N": 1, "TOTAL": 16}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "b", "N": 1, "TOTAL": 16}
