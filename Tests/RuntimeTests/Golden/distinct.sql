-- Values are counted once for each group and window, whatever the window's end is; NULL is no value.
CREATE STREAM visits (shop STRING, visitor STRING, page INT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE daily AS
  SELECT shop, COUNT_DISTINCT(visitor) AS visitors, COUNT_DISTINCT(page) AS pages, COUNT(*) AS n
  FROM visits GROUP BY shop;
CREATE TABLE windowed AS
  SELECT shop, COUNT_DISTINCT(visitor) AS visitors
  FROM visits WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 20 SECONDS) GROUP BY shop;
--- input VISITS
-- {"shop": "x", "visitor": "ann", "page": 1, "ts": 1000}
-- {"shop": "x", "visitor": "bob", "page": 1, "ts": 2000}
-- {"shop": "x", "visitor": "ann", "page": 2, "ts": 11000}
-- {"shop": "y", "visitor": "ann", "page": 1, "ts": 12000}
-- {"shop": "x", "visitor": null, "page": 3, "ts": 12000}
-- {"shop": "x", "visitor": "ann", "page": null, "ts": 3000}
-- {"shop": "x", "visitor": "cyd", "page": 3, "ts": 29000}
-- {"shop": "x", "visitor": "bob", "page": 3, "ts": 13000}
-- {"shop": "x", "visitor": "ann", "page": 3, "ts": 14000}
-- {"shop": "x", "visitor": "", "page": 3, "ts": 14000}
--- output DAILY
-- {"SHOP": "x", "VISITORS": 4, "PAGES": 3, "N": 9}
-- {"SHOP": "y", "VISITORS": 1, "PAGES": 1, "N": 1}
--- output WINDOWED
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "SHOP": "x", "VISITORS": 2}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "SHOP": "x", "VISITORS": 3}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "SHOP": "y", "VISITORS": 1}
-- {"WINDOWSTART": 20000, "WINDOWEND": 30000, "SHOP": "x", "VISITORS": 1}
