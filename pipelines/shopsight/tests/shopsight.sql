-- Tests of the pipeline shopsight:  millrace test pipelines/shopsight/tests
--
-- A row that is inserted into raw_events is a message of the topic; an assertion names a table, a stream or
-- the sink that it goes to, and takes the next record there.

--@test: an event is typed, and has the session up to it
--@clock: 2026-01-15T12:10:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e1', ' Product_View ', 'u1', 's1', 'p1', '12.5', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e2', 'product_view', 'u2', 's2', 'p1', '12.5', '2026-01-15T12:00:10Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, quantity, timestamp)
  VALUES ('e3', 'add_to_cart', 'u1', 's1', 'p1', '12.5', '2', '2026-01-15T12:00:20.500Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, quantity, timestamp)
  VALUES ('e4', 'purchase', 'u1', 's1', 'p1', '12.5', '2', '2026-01-15T12:01:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e5', 'product_view', 'u1', 's1', 'p2', '3', '2026-01-15T11:59:59Z');

ASSERT VALUES enriched_events_lake (event_id, event_type, price, event_timestamp, processing_timestamp, event_date,
    session_started_at, session_seconds, session_events, session_views, session_purchases, session_revenue)
  VALUES ('e1', 'product_view', 12.50, '2026-01-15T12:00:00Z', '2026-01-15T12:10:00Z', '2026-01-15',
    '2026-01-15T12:00:00Z', 0, 1, 1, 0, 0.00);
ASSERT VALUES enriched_events_lake (event_id, session_events) VALUES ('e2', 1);
ASSERT VALUES enriched_events_lake (event_id, session_seconds, session_events, session_views, session_cart_adds)
  VALUES ('e3', 20, 2, 1, 1);
ASSERT VALUES enriched_events_lake (event_id, session_seconds, session_events, session_purchases, session_revenue)
  VALUES ('e4', 60, 3, 1, 25.00);
ASSERT VALUES enriched_events_lake (event_id, session_started_at, session_seconds, session_events, session_views)
  VALUES ('e5', '2026-01-15T12:00:00Z', 0, 4, 2);

--@test: messages that are no events become dead letters, with the reason and the bytes
--@clock: 2026-01-15T12:10:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e1', 'search', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, timestamp)
  VALUES ('e2', 'product_view', 'u1', 's1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e3', 'purchase', 'u1', 's1', 'p1', '-1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e4', 'product_view', 'u1', 's1', 'p1', 'cheap', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e5', 'purchase', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e6', 'product_view', 'u1', 's1', 'p1', '2026-02-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e7', 'product_view', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e7', 'product_view', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');

ASSERT VALUES dead_letters_lake (reason, source_offset) VALUES ('event_type is not known', 0);
ASSERT VALUES dead_letters_lake (reason) VALUES ('product_id is missing');
ASSERT VALUES dead_letters_lake (reason) VALUES ('price is negative');
ASSERT VALUES dead_letters_lake (reason) VALUES ('price is not a number');
ASSERT VALUES dead_letters_lake (reason) VALUES ('price of a purchase is missing');
ASSERT VALUES dead_letters_lake (source_offset) VALUES (5);
ASSERT VALUES enriched_events (event_id, session_events) VALUES ('e7', 1);
ASSERT VALUES product_activity (product_id, views) VALUES ('p1', 1);

--@test: half an hour of silence ends a session
--@clock: 2026-01-15T18:00:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e1', 'product_view', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e2', 'product_click', 'u1', 's1', 'p1', '2026-01-15T12:30:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e3', 'product_view', 'u1', 's1', 'p2', '2026-01-15T13:00:00.001Z');

ASSERT VALUES sessions (session_id, events, duration_seconds, is_bounce) VALUES ('s1', 1, 0.0, TRUE);
ASSERT NULL VALUES sessions (session_id) KEY ('s1');
ASSERT VALUES sessions (session_id, events, duration_seconds, is_bounce, views, clicks, products, WINDOWSTART)
  VALUES ('s1', 2, 1800.0, FALSE, 1, 1, 1, '2026-01-15T12:00:00Z');
ASSERT VALUES sessions (session_id, events, is_bounce, WINDOWSTART)
  VALUES ('s1', 1, TRUE, '2026-01-15T13:00:00.001Z');

--@test: a session counts once at each step, in the hour when it began
--@clock: 2026-01-15T18:00:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e1', 'product_view', 'u1', 's1', 'p1', '2026-01-15T12:59:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e2', 'product_view', 'u2', 's2', 'p1', '2026-01-15T12:59:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e3', 'product_view', 'u1', 's1', 'p2', '2026-01-15T13:01:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e4', 'add_to_cart', 'u1', 's1', 'p2', '2026-01-15T13:02:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e5', 'checkout_start', 'u1', 's1', 'p2', '2026-01-15T13:03:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e6', 'purchase', 'u1', 's1', 'p2', '5', '2026-01-15T13:04:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e7', 'purchase', 'u1', 's1', 'p1', '5', '2026-01-15T13:04:01Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e8', 'product_view', 'bot_1', 's3', 'p1', '2026-01-15T13:05:00Z');

