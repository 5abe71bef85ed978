-- Tests of the medallion pipeline:  millrace test pipelines/medallion/tests
--
-- A row that is inserted into raw_events is a line of a file; an assertion names a table, a stream or the sink
-- that it goes to, and takes the next record there.

--@test: an event goes through bronze and silver, typed
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, quantity, device, timestamp)
  VALUES ('e1', ' Purchase ', 'u1', 's1', 'p1', '12.50', '2', 'Mobile', '2026-01-15T12:00:00Z');

ASSERT VALUES bronze_lake (event_id, event_type, source_offset, processing_date)
  VALUES ('e1', ' Purchase ', 0, '2026-01-15');
ASSERT VALUES silver_lake (event_id, event_type, price, quantity, device_type, event_hour, is_purchase, total_amount)
  VALUES ('e1', 'purchase', 12.5000, 2, 'mobile', 12, TRUE, 25.0000);

--@test: an event that comes twice counts once
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e1', 'purchase', 'u1', 's1', 'p1', '10', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e1', 'purchase', 'u1', 's1', 'p1', '10', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, quantity, timestamp)
  VALUES ('e2', 'purchase', 'u2', 's2', 'p1', '5.25', '3', '2026-01-15T12:01:00Z');

ASSERT VALUES revenue (product_id, total_revenue, purchase_count, units_sold, WINDOWSTART)
  VALUES ('p1', 10, 1, 1, '2026-01-15T12:00:00Z');
ASSERT VALUES revenue (product_id, total_revenue, purchase_count, units_sold, avg_order_value)
  VALUES ('p1', 25.75, 2, 4, 12.875);

--@test: lines that are no events become dead letters, with the reason and the bytes
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (ROWRAW) VALUES ('{"event_id": "e1", ');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, timestamp)
  VALUES ('e2', 'page_view', 'u1', 's1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e3', 'purchase', 'u1', 's1', 'p1', '-1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e4', 'page_view', 'u1', 's1', 'p1', '2026-02-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e5', 'page_view', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');

ASSERT VALUES dead_letters (raw_bytes, source_offset) VALUES (TO_BYTES('{"event_id": "e1", ', 'utf8'), 0);
ASSERT VALUES dead_letters (reason) VALUES ('product_id is missing');
ASSERT VALUES dead_letters (reason) VALUES ('price is negative');
ASSERT VALUES silver_events (event_id) VALUES ('e5');

--@test: a session's steps make its conversion rate
--@clock: 2026-01-15T12:30:00Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e1', 'page_view', 'u1', 's1', 'p1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e2', 'page_view', 'u1', 's1', 'p2', '2026-01-15T12:01:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e3', 'add_to_cart', 'u1', 's1', 'p2', '2026-01-15T12:02:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e4', 'purchase', 'u1', 's1', 'p2', '20', '2026-01-15T12:03:00Z');

ASSERT VALUES conversion (session_id, page_views, purchases, conversion_rate) VALUES ('s1', 1, 0, 0.0);
ASSERT VALUES conversion (session_id, page_views, purchases, conversion_rate) VALUES ('s1', 2, 0, 0.0);
ASSERT VALUES conversion (session_id, page_views, add_to_carts, conversion_rate) VALUES ('s1', 2, 1, 0.0);
ASSERT VALUES conversion (session_id, page_views, add_to_carts, purchases, conversion_rate, WINDOWSTART, WINDOWEND)
  VALUES ('s1', 2, 1, 1, 0.5, '2026-01-15T12:00:00Z', '2026-01-15T12:10:00Z');

--@test: what comes behind the watermark is in no window any more
--@clock: 2026-01-15T13:00:00Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e1', 'purchase', 'u1', 's1', 'p1', '1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e2', 'purchase', 'u1', 's1', 'p1', '2', '2026-01-15T12:20:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e3', 'purchase', 'u1', 's1', 'p1', '4', '2026-01-15T12:04:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, price, timestamp)
  VALUES ('e4', 'purchase', 'u1', 's1', 'p1', '8', '2026-01-15T12:12:00Z');

ASSERT VALUES revenue (total_revenue, WINDOWSTART) VALUES (1, '2026-01-15T12:00:00Z');
ASSERT VALUES revenue (total_revenue, WINDOWSTART) VALUES (2, '2026-01-15T12:20:00Z');
ASSERT VALUES revenue (total_revenue, WINDOWSTART) VALUES (8, '2026-01-15T12:10:00Z');

--@test: bots are told by their names
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../medallion.sql';
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, user_agent, timestamp)
  VALUES ('e1', 'page_view', 'u1', 's1', 'p1', 'Googlebot/2.1', '2026-01-15T12:00:00Z');
INSERT INTO raw_events (event_id, event_type, user_id, session_id, product_id, timestamp)
  VALUES ('e2', 'page_view', 'u2', 's2', 'p1', '2026-01-15T12:00:00Z');

ASSERT VALUES traffic_analysis (device_type, events, bot_events, human_events) VALUES ('unknown', 1, 1, 0);
ASSERT VALUES traffic_analysis (device_type, events, bot_events, human_events) VALUES ('unknown', 2, 1, 1);
