-- Six days of a British online shop: revenue and cancellations by hour, product and country.
--
--   millrace run examples/online-retail/online-retail.sql --once -D input=PATH/TO/online-retail
--
-- Lines are typed in silver; gold answers by windows of an hour. Amounts are DECIMAL, so that sums are exact.

DEFINE input = 'examples/online-retail/data';
DEFINE lake = 'data/online-retail';

-- Fields are read as text and judged below: a line that does not fit is set aside with the reason.
CREATE STREAM raw_lines (
  InvoiceNo STRING, StockCode STRING, Description STRING, Quantity STRING, InvoiceDate STRING,
  UnitPrice STRING, CustomerID STRING, Country STRING
) WITH (
  connector = 'files', path = '${input}/*.csv', value_format = 'CSV',
  timestamp = 'InvoiceDate', timestamp_format = 'yyyy-MM-dd HH:mm:ss');

-- A description may be empty, and about a quarter of the lines name no customer, who is written like 17850.0.
CREATE STREAM lines AS
  SELECT
    InvoiceNo AS invoice,
    InvoiceNo LIKE 'C%' AS is_cancellation,
    StockCode AS product,
    NULLIF(TRIM(Description), '') AS description,
    CAST(Quantity AS INTEGER) AS quantity,
    CAST(UnitPrice AS DECIMAL(10, 3)) AS unit_price,
    CAST(Quantity AS INTEGER) * CAST(UnitPrice AS DECIMAL(10, 3)) AS amount,
    CAST(CAST(CustomerID AS DECIMAL(12, 1)) AS BIGINT) AS customer,
    Country AS country,
    FROM_UNIXTIME(ROWTIME) AS sold_at,
    CAST(FROM_UNIXTIME(ROWTIME) AS DATE) AS day
  FROM raw_lines
  WHERE CAST(Quantity AS INTEGER) IS NOT NULL AND CAST(UnitPrice AS DECIMAL(10, 3)) IS NOT NULL;

CREATE STREAM unreadable AS
  SELECT ROWSOURCE AS file, ROWOFFSET AS offset, FROM_BYTES(ROWRAW, 'utf8') AS line
  FROM raw_lines
  WHERE CAST(Quantity AS INTEGER) IS NULL OR CAST(UnitPrice AS DECIMAL(10, 3)) IS NULL;

-- What was sold less what came back. The days are history: a folder's files may be read in any order, so a
-- window takes rows for longer than the whole of it lasts.
CREATE TABLE revenue AS
  SELECT
    product,
    country,
    LATEST_BY_OFFSET(description) AS description,
    SUM(quantity) AS units,
    SUM(amount) AS revenue,
    COUNT(*) AS lines,
    COUNT_DISTINCT(invoice) AS invoices
  FROM lines WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1000 DAYS)
  GROUP BY product, country;

CREATE TABLE cancellations AS
  SELECT
    country,
    COUNT(*) AS lines,
    COUNT_DISTINCT(invoice) AS invoices,
    COUNT_DISTINCT(customer) AS customers,
    -SUM(quantity) AS units,
    -SUM(amount) AS amount
  FROM lines WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1000 DAYS)
  WHERE is_cancellation
  GROUP BY country;

CREATE TABLE days AS
  SELECT
    day,
    SUM(amount) AS revenue,
    COUNT(*) AS lines,
    COUNT_DISTINCT(invoice) AS invoices,
    COUNT_DISTINCT(customer) AS customers,
    SUM(CASE WHEN customer IS NULL THEN 1 ELSE 0 END) AS lines_without_customer
  FROM lines
  GROUP BY day;

CREATE SINK CONNECTOR lines_lake WITH (
  'connector.class' = 'delta', 'from' = 'lines', 'path' = '${lake}/silver/lines', 'partition.by' = 'day');
CREATE SINK CONNECTOR unreadable_lake WITH (
  'connector.class' = 'delta', 'from' = 'unreadable', 'path' = '${lake}/silver/unreadable');
CREATE SINK CONNECTOR revenue_lake WITH (
  'connector.class' = 'delta', 'from' = 'revenue', 'path' = '${lake}/gold/revenue');
CREATE SINK CONNECTOR cancellations_lake WITH (
  'connector.class' = 'delta', 'from' = 'cancellations', 'path' = '${lake}/gold/cancellations');
CREATE SINK CONNECTOR days_lake WITH (
  'connector.class' = 'delta', 'from' = 'days', 'path' = '${lake}/gold/days');
