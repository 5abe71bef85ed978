-- Two streams: what waits for its window to close, what is late, and what comes of the rows.
CREATE STREAM views (user STRING KEY, page STRING) WITH (kafka_topic = 'views', value_format = 'JSON');
CREATE STREAM orders (user STRING KEY, item STRING, price INT)
  WITH (kafka_topic = 'orders', value_format = 'JSON');
CREATE STREAM bought AS
  SELECT v.user AS user, page, item
  FROM views v JOIN orders o WITHIN (0 SECONDS, 10 SECONDS) GRACE PERIOD 2 SECONDS ON v.user = o.user;
CREATE STREAM all_views AS
  SELECT v.user AS user, page, item
  FROM views v LEFT JOIN orders o WITHIN (0 SECONDS, 10 SECONDS) GRACE PERIOD 2 SECONDS ON v.user = o.user;
CREATE STREAM all_both AS
  SELECT ROWKEY AS user, page, item, v.ROWTIME AS viewed, o.ROWTIME AS ordered
  FROM views v FULL JOIN orders o WITHIN (0 SECONDS, 10 SECONDS) GRACE PERIOD 2 SECONDS ON v.user = o.user;
CREATE STREAM at_once AS
  SELECT v.user AS user, page, item
  FROM views v LEFT JOIN orders o WITHIN 10 SECONDS ON v.user = o.user;
-- A stream that is made of another meets it record by record.
CREATE STREAM home_views AS SELECT user, page FROM views WHERE page = 'home' EMIT CHANGES;
CREATE STREAM from_home AS
  SELECT v.user AS user, v.page AS page
  FROM home_views h JOIN views v WITHIN (0 SECONDS, 5 SECONDS) GRACE PERIOD 0 SECONDS ON h.user = v.user
  WHERE v.page <> 'home';
-- Windows over joined rows close by the slower of both sources.
CREATE TABLE revenue AS
  SELECT page, SUM(price) AS total, COUNT(*) AS n
  FROM views v JOIN orders o WITHIN 10 SECONDS GRACE PERIOD 0 SECONDS ON v.user = o.user
  WINDOW TUMBLING (SIZE 20 SECONDS) GROUP BY page EMIT FINAL;
CREATE STREAM first_buys AS
  SELECT v.user AS user, item FROM views v JOIN orders o WITHIN 10 SECONDS ON v.user = o.user
  DEDUPLICATE BY v.user WITHIN 1 MINUTE;
