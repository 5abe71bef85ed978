-- Records that do not fit become dead letters; a time beyond the clock's (2023-11-14T22:13:20Z) day is none.
CREATE STREAM events (id INT, at STRING)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'at', max_future = '1 day');
CREATE TABLE hourly AS SELECT 1 AS k, COUNT(*) AS n FROM events WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 0 SECONDS)
  GROUP BY 1;
--- input EVENTS
-- {"id": 1, "at": "2023-11-14T10:00:00Z"}
-- {"id": 2, "at": "2099-01-01T00:00:00Z"}
-- {"id": 3, "at": "2023-11-14T10:59:59.999Z"}
-- {"id": 4, "at": "yesterday"}
-- no JSON
-- {"id": 5, "at": null}
-- {"id": 6, "at": "2023-11-14T12:00:00+01:00"}
-- {"id": 7, "at": "2023-11-14T10:30:00Z"}
-- {"id": 8, "at": "2023-11-15T22:13:20Z"}
-- {"id": 9, "at": "2023-11-15T22:13:20.001Z"}
--- output HOURLY
-- {"WINDOWSTART": 1699956000000, "WINDOWEND": 1699959600000, "K": 1, "N": 2}
-- {"WINDOWSTART": 1699959600000, "WINDOWEND": 1699963200000, "K": 1, "N": 1}
-- {"WINDOWSTART": 1700085600000, "WINDOWEND": 1700089200000, "K": 1, "N": 1}
--- counts HOURLY
-- {"late": 1}
--- dead letters
-- {"code": "future_timestamp", "offset": 40}
-- {"code": "bad_timestamp", "offset": 124}
-- {"code": "malformed_json", "offset": 153}
-- {"code": "bad_timestamp", "offset": 161}
-- {"code": "future_timestamp", "offset": 308}
