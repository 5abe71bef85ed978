-- EXPLODE makes a row for each element; several go side by side, and windows go by the elements' own times.
CREATE STREAM visits (k STRING, events ARRAY<STRUCT<at BIGINT, what STRING>>, tags ARRAY<STRING>)
  WITH (connector = 'files', path = 'in', value_format = 'JSON');
CREATE STREAM pairs AS SELECT k, EXPLODE(events)->what AS what, EXPLODE(tags) AS tag FROM visits;
CREATE STREAM events WITH (timestamp = 'at', watermark_delay = '10 seconds') AS
  SELECT k, EXPLODE(events)->at AS at, EXPLODE(events)->what AS what FROM visits WHERE k IS NOT NULL;
CREATE TABLE counts AS
  SELECT k, COUNT(*) AS n FROM events WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 0 SECONDS) GROUP BY k;
CREATE TABLE totals AS SELECT k, COUNT(*) AS n, LATEST_BY_OFFSET(what) AS last FROM events GROUP BY k;
CREATE TABLE sessions AS
  SELECT k, COUNT(*) AS n, LATEST_BY_OFFSET(what) AS last
  FROM events WINDOW SESSION (5 SECONDS, GRACE PERIOD 1 HOUR) GROUP BY k;
--- input VISITS
-- {"k": "a", "events": [{"at": 1000, "what": "x"}, {"at": 12000, "what": "y"}], "tags": ["t"]}
-- {"k": "b", "events": [], "tags": []}
-- {"k": "c", "events": null, "tags": ["u", "v"]}
-- {"k": "a", "events": [{"at": 2000, "what": "z"}]}
-- {"k": null, "events": [{"at": 90000, "what": "n"}]}
-- {"k": "b", "events": [{"at": 20000, "what": "p"}, {"at": null, "what": "q"}, {"at": 3000, "what": "r"}]}
--- output PAIRS
-- {"K": "a", "WHAT": "x", "TAG": "t"}
-- {"K": "a", "WHAT": "y", "TAG": null}
-- {"K": "c", "WHAT": null, "TAG": "u"}
-- {"K": "c", "WHAT": null, "TAG": "v"}
-- {"K": "a", "WHAT": "z", "TAG": null}
-- {"K": null, "WHAT": "n", "TAG": null}
-- {"K": "b", "WHAT": "p", "TAG": null}
-- {"K": "b", "WHAT": "q", "TAG": null}
-- {"K": "b", "WHAT": "r", "TAG": null}
--- output EVENTS
-- {"K": "a", "AT": 1000, "WHAT": "x"}
-- {"K": "a", "AT": 12000, "WHAT": "y"}
-- {"K": "a", "AT": 2000, "WHAT": "z"}
-- {"K": "b", "AT": 20000, "WHAT": "p"}
-- {"K": "b", "AT": 3000, "WHAT": "r"}
--- output COUNTS
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 1}
-- {"WINDOWSTART": 20000, "WINDOWEND": 30000, "K": "b", "N": 1}
--- counts COUNTS
-- {"late": 1}
--- output TOTALS
-- {"K": "a", "N": 3, "LAST": "z"}
-- {"K": "b", "N": 2, "LAST": "r"}
--- output SESSIONS
-- {"WINDOWSTART": 1000, "WINDOWEND": 2000, "K": "a", "N": 2, "LAST": "z"}
-- {"WINDOWSTART": 12000, "WINDOWEND": 12000, "K": "a", "N": 1, "LAST": "y"}
-- {"WINDOWSTART": 20000, "WINDOWEND": 20000, "K": "b", "N": 1, "LAST": "p"}
-- {"WINDOWSTART": 3000, "WINDOWEND": 3000, "K": "b", "N": 1, "LAST": "r"}
