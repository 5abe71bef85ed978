-- Records that do not fit stay in the stream with what they were and why they do not fit; their columns are NULL where
-- they can't be read, and stay as they are where only the time is missing.
CREATE STREAM events (id INT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts', on_error = 'keep');
CREATE STREAM bronze AS
  SELECT id, ROWERROR IS NULL AS good, FROM_BYTES(ROWRAW, 'utf8') AS raw, ROWSOURCE AS source, ROWOFFSET AS position
  FROM events;
CREATE TABLE counts AS SELECT good, COUNT(*) AS n FROM bronze GROUP BY good;
--- input EVENTS
-- {"id": 1, "ts": 5}
-- {"id": 2, "ts"
-- {"id": "x", "ts": 7}
-- {"id": 4}
-- {"id": 5, "ts": 9}
--- output BRONZE
-- {"ID": 1, "GOOD": true, "RAW": "{\"id\": 1, \"ts\": 5}", "SOURCE": "input.jsonl", "POSITION": 0}
-- {"ID": null, "GOOD": false, "RAW": "{\"id\": 2, \"ts\"", "SOURCE": "input.jsonl", "POSITION": 19}
-- {"ID": null, "GOOD": false, "RAW": "{\"id\": \"x\", \"ts\": 7}", "SOURCE": "input.jsonl", "POSITION": 34}
-- {"ID": 4, "GOOD": false, "RAW": "{\"id\": 4}", "SOURCE": "input.jsonl", "POSITION": 55}
-- {"ID": 5, "GOOD": true, "RAW": "{\"id\": 5, \"ts\": 9}", "SOURCE": "input.jsonl", "POSITION": 65}
--- output COUNTS
-- {"GOOD": true, "N": 2}
-- {"GOOD": false, "N": 3}
