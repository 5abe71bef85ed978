-- A row sees aggregates of itself and of those before it with the same keys, in the order in which they came.
CREATE STREAM steps (k STRING, page STRING, v INT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM moves AS
  SELECT k, COUNT(*) OVER (PARTITION BY k) AS n, SUM(v) OVER (PARTITION BY k) * 10 AS tens,
    LAG(page) OVER (PARTITION BY k) AS came_from, EARLIEST_BY_OFFSET(page) OVER (PARTITION BY k) AS entry,
    v - MAX(v) OVER (PARTITION BY k) AS below, COLLECT_LIST(v) OVER (PARTITION BY k) AS vs
  FROM steps WHERE v <> 0;
CREATE STREAM line AS SELECT COUNT(*) OVER () AS n FROM steps;
CREATE STREAM visits AS
  SELECT k, COUNT(*) OVER (PARTITION BY k WITHIN 10 SECONDS) AS n,
    LAG(v) OVER (PARTITION BY k WITHIN 10 SECONDS) AS last
  FROM steps;
--- input STEPS
-- {"k": "a", "page": "home", "v": 1, "ts": 1000}
-- {"k": "b", "page": "shop", "v": 5, "ts": 2000}
-- {"k": "a", "page": "shop", "v": 4, "ts": 3000}
-- {"k": "a", "page": "skipped", "v": 0, "ts": 4500}
-- {"k": null, "page": "x", "v": 7, "ts": 5000}
-- {"k": "a", "page": "help", "v": 2, "ts": 4000}
-- {"k": null, "page": "y", "v": 8, "ts": 6000}
-- {"k": "b", "page": "help", "v": 1, "ts": 11999}
-- {"k": "a", "page": "home", "v": 3, "ts": 14500}
-- {"k": "b", "page": "home", "v": 1, "ts": 2500}
-- {"k": "c", "page": "home", "v": 1, "ts": 100}
-- {"k": "c", "page": "home", "v": 2, "ts": 14600}
--- output MOVES
-- {"K": "a", "N": 1, "TENS": 10, "CAME_FROM": null, "ENTRY": "home", "BELOW": 0, "VS": [1]}
-- {"K": "b", "N": 1, "TENS": 50, "CAME_FROM": null, "ENTRY": "shop", "BELOW": 0, "VS": [5]}
-- {"K": "a", "N": 2, "TENS": 50, "CAME_FROM": "home", "ENTRY": "home", "BELOW": 0, "VS": [1, 4]}
-- {"K": null, "N": 1, "TENS": 70, "CAME_FROM": null, "ENTRY": "x", "BELOW": 0, "VS": [7]}
-- {"K": "a", "N": 3, "TENS": 70, "CAME_FROM": "shop", "ENTRY": "home", "BELOW": -2, "VS": [1, 4, 2]}
-- {"K": null, "N": 2, "TENS": 150, "CAME_FROM": "x", "ENTRY": "x", "BELOW": 0, "VS": [7, 8]}
-- {"K": "b", "N": 2, "TENS": 60, "CAME_FROM": "shop", "ENTRY": "shop", "BELOW": -4, "VS": [5, 1]}
-- {"K": "a", "N": 4, "TENS": 100, "CAME_FROM": "help", "ENTRY": "home", "BELOW": -1, "VS": [1, 4, 2, 3]}
-- {"K": "b", "N": 3, "TENS": 70, "CAME_FROM": "help", "ENTRY": "shop", "BELOW": -4, "VS": [5, 1, 1]}
-- {"K": "c", "N": 1, "TENS": 10, "CAME_FROM": null, "ENTRY": "home", "BELOW": 0, "VS": [1]}
-- {"K": "c", "N": 2, "TENS": 30, "CAME_FROM": "home", "ENTRY": "home", "BELOW": 0, "VS": [1, 2]}
--- output LINE
-- {"N": 1}
-- {"N": 2}
-- {"N": 3}
-- {"N": 4}
-- {"N": 5}
-- {"N": 6}
-- {"N": 7}
-- {"N": 8}
-- {"N": 9}
-- {"N": 10}
-- {"N": 11}
-- {"N": 12}
--- output VISITS
-- {"K": "a", "N": 1, "LAST": null}
-- {"K": "b", "N": 1, "LAST": null}
-- {"K": "a", "N": 2, "LAST": 1}
-- {"K": "a", "N": 3, "LAST": 4}
-- {"K": null, "N": 1, "LAST": null}
-- {"K": "a", "N": 4, "LAST": 0}
-- {"K": null, "N": 2, "LAST": 7}
-- {"K": "b", "N": 2, "LAST": 5}
-- {"K": "a", "N": 1, "LAST": null}
-- {"K": "b", "N": 3, "LAST": 1}
-- {"K": "c", "N": 1, "LAST": null}
-- {"K": "c", "N": 1, "LAST": null}
