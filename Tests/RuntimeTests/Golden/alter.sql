-- Columns that a stream gets when queries read and write it already: those go on as they were.
CREATE STREAM clicks (id STRING KEY, page STRING) WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE STREAM taps (id STRING KEY, page STRING, n INT) WITH (kafka_topic = 'taps', value_format = 'JSON');
CREATE TABLE users (id STRING PRIMARY KEY, name STRING) WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE plans (id STRING PRIMARY KEY, plan STRING) WITH (kafka_topic = 'plans', value_format = 'JSON');
CREATE STREAM before AS SELECT *, ROWTIME AS at FROM clicks WHERE page <> 'x' DEDUPLICATE BY id, ROWTIME WITHIN 1 HOUR;
CREATE STREAM joined AS SELECT c.id, c.page, c.ROWTIME AS at, u.name, p.plan, u.ROWTIME AS since
  FROM clicks c JOIN users u ON c.id = u.id JOIN plans p ON u.id = p.id;
CREATE TABLE counts AS SELECT page, COUNT(*) AS n, MAX(ROWTIME) AS last FROM clicks GROUP BY page;
INSERT INTO clicks SELECT id, page FROM taps;
ALTER STREAM clicks ADD COLUMN n INT, ADD COLUMN ref STRING;
ALTER TABLE users ADD COLUMN city STRING;
CREATE OR REPLACE TABLE plans (id STRING PRIMARY KEY, plan STRING, price INT)
  WITH (kafka_topic = 'plans', value_format = 'JSON');
CREATE STREAM after AS SELECT *, ROWTIME AS at FROM clicks;
CREATE STREAM cities AS SELECT c.id, c.ref, u.city, p.price
  FROM clicks c JOIN users u ON c.id = u.id JOIN plans p ON u.id = p.id;
INSERT INTO clicks SELECT id, page, n, 'tap' AS ref FROM taps WHERE n > 1;
--- records
-- {"topic": "users", "key": "a", "value": {"name": "Ann", "city": "Ulm"}, "timestamp": 1}
-- {"topic": "plans", "key": "a", "value": {"plan": "free", "price": 7}, "timestamp": 2}
-- {"topic": "clicks", "key": "a", "value": {"page": "home", "n": 1, "ref": "r"}, "timestamp": 10}
-- {"topic": "taps", "key": "a", "value": {"page": "cart", "n": 2}, "timestamp": 20}
--- output BEFORE
-- {"ID": "a", "PAGE": "home", "AT": 10}
-- {"ID": "a", "PAGE": "cart", "AT": 20}
--- output AFTER
-- {"ID": "a", "PAGE": "home", "N": 1, "REF": "r", "AT": 10}
-- {"ID": "a", "PAGE": "cart", "N": null, "REF": null, "AT": 20}
-- {"ID": "a", "PAGE": "cart", "N": 2, "REF": "tap", "AT": 20}
--- output JOINED
-- {"C_ID": "a", "PAGE": "home", "AT": 10, "NAME": "Ann", "PLAN": "free", "SINCE": 1}
-- {"C_ID": "a", "PAGE": "cart", "AT": 20, "NAME": "Ann", "PLAN": "free", "SINCE": 1}
-- {"C_ID": "a", "PAGE": "cart", "AT": 20, "NAME": "Ann", "PLAN": "free", "SINCE": 1}
--- output CITIES
-- {"C_ID": "a", "REF": "r", "CITY": "Ulm", "PRICE": 7}
-- {"C_ID": "a", "REF": null, "CITY": "Ulm", "PRICE": 7}
-- {"C_ID": "a", "REF": "tap", "CITY": "Ulm", "PRICE": 7}
--- output COUNTS
-- {"PAGE": "cart", "N": 2, "LAST": 20}
-- {"PAGE": "home", "N": 1, "LAST": 10}
