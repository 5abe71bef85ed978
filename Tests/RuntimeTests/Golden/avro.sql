-- Records that name their schema; those whose schema is not to be had, or that it does not fit, are set aside.
CREATE STREAM clicks (k STRING KEY, page STRING, price DECIMAL(9, 2), tags ARRAY<STRING>, at TIMESTAMP)
  WITH (kafka_topic = 'clicks', key_format = 'KAFKA', value_format = 'AVRO');
CREATE STREAM pages WITH (kafka_topic = 'pages', value_format = 'JSON_SR')
  AS SELECT k, page, price * 2 AS twice, ARRAY_LENGTH(tags) AS tags, at FROM clicks;
CREATE TABLE totals AS SELECT page, COUNT(*) AS n, SUM(price) AS total FROM clicks GROUP BY page EMIT CHANGES;
--- messages CLICKS
-- {"key": "a", "value": {"PAGE": "home", "PRICE": 1.50, "TAGS": ["x", null], "AT": 1700000000000}, "timestamp": 1}
-- {"key": "b", "value": {"PAGE": "a page with a long name", "PRICE": -2.25, "TAGS": [], "AT": null}, "timestamp": 2}
-- {"key": "c", "value": {"PAGE": null, "PRICE": null, "TAGS": null, "AT": null}, "timestamp": 3}
-- {"key": "d", "bytes": "7b7d", "timestamp": 4}
-- {"key": "e", "bytes": "000000004d00000000", "timestamp": 5}
-- {"key": "f", "bytes": "00000000010208686f6d", "timestamp": 6}
-- {"key": "g", "bytes": "000000000105", "timestamp": 7}
-- {"key": "h", "bytes": "00000000010000000000", "timestamp": 8}
-- {"key": "i", "value": {"PAGE": "home", "PRICE": 2.50, "TAGS": ["x"], "AT": 0}, "timestamp": 9}
--- output PAGES
-- {"K":"a","PAGE":"home","TWICE":3.00,"TAGS":2,"AT":1700000000000}
-- {"K":"b","PAGE":"a page with a long name","TWICE":-4.50,"TAGS":0,"AT":null}
-- {"K":"c","PAGE":null,"TWICE":null,"TAGS":null,"AT":null}
-- {"K":"i","PAGE":"home","TWICE":5.00,"TAGS":1,"AT":0}
--- output TOTALS
-- {"PAGE":"a page with a long name","N":1,"TOTAL":-2.25}
-- {"PAGE":"home","N":2,"TOTAL":4.00}
--- dead letters
-- {"code":"no_schema","offset":3}
-- {"code":"no_schema","offset":4}
-- {"code":"malformed_avro","offset":5}
-- {"code":"malformed_avro","offset":6}
-- {"code":"malformed_avro","offset":7}
