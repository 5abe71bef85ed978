-- Shopsight: the events of a shop in a Kafka topic → Delta tables for those who ask how the shop is doing.
--
--   millrace run pipelines/shopsight/shopsight.sql --bootstrap-servers localhost:9092 -D lake=data
--
-- Every valid event goes to the lake once, with what its session had done so far. Beside it: activity and
-- ranks of products, sessions, bounce rate, funnel, the rate of each type of event, and where it is unusual.

DEFINE topic = 'product_events';
DEFINE lake = 'data';
-- How long an event may be under way, by event time, and still count.
DEFINE watermark_delay = '10 minutes';
-- A partition that is silent for so long holds nobody up.
DEFINE idle_timeout = '1 minute';

-- Rates are counted by so many seconds. An alarm compares one such interval with the 30 before it, of which
-- at least `least_baseline` must be known: it holds the span of 31 intervals.
DEFINE interval = '60';
DEFINE span = '1860';
DEFINE least_baseline = '10';
-- From how many deviations on an interval is unusual.
DEFINE threshold = '4';
-- How long alarms wait for events that are under way; what comes later is in all tables but the rates.
DEFINE alarm_delay = '1 minute';

-- The streams between topic and lake live in this process, and not in topics of their own.
SET 'output.topics' = 'false';

-- All fields are read as text: what a message says is judged below. One that is no JSON object, has no usable
-- time or lies more than a day ahead of the clock has the reason in ROWERROR.
CREATE STREAM raw_events (
  event_id STRING, event_type STRING, user_id STRING, user_segment STRING, session_id STRING,
  product_id STRING, product_name STRING, category STRING, price STRING, quantity STRING,
  cart_total STRING, cart_item_count STRING, page_url STRING, referrer STRING, user_agent STRING,
  platform STRING, device STRING, country STRING, timestamp STRING
) WITH (
  kafka_topic = '${topic}', value_format = 'JSON', partitions = 4, on_error = 'keep',
  timestamp = 'timestamp', watermark_delay = '${watermark_delay}', max_future = '1 day',
  idle_timeout = '${idle_timeout}');

-- Each message typed, with the first reason why it is no event, if there is one.
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
    CAST(price AS DECIMAL(18, 2)) AS price,
    CAST(quantity AS INTEGER) AS quantity,
    CAST(cart_total AS DECIMAL(18, 2)) AS cart_total,
    CAST(cart_item_count AS INTEGER) AS cart_item_count,
    page_url, referrer, user_agent,
    LCASE(TRIM(platform)) AS platform,
    COALESCE(LCASE(TRIM(device)), 'unknown') AS device_type,
    TRIM(country) AS country,
    CASE
      WHEN ROWERROR IS NOT NULL THEN ROWERROR
      WHEN event_id IS NULL OR TRIM(event_id) = '' THEN 'event_id is missing'
      WHEN event_type IS NULL THEN 'event_type is missing'
      WHEN LCASE(TRIM(event_type))
          NOT IN ('product_view', 'product_click', 'add_to_cart', 'checkout_start', 'purchase')
        THEN 'event_type is not known'
      WHEN user_id IS NULL OR TRIM(user_id) = '' THEN 'user_id is missing'
      WHEN session_id IS NULL OR TRIM(session_id) = '' THEN 'session_id is missing'
      WHEN product_id IS NULL OR TRIM(product_id) = '' THEN 'product_id is missing'
      WHEN price IS NOT NULL AND CAST(price AS DECIMAL(18, 2)) IS NULL THEN 'price is not a number'
      WHEN CAST(price AS DECIMAL(18, 2)) < 0 THEN 'price is negative'
      WHEN quantity IS NOT NULL AND CAST(quantity AS INTEGER) IS NULL
        THEN 'quantity is not a whole number'
      WHEN CAST(quantity AS INTEGER) < 0 THEN 'quantity is negative'
      WHEN LCASE(TRIM(event_type)) = 'purchase' AND price IS NULL THEN 'price of a purchase is missing'
    END AS reason
  FROM raw_events;

CREATE STREAM dead_letters AS
  SELECT
    ROWRAW AS raw_bytes,
    ROWSOURCE AS source_topic,
    ROWPARTITION AS source_partition,
    ROWOFFSET AS source_offset,
    reason,
    FROM_UNIXTIME(UNIX_TIMESTAMP()) AS processing_timestamp
  FROM checked_events
  WHERE reason IS NOT NULL;

