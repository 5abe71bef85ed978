-- Streams of streams: CASE, decimals, NULLs, conditions, texts.
CREATE STREAM orders (id INT, status STRING, price DECIMAL(8, 2), quantity INT, note STRING, tags ARRAY<STRING>,
    buyer STRUCT<name STRING, age INT>)
  WITH (connector = 'files', path = 'in', value_format = 'JSON');
CREATE STREAM priced AS
  SELECT id, UCASE(TRIM(status)) AS status, price * quantity AS amount, note, tags[1] AS tag, buyer->name AS who,
    CASE WHEN quantity IS NULL THEN 'unknown' WHEN quantity >= 10 THEN 'bulk' WHEN quantity > 0 THEN 'some'
      ELSE 'none' END AS size
  FROM orders WHERE status IS NOT NULL AND id BETWEEN 1 AND 6;
CREATE STREAM large AS
  SELECT id, amount, CAST(amount AS INT) AS whole, COALESCE(note, size) AS label, who, tag
  FROM priced WHERE status IN ('PAID', 'SENT') OR note LIKE 'rush%';
--- input ORDERS
-- {"id": 1, "status": " paid ", "price": 19.99, "quantity": 3, "tags": ["x", "y"], "buyer": {"name": "Ann", "age": 30}}
-- {"id": 2, "status": null, "price": 1.00, "quantity": 1}
-- {"id": 3, "status": "open", "price": 0.10, "quantity": 12, "note": "rush it"}
-- {"id": 4, "status": "open", "price": 5.00, "quantity": 2, "note": "no rush"}
-- {"id": 5, "status": "SENT", "price": null, "quantity": 0, "tags": []}
-- {"id": 6, "status": "sent", "price": 2.50, "buyer": {"age": 5}}
-- {"id": 7, "status": "paid", "price": 1.00, "quantity": 1}
--- output PRICED
-- {"ID": 1, "STATUS": "PAID", "AMOUNT": 59.97, "NOTE": null, "TAG": "x", "WHO": "Ann", "SIZE": "some"}
-- {"ID": 3, "STATUS": "OPEN", "AMOUNT": 1.20, "NOTE": "rush it", "TAG": null, "WHO": null, "SIZE": "bulk"}
-- {"ID": 4, "STATUS": "OPEN", "AMOUNT": 10.00, "NOTE": "no rush", "TAG": null, "WHO": null, "SIZE": "some"}
-- {"ID": 5, "STATUS": "SENT", "AMOUNT": null, "NOTE": null, "TAG": null, "WHO": null, "SIZE": "none"}
-- {"ID": 6, "STATUS": "SENT", "AMOUNT": null, "NOTE": null, "TAG": null, "WHO": null, "SIZE": "unknown"}
--- output LARGE
-- {"ID": 1, "AMOUNT": 59.97, "WHOLE": 59, "LABEL": "some", "WHO": "Ann", "TAG": "x"}
-- {"ID": 3, "AMOUNT": 1.20, "WHOLE": 1, "LABEL": "rush it", "WHO": null, "TAG": null}
-- {"ID": 5, "AMOUNT": null, "WHOLE": null, "LABEL": "none", "WHO": null, "TAG": null}
-- {"ID": 6, "AMOUNT": null, "WHOLE": null, "LABEL": "unknown", "WHO": null, "TAG": null}
