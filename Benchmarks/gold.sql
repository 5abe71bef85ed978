-- The gold tables of the medallion pipeline alone, for `make bench`: the same statements without bronze, silver and
-- dead letters as tables, and without the daily tables.

DEFINE raw = 'data/raw/events';
DEFINE lake = 'data';

-- All fields are read as text: what a line says is kept as it says it, and judged below. A line that is no JSON
-- object, has no usable time or lies more than a day ahead of the clock has the reason in ROWERROR.
CREATE STREAM raw_events (
  event_id STRING, event_type STRING, user_id STRING, user_segment STRING, session_id STRING,
  product_id STRING, product_name STRING, category STRING, price STRING, quantity STRING,
  cart_total STRING, cart_item_count STRING, search_query STRING, page_url STRING, referrer STRING,
  user_agent STRING, ip_address STRING, platform STRING, device STRING, country STRING,
  timestamp STRING
) WITH (
  connector = 'files', path = '${raw}', value_format = 'JSON', on_error = 'keep',
  timestamp = 'timestamp', watermark_delay = '10 minutes', max_future = '1 day');

-- Each line typed, with the first reason why it is no event, if there is one.
CREATE STREAM checked_events AS
  SELECT
    TRIM(event_id) AS event_id,
    LCASE(TRIM(event_type)) AS event_type,
    TRIM(user_id) AS user_id,
    LCASE(TRIM(user_segment)) AS user_segment,
    TRIM(session_id) AS session_id,
    TRIM(product_id) AS product_id,
    TRIM(product_name) AS product_name,
    LCASE(TRIM(category)) AS category,
    CAST(price AS DECIMAL(18, 4)) AS price,
    CAST(quantity AS INTEGER) AS quantity,
    CAST(cart_total AS DECIMAL(18, 4)) AS cart_total,
    CAST(cart_item_count AS INTEGER) AS cart_item_count,
    search_query, page_url, referrer, user_agent, ip_address,
    LCASE(TRIM(platform)) AS platform,
    COALESCE(LCASE(TRIM(device)), 'unknown') AS device_type,
    TRIM(country) AS country,
    CASE
      WHEN ROWERROR IS NOT NULL THEN ROWERROR
      WHEN event_id IS NULL OR TRIM(event_id) = '' THEN 'event_id is missing'
      WHEN event_type IS NULL THEN 'event_type is missing'
      WHEN LCASE(TRIM(event_type)) NOT IN ('page_view', 'add_to_cart', 'purchase', 'search')
        THEN 'event_type is not known'
      WHEN user_id IS NULL OR TRIM(user_id) = '' THEN 'user_id is missing'
      WHEN session_id IS NULL OR TRIM(session_id) = '' THEN 'session_id is missing'
      WHEN (product_id IS NULL OR TRIM(product_id) = '') AND LCASE(TRIM(event_type)) <> 'search'
        THEN 'product_id is missing'
      WHEN price IS NOT NULL AND CAST(price AS DECIMAL(18, 4)) IS NULL THEN 'price is not a number'
      WHEN price IS NOT NULL AND CAST(price AS DECIMAL(18, 4)) < 0 THEN 'price is negative'
      WHEN quantity IS NOT NULL AND CAST(quantity AS INTEGER) IS NULL
        THEN 'quantity is not a whole number'
      WHEN quantity IS NOT NULL AND CAST(quantity AS INTEGER) < 0 THEN 'quantity is negative'
    END AS reason
  FROM raw_events;

-- Silver: valid events, one row per EVENT_ID.
CREATE STREAM silver_events AS
  SELECT
    event_id, event_type, user_id, user_segment, session_id, product_id, product_name, category,
    price, quantity, cart_total, cart_item_count, search_query, page_url, referrer, user_agent,
    ip_address, platform, device_type, country,
    FROM_UNIXTIME(ROWTIME) AS event_timestamp,
    CAST(FROM_UNIXTIME(ROWTIME) AS DATE) AS event_date,
    CAST(ROWTIME / 3600000 % 24 AS INTEGER) AS event_hour,
    COALESCE(user_id LIKE 'bot%' OR LCASE(user_agent) LIKE '%bot%', FALSE) AS is_bot_traffic,
    event_type = 'purchase' AS is_purchase,
    price * COALESCE(quantity, 1) AS total_amount
  FROM checked_events
  WHERE reason IS NULL
  DEDUPLICATE BY event_id WITHIN 10 MINUTES;

-- Gold: users with more than 50 events in a minute.
CREATE TABLE anomalies AS
  SELECT
    user_id,
    COUNT(*) AS event_count,
    CASE WHEN COUNT(*) > 200 THEN 'critical' WHEN COUNT(*) > 100 THEN 'high' ELSE 'medium' END AS severity
  FROM silver_events
  WINDOW TUMBLING (SIZE 1 MINUTE, GRACE PERIOD 0 SECONDS)
  GROUP BY user_id
  HAVING COUNT(*) > 50
  EMIT CHANGES;

CREATE TABLE revenue AS
  SELECT
    product_id,
    SUM(total_amount) AS total_revenue,
    COUNT(*) AS purchase_count,
    SUM(COALESCE(quantity, 1)) AS units_sold,
    CAST(SUM(total_amount) / COUNT(*) AS DECIMAL(18, 4)) AS avg_order_value
  FROM silver_events
  WINDOW TUMBLING (SIZE 5 MINUTES, GRACE PERIOD 0 SECONDS)
  WHERE is_purchase
  GROUP BY product_id
  EMIT CHANGES;

CREATE TABLE conversion AS
  SELECT
    session_id,
    SUM(CASE WHEN event_type = 'page_view' THEN 1 ELSE 0 END) AS page_views,
    SUM(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS add_to_carts,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS purchases,
    CASE
      WHEN SUM(CASE WHEN event_type = 'page_view' THEN 1 ELSE 0 END) = 0 THEN 0E0
      ELSE CAST(SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS DOUBLE)
        / SUM(CASE WHEN event_type = 'page_view' THEN 1 ELSE 0 END)
    END AS conversion_rate
  FROM silver_events
  WINDOW TUMBLING (SIZE 10 MINUTES, GRACE PERIOD 0 SECONDS)
  GROUP BY session_id
  EMIT CHANGES;

-- Where it all goes.
CREATE SINK CONNECTOR anomalies_lake WITH (
  'connector.class' = 'delta', 'from' = 'anomalies', 'path' = '${lake}/gold/anomalies');
CREATE SINK CONNECTOR revenue_lake WITH (
  'connector.class' = 'delta', 'from' = 'revenue', 'path' = '${lake}/gold/revenue');
CREATE SINK CONNECTOR conversion_lake WITH (
  'connector.class' = 'delta', 'from' = 'conversion', 'path' = '${lake}/gold/conversion');
