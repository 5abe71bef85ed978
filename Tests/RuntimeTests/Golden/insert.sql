-- Several queries write one stream; what reads it may stand before some of them.
CREATE STREAM web (id STRING KEY, page STRING, n INT) WITH (kafka_topic = 'web', value_format = 'JSON');
CREATE STREAM app (id STRING KEY, page STRING, n INT) WITH (kafka_topic = 'app', value_format = 'JSON');
CREATE STREAM visits AS SELECT id, page, CAST(n AS BIGINT) AS n FROM web;
CREATE TABLE pages AS SELECT page, COUNT(*) AS visits, SUM(n) AS total, LATEST_BY_OFFSET(id) AS last,
  COLLECT_LIST(id) AS ids FROM visits GROUP BY page;
CREATE TABLE closed AS SELECT page, COUNT(*) AS visits
  FROM visits WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY page EMIT FINAL;
CREATE STREAM firsts AS SELECT id, page, n FROM visits DEDUPLICATE BY id, page WITHIN 1 HOUR;
CREATE STREAM app_pages AS SELECT id, page, n FROM app DEDUPLICATE BY page WITHIN 1 HOUR;
INSERT INTO visits SELECT id, page, n FROM app WHERE n > 0;
INSERT INTO visits SELECT id, 'first ' + page AS page, n FROM app_pages;
CREATE STREAM numbered AS SELECT id, page, n FROM visits PARTITION BY id;
--- records
-- {"topic": "web", "key": "a", "value": {"page": "home", "n": 1}, "timestamp": 1000}
-- {"topic": "app", "key": "b", "value": {"page": "home", "n": 2}, "timestamp": 2000}
-- {"topic": "web", "key": "c", "value": {"page": "cart", "n": 3}, "timestamp": 3000}
-- {"topic": "app", "key": "b", "value": {"page": "home", "n": 4}, "timestamp": 4000}
-- {"topic": "app", "key": "d", "value": {"page": "cart", "n": 0}, "timestamp": 5000}
-- {"topic": "web", "key": "a", "value": {"page": "home", "n": 5}, "timestamp": 25000}
-- {"topic": "app", "key": "e", "value": {"page": "home", "n": 6}, "timestamp": 9000}
-- {"topic": "app", "key": "e", "value": {"page": "home", "n": 7}, "timestamp": 26000}
-- {"topic": "app", "key": "e", "value": {"page": "home", "n": 8}, "timestamp": 8000}
--- output VISITS
-- {"ID": "a", "PAGE": "home", "N": 1}
-- {"ID": "b", "PAGE": "home", "N": 2}
-- {"ID": "b", "PAGE": "first home", "N": 2}
-- {"ID": "c", "PAGE": "cart", "N": 3}
-- {"ID": "b", "PAGE": "home", "N": 4}
-- {"ID": "d", "PAGE": "first cart", "N": 0}
-- {"ID": "a", "PAGE": "home", "N": 5}
-- {"ID": "e", "PAGE": "home", "N": 6}
-- {"ID": "e", "PAGE": "home", "N": 7}
-- {"ID": "e", "PAGE": "home", "N": 8}
--- output FIRSTS
-- {"ID": "a", "PAGE": "home", "N": 1}
-- {"ID": "b", "PAGE": "home", "N": 2}
-- {"ID": "b", "PAGE": "first home", "N": 2}
-- {"ID": "c", "PAGE": "cart", "N": 3}
-- {"ID": "d", "PAGE": "first cart", "N": 0}
-- {"ID": "e", "PAGE": "home", "N": 6}
--- output PAGES
-- {"PAGE": "cart", "VISITS": 1, "TOTAL": 3, "LAST": "c", "IDS": ["c"]}
-- {"PAGE": "first cart", "VISITS": 1, "TOTAL": 0, "LAST": "d", "IDS": ["d"]}
-- {"PAGE": "first home", "VISITS": 1, "TOTAL": 2, "LAST": "b", "IDS": ["b"]}
-- {"PAGE": "home", "VISITS": 7, "TOTAL": 33, "LAST": "e", "IDS": ["a", "b", "b", "a", "e", "e", "e"]}
--- output CLOSED
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "PAGE": "cart", "VISITS": 1}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "PAGE": "first cart", "VISITS": 1}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "PAGE": "first home", "VISITS": 1}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "PAGE": "home", "VISITS": 4}
--- counts CLOSED
-- {"late": 1}
