-- A row that HAVING lets go of is deleted; one that never passed is not mentioned.
CREATE STREAM moves (k STRING, v INT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON');
CREATE TABLE rich AS SELECT k, SUM(v) AS total, COUNT(*) AS n FROM moves GROUP BY k HAVING SUM(v) > 10;
CREATE TABLE richest AS SELECT k, total * 2 AS double_total FROM rich WHERE total > 50;
CREATE TABLE by_count AS SELECT n, COUNT(*) AS ks, SUM(total) AS all_total FROM rich GROUP BY n;
--- input MOVES
-- {"k": "a", "v": 5}
-- {"k": "b", "v": 60}
-- {"k": "a", "v": 6}
-- {"k": "c", "v": 100}
-- {"k": "b", "v": -55}
-- {"k": "c", "v": -20}
-- {"k": "d", "v": 1}
-- {"k": "e", "v": 52}
-- {"k": "e", "v": -10}
--- output RICH
-- {"K": "a", "TOTAL": 11, "N": 2}
-- {"K": "c", "TOTAL": 80, "N": 2}
-- {"K": "e", "TOTAL": 42, "N": 2}
--- output RICHEST
-- {"K": "c", "DOUBLE_TOTAL": 160}
--- output BY_COUNT
-- {"N": 2, "KS": 3, "ALL_TOTAL": 133}
