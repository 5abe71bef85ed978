-- Time is as far as the slowest of the partitions that have given anything.
CREATE STREAM clicks (k STRING KEY, v INT)
  WITH (kafka_topic = 'clicks', value_format = 'JSON');
CREATE TABLE counts AS
  SELECT k, COUNT(*) AS n, SUM(v) AS total FROM clicks
  WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
--- messages CLICKS
-- {"key": "a", "value": {"v": 1}, "timestamp": 1000, "partition": 0}
-- {"key": "b", "value": {"v": 2}, "timestamp": 500, "partition": 1}
-- {"key": "a", "value": {"v": 4}, "timestamp": 25000, "partition": 0}
-- {"key": "b", "value": {"v": 8}, "timestamp": 9000, "partition": 1}
-- {"key": "a", "value": {"v": 16}, "timestamp": 2000, "partition": 0}
-- {"key": "b", "value": {"v": 32}, "timestamp": 10000, "partition": 1}
-- {"key": "a", "value": {"v": 64}, "timestamp": 3000, "partition": 0}
-- {"key": "b", "value": null, "timestamp": 10001, "partition": 1}
-- {"key": null, "value": {"v": 128}, "timestamp": 10002, "partition": 1}
-- {"key": "b", "value": {"v": 256}, "timestamp": 9999, "partition": 1}
-- {"key": "b", "value": {"v": 512}, "timestamp": 12000, "partition": 2}
-- {"key": "b", "value": {"v": 1024}, "timestamp": 13000, "partition": 0}
--- output COUNTS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2, "TOTAL": 17}
-- {"WINDOWSTART": 20000, "WINDOWEND": 30000, "K": "a", "N": 1, "TOTAL": 4}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "N": 2, "TOTAL": 10}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "b", "N": 3, "TOTAL": 1568}
--- counts COUNTS
-- {"late": 2}
