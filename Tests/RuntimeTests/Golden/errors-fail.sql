-- The first record that does not fit stops the pipeline.
CREATE STREAM events (id INT)
  WITH (connector = 'files', path = 'in', value_format = 'JSON', on_error = 'fail');
CREATE STREAM copies AS SELECT id FROM events;
--- input EVENTS
-- {"id": 1}
-- {"id": "one"}
-- {"id": 3}
--- fails
-- does not fit
