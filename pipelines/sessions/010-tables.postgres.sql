-- The tables of the pipeline sessions. Each statement may be run again.

CREATE TABLE IF NOT EXISTS session_stats (
    session_id      text PRIMARY KEY,
    user_id         text,
    user_segment    text,
    device          text,
    session_state   text NOT NULL
        CHECK (session_state IN ('browsing', 'shopping', 'checkout', 'purchased', 'abandoned')),
    events_count    bigint NOT NULL CHECK (events_count > 0),
    pages_viewed    integer NOT NULL DEFAULT 0,
    products_viewed integer NOT NULL DEFAULT 0,
    cart_additions  integer NOT NULL DEFAULT 0,
    checkout_count  integer NOT NULL DEFAULT 0,
    purchase_count  integer NOT NULL DEFAULT 0,
    items_in_cart   integer NOT NULL DEFAULT 0,
    cart_value      numeric(21, 2) NOT NULL DEFAULT 0,
    revenue         numeric(21, 2) NOT NULL DEFAULT 0,
    started_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);

COMMENT ON TABLE session_stats IS 'Sessions of the shop, one row each, kept up to date while their events come';
COMMENT ON COLUMN session_stats.session_id IS 'Given by the shop; the key of the topic''s records';
COMMENT ON COLUMN session_stats.user_id IS 'The visitor, signed in or not';
COMMENT ON COLUMN session_stats.user_segment IS 'vip, regular or new';
COMMENT ON COLUMN session_stats.device IS 'mobile, desktop or tablet';
COMMENT ON COLUMN session_stats.session_state IS
    'How far it came by its events: browsing, shopping (something in the cart), checkout, purchased; '
    'v_sessions says abandoned too, which takes a clock';
COMMENT ON COLUMN session_stats.events_count IS 'Events of every type';
COMMENT ON COLUMN session_stats.pages_viewed IS 'Pages that are no product''s';
COMMENT ON COLUMN session_stats.products_viewed IS 'Product pages, a page that is seen again counts again';
COMMENT ON COLUMN session_stats.cart_additions IS 'How often something was put into the cart';
COMMENT ON COLUMN session_stats.checkout_count IS 'How often a checkout was begun';
COMMENT ON COLUMN session_stats.purchase_count IS 'Products purchased, one event each';
COMMENT ON COLUMN session_stats.items_in_cart IS
    'Pieces put in less those taken out or purchased; below 0 for as long as an event is on its way';
COMMENT ON COLUMN session_stats.cart_value IS 'Price of the pieces in the cart';
COMMENT ON COLUMN session_stats.revenue IS 'Price of the pieces purchased';
COMMENT ON COLUMN session_stats.started_at IS 'Time of the first event';
COMMENT ON COLUMN session_stats.updated_at IS 'Time of the last event';

CREATE INDEX IF NOT EXISTS session_stats_segment ON session_stats (user_segment, updated_at);
CREATE INDEX IF NOT EXISTS session_stats_state ON session_stats (session_state, updated_at);
CREATE INDEX IF NOT EXISTS session_stats_time ON session_stats (updated_at DESC);
CREATE INDEX IF NOT EXISTS session_stats_start ON session_stats (started_at);
CREATE INDEX IF NOT EXISTS session_stats_user ON session_stats (user_id);

COMMENT ON INDEX session_stats_segment IS 'Sessions of a segment between two times';
COMMENT ON INDEX session_stats_state IS 'Sessions in a state, and carts left behind, between two times';
COMMENT ON INDEX session_stats_time IS 'The latest sessions, and sessions at work';
COMMENT ON INDEX session_stats_start IS 'Sessions that began between two times';
COMMENT ON INDEX session_stats_user IS 'The sessions of a user';

CREATE TABLE IF NOT EXISTS product_stats (
    product_id    text NOT NULL,
    window_start  timestamptz NOT NULL,
    window_end    timestamptz NOT NULL,
    product_name  text,
    category      text,
    views         integer NOT NULL DEFAULT 0,
    units_added   integer NOT NULL DEFAULT 0,
    units_removed integer NOT NULL DEFAULT 0,
    purchases     integer NOT NULL DEFAULT 0,
    units_sold    integer NOT NULL DEFAULT 0,
    revenue       numeric(21, 2) NOT NULL DEFAULT 0,
    PRIMARY KEY (product_id, window_start),
    CHECK (window_end > window_start)
);

COMMENT ON TABLE product_stats IS
    'What happened to each product in five minutes (UTC), kept up to date until an hour after their end';
COMMENT ON COLUMN product_stats.product_id IS 'The product';
COMMENT ON COLUMN product_stats.window_start IS 'The first instant of the five minutes';
COMMENT ON COLUMN product_stats.window_end IS 'The first instant after them';
COMMENT ON COLUMN product_stats.product_name IS 'The name, as the last event has it';
COMMENT ON COLUMN product_stats.category IS 'The category, as the last event has it';
COMMENT ON COLUMN product_stats.views IS 'Views of its page';
COMMENT ON COLUMN product_stats.units_added IS 'Pieces put into carts';
COMMENT ON COLUMN product_stats.units_removed IS 'Pieces taken out of carts without a purchase';
COMMENT ON COLUMN product_stats.purchases IS 'Purchases with it';
COMMENT ON COLUMN product_stats.units_sold IS 'Pieces purchased';
COMMENT ON COLUMN product_stats.revenue IS 'Price of the pieces purchased';

CREATE INDEX IF NOT EXISTS product_stats_time ON product_stats (window_start, category);
COMMENT ON INDEX product_stats_time IS 'Products and categories between two times';

CREATE TABLE IF NOT EXISTS activity_stats (
    event_type   text NOT NULL,
    window_start timestamptz NOT NULL,
    window_end   timestamptz NOT NULL,
    events_count bigint NOT NULL CHECK (events_count > 0),
    sessions     bigint NOT NULL,
    users        bigint NOT NULL,
    PRIMARY KEY (event_type, window_start),
    CHECK (window_end > window_start)
);

COMMENT ON TABLE activity_stats IS
    'Events by minute (UTC) and type, kept up to date until an hour after the minute''s end';
COMMENT ON COLUMN activity_stats.event_type IS
    'page_viewed, product_viewed, item_added_to_cart, item_removed_from_cart, checkout_started or purchase';
COMMENT ON COLUMN activity_stats.window_start IS 'The minute''s first instant';
COMMENT ON COLUMN activity_stats.window_end IS 'The next minute''s first instant';
COMMENT ON COLUMN activity_stats.events_count IS 'Events of the type';
COMMENT ON COLUMN activity_stats.sessions IS 'Different sessions with such an event, exact';
COMMENT ON COLUMN activity_stats.users IS 'Different users with such an event, exact';

CREATE INDEX IF NOT EXISTS activity_stats_time ON activity_stats (window_start DESC);
COMMENT ON INDEX activity_stats_time IS 'All types between two times';