--- records
-- {"topic": "views", "key": "ann", "value": {"page": "home"}, "timestamp": 1000}
-- {"topic": "views", "key": "bob", "value": {"page": "home"}, "timestamp": 2000}
-- {"topic": "orders", "key": "ann", "value": {"item": "tea", "price": 3}, "timestamp": 4000}
-- {"topic": "views", "key": "ann", "value": {"page": "cart"}, "timestamp": 3000}
-- {"topic": "orders", "key": "eve", "value": {"item": "cup", "price": 9}, "timestamp": 5000}
-- {"topic": "views", "key": null, "value": {"page": "help"}, "timestamp": 5500}
-- {"topic": "orders", "key": "ann", "value": {"item": "pot", "price": 20}, "timestamp": 11000}
-- {"topic": "orders", "key": "ann", "value": {"item": "jug", "price": 5}, "timestamp": 11001}
-- {"topic": "views", "key": "eve", "value": {"page": "cart"}, "timestamp": 5000}
-- {"topic": "views", "key": "cid", "value": {"page": "cart"}, "timestamp": 14001}
-- {"topic": "orders", "key": "cid", "value": null, "timestamp": 14500}
-- {"topic": "orders", "key": "bob", "value": {"item": "mug", "price": 1}, "timestamp": 12000}
-- {"topic": "views", "key": "ann", "value": {"page": "home"}, "timestamp": 45000}
-- {"topic": "orders", "key": "ann", "value": {"item": "tin", "price": 2}, "timestamp": 45000}
-- {"topic": "orders", "key": "zoe", "value": {"item": "tea", "price": 3}, "timestamp": 60000}
-- {"topic": "views", "key": "zoe", "value": {"page": "home"}, "timestamp": 71000}
--- output BOUGHT
-- {"USER":"ann","PAGE":"home","ITEM":"tea"}
-- {"USER":"ann","PAGE":"cart","ITEM":"tea"}
-- {"USER":"ann","PAGE":"home","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"jug"}
-- {"USER":"eve","PAGE":"cart","ITEM":"cup"}
-- {"USER":"ann","PAGE":"home","ITEM":"tin"}
--- output ALL_VIEWS
-- {"USER":"ann","PAGE":"home","ITEM":"tea"}
-- {"USER":"ann","PAGE":"cart","ITEM":"tea"}
-- {"USER":null,"PAGE":"help","ITEM":null}
-- {"USER":"ann","PAGE":"home","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"jug"}
-- {"USER":"eve","PAGE":"cart","ITEM":"cup"}
-- {"USER":"bob","PAGE":"home","ITEM":null}
-- {"USER":"cid","PAGE":"cart","ITEM":null}
-- {"USER":"ann","PAGE":"home","ITEM":"tin"}
--- output ALL_BOTH
-- {"USER":"ann","PAGE":"home","ITEM":"tea","VIEWED":1000,"ORDERED":4000}
-- {"USER":"ann","PAGE":"cart","ITEM":"tea","VIEWED":3000,"ORDERED":4000}
-- {"USER":null,"PAGE":"help","ITEM":null,"VIEWED":5500,"ORDERED":null}
-- {"USER":"ann","PAGE":"home","ITEM":"pot","VIEWED":1000,"ORDERED":11000}
-- {"USER":"ann","PAGE":"cart","ITEM":"pot","VIEWED":3000,"ORDERED":11000}
-- {"USER":"ann","PAGE":"cart","ITEM":"jug","VIEWED":3000,"ORDERED":11001}
-- {"USER":"eve","PAGE":"cart","ITEM":"cup","VIEWED":5000,"ORDERED":5000}
-- {"USER":"bob","PAGE":"home","ITEM":null,"VIEWED":2000,"ORDERED":null}
-- {"USER":"bob","PAGE":null,"ITEM":"mug","VIEWED":null,"ORDERED":12000}
-- {"USER":"cid","PAGE":"cart","ITEM":null,"VIEWED":14001,"ORDERED":null}
-- {"USER":"ann","PAGE":"home","ITEM":"tin","VIEWED":45000,"ORDERED":45000}
-- {"USER":"zoe","PAGE":null,"ITEM":"tea","VIEWED":null,"ORDERED":60000}
--- output AT_ONCE
-- {"USER":"ann","PAGE":"home","ITEM":null}
-- {"USER":"bob","PAGE":"home","ITEM":null}
-- {"USER":"ann","PAGE":"home","ITEM":"tea"}
-- {"USER":"ann","PAGE":"cart","ITEM":"tea"}
-- {"USER":null,"PAGE":"help","ITEM":null}
-- {"USER":"ann","PAGE":"home","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"pot"}
-- {"USER":"ann","PAGE":"cart","ITEM":"jug"}
-- {"USER":"eve","PAGE":"cart","ITEM":"cup"}
-- {"USER":"cid","PAGE":"cart","ITEM":null}
-- {"USER":"bob","PAGE":"home","ITEM":"mug"}
-- {"USER":"ann","PAGE":"home","ITEM":null}
-- {"USER":"ann","PAGE":"home","ITEM":"tin"}
-- {"USER":"zoe","PAGE":"home","ITEM":null}
--- output FROM_HOME
-- {"USER":"ann","PAGE":"cart"}
--- output REVENUE
-- {"WINDOWSTART":0,"WINDOWEND":20000,"PAGE":"cart","TOTAL":37,"N":4}
-- {"WINDOWSTART":0,"WINDOWEND":20000,"PAGE":"home","TOTAL":23,"N":2}
-- {"WINDOWSTART":40000,"WINDOWEND":60000,"PAGE":"home","TOTAL":2,"N":1}
--- output FIRST_BUYS
-- {"USER":"ann","ITEM":"tea"}
-- {"USER":"eve","ITEM":"cup"}
-- {"USER":"bob","ITEM":"mug"}
