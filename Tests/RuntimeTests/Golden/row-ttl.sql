-- A row that is not updated for some time of events goes; what comes for its key then begins anew.
CREATE STREAM clicks (k STRING, v INT)
  WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE TABLE active WITH (row_ttl = '10 seconds', key_format = 'JSON') AS
  SELECT k, COUNT(*) AS n, SUM(v) AS total, COUNT_DISTINCT(v) AS kinds FROM clicks GROUP BY k;
CREATE TABLE busy WITH (row_ttl = '10 seconds', key_format = 'JSON') AS
  SELECT k, COUNT(*) AS n FROM clicks GROUP BY k HAVING COUNT(*) > 1;
CREATE TABLE sizes AS SELECT n, COUNT(*) AS groups FROM active GROUP BY n;
CREATE TABLE users (id STRING PRIMARY KEY, city STRING)
  WITH (kafka_topic = 'users', value_format = 'JSON', row_ttl = '10 seconds');
CREATE TABLE here AS SELECT id, city FROM users;
CREATE TABLE cities AS SELECT city, COUNT(*) AS n FROM users GROUP BY city;
--- messages CLICKS
-- {"value": {"k": "a", "v": 1}, "timestamp": 1000}
-- {"value": {"k": "b", "v": 5}, "timestamp": 2000}
-- {"value": {"k": "a", "v": 2}, "timestamp": 3000}
-- {"value": {"k": "c", "v": 1}, "timestamp": 12000}
-- {"value": {"k": "b", "v": 9}, "timestamp": 1500}
-- {"value": {"k": "a", "v": 7}, "timestamp": 12500}
-- {"value": {"k": "a", "v": 7}, "timestamp": 9000}
-- {"value": {"k": "d", "v": 3}, "timestamp": 22000}
-- {"value": {"k": "c", "v": 2}, "timestamp": 22400}
--- messages USERS
-- {"key": "u", "value": {"city": "Rome"}, "timestamp": 1000}
-- {"key": "v", "value": {"city": "Rome"}, "timestamp": 2000}
-- {"key": "u", "value": {"city": "Oslo"}, "timestamp": 8000}
-- {"key": "w", "value": {"city": "Oslo"}, "timestamp": 13000}
-- {"key": "x", "value": {"city": "Rome"}, "timestamp": 2500}
-- {"key": "u", "value": {"city": "Bern"}, "timestamp": 1000}
-- {"key": "y", "value": {"city": "Bern"}, "timestamp": 17000}
--- output ACTIVE
-- {"K": "a", "N": 4, "TOTAL": 17, "KINDS": 3}
-- {"K": "c", "N": 1, "TOTAL": 2, "KINDS": 1}
-- {"K": "d", "N": 1, "TOTAL": 3, "KINDS": 1}
--- counts ACTIVE
-- {"late": 1}
--- output BUSY
-- {"K": "a", "N": 4}
--- output SIZES
-- {"N": 1, "GROUPS": 2}
-- {"N": 4, "GROUPS": 1}
--- output HERE
-- {"ID": "u", "CITY": "Bern"}
-- {"ID": "w", "CITY": "Oslo"}
-- {"ID": "y", "CITY": "Bern"}
--- output CITIES
-- {"CITY": "Bern", "N": 2}
-- {"CITY": "Oslo", "N": 1}