ASSERT VALUES bounce_rate (sessions, bounced_sessions, bounce_rate) VALUES (1, 1, 1.0);
ASSERT VALUES bounce_rate (sessions, bounced_sessions, bounce_rate) VALUES (2, 2, 1.0);
ASSERT VALUES bounce_rate (session_date, session_hour, sessions, bounced_sessions, bounce_rate)
  VALUES ('2026-01-15', 12, 2, 1, 0.5);
ASSERT VALUES funnel (sessions, viewed, view_to_cart_rate) VALUES (1, 1, 0.0);
ASSERT VALUES funnel (sessions, viewed) VALUES (2, 2);
ASSERT VALUES funnel (sessions, viewed, added_to_cart) VALUES (2, 2, 0);
ASSERT VALUES funnel (sessions, viewed, added_to_cart) VALUES (2, 2, 1);
ASSERT VALUES funnel (sessions, viewed, added_to_cart, started_checkout) VALUES (2, 2, 1, 1);
ASSERT VALUES funnel (sessions, viewed, added_to_cart, started_checkout, purchased, conversion_rate)
  VALUES (2, 2, 1, 1, 1, 0.5);
ASSERT VALUES funnel (sessions, purchased) VALUES (2, 1);

--@test: products are ranked within their category, by count and then by name
--@clock: 2026-01-15T18:00:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, category, timestamp)
  VALUES ('e1', 'product_view', 'u1', 's1', 'p2', 'toys', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, category, timestamp)
  VALUES ('e2', 'product_view', 'u1', 's1', 'p1', 'toys', '2026-01-15T12:00:01Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, category, timestamp)
  VALUES ('e3', 'product_view', 'u1', 's1', 'p3', 'toys', '2026-01-15T12:00:02Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, category, timestamp)
  VALUES ('e4', 'product_view', 'u1', 's1', 'p3', 'toys', '2026-01-15T12:00:03Z');

ASSERT VALUES top_products (category, most_viewed)
  VALUES ('toys', ARRAY[STRUCT(`product_id` := 'p2', `events` := 1)]);
ASSERT VALUES top_products (category, most_viewed)
  VALUES ('toys', ARRAY[STRUCT(`product_id` := 'p1', `events` := 1), STRUCT(`product_id` := 'p2', `events` := 1)]);
ASSERT VALUES top_products (category, events) VALUES ('toys', 3);
ASSERT VALUES top_products (category, most_viewed)
  VALUES ('toys', ARRAY[STRUCT(`product_id` := 'p3', `events` := 2), STRUCT(`product_id` := 'p1', `events` := 1),
    STRUCT(`product_id` := 'p2', `events` := 1)]);

--@test: a rush is told, once ten minutes are known
--@clock: 2026-01-15T18:00:00Z
RUN SCRIPT '../shopsight.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e1', 'product_view', 'u1', 's1', 'p1', '2026-01-15T12:00:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e2', 'product_view', 'u1', 's2', 'p1', '2026-01-15T12:01:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e3', 'product_view', 'u1', 's3', 'p1', '2026-01-15T12:02:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e4', 'product_view', 'u1', 's4', 'p1', '2026-01-15T12:03:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e5', 'product_view', 'u1', 's5', 'p1', '2026-01-15T12:04:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e6', 'product_view', 'u1', 's6', 'p1', '2026-01-15T12:05:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e7', 'product_view', 'u1', 's7', 'p1', '2026-01-15T12:06:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e8', 'product_view', 'u1', 's8', 'p1', '2026-01-15T12:07:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e9', 'product_view', 'u1', 's9', 'p1', '2026-01-15T12:08:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e10', 'product_view', 'u1', 's10', 'p1', '2026-01-15T12:09:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e11', 'product_view', 'u1', 's11', 'p1', '2026-01-15T12:10:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e12', 'product_view', 'u1', 's12', 'p1', '2026-01-15T12:10:10Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e13', 'product_view', 'u1', 's13', 'p1', '2026-01-15T12:10:20Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e14', 'product_view', 'u1', 's14', 'p1', '2026-01-15T12:10:30Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e15', 'product_view', 'u1', 's15', 'p1', '2026-01-15T12:10:40Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e16', 'product_view', 'u1', 's16', 'p1', '2026-01-15T12:10:50Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e17', 'product_view', 'u1', 's17', 'p1', '2026-01-15T12:13:00Z');

ASSERT VALUES event_rates (event_type, events, WINDOWSTART) VALUES ('product_view', 1, '2026-01-15T12:00:00Z');
ASSERT VALUES anomalies_lake (event_type, interval_start, events, expected, deviation, z_score, direction, severity,
    baseline_intervals)
  VALUES ('product_view', '2026-01-15T12:10:00Z', 6, 1.0, 1.0, 5.0, 'spike', 'medium', 10);
