--@test: a shopper's line becomes events, a visit and a funnel
RUN SCRIPT '../otto-sessions.sql';
INSERT INTO shoppers VALUES (7, ARRAY[
  STRUCT(aid := 11, ts := 1659304800000, type := 'clicks'),
  STRUCT(aid := 11, ts := 1659304860000, type := 'carts'),
  STRUCT(aid := 11, ts := 1659304920000, type := 'orders')]);

ASSERT VALUES events_lake (shopper, product, type, ROWTIME) VALUES (7, 11, 'clicks', 1659304800000);
ASSERT VALUES events_lake (shopper, product, type, ROWTIME) VALUES (7, 11, 'carts', 1659304860000);
ASSERT VALUES events_lake (shopper, product, type, ROWTIME) VALUES (7, 11, 'orders', 1659304920000);
ASSERT VALUES shopper_lines (shopper, event_count, first_at, last_at)
  VALUES (7, 3, '2022-07-31T22:00:00Z', '2022-07-31T22:02:00Z');
-- A line is one record, and gives each table one change.
ASSERT VALUES conversion (shopper, clicks, carts, orders, click_to_cart, cart_to_order)
  VALUES (7, 1, 1, 1, 1.0, 1.0);

--@test: a visit ends where nothing happens for half an hour
RUN SCRIPT '../otto-sessions.sql';
INSERT INTO shoppers VALUES (7, ARRAY[
  STRUCT(aid := 1, ts := 1659304800000, type := 'clicks'),
  STRUCT(aid := 2, ts := 1659306000000, type := 'clicks'),
  STRUCT(aid := 3, ts := 1659313200000, type := 'clicks')]);

ASSERT VALUES visits (events, products, milliseconds) VALUES (2, 2, 1200000);
ASSERT VALUES visits (events, WINDOWSTART, WINDOWEND) VALUES (1, 1659313200000, 1659313200000);
