-- Lambdas stand wherever expressions do; they see the row's columns, and in them a parameter hides a column.
CREATE STREAM baskets (
    buyer STRING, discount INT, prices ARRAY<INT>, stock MAP<STRING, BIGINT>, lines ARRAY<ARRAY<INT>>
  ) WITH (connector = 'files', path = 'in', value_format = 'JSON');
CREATE STREAM made AS
  SELECT buyer,
    TRANSFORM(prices, p => p - discount) AS reduced,
    FILTER(prices, discount => discount > 10) AS dear,
    REDUCE(prices, 0, (sum, p) => sum + p) AS sum,
    TRANSFORM(stock, (k, v) => UCASE(k), (k, v) => v * 2) AS doubled,
    TRANSFORM(lines, line => REDUCE(line, discount, (s, x) => s + x)) AS sums
  FROM baskets;
CREATE STREAM kept AS
  SELECT buyer, ARRAY_LENGTH(prices) AS n FROM baskets WHERE REDUCE(prices, 0, (s, p) => s + p) > 20;
CREATE TABLE totals AS
  SELECT buyer, SUM(REDUCE(prices, 0, (s, p) => s + p)) AS total,
    TRANSFORM(COLLECT_LIST(discount), d => d + CAST(COUNT(*) AS INT)) AS discounts
  FROM baskets GROUP BY buyer
  HAVING REDUCE(COLLECT_LIST(discount), 0, (s, d) => s + COALESCE(d, 0)) > 0;
CREATE STREAM choices AS SELECT buyer, CUBE_EXPLODE(prices) AS choice FROM baskets WHERE discount = 2;
--- input BASKETS
-- {"buyer": "a", "discount": 1, "prices": [5, 12, 20], "stock": {"x": 1, "y": 2}, "lines": [[1, 2], []]}
-- {"buyer": "b", "discount": 2, "prices": [10, null], "stock": {"x": null}, "lines": [[3], null]}
-- {"buyer": "a", "discount": null, "prices": [], "stock": {}, "lines": []}
-- {"buyer": "c", "discount": 3, "prices": null, "stock": null, "lines": [[null]]}
--- output MADE
-- {"BUYER": "a", "REDUCED": [4, 11, 19], "DEAR": [12, 20], "SUM": 37, "DOUBLED": {"X": 2, "Y": 4}, "SUMS": [4, 1]}
-- {"BUYER": "b", "REDUCED": null, "DEAR": [], "SUM": null, "DOUBLED": null, "SUMS": [5, 2]}
-- {"BUYER": "a", "REDUCED": [], "DEAR": [], "SUM": 0, "DOUBLED": {}, "SUMS": []}
-- {"BUYER": "c", "REDUCED": null, "DEAR": null, "SUM": 0, "DOUBLED": null, "SUMS": null}
--- output KEPT
-- {"BUYER": "a", "N": 3}
--- output TOTALS
-- {"BUYER": "a", "TOTAL": 37, "DISCOUNTS": null}
-- {"BUYER": "b", "TOTAL": 0, "DISCOUNTS": [3]}
-- {"BUYER": "c", "TOTAL": 0, "DISCOUNTS": [4]}
--- output CHOICES
-- {"BUYER": "b", "CHOICE": [null, null]}
-- {"BUYER": "b", "CHOICE": [10, null]}
