-- Rows within ten seconds of a session join it; a row between two sessions makes them one; closed sessions take nothing.
CREATE STREAM clicks (k STRING, v BIGINT, page STRING, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE sessions AS
  SELECT k, COUNT(*) AS n, SUM(v) AS total, COUNT_DISTINCT(page) AS pages, WINDOWEND - WINDOWSTART AS duration,
    EARLIEST_BY_OFFSET(page) AS entry, LATEST_BY_OFFSET(page) AS leaving
  FROM clicks WINDOW SESSION (10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k;
--- input CLICKS
-- {"k": "a", "v": 1, "page": "home", "ts": 10000}
-- {"k": "b", "v": 2, "page": "home", "ts": 12000}
-- {"k": "a", "v": 4, "page": "cart", "ts": 22000}
-- {"k": "a", "v": 8, "page": "home", "ts": 16000}
-- {"k": "b", "v": 16, "page": "home", "ts": 22000}
-- {"k": "a", "v": 32, "page": "home", "ts": 37001}
-- {"k": "a", "v": 64, "page": "late", "ts": 21000}
-- {"k": "b", "v": 128, "page": "search", "ts": 30000}
-- {"k": "a", "v": 256, "page": "search", "ts": 47001}
-- {"k": "a", "v": 512, "page": "home", "ts": 56000}
-- {"k": "a", "v": 1024, "page": "home", "ts": 65000}
-- {"k": "a", "v": 2048, "page": "search", "ts": 74000}
--- output SESSIONS
-- {"WINDOWSTART": 10000, "WINDOWEND": 22000, "K": "a", "N": 3, "TOTAL": 13, "PAGES": 2, "DURATION": 12000, "ENTRY": "home", "LEAVING": "home"}
-- {"WINDOWSTART": 37001, "WINDOWEND": 74000, "K": "a", "N": 5, "TOTAL": 3872, "PAGES": 2, "DURATION": 36999, "ENTRY": "home", "LEAVING": "search"}
-- {"WINDOWSTART": 12000, "WINDOWEND": 22000, "K": "b", "N": 2, "TOTAL": 18, "PAGES": 1, "DURATION": 10000, "ENTRY": "home", "LEAVING": "home"}
-- {"WINDOWSTART": 30000, "WINDOWEND": 30000, "K": "b", "N": 1, "TOTAL": 128, "PAGES": 1, "DURATION": 0, "ENTRY": "search", "LEAVING": "search"}
--- counts SESSIONS
-- {"late": 1}
