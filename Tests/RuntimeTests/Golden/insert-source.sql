-- A stream of a topic gets rows of queries beside its own records, with its own timestamp column.
CREATE STREAM other (k STRING KEY, v INT, ts BIGINT) WITH (kafka_topic = 'other', value_format = 'JSON');
CREATE STREAM target (k STRING KEY, v BIGINT, ts BIGINT)
  WITH (kafka_topic = 'target', value_format = 'JSON', timestamp = 'ts');
INSERT INTO target SELECT k, v, ts FROM other;
CREATE TABLE sums AS SELECT k, SUM(v) AS total, COLLECT_LIST(v) AS list
  FROM target WINDOW TUMBLING (SIZE 1 SECOND) GROUP BY k;
CREATE STREAM times AS SELECT k, v, ROWTIME AS at FROM target;
--- records
-- {"topic": "target", "key": "a", "value": {"v": 1, "ts": 100}, "timestamp": 7}
-- {"topic": "other", "key": "a", "value": {"v": 2, "ts": 200}, "timestamp": 8}
-- {"topic": "other", "key": "a", "value": {"v": 3, "ts": 1200}, "timestamp": 9}
-- {"topic": "target", "key": "a", "value": {"v": 4, "ts": 300}, "timestamp": 10}
--- output TIMES
-- {"K": "a", "V": 1, "AT": 100}
-- {"K": "a", "V": 2, "AT": 200}
-- {"K": "a", "V": 3, "AT": 1200}
-- {"K": "a", "V": 4, "AT": 300}
--- output SUMS
-- {"WINDOWSTART": 0, "WINDOWEND": 1000, "K": "a", "TOTAL": 7, "LIST": [1, 2, 4]}
-- {"WINDOWSTART": 1000, "WINDOWEND": 2000, "K": "a", "TOTAL": 3, "LIST": [3]}
