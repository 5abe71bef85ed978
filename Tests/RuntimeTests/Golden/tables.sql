-- A table's row is the latest of its key; groups let go of what a row was, and go when they are empty.
CREATE TABLE users (id INT PRIMARY KEY, city STRING, points INT)
  WITH (kafka_topic = 'users', value_format = 'JSON');
CREATE TABLE cities AS SELECT city, COUNT(*) AS n, SUM(points) AS points, AVG(points) AS mean FROM users GROUP BY city;
CREATE TABLE large AS SELECT city, n FROM cities WHERE n >= 2;
CREATE TABLE winners AS SELECT id, city, points FROM users WHERE points > 10;
CREATE TABLE sizes AS SELECT n, COUNT(*) AS cities FROM cities GROUP BY n HAVING COUNT(*) > 0;
--- messages USERS
-- {"key": 1, "value": {"city": "Rome", "points": 10}, "timestamp": 1}
-- {"key": 2, "value": {"city": "Rome", "points": 20}, "timestamp": 2}
-- {"key": 3, "value": {"city": "Oslo", "points": 30}, "timestamp": 3}
-- {"key": 1, "value": {"city": "Oslo", "points": 11}, "timestamp": 4}
-- {"key": 2, "value": {"city": "Rome", "points": 5}, "timestamp": 5}
-- {"key": 4, "value": {"city": null, "points": 50}, "timestamp": 6}
-- {"key": 5, "value": null, "timestamp": 7}
-- {"key": 3, "value": null, "timestamp": 8}
-- {"key": null, "value": {"city": "Rome", "points": 1000}, "timestamp": 9}
-- {"key": 6, "value": {"city": "Bonn", "points": 1}, "timestamp": 10}
-- {"key": 6, "value": null, "timestamp": 11}
-- {"key": 3, "value": {"city": "Rome", "points": 7}, "timestamp": 12}
--- output CITIES
-- {"CITY": "Rome", "N": 2, "POINTS": 12, "MEAN": 6.0}
-- {"CITY": "Oslo", "N": 1, "POINTS": 11, "MEAN": 11.0}
--- output LARGE
-- {"CITY": "Rome", "N": 2}
--- output WINNERS
-- {"ID": 1, "CITY": "Oslo", "POINTS": 11}
-- {"ID": 4, "CITY": null, "POINTS": 50}
--- output SIZES
-- {"N": 1, "CITIES": 1}
-- {"N": 2, "CITIES": 1}
