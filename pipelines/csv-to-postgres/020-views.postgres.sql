-- Views for the usual questions.

CREATE OR REPLACE VIEW v_event_summary AS
SELECT
    event_type,
    count(*) AS events,
    count(DISTINCT user_id) AS users,
    count(DISTINCT session_id) AS sessions,
    count(DISTINCT product_id) AS products,
    coalesce(sum(price * coalesce(quantity, 1)) FILTER (WHERE event_type = 'purchase'), 0) AS revenue,
    min(event_timestamp) AS first_event,
    max(event_timestamp) AS last_event
FROM ecommerce_events
GROUP BY event_type;
COMMENT ON VIEW v_event_summary IS 'Events, users, sessions, products and revenue by type';

CREATE OR REPLACE VIEW v_hourly_events AS
SELECT
    window_start AS hour,
    event_type,
    event_count,
    coalesce(revenue, 0) AS revenue,
    distinct_users,
    distinct_products
FROM event_hourly_summary;
COMMENT ON VIEW v_hourly_events IS 'The course of each type, hour by hour (UTC)';

CREATE OR REPLACE VIEW v_purchase_funnel AS
SELECT
    day,
    sum(viewed) AS sessions_with_view,
    sum(carted) AS sessions_with_cart,
    sum(purchased) AS sessions_with_purchase,
    round(sum(carted)::numeric / nullif(sum(viewed), 0), 4) AS view_to_cart_rate,
    round(sum(purchased)::numeric / nullif(sum(carted), 0), 4) AS cart_to_purchase_rate,
    round(sum(purchased)::numeric / nullif(sum(viewed), 0), 4) AS view_to_purchase_rate
FROM (
    SELECT
        (event_timestamp AT TIME ZONE 'UTC')::date AS day,
        session_id,
        max((event_type IN ('view', 'click'))::integer) AS viewed,
        max((event_type = 'add_to_cart')::integer) AS carted,
        max((event_type = 'purchase')::integer) AS purchased
    FROM ecommerce_events
    GROUP BY (event_timestamp AT TIME ZONE 'UTC')::date, session_id
) AS sessions
GROUP BY day;
COMMENT ON VIEW v_purchase_funnel IS
    'Sessions of a day (UTC) that looked, filled a cart, bought, and the share that took each step';

CREATE OR REPLACE VIEW v_top_products AS
SELECT
    product_id,
    max(product_name) AS product_name,
    max(category) AS category,
    count(*) AS purchases,
    sum(coalesce(quantity, 1)) AS units_sold,
    sum(price * coalesce(quantity, 1)) AS revenue,
    count(DISTINCT user_id) AS buyers
FROM ecommerce_events
WHERE event_type = 'purchase'
GROUP BY product_id
ORDER BY revenue DESC, product_id;
COMMENT ON VIEW v_top_products IS 'Products by what was bought of them, the best first';

CREATE OR REPLACE VIEW v_recent_activity AS
SELECT
    event_timestamp,
    event_type,
    user_id,
    session_id,
    product_id,
    product_name,
    price,
    quantity,
    device_type,
    processing_time
FROM ecommerce_events
ORDER BY event_timestamp DESC;
COMMENT ON VIEW v_recent_activity IS 'Events, the latest first: ask with a LIMIT';
