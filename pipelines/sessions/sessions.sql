-- A shop's events in Kafka → sessions, products and activity, as Avro in Kafka. The *.json files beside this one
-- are connectors, in Kafka Connect's own form, that bring them to PostgreSQL.
--
--   DATABASE_URL=postgresql://app@localhost:5432/shop \
--     millrace run pipelines/sessions/sessions.sql --connector pipelines/sessions/session-stats-sink.json \
--       --connector pipelines/sessions/product-stats-sink.json \
--       --connector pipelines/sessions/activity-stats-sink.json
--
-- The statements are ksqlDB's, but for two properties: MAX_FUTURE, without which one event dated 2099 would end
-- every window and session, and ROW_TTL, without which the table of sessions would grow for ever.

DEFINE brokers = 'localhost:9092';
DEFINE registry = 'http://localhost:8081';

SET 'bootstrap.servers' = '${brokers}';
SET 'schema.registry.url' = '${registry}';
SET 'auto.offset.reset' = 'earliest';
-- A partition that is silent for so long holds nobody up.
SET 'idle.timeout' = '1 minute';

CREATE STREAM events_stream (
  event_id VARCHAR,
  event_type VARCHAR,
  user_id VARCHAR,
  user_segment VARCHAR,
  session_id VARCHAR,
  product_id VARCHAR,
  product_name VARCHAR,
  category VARCHAR,
  price DECIMAL(10, 2),
  quantity INTEGER,
  device VARCHAR,
  timestamp VARCHAR
) WITH (
  KAFKA_TOPIC = 'ecommerce.events',
  PARTITIONS = 4,
  VALUE_FORMAT = 'JSON',
  TIMESTAMP = 'timestamp',
  TIMESTAMP_FORMAT = 'yyyy-MM-dd''T''HH:mm:ss.SSSX',
  MAX_FUTURE = '1 day'
);

-- One row for each session, which goes a day after its last event. The session's id is the record's key and, since
-- readers of values see no key, a column of the value.
CREATE TABLE session_stats WITH (
  KAFKA_TOPIC = 'session_stats_avro',
  VALUE_FORMAT = 'AVRO',
  ROW_TTL = '1 day'
) AS
  SELECT
    session_id AS session_key,
    AS_VALUE(session_id) AS session_id,
    LATEST_BY_OFFSET(user_id) AS user_id,
    LATEST_BY_OFFSET(user_segment) AS user_segment,
    LATEST_BY_OFFSET(device) AS device,
    CASE
      WHEN SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) > 0 THEN 'purchased'
      WHEN SUM(CASE
          WHEN event_type = 'item_added_to_cart' THEN quantity
          WHEN event_type = 'item_removed_from_cart' THEN -quantity
          ELSE 0 END) <= 0 THEN 'browsing'
      WHEN SUM(CASE WHEN event_type = 'checkout_started' THEN 1 ELSE 0 END) > 0 THEN 'checkout'
      ELSE 'shopping'
    END AS session_state,
    COUNT(*) AS events_count,
    SUM(CASE WHEN event_type = 'page_viewed' THEN 1 ELSE 0 END) AS pages_viewed,
    SUM(CASE WHEN event_type = 'product_viewed' THEN 1 ELSE 0 END) AS products_viewed,
    SUM(CASE WHEN event_type = 'item_added_to_cart' THEN 1 ELSE 0 END) AS cart_additions,
    SUM(CASE WHEN event_type = 'checkout_started' THEN 1 ELSE 0 END) AS checkout_count,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS purchase_count,
    -- What was purchased lies in the cart no longer.
    SUM(CASE
      WHEN event_type = 'item_added_to_cart' THEN quantity
      WHEN event_type IN ('item_removed_from_cart', 'purchase') THEN -quantity
      ELSE 0 END) AS items_in_cart,
    SUM(CASE
      WHEN event_type = 'item_added_to_cart' THEN price * quantity
      WHEN event_type IN ('item_removed_from_cart', 'purchase') THEN -price * quantity
      END) AS cart_value,
    SUM(CASE WHEN event_type = 'purchase' THEN price * quantity END) AS revenue,
    FROM_UNIXTIME(MIN(ROWTIME)) AS started_at,
    FROM_UNIXTIME(MAX(ROWTIME)) AS updated_at
  FROM events_stream
  WHERE event_type IN ('page_viewed', 'product_viewed', 'item_added_to_cart', 'item_removed_from_cart',
      'checkout_started', 'purchase')
    AND (price IS NULL OR price >= 0)
  GROUP BY session_id
  EMIT CHANGES;

-- Products by five minutes. The key holds the window in bytes that no converter of Kafka Connect reads, so the value
-- has product and window too.
CREATE TABLE product_stats WITH (
  KAFKA_TOPIC = 'product_stats_avro',
  VALUE_FORMAT = 'AVRO'
) AS
  SELECT
    product_id AS product_key,
    AS_VALUE(product_id) AS product_id,
    FROM_UNIXTIME(WINDOWSTART) AS window_start,
    FROM_UNIXTIME(WINDOWEND) AS window_end,
    LATEST_BY_OFFSET(product_name) AS product_name,
    LATEST_BY_OFFSET(category) AS category,
    SUM(CASE WHEN event_type = 'product_viewed' THEN 1 ELSE 0 END) AS views,
    SUM(CASE WHEN event_type = 'item_added_to_cart' THEN quantity ELSE 0 END) AS units_added,
    SUM(CASE WHEN event_type = 'item_removed_from_cart' THEN quantity ELSE 0 END) AS units_removed,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS purchases,
    SUM(CASE WHEN event_type = 'purchase' THEN quantity ELSE 0 END) AS units_sold,
    SUM(CASE WHEN event_type = 'purchase' THEN price * quantity END) AS revenue
  FROM events_stream
  WINDOW TUMBLING (SIZE 5 MINUTES, RETENTION 1 DAY, GRACE PERIOD 1 HOUR)
  WHERE event_type IN ('product_viewed', 'item_added_to_cart', 'item_removed_from_cart', 'purchase')
    AND price >= 0
  GROUP BY product_id
  EMIT CHANGES;

-- What happens, by the minute.
CREATE TABLE activity_stats WITH (
  KAFKA_TOPIC = 'activity_stats_avro',
  VALUE_FORMAT = 'AVRO'
) AS
  SELECT
    event_type AS event_key,
    AS_VALUE(event_type) AS event_type,
    FROM_UNIXTIME(WINDOWSTART) AS window_start,
    FROM_UNIXTIME(WINDOWEND) AS window_end,
    COUNT(*) AS events_count,
    COUNT_DISTINCT(session_id) AS sessions,
    COUNT_DISTINCT(user_id) AS users
  FROM events_stream
  WINDOW TUMBLING (SIZE 1 MINUTE, RETENTION 1 DAY, GRACE PERIOD 1 HOUR)
  WHERE event_type IN ('page_viewed', 'product_viewed', 'item_added_to_cart', 'item_removed_from_cart',
      'checkout_started', 'purchase')
    AND (price IS NULL OR price >= 0)
  GROUP BY event_type
  EMIT CHANGES;