-- Valid events, each once.
CREATE STREAM events AS
  SELECT
    event_id, event_type, user_id, user_segment, session_id, product_id, product_name, category, price,
    quantity, cart_total, cart_item_count, page_url, referrer, user_agent, platform, device_type, country,
    FROM_UNIXTIME(ROWTIME) AS event_timestamp,
    COALESCE(user_id LIKE 'bot%' OR LCASE(user_agent) LIKE '%bot%', FALSE) AS is_bot_traffic,
    CASE WHEN event_type = 'purchase' THEN price * COALESCE(quantity, 1) END AS revenue
  FROM checked_events
  WHERE reason IS NULL
  DEDUPLICATE BY event_id WITHIN 10 MINUTES;

-- The lake's events: each with its session so far, itself included, in the order in which events come. A
-- session that has been silent for a day is forgotten.
DEFINE so_far = 'OVER (PARTITION BY session_id WITHIN 1 DAY)';
CREATE STREAM enriched_events AS
  SELECT
    event_id, event_type, user_id, user_segment, session_id, product_id, product_name, category, price,
    quantity, revenue, cart_total, cart_item_count, page_url, referrer, user_agent, platform, device_type,
    country, is_bot_traffic, event_timestamp,
    FROM_UNIXTIME(UNIX_TIMESTAMP()) AS processing_timestamp,
    CAST(event_timestamp AS DATE) AS event_date,
    EARLIEST_BY_OFFSET(event_timestamp) ${so_far} AS session_started_at,
    -- An event out of order may be older than the one by which its session was known first.
    GREATEST((ROWTIME - UNIX_TIMESTAMP(EARLIEST_BY_OFFSET(event_timestamp) ${so_far})) / 1000,
      CAST(0 AS BIGINT)) AS session_seconds,
    COUNT(*) ${so_far} AS session_events,
    SUM(CASE WHEN event_type = 'product_view' THEN 1 ELSE 0 END) ${so_far} AS session_views,
    SUM(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) ${so_far} AS session_cart_adds,
    SUM(CASE WHEN event_type = 'checkout_start' THEN 1 ELSE 0 END) ${so_far} AS session_checkouts,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) ${so_far} AS session_purchases,
    CAST(SUM(revenue) ${so_far} AS DECIMAL(18, 2)) AS session_revenue
  FROM events;

CREATE TABLE product_activity AS
  SELECT
    product_id,
    LATEST_BY_OFFSET(product_name) AS product_name,
    LATEST_BY_OFFSET(category) AS category,
    COUNT(*) AS events,
    SUM(CASE WHEN event_type = 'product_view' THEN 1 ELSE 0 END) AS views,
    SUM(CASE WHEN event_type = 'product_click' THEN 1 ELSE 0 END) AS clicks,
    SUM(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS cart_adds,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS purchases,
    SUM(CASE WHEN event_type = 'purchase' THEN COALESCE(quantity, 1) ELSE 0 END) AS units_sold,
    SUM(revenue) AS revenue,
    COUNT_DISTINCT(session_id) AS sessions
  FROM events
  WINDOW TUMBLING (SIZE 5 MINUTES, GRACE PERIOD 0 SECONDS)
  WHERE NOT is_bot_traffic
  GROUP BY product_id
  EMIT CHANGES;

-- The ten most viewed and most sold products of each category and hour, the first first. TOPK ranks values
-- and not how often they come, so the counts of HISTOGRAM are sorted as texts: the greatest count first, then
-- by product. It counts up to 1,000 products of a category and hour. SLICE wants ten to cut ten off.
DEFINE ten_blanks = 'SPLIT(''|||||||||'', ''|'')';
CREATE TABLE top_products AS
  SELECT
    category,
    COUNT(*) AS events,
    TRANSFORM(FILTER(SLICE(
      ARRAY_CONCAT(ARRAY_SORT(TRANSFORM(
        ENTRIES(HISTOGRAM(CASE WHEN event_type = 'product_view' THEN product_id END), TRUE),
        e => LPAD(CAST(999999999 - e->V AS STRING), 9, '0') || e->K)), ${ten_blanks}), 1, 10),
      t => t <> ''),
      t => STRUCT(`product_id` := SUBSTRING(t, 10), `events` := 999999999 - CAST(SUBSTRING(t, 1, 9) AS INTEGER)))
      AS most_viewed,
    TRANSFORM(FILTER(SLICE(
      ARRAY_CONCAT(ARRAY_SORT(TRANSFORM(
        ENTRIES(HISTOGRAM(CASE WHEN event_type = 'purchase' THEN product_id END), TRUE),
        e => LPAD(CAST(999999999 - e->V AS STRING), 9, '0') || e->K)), ${ten_blanks}), 1, 10),
      t => t <> ''),
      t => STRUCT(`product_id` := SUBSTRING(t, 10), `events` := 999999999 - CAST(SUBSTRING(t, 1, 9) AS INTEGER)))
      AS most_sold
  FROM events
  WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 0 SECONDS)
  WHERE NOT is_bot_traffic AND category IS NOT NULL
  GROUP BY category
  EMIT CHANGES;

