-- Bronze to gold in one pipeline: validated, deduplicated, grouped; deduplicated twice; windows over a derived stream.
CREATE STREAM raw (event_id STRING, kind STRING, user_id STRING, price DECIMAL(12, 2), ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts', watermark_delay = '10 seconds');
CREATE STREAM valid AS
  SELECT event_id, LCASE(kind) AS kind, user_id, price, ts FROM raw
  WHERE event_id IS NOT NULL AND LCASE(kind) IN ('view', 'buy') AND (price IS NULL OR price >= 0);
CREATE STREAM silver AS
  SELECT event_id, kind, user_id, price, ts, kind = 'buy' AS bought FROM valid DEDUPLICATE BY event_id WITHIN 1 MINUTE;
CREATE STREAM first_of_user AS
  SELECT user_id, event_id FROM silver WHERE kind = 'view' DEDUPLICATE BY user_id WITHIN 1 MINUTE;
CREATE TABLE gold AS
  SELECT user_id, SUM(CASE WHEN bought THEN price ELSE 0 END) AS spent, SUM(CASE WHEN bought THEN 1 ELSE 0 END) AS buys,
    COUNT(*) AS events
  FROM silver WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS) GROUP BY user_id;
CREATE TABLE totals AS SELECT kind, COUNT(*) AS n, SUM(price) AS total FROM silver GROUP BY kind;
--- input RAW
-- {"event_id": "e1", "kind": "View", "user_id": "u1", "ts": 1000}
-- {"event_id": "e2", "kind": "BUY", "user_id": "u1", "price": 9.99, "ts": 2000}
-- {"event_id": "e2", "kind": "BUY", "user_id": "u1", "price": 9.99, "ts": 2000}
-- {"event_id": "e3", "kind": "hack", "user_id": "u1", "ts": 3000}
-- {"event_id": "e4", "kind": "view", "user_id": "u2", "price": -1, "ts": 4000}
-- {"event_id": null, "kind": "view", "user_id": "u2", "ts": 5000}
-- {"event_id": "e5", "kind": "view", "user_id": "u2", "ts": 6000}
-- {"event_id": "e6", "kind": "view", "user_id": "u1", "ts": 59000}
-- {"event_id": "e7", "kind": "buy", "user_id": "u2", "price": 0.01, "ts": 61000}
-- {"event_id": "e5", "kind": "view", "user_id": "u2", "ts": 6000}
-- {"event_id": "e8", "kind": "buy", "user_id": "u1", "price": 5, "ts": 60500}
-- {"event_id": "e9", "kind": "buy", "user_id": "u1", "price": 100, "ts": 75000}
-- {"event_id": "f0", "kind": "buy", "user_id": "u1", "price": 7, "ts": 5999}
-- {"event_id": "f1", "kind": "buy", "user_id": "u1", "price": 7, "ts": 5000}
-- {"event_id": "e1", "kind": "view", "user_id": "u1", "ts": 75000}
--- output SILVER
-- {"EVENT_ID": "e1", "KIND": "view", "USER_ID": "u1", "PRICE": null, "TS": 1000, "BOUGHT": false}
-- {"EVENT_ID": "e2", "KIND": "buy", "USER_ID": "u1", "PRICE": 9.99, "TS": 2000, "BOUGHT": true}
-- {"EVENT_ID": "e5", "KIND": "view", "USER_ID": "u2", "PRICE": null, "TS": 6000, "BOUGHT": false}
-- {"EVENT_ID": "e6", "KIND": "view", "USER_ID": "u1", "PRICE": null, "TS": 59000, "BOUGHT": false}
-- {"EVENT_ID": "e7", "KIND": "buy", "USER_ID": "u2", "PRICE": 0.01, "TS": 61000, "BOUGHT": true}
-- {"EVENT_ID": "e8", "KIND": "buy", "USER_ID": "u1", "PRICE": 5.00, "TS": 60500, "BOUGHT": true}
-- {"EVENT_ID": "e9", "KIND": "buy", "USER_ID": "u1", "PRICE": 100.00, "TS": 75000, "BOUGHT": true}
-- {"EVENT_ID": "f0", "KIND": "buy", "USER_ID": "u1", "PRICE": 7.00, "TS": 5999, "BOUGHT": true}
-- {"EVENT_ID": "e1", "KIND": "view", "USER_ID": "u1", "PRICE": null, "TS": 75000, "BOUGHT": false}
--- counts SILVER
-- {"duplicates": 2, "late": 1}
--- output FIRST_OF_USER
-- {"USER_ID": "u1", "EVENT_ID": "e1"}
-- {"USER_ID": "u2", "EVENT_ID": "e5"}
-- {"USER_ID": "u1", "EVENT_ID": "e1"}
--- output GOLD
-- {"WINDOWSTART": 0, "WINDOWEND": 60000, "USER_ID": "u1", "SPENT": 9.99, "BUYS": 1, "EVENTS": 3}
-- {"WINDOWSTART": 0, "WINDOWEND": 60000, "USER_ID": "u2", "SPENT": 0.00, "BUYS": 0, "EVENTS": 1}
-- {"WINDOWSTART": 60000, "WINDOWEND": 120000, "USER_ID": "u2", "SPENT": 0.01, "BUYS": 1, "EVENTS": 1}
-- {"WINDOWSTART": 60000, "WINDOWEND": 120000, "USER_ID": "u1", "SPENT": 105.00, "BUYS": 2, "EVENTS": 3}
--- counts GOLD
-- {"late": 1}
--- output TOTALS
-- {"KIND": "view", "N": 4, "TOTAL": 0.00}
-- {"KIND": "buy", "N": 5, "TOTAL": 122.00}
