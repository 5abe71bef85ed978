-- A row sees values of rows before it with the same keys, in the order in which they came.
CREATE STREAM steps (k STRING, page STRING, v INT, ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE STREAM moves AS
  SELECT k, page, LAG(page) OVER (PARTITION BY k) AS came_from, LAG(page, 2, 'none') OVER (PARTITION BY k) AS before,
    v - LAG(v, 1, v) OVER (PARTITION BY k) AS rise
  FROM steps WHERE v IS NOT NULL;
CREATE STREAM line AS SELECT v, LAG(v) OVER () AS last, LAG(k, 3) OVER () AS third FROM steps;
CREATE STREAM firsts AS
  SELECT k, v, LAG(v, 1, -1) OVER (PARTITION BY k) AS last FROM steps DEDUPLICATE BY k, page WITHIN 1 MINUTE;
CREATE TABLE hops AS SELECT came_from, COUNT(*) AS n FROM moves GROUP BY came_from;
--- input STEPS
-- {"k": "a", "page": "home", "v": 1, "ts": 1000}
-- {"k": "b", "page": "shop", "v": 5, "ts": 2000}
-- {"k": "a", "page": "shop", "v": 4, "ts": 3000}
-- {"k": "a", "page": null, "v": 9, "ts": 4000}
-- {"k": "a", "page": "skipped", "v": null, "ts": 4500}
-- {"k": null, "page": "x", "v": 7, "ts": 5000}
-- {"k": "b", "page": "shop", "v": 3, "ts": 2500}
-- {"k": null, "page": "y", "v": 8, "ts": 6000}
-- {"k": "a", "page": "home", "v": 2, "ts": 7000}
--- output MOVES
-- {"K": "a", "PAGE": "home", "CAME_FROM": null, "BEFORE": "none", "RISE": 0}
-- {"K": "b", "PAGE": "shop", "CAME_FROM": null, "BEFORE": "none", "RISE": 0}
-- {"K": "a", "PAGE": "shop", "CAME_FROM": "home", "BEFORE": "none", "RISE": 3}
-- {"K": "a", "PAGE": null, "CAME_FROM": "shop", "BEFORE": "home", "RISE": 5}
-- {"K": null, "PAGE": "x", "CAME_FROM": null, "BEFORE": "none", "RISE": 0}
-- {"K": "b", "PAGE": "shop", "CAME_FROM": "shop", "BEFORE": "none", "RISE": -2}
-- {"K": null, "PAGE": "y", "CAME_FROM": "x", "BEFORE": "none", "RISE": 1}
-- {"K": "a", "PAGE": "home", "CAME_FROM": null, "BEFORE": "shop", "RISE": -7}
--- output LINE
-- {"V": 1, "LAST": null, "THIRD": null}
-- {"V": 5, "LAST": 1, "THIRD": null}
-- {"V": 4, "LAST": 5, "THIRD": null}
-- {"V": 9, "LAST": 4, "THIRD": "a"}
-- {"V": null, "LAST": 9, "THIRD": "b"}
-- {"V": 7, "LAST": null, "THIRD": "a"}
-- {"V": 3, "LAST": 7, "THIRD": "a"}
-- {"V": 8, "LAST": 3, "THIRD": "a"}
-- {"V": 2, "LAST": 8, "THIRD": null}
--- output FIRSTS
-- {"K": "a", "V": 1, "LAST": -1}
-- {"K": "b", "V": 5, "LAST": -1}
-- {"K": "a", "V": 4, "LAST": 1}
-- {"K": "a", "V": 9, "LAST": 4}
-- {"K": "a", "V": null, "LAST": 9}
-- {"K": null, "V": 7, "LAST": -1}
-- {"K": null, "V": 8, "LAST": 7}
--- output HOPS
-- {"CAME_FROM": "home", "N": 1}
-- {"CAME_FROM": "shop", "N": 2}
-- {"CAME_FROM": "x", "N": 1}
