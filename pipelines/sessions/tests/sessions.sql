-- Tests of the pipeline sessions:  millrace test pipelines/sessions/tests
--
-- A row that is inserted into events_stream is a message of the topic; an assertion names a stream or a table, and
-- takes the next record there.

--@test: a session goes from browsing to a purchase
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, user_id, user_segment, session_id, device, timestamp)
  VALUES ('page_viewed', 'u1', 'vip', 's1', 'mobile', '2026-01-15T12:00:00.000Z');
INSERT INTO events_stream (event_type, user_id, user_segment, session_id, product_id, price, device, timestamp)
  VALUES ('product_viewed', 'u1', 'vip', 's1', 'p1', 12.50, 'mobile', '2026-01-15T12:00:05.000Z');
INSERT INTO events_stream (event_type, user_id, user_segment, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_added_to_cart', 'u1', 'vip', 's1', 'p1', 12.50, 2, '2026-01-15T12:00:10.000Z');
INSERT INTO events_stream (event_type, user_id, user_segment, session_id, product_id, timestamp)
  VALUES ('checkout_started', 'u1', 'vip', 's1', 'p1', '2026-01-15T12:00:20.000Z');
INSERT INTO events_stream (event_type, user_id, user_segment, session_id, product_id, price, quantity, timestamp)
  VALUES ('purchase', 'u1', 'vip', 's1', 'p1', 12.50, 2, '2026-01-15T12:00:30.000Z');

ASSERT VALUES session_stats (session_key, session_id, session_state, events_count, pages_viewed)
  VALUES ('s1', 's1', 'browsing', 1, 1);
ASSERT VALUES session_stats (session_key, session_state, products_viewed) VALUES ('s1', 'browsing', 1);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value, cart_additions)
  VALUES ('s1', 'shopping', 2, 25.00, 1);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, checkout_count)
  VALUES ('s1', 'checkout', 2, 1);
ASSERT VALUES session_stats (session_key, session_id, user_id, user_segment, device, session_state, events_count,
    items_in_cart, cart_value, purchase_count, revenue, started_at, updated_at)
  VALUES ('s1', 's1', 'u1', 'vip', 'mobile', 'purchased', 5, 0, 0.00, 1, 25.00, '2026-01-15T12:00:00Z',
    '2026-01-15T12:00:30Z');

--@test: a cart that is emptied is a browser's again
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_added_to_cart', 's1', 'p1', 3.00, 2, '2026-01-15T12:00:10.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_added_to_cart', 's1', 'p2', 4.00, 1, '2026-01-15T12:00:12.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_removed_from_cart', 's1', 'p2', 4.00, 1, '2026-01-15T12:00:14.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_removed_from_cart', 's1', 'p1', 3.00, 2, '2026-01-15T12:00:16.000Z');

ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value) VALUES ('s1', 'shopping', 2, 6.00);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value) VALUES ('s1', 'shopping', 3, 10.00);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value) VALUES ('s1', 'shopping', 2, 6.00);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value) VALUES ('s1', 'browsing', 0, 0.00);

--@test: what comes late counts as what comes in time
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('purchase', 's1', 'p1', 3.00, 2, '2026-01-15T12:00:20.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, price, quantity, timestamp)
  VALUES ('item_added_to_cart', 's1', 'p1', 3.00, 2, '2026-01-15T12:00:10.000Z');

ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value, revenue)
  VALUES ('s1', 'purchased', -2, -6.00, 6.00);
ASSERT VALUES session_stats (session_key, session_state, items_in_cart, cart_value, revenue, started_at, updated_at)
  VALUES ('s1', 'purchased', 0, 0.00, 6.00, '2026-01-15T12:00:10Z', '2026-01-15T12:00:20Z');

--@test: a session leaves the state a day after its last event
--@clock: 2026-01-17T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's1', '2026-01-15T12:00:00.000Z');
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's2', '2026-01-16T11:59:59.000Z');
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's3', '2026-01-16T12:00:01.000Z');

