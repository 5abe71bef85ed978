-- Windows of ten seconds take late rows for five more; money is exact; rows with a NULL key belong to no group.
CREATE STREAM sales (k STRING, amount DECIMAL(10, 2), ts BIGINT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', timestamp = 'ts');
CREATE TABLE revenue AS
  SELECT k, COUNT(*) AS n, COUNT(amount) AS paid, SUM(amount) AS total, MIN(amount) AS lowest, MAX(amount) AS highest
  FROM sales WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k;
--- input SALES
-- {"k": "a", "amount": 1.10, "ts": 1000}
-- {"k": "b", "amount": 2.25, "ts": 2000}
-- {"k": "a", "amount": "3.30", "ts": 9999}
-- {"k": "a", "amount": 10, "ts": 10000}
-- {"k": "a", "amount": 0.05, "ts": 14999}
-- {"k": "b", "amount": 7.75, "ts": 3000}
-- {"k": "a", "amount": 5.00, "ts": 15000}
-- {"k": "a", "amount": 100.00, "ts": 9000}
-- {"k": null, "amount": 1.00, "ts": 16000}
-- {"k": "b", "ts": 16000}
--- output REVENUE
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "a", "N": 2, "PAID": 2, "TOTAL": 4.40, "LOWEST": 1.10, "HIGHEST": 3.30}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "a", "N": 3, "PAID": 3, "TOTAL": 15.05, "LOWEST": 0.05, "HIGHEST": 10.00}
-- {"WINDOWSTART": 0, "WINDOWEND": 10000, "K": "b", "N": 2, "PAID": 2, "TOTAL": 10.00, "LOWEST": 2.25, "HIGHEST": 7.75}
-- {"WINDOWSTART": 10000, "WINDOWEND": 20000, "K": "b", "N": 1, "PAID": 0, "TOTAL": 0.00, "LOWEST": null, "HIGHEST": null}
--- counts REVENUE
-- {"late": 1}
