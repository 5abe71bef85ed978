-- The first row of a key passes; the key is forgotten when the watermark has passed that row's time by ten seconds.
CREATE STREAM events (id STRING, ts BIGINT, v INT)
  WITH (connector = 'files', path = 'in/*.json', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM firsts AS SELECT id, v FROM events DEDUPLICATE BY id WITHIN 10 SECONDS;
--- input EVENTS
-- {"id": "a", "ts": 1000, "v": 1}
-- {"id": "a", "ts": 5000, "v": 2}
-- {"id": "b", "ts": 4000, "v": 3}
-- {"id": "a", "ts": 10999, "v": 4}
-- {"id": "a", "ts": 11000, "v": 5}
-- {"id": "a", "ts": 1000, "v": 6}
-- {"id": "c", "ts": 1001, "v": 7}
-- {"id": "d", "ts": 1000, "v": 8}
-- {"id": null, "ts": 12000, "v": 9}
-- {"id": null, "ts": 12500, "v": 10}
-- {"id": "a", "ts": 30000, "v": 11}
-- {"id": "b", "ts": 14001, "v": 12}
--- output FIRSTS
-- {"ID": "a", "V": 1}
-- {"ID": "b", "V": 3}
-- {"ID": "a", "V": 5}
-- {"ID": "c", "V": 7}
-- {"ID": null, "V": 9}
-- {"ID": "a", "V": 11}
--- counts FIRSTS
-- {"late": 3, "duplicates": 3, "rows": 6}
