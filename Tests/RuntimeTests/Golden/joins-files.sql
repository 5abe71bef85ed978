-- Two streams of files are joined to the same rows whichever is read first: late is what its own stream has left behind.
CREATE STREAM clicks (user STRING, page STRING, at BIGINT)
  WITH (connector = 'files', path = 'clicks', value_format = 'JSON', timestamp = 'at');
CREATE STREAM buys (user STRING, price INT, at BIGINT)
  WITH (connector = 'files', path = 'buys', value_format = 'JSON', timestamp = 'at', watermark_delay = '1 second');
CREATE STREAM pairs AS
  SELECT c.user AS user, page, price
  FROM clicks c LEFT JOIN buys b WITHIN (0 SECONDS, 4 SECONDS) GRACE PERIOD 1 SECOND ON c.user = b.user;
CREATE TABLE by_user AS
  SELECT user, COUNT(*) AS pairs, COUNT(price) AS buys, SUM(price) AS total FROM pairs GROUP BY user;
CREATE STREAM all_pairs AS
  SELECT ROWKEY AS user, page, price
  FROM clicks c FULL JOIN buys b WITHIN (0 SECONDS, 4 SECONDS) GRACE PERIOD 0 SECONDS ON c.user = b.user;
CREATE TABLE all_by_user AS
  SELECT user, COUNT(page) AS clicks, COUNT(price) AS buys, COUNT(*) AS n FROM all_pairs GROUP BY user;
--- input CLICKS
-- {"user": "a", "page": "p1", "at": 1000}
-- {"user": "b", "page": "p1", "at": 2000}
-- {"user": "a", "page": "p2", "at": 9000}
-- {"user": "c", "page": "p1", "at": 5000}
-- {"user": "d", "page": "late", "at": 3000}
-- {"user": "c", "page": "p3", "at": 20000}
-- {"user": "a", "page": "p9", "at": 40000}
--- input BUYS
-- {"user": "a", "price": 1, "at": 4000}
-- {"user": "c", "price": 5, "at": 9000}
-- {"user": "a", "price": 2, "at": 5000}
-- {"user": "a", "price": 3, "at": 5001}
-- {"user": "a", "price": 4, "at": 13000}
-- {"user": "d", "price": 7, "at": 5000}
-- {"user": "b", "price": 9, "at": 30000}
--- output BY_USER
-- {"USER":"a","PAIRS":2,"BUYS":2,"TOTAL":5}
-- {"USER":"b","PAIRS":1,"BUYS":0,"TOTAL":0}
-- {"USER":"c","PAIRS":2,"BUYS":1,"TOTAL":5}
--- counts PAIRS
-- {"late": 2}
--- output ALL_BY_USER
-- {"USER":"a","CLICKS":2,"BUYS":4,"N":4}
-- {"USER":"b","CLICKS":1,"BUYS":1,"N":2}
-- {"USER":"c","CLICKS":2,"BUYS":1,"N":2}
--- counts ALL_PAIRS
-- {"late": 2}
