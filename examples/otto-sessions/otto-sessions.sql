-- Shoppers of a German web shop: visits, and how many clicks become carts and orders.
--
--   millrace run examples/otto-sessions/otto-sessions.sql --once -D input=PATH/TO/otto-sessions.jsonl
--
-- A line is all that one shopper did in four weeks, as an array of structures; EXPLODE makes a row of each.

DEFINE input = 'examples/otto-sessions/data';
DEFINE lake = 'data/otto-sessions';

CREATE TYPE action AS STRUCT<aid BIGINT, ts BIGINT, type STRING>;

CREATE STREAM shoppers (session BIGINT, events ARRAY<action>) WITH (
  connector = 'files', path = '${input}', value_format = 'JSON');

CREATE STREAM actions AS
  SELECT session, EXPLODE(events) AS action FROM shoppers;

-- Each line begins anew at its shopper's first day: events are out of order by as much as the four weeks that
-- the data lasts, and the watermark waits for so long.
CREATE STREAM events WITH (timestamp = 'happened_at', watermark_delay = '30 days') AS
  SELECT
    session AS shopper,
    action->aid AS product,
    action->type AS type,
    FROM_UNIXTIME(action->ts) AS happened_at
  FROM actions;

-- A visit ends where nothing happens for half an hour.
CREATE TABLE visits AS
  SELECT
    shopper,
    COUNT(*) AS events,
    COUNT_DISTINCT(product) AS products,
    SUM(CASE WHEN type = 'clicks' THEN 1 ELSE 0 END) AS clicks,
    SUM(CASE WHEN type = 'carts' THEN 1 ELSE 0 END) AS carts,
    SUM(CASE WHEN type = 'orders' THEN 1 ELSE 0 END) AS orders,
    WINDOWEND - WINDOWSTART AS milliseconds
  FROM events WINDOW SESSION (30 MINUTES, GRACE PERIOD 0 SECONDS)
  GROUP BY shopper;

-- The funnel of each shopper. Rates are NULL where there was nothing to convert.
CREATE TABLE conversion AS
  SELECT
    shopper,
    SUM(CASE WHEN type = 'clicks' THEN 1 ELSE 0 END) AS clicks,
    SUM(CASE WHEN type = 'carts' THEN 1 ELSE 0 END) AS carts,
    SUM(CASE WHEN type = 'orders' THEN 1 ELSE 0 END) AS orders,
    CAST(SUM(CASE WHEN type = 'carts' THEN 1 ELSE 0 END) AS DOUBLE)
      / NULLIF(SUM(CASE WHEN type = 'clicks' THEN 1 ELSE 0 END), 0) AS click_to_cart,
    CAST(SUM(CASE WHEN type = 'orders' THEN 1 ELSE 0 END) AS DOUBLE)
      / NULLIF(SUM(CASE WHEN type = 'carts' THEN 1 ELSE 0 END), 0) AS cart_to_order
  FROM events
  GROUP BY shopper;

CREATE TABLE products AS
  SELECT
    product,
    COUNT_DISTINCT(shopper) AS shoppers,
    SUM(CASE WHEN type = 'clicks' THEN 1 ELSE 0 END) AS clicks,
    SUM(CASE WHEN type = 'carts' THEN 1 ELSE 0 END) AS carts,
    SUM(CASE WHEN type = 'orders' THEN 1 ELSE 0 END) AS orders
  FROM events
  GROUP BY product;

-- The line as it came, nested: who shopped, from when to when, and what.
CREATE STREAM shopper_lines AS
  SELECT
    session AS shopper,
    ARRAY_LENGTH(events) AS event_count,
    FROM_UNIXTIME(events[1]->ts) AS first_at,
    FROM_UNIXTIME(events[-1]->ts) AS last_at,
    events
  FROM shoppers;

CREATE SINK CONNECTOR shoppers_lake WITH (
  'connector.class' = 'delta', 'from' = 'shopper_lines', 'path' = '${lake}/bronze/shoppers');
CREATE SINK CONNECTOR events_lake WITH (
  'connector.class' = 'delta', 'from' = 'events', 'path' = '${lake}/silver/events');
CREATE SINK CONNECTOR visits_lake WITH (
  'connector.class' = 'delta', 'from' = 'visits', 'path' = '${lake}/gold/visits');
CREATE SINK CONNECTOR conversion_lake WITH (
  'connector.class' = 'delta', 'from' = 'conversion', 'path' = '${lake}/gold/conversion');
CREATE SINK CONNECTOR products_lake WITH (
  'connector.class' = 'delta', 'from' = 'products', 'path' = '${lake}/gold/products');
