-- Views for the usual questions. What is abandoned depends on the clock, so it is told when somebody asks.

CREATE OR REPLACE VIEW v_sessions AS
SELECT
    session_id,
    user_id,
    user_segment,
    device,
    CASE
        WHEN session_state IN ('shopping', 'checkout') AND updated_at < now() - interval '30 minutes'
        THEN 'abandoned'
        ELSE session_state
    END AS session_state,
    session_state AS furthest_state,
    updated_at >= now() - interval '30 minutes' AS is_open,
    events_count,
    pages_viewed,
    products_viewed,
    cart_additions,
    checkout_count,
    purchase_count,
    items_in_cart,
    cart_value,
    revenue,
    started_at,
    updated_at,
    updated_at - started_at AS duration
FROM session_stats;
COMMENT ON VIEW v_sessions IS
    'Sessions as they are now: one with something in the cart and no event for 30 minutes is abandoned';

CREATE OR REPLACE VIEW v_session_states AS
SELECT
    session_state,
    user_segment,
    count(*) AS sessions,
    sum(items_in_cart) AS items_in_cart,
    sum(cart_value) AS cart_value,
    sum(revenue) AS revenue
FROM v_sessions
GROUP BY session_state, user_segment;
COMMENT ON VIEW v_session_states IS 'Sessions, what lies in their carts and what they brought, by state and segment';

CREATE OR REPLACE VIEW v_abandoned_carts AS
SELECT
    session_id,
    user_id,
    user_segment,
    session_state AS furthest_state,
    items_in_cart,
    cart_value,
    updated_at
FROM session_stats
WHERE session_state IN ('shopping', 'checkout') AND updated_at < now() - interval '30 minutes';
COMMENT ON VIEW v_abandoned_carts IS 'Carts that nobody has touched for 30 minutes';

CREATE OR REPLACE VIEW v_session_funnel AS
SELECT
    user_segment,
    count(*) AS sessions,
    count(*) FILTER (WHERE products_viewed > 0) AS viewed_product,
    count(*) FILTER (WHERE cart_additions > 0) AS filled_cart,
    count(*) FILTER (WHERE checkout_count > 0) AS began_checkout,
    count(*) FILTER (WHERE purchase_count > 0) AS purchased,
    round((count(*) FILTER (WHERE purchase_count > 0))::numeric / count(*), 4) AS conversion_rate,
    sum(revenue) AS revenue
FROM session_stats
GROUP BY user_segment;
COMMENT ON VIEW v_session_funnel IS 'How many sessions took each step to a purchase, by segment';

CREATE OR REPLACE VIEW v_top_products AS
SELECT
    product_id,
    max(product_name) AS product_name,
    max(category) AS category,
    sum(views) AS views,
    sum(units_added) AS units_added,
    sum(units_removed) AS units_removed,
    sum(purchases) AS purchases,
    sum(units_sold) AS units_sold,
    sum(revenue) AS revenue,
    round(sum(purchases)::numeric / nullif(sum(views), 0), 4) AS view_to_purchase_rate
FROM product_stats
GROUP BY product_id
ORDER BY sum(revenue) DESC, product_id;
COMMENT ON VIEW v_top_products IS 'Products by what was purchased of them, the best first';

CREATE OR REPLACE VIEW v_activity AS
SELECT
    window_start AS minute,
    sum(events_count) AS events,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'page_viewed'), 0) AS page_views,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'product_viewed'), 0) AS product_views,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'item_added_to_cart'), 0) AS cart_additions,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'item_removed_from_cart'), 0) AS cart_removals,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'checkout_started'), 0) AS checkouts,
    coalesce(sum(events_count) FILTER (WHERE event_type = 'purchase'), 0) AS purchases
FROM activity_stats
GROUP BY window_start;
COMMENT ON VIEW v_activity IS 'Events of each minute (UTC), a column for each type';
