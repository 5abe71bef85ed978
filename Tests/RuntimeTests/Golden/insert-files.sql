-- Files of two places in one stream: the tables are the same however their records lie between each other.
CREATE STREAM shop (item STRING, price INT, ts BIGINT)
  WITH (connector = 'files', path = 'shop', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM market (item STRING, price INT, ts BIGINT)
  WITH (connector = 'files', path = 'market', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM sales AS SELECT item, price, 'shop' AS place FROM shop;
INSERT INTO sales SELECT item, price, 'market' AS place FROM market;
CREATE TABLE totals AS SELECT place, SUM(price) AS total FROM sales GROUP BY place;
CREATE TABLE minutes AS SELECT item, COUNT(*) AS n, SUM(price) AS total
  FROM sales WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY item;
--- input SHOP
-- {"item": "a", "price": 1, "ts": 1000}
-- {"item": "b", "price": 2, "ts": 9000}
-- {"item": "a", "price": 3, "ts": 12000}
-- {"item": "a", "price": 4, "ts": 2000}
--- input MARKET
-- {"item": "a", "price": 10, "ts": 11000}
-- {"item": "b", "price": 20, "ts": 1000}
-- {"item": "b", "price": 30, "ts": 2000}
--- output TOTALS
-- {"PLACE": "market", "TOTAL": 60}
-- {"PLACE": "shop", "TOTAL": 10}
--- output MINUTES
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "ITEM": "a", "N": 2, "TOTAL": 5}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "ITEM": "a", "N": 2, "TOTAL": 13}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "ITEM": "b", "N": 3, "TOTAL": 52}
