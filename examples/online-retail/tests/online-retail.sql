--@test: amounts are exact, and what comes back is taken off
RUN SCRIPT '../online-retail.sql';
INSERT INTO raw_lines VALUES
  ('536365', '85123A', ' HOLDER ', '6', '2010-12-01 08:26:00', '2.55', '17850.0', 'United Kingdom');
INSERT INTO raw_lines VALUES
  ('C536379', '85123A', 'HOLDER', '-1', '2010-12-01 08:41:00', '2.55', '17850.0', 'United Kingdom');

ASSERT VALUES lines (invoice, is_cancellation, description, quantity, unit_price, amount, customer, day)
  VALUES ('536365', FALSE, 'HOLDER', 6, 2.550, 15.300, 17850, '2010-12-01');
ASSERT VALUES revenue (product, units, revenue, lines) VALUES ('85123A', 6, 15.3, 1);
ASSERT VALUES revenue (product, units, revenue, lines, invoices) VALUES ('85123A', 5, 12.75, 2, 2);
ASSERT VALUES cancellations (country, units, amount) VALUES ('United Kingdom', 1, 2.55);

--@test: a line whose numbers are none is set aside
RUN SCRIPT '../online-retail.sql';
INSERT INTO raw_lines VALUES ('1', 'A', 'B', 'many', '2010-12-01 08:26:00', '2.55', NULL, 'France');
INSERT INTO raw_lines VALUES ('2', 'A', 'B', '1', '2010-12-01 08:26:00', '2.55', NULL, 'France');

ASSERT VALUES unreadable_lake (offset) VALUES (0);
ASSERT VALUES lines_lake (invoice, customer) VALUES ('2', NULL);
ASSERT VALUES days (lines, lines_without_customer) VALUES (1, 1);