-- Sessions, each as long as no gap in it is longer than half an hour.
CREATE TABLE sessions AS
  SELECT
    session_id,
    EARLIEST_BY_OFFSET(user_id) AS user_id,
    EARLIEST_BY_OFFSET(user_segment) AS user_segment,
    EARLIEST_BY_OFFSET(device_type) AS device_type,
    EARLIEST_BY_OFFSET(country) AS country,
    MAX(CASE WHEN is_bot_traffic THEN 1 ELSE 0 END) = 1 AS is_bot_traffic,
    COUNT(*) AS events,
    CAST(WINDOWEND - WINDOWSTART AS DOUBLE) / 1000 AS duration_seconds,
    COUNT(*) = 1 AS is_bounce,
    SUM(CASE WHEN event_type = 'product_view' THEN 1 ELSE 0 END) AS views,
    SUM(CASE WHEN event_type = 'product_click' THEN 1 ELSE 0 END) AS clicks,
    SUM(CASE WHEN event_type = 'add_to_cart' THEN 1 ELSE 0 END) AS cart_adds,
    SUM(CASE WHEN event_type = 'checkout_start' THEN 1 ELSE 0 END) AS checkouts,
    SUM(CASE WHEN event_type = 'purchase' THEN 1 ELSE 0 END) AS purchases,
    SUM(revenue) AS revenue,
    COUNT_DISTINCT(product_id) AS products
  FROM events
  WINDOW SESSION (30 MINUTES, GRACE PERIOD 0 SECONDS)
  GROUP BY session_id
  EMIT CHANGES;

-- Each session counts once at each step that it reaches, in the hour and on the day when it began. A later
-- step may come hours after that, so these windows stay open for a day. An event tells by the session so far
-- whether it is the first of its kind.
CREATE STREAM session_steps WITH (timestamp = 'session_started_at') AS
  SELECT
    session_id,
    device_type,
    session_started_at,
    CAST(session_started_at AS DATE) AS session_date,
    CASE WHEN session_events = 1 THEN 1 ELSE 0 END AS begins,
    CASE WHEN session_events = 2 THEN 1 ELSE 0 END AS goes_on,
    CASE WHEN event_type = 'product_view' AND session_views = 1 THEN 1 ELSE 0 END AS views,
    CASE WHEN event_type = 'add_to_cart' AND session_cart_adds = 1 THEN 1 ELSE 0 END AS adds,
    CASE WHEN event_type = 'checkout_start' AND session_checkouts = 1 THEN 1 ELSE 0 END AS checks_out,
    CASE WHEN event_type = 'purchase' AND session_purchases = 1 THEN 1 ELSE 0 END AS purchases
  FROM enriched_events
  WHERE NOT is_bot_traffic;

CREATE TABLE bounce_rate AS
  SELECT
    session_date,
    CAST(WINDOWSTART / 3600000 % 24 AS INTEGER) AS session_hour,
    SUM(begins) AS sessions,
    SUM(begins) - SUM(goes_on) AS bounced_sessions,
    CAST(SUM(begins) - SUM(goes_on) AS DOUBLE) / SUM(begins) AS bounce_rate
  FROM session_steps
  WINDOW TUMBLING (SIZE 1 HOUR, GRACE PERIOD 1 DAY)
  GROUP BY session_date
  EMIT CHANGES;

CREATE TABLE funnel AS
  SELECT
    session_date,
    device_type,
    SUM(begins) AS sessions,
    SUM(views) AS viewed,
    SUM(adds) AS added_to_cart,
    SUM(checks_out) AS started_checkout,
    SUM(purchases) AS purchased,
    CAST(SUM(adds) AS DOUBLE) / SUM(views) AS view_to_cart_rate,
    CAST(SUM(checks_out) AS DOUBLE) / SUM(adds) AS cart_to_checkout_rate,
    CAST(SUM(purchases) AS DOUBLE) / SUM(checks_out) AS checkout_to_purchase_rate,
    CAST(SUM(purchases) AS DOUBLE) / SUM(begins) AS conversion_rate
  FROM session_steps
  WINDOW TUMBLING (SIZE 1 DAY, GRACE PERIOD 1 DAY)
  GROUP BY session_date, device_type
  EMIT CHANGES;

-- How often each type of event comes. Bots count: their rush is worth an alarm.
CREATE STREAM timed_events WITH (timestamp = 'event_timestamp', watermark_delay = '${alarm_delay}') AS
  SELECT event_type, event_timestamp FROM events;

