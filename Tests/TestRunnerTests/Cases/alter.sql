--@test: alter avro reads old and new
CREATE STREAM s (k STRING KEY, a INT) WITH (kafka_topic = 's', partitions = 1, value_format = 'AVRO');
INSERT INTO s (k, a) VALUES ('x', 1);
ALTER STREAM s ADD COLUMN b STRING, ADD COLUMN c STRUCT<d INT, e ARRAY<STRING>>;
CREATE STREAM p AS SELECT k, a, b, c->d AS d FROM s;
INSERT INTO s (k, a, b, c) VALUES ('y', 2, 'bee', STRUCT(d := 5, e := ARRAY['q']));
ASSERT VALUES p (k, a, b, d) VALUES ('x', 1, NULL, NULL);
ASSERT VALUES p (k, a, b, d) VALUES ('y', 2, 'bee', 5);
ASSERT SCHEMA SUBJECT 's-value' ID 2;
--@test: a query that is there goes on
CREATE STREAM s (k STRING KEY, a INT) WITH (kafka_topic = 's', partitions = 1, value_format = 'AVRO');
CREATE STREAM o AS SELECT k, a FROM s;
INSERT INTO s (k, a) VALUES ('x', 1);
ALTER STREAM s ADD COLUMN b STRING;
INSERT INTO s (k, a, b) VALUES ('y', 2, 'bee');
ASSERT VALUES o (k, a) VALUES ('x', 1);
ASSERT VALUES o (k, a) VALUES ('y', 2);
--@test: alter json_sr
CREATE STREAM s (k STRING KEY, a INT) WITH (kafka_topic = 's', partitions = 1, value_format = 'JSON_SR');
INSERT INTO s (k, a) VALUES ('x', 1);
ALTER STREAM s ADD COLUMN b STRING;
CREATE STREAM p AS SELECT k, a, b FROM s;
INSERT INTO s (k, a, b) VALUES ('y', 2, 'bee');
ASSERT VALUES p (k, a, b) VALUES ('x', 1, NULL);
ASSERT VALUES p (k, a, b) VALUES ('y', 2, 'bee');
