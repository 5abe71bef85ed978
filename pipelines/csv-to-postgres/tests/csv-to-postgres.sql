-- Tests of the pipeline csv-to-postgres:  millrace test pipelines/csv-to-postgres/tests
--
-- A row that is inserted into csv_lines is a line of a file; an assertion names a stream or a table, and takes
-- the next record there.

--@test: an event is typed and trimmed
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../csv-to-postgres.sql';
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, category, price, quantity, session_id,
    device_type, event_timestamp)
  VALUES ('5A3FD1DE-5e18-44ee-b7e0-0afb3229fd51', ' u1 ', 'Purchase', 'p1', ' Toys', 12.50, 2, 's1', 'Mobile',
    '2026-01-15T12:00:00Z');

ASSERT VALUES valid_events (event_id, user_id, event_type, category, price, device_type, event_timestamp,
    processing_time)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'purchase', 'toys', 12.50, 'mobile',
    '2026-01-15T12:00:00Z', '2026-01-15T12:00:30Z');
ASSERT VALUES hourly_summary (event_type, event_count, revenue, distinct_users, distinct_products, WINDOWSTART)
  VALUES ('purchase', 1, 25.00, 1, 1, '2026-01-15T12:00:00Z');

--@test: a repeated event goes to the table again and is counted once
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../csv-to-postgres.sql';
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, price, session_id, event_timestamp)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'view', 'p1', 3, 's1', '2026-01-15T12:00:00Z');
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, price, session_id, event_timestamp)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'view', 'p1', 3, 's1', '2026-01-15T12:00:00Z');
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, price, session_id, event_timestamp)
  VALUES ('6a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u2', 'view', 'p1', 3, 's2', '2026-01-15T12:01:00Z');

ASSERT VALUES valid_events (event_id) VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51');
ASSERT VALUES valid_events (event_id) VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51');
ASSERT VALUES valid_events (event_id) VALUES ('6a3fd1de-5e18-44ee-b7e0-0afb3229fd51');
ASSERT VALUES hourly_summary (event_type, event_count, revenue, distinct_users) VALUES ('view', 1, 0, 1);
ASSERT VALUES hourly_summary (event_type, event_count, revenue, distinct_users) VALUES ('view', 2, 0, 2);

--@test: lines that are no events are kept with the reason
--@clock: 2026-01-15T12:00:30Z
RUN SCRIPT '../csv-to-postgres.sql';
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, session_id, event_timestamp)
  VALUES ('e1', 'u1', 'view', 'p1', 's1', '2026-01-15T12:00:00Z');
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, session_id, event_timestamp)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'steal', 'p1', 's1', '2026-01-15T12:00:00Z');
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, session_id, event_timestamp)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'purchase', 'p1', 's1', '2026-01-15T12:00:00Z');
INSERT INTO csv_lines (event_id, user_id, event_type, product_id, price, session_id, event_timestamp)
  VALUES ('5a3fd1de-5e18-44ee-b7e0-0afb3229fd51', 'u1', 'view', 'p1', -1, 's1', '2026-01-15T12:00:00Z');

ASSERT VALUES failed_lines (reason) VALUES ('event_id is no UUID');
ASSERT VALUES failed_lines (reason) VALUES ('event_type is not known');
ASSERT VALUES failed_lines (reason) VALUES ('price of a purchase is missing');
ASSERT VALUES failed_lines (reason) VALUES ('price is negative');