CREATE TABLE event_rates AS
  SELECT event_type, COUNT(*) AS events
  FROM timed_events
  WINDOW TUMBLING (SIZE ${interval} SECONDS, GRACE PERIOD 0 SECONDS)
  GROUP BY event_type
  EMIT FINAL;

-- An interval is unusual by its z-score: how many deviations it lies from the mean of those before it.
-- Each window holds the 31 counts of a type of event that its last interval needs, the intervals without an
-- event among them: those are no entry of the map, and a 0. So a type that falls silent is noticed too.
DEFINE counts = 'HISTOGRAM(CAST(ROWTIME / ${interval}000 AS STRING))';
DEFINE last = '(WINDOWEND / ${interval}000 - 1)';
DEFINE observed = 'COALESCE(${counts}[CAST(${last} AS STRING)], CAST(0 AS BIGINT))';
-- The baseline begins with the first interval of the span that has an event: before it nothing is known.
DEFINE known = '(${last} - ARRAY_MIN(TRANSFORM(MAP_KEYS(${counts}), k => CAST(k AS BIGINT))))';
DEFINE sum = '(COUNT(*) - ${observed})';
DEFINE squares = '(REDUCE(${counts}, CAST(0 AS BIGINT), (s, k, v) => s + v * v) - ${observed} * ${observed})';
DEFINE mean = '(CAST(${sum} AS DOUBLE) / ${known})';
DEFINE variance = '(CAST(${known} * ${squares} - ${sum} * ${sum} AS DOUBLE) / (${known} * (${known} - 1)))';
-- Chance alone makes counts deviate by the root of their mean; a shop that is quieter than that is lucky.
DEFINE deviation = 'GREATEST(SQRT(${variance}), SQRT(${mean}), 1E0)';
DEFINE score = '((${observed} - ${mean}) / ${deviation})';
CREATE TABLE anomalies AS
  SELECT
    event_type,
    FROM_UNIXTIME(WINDOWEND - ${interval}000) AS interval_start,
    FROM_UNIXTIME(WINDOWEND) AS interval_end,
    ${observed} AS events,
    ${mean} AS expected,
    ${deviation} AS deviation,
    ${score} AS z_score,
    CASE WHEN ${score} > 0 THEN 'spike' ELSE 'drop' END AS direction,
    CASE WHEN ABS(${score}) >= 3 * ${threshold} THEN 'critical'
      WHEN ABS(${score}) >= 2 * ${threshold} THEN 'high' ELSE 'medium' END AS severity,
    ${known} AS baseline_intervals
  FROM timed_events
  WINDOW HOPPING (SIZE ${span} SECONDS, ADVANCE BY ${interval} SECONDS, GRACE PERIOD 0 SECONDS)
  GROUP BY event_type
  HAVING ${known} >= ${least_baseline} AND ABS(${score}) >= ${threshold}
  EMIT FINAL;

-- Where it all goes.
CREATE SINK CONNECTOR enriched_events_lake WITH (
  'connector.class' = 'delta', 'from' = 'enriched_events', 'path' = '${lake}/shopsight/enriched_events',
  'partition.by' = 'event_date');
CREATE SINK CONNECTOR dead_letters_lake WITH (
  'connector.class' = 'delta', 'from' = 'dead_letters', 'path' = '${lake}/shopsight/dead_letters');
CREATE SINK CONNECTOR product_activity_lake WITH (
  'connector.class' = 'delta', 'from' = 'product_activity', 'path' = '${lake}/shopsight/product_activity');
CREATE SINK CONNECTOR top_products_lake WITH (
  'connector.class' = 'delta', 'from' = 'top_products', 'path' = '${lake}/shopsight/top_products');
CREATE SINK CONNECTOR sessions_lake WITH (
  'connector.class' = 'delta', 'from' = 'sessions', 'path' = '${lake}/shopsight/sessions');
CREATE SINK CONNECTOR bounce_rate_lake WITH (
  'connector.class' = 'delta', 'from' = 'bounce_rate', 'path' = '${lake}/shopsight/bounce_rate');
CREATE SINK CONNECTOR funnel_lake WITH (
  'connector.class' = 'delta', 'from' = 'funnel', 'path' = '${lake}/shopsight/funnel');
CREATE SINK CONNECTOR event_rates_lake WITH (
  'connector.class' = 'delta', 'from' = 'event_rates', 'path' = '${lake}/shopsight/event_rates');
CREATE SINK CONNECTOR anomalies_lake WITH (
  'connector.class' = 'delta', 'from' = 'anomalies', 'path' = '${lake}/shopsight/anomalies');
