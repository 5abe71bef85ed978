-- Questions with parameters.

CREATE OR REPLACE FUNCTION conversion_by_period(
    from_time timestamptz, to_time timestamptz, period interval DEFAULT '1 hour')
RETURNS TABLE (
    period_start timestamptz, sessions bigint, purchasing_sessions bigint, conversion_rate numeric,
    revenue numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT
        date_bin(period, event_timestamp, from_time),
        count(DISTINCT session_id),
        count(DISTINCT session_id) FILTER (WHERE event_type = 'purchase'),
        round((count(DISTINCT session_id) FILTER (WHERE event_type = 'purchase'))::numeric
            / nullif(count(DISTINCT session_id), 0), 4),
        coalesce(sum(price * coalesce(quantity, 1)) FILTER (WHERE event_type = 'purchase'), 0)
    FROM ecommerce_events
    WHERE event_timestamp >= from_time AND event_timestamp < to_time
    GROUP BY 1
    ORDER BY 1
$$;
COMMENT ON FUNCTION conversion_by_period IS
    'Of the sessions with an event in each period, how many bought, and for how much';

CREATE OR REPLACE FUNCTION user_journey(of_user text, most integer DEFAULT 1000)
RETURNS TABLE (
    step bigint, event_timestamp timestamptz, session_id text, event_type text, product_id text,
    product_name text, price numeric, quantity integer, since_last interval)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT
        row_number() OVER (ORDER BY e.event_timestamp, e.event_id),
        e.event_timestamp, e.session_id, e.event_type, e.product_id, e.product_name, e.price, e.quantity,
        e.event_timestamp - lag(e.event_timestamp) OVER (ORDER BY e.event_timestamp, e.event_id)
    FROM ecommerce_events AS e
    WHERE e.user_id = of_user
    ORDER BY e.event_timestamp, e.event_id
    LIMIT most
$$;
COMMENT ON FUNCTION user_journey IS 'What a user did, step by step';

CREATE OR REPLACE FUNCTION top_products_between(
    from_time timestamptz, to_time timestamptz, most integer DEFAULT 10)
RETURNS TABLE (
    product_id text, product_name text, category text, purchases bigint, units_sold bigint,
    revenue numeric)
LANGUAGE sql STABLE PARALLEL SAFE
AS $$
    SELECT
        e.product_id, max(e.product_name), max(e.category), count(*), sum(coalesce(e.quantity, 1)),
        sum(e.price * coalesce(e.quantity, 1))
    FROM ecommerce_events AS e
    WHERE e.event_type = 'purchase' AND e.event_timestamp >= from_time AND e.event_timestamp < to_time
    GROUP BY e.product_id
    ORDER BY 6 DESC, e.product_id
    LIMIT most
$$;
COMMENT ON FUNCTION top_products_between IS 'The products that brought the most between two times';
