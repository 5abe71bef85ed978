-- Latest and earliest go by the order of records, not by their times.
CREATE STREAM readings (k INT, v STRING, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE ends AS
  SELECT k, EARLIEST_BY_OFFSET(v) AS first, LATEST_BY_OFFSET(v) AS last, LATEST_BY_OFFSET(v, false) AS last_or_null,
    LAG(v) AS before, LAG(v, 2) AS before_that, MAX(v) AS greatest
  FROM readings GROUP BY k;
--- input READINGS
-- {"k": 1, "v": null, "ts": 9000}
-- {"k": 1, "v": "first of all values, a text that is longer than a view holds", "ts": 8000}
-- {"k": 2, "v": "only", "ts": 1}
-- {"k": 1, "v": "zebra, and more text behind it", "ts": 7000}
-- {"k": 1, "v": "last", "ts": 6000}
-- {"k": 1, "v": null, "ts": 5000}
--- output ENDS
-- {"K": 1, "FIRST": "first of all values, a text that is longer than a view holds", "LAST": "last", "LAST_OR_NULL": null, "BEFORE": "last", "BEFORE_THAT": "zebra, and more text behind it", "GREATEST": "zebra, and more text behind it"}
-- {"K": 2, "FIRST": "only", "LAST": "only", "LAST_OR_NULL": "only", "BEFORE": null, "BEFORE_THAT": null, "GREATEST": "only"}