ASSERT VALUES session_stats (session_key, events_count) VALUES ('s1', 1);
ASSERT VALUES session_stats (session_key, events_count) VALUES ('s2', 1);
ASSERT NULL VALUES session_stats (session_key) KEY ('s1');
ASSERT VALUES session_stats (session_key, events_count) VALUES ('s3', 1);

--@test: an event of the far future ends nothing
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's1', '2026-01-15T12:00:00.000Z');
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's1', '2099-01-15T12:00:00.000Z');
INSERT INTO events_stream (event_type, session_id, timestamp)
  VALUES ('page_viewed', 's1', '2026-01-15T12:00:01.000Z');

ASSERT VALUES session_stats (session_key, events_count) VALUES ('s1', 1);
ASSERT VALUES session_stats (session_key, events_count) VALUES ('s1', 2);

--@test: products by five minutes, with product and window in the value
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, session_id, product_id, product_name, category, price, timestamp)
  VALUES ('product_viewed', 's1', 'p1', 'Chair', 'home', 12.50, '2026-01-15T12:01:00.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, product_name, category, price, quantity, timestamp)
  VALUES ('item_added_to_cart', 's1', 'p1', 'Chair', 'home', 12.50, 3, '2026-01-15T12:02:00.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, product_name, category, price, quantity, timestamp)
  VALUES ('item_removed_from_cart', 's1', 'p1', 'Chair', 'home', 12.50, 1, '2026-01-15T12:02:10.000Z');
INSERT INTO events_stream (event_type, session_id, product_id, product_name, category, price, quantity, timestamp)
  VALUES ('purchase', 's1', 'p1', 'Chair', 'home', 12.50, 2, '2026-01-15T12:05:00.000Z');

ASSERT VALUES product_stats (product_key, product_id, views, revenue) VALUES ('p1', 'p1', 1, 0.00);
ASSERT VALUES product_stats (product_key, units_added) VALUES ('p1', 3);
ASSERT VALUES product_stats (product_key, product_id, window_start, window_end, product_name, category, views,
    units_added, units_removed, purchases)
  VALUES ('p1', 'p1', '2026-01-15T12:00:00Z', '2026-01-15T12:05:00Z', 'Chair', 'home', 1, 3, 1, 0);
ASSERT VALUES product_stats (product_key, window_start, views, purchases, units_sold, revenue)
  VALUES ('p1', '2026-01-15T12:05:00Z', 0, 1, 2, 25.00);

--@test: activity by the minute, without what is no event
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../sessions.sql';
INSERT INTO events_stream (event_type, user_id, session_id, timestamp)
  VALUES ('page_viewed', 'u1', 's1', '2026-01-15T12:00:10.000Z');
INSERT INTO events_stream (event_type, user_id, session_id, timestamp)
  VALUES ('heartbeat', 'u1', 's1', '2026-01-15T12:00:20.000Z');
INSERT INTO events_stream (event_type, user_id, session_id, price, timestamp)
  VALUES ('page_viewed', 'u1', 's1', -1.00, '2026-01-15T12:00:30.000Z');
INSERT INTO events_stream (event_type, user_id, session_id, timestamp)
  VALUES ('page_viewed', 'u1', 's2', '2026-01-15T12:00:59.999Z');
INSERT INTO events_stream (event_type, user_id, session_id, timestamp)
  VALUES ('page_viewed', 'u2', 's3', '2026-01-15T12:01:00.000Z');

ASSERT VALUES activity_stats (event_key, event_type, window_start, window_end, events_count)
  VALUES ('page_viewed', 'page_viewed', '2026-01-15T12:00:00Z', '2026-01-15T12:01:00Z', 1);
ASSERT VALUES activity_stats (event_key, events_count, sessions, users) VALUES ('page_viewed', 2, 2, 1);
ASSERT VALUES activity_stats (event_key, window_start, events_count) VALUES ('page_viewed', '2026-01-15T12:01:00Z', 1);

--@test: the schemas of the topics are registered
RUN SCRIPT '../sessions.sql';
ASSERT TOPIC session_stats_avro;
ASSERT SCHEMA SUBJECT 'session_stats_avro-value';
ASSERT SCHEMA SUBJECT 'product_stats_avro-value';
ASSERT SCHEMA SUBJECT 'activity_stats_avro-value';
