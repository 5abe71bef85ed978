"""Records with schemas, from Confluent's serializers through `millrace run` to its deserializers."""
import json
import os
import subprocess
import tempfile
import unittest
import warnings
from decimal import Decimal

from broker_process import BrokerProcess, program

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from confluent_kafka import OFFSET_BEGINNING, Consumer, Producer, TopicPartition
    from confluent_kafka.admin import AdminClient
    from confluent_kafka.schema_registry import SchemaRegistryClient
    from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
    from confluent_kafka.schema_registry.json_schema import JSONDeserializer, JSONSerializer
    from confluent_kafka.serialization import MessageField, SerializationContext

ORDER = {
    "title": "Order", "type": "object", "required": ["item"],
    "properties": {
        "item": {"type": "string"}, "price": {"type": "number"}, "pieces": {"type": "integer"},
        "gift": {"oneOf": [{"type": "null"}, {"type": "boolean"}]},
        "tags": {"type": "array", "items": {"type": "string"}}}}
SALE = {
    "type": "record", "name": "Sale", "fields": [
        {"name": "item", "type": "string"},
        {"name": "price", "type": {"type": "bytes", "logicalType": "decimal", "precision": 10, "scale": 2}},
        {"name": "pieces", "type": ["null", "int"], "default": None}]}
# Columns come from the registry; the key is declared, for the KAFKA format has no schema.
PIPELINE = """
DEFINE brokers = 'localhost:9092';
DEFINE registry = 'http://localhost:8081';
SET 'bootstrap.servers' = '${brokers}';
SET 'schema.registry.url' = '${registry}';
CREATE STREAM orders (id VARCHAR KEY) WITH (kafka_topic = 'orders', value_format = 'JSON_SR');
CREATE STREAM sales (id VARCHAR KEY) WITH (kafka_topic = 'sales', value_format = 'AVRO');
CREATE STREAM large WITH (kafka_topic = 'large', value_format = 'JSON_SR') AS
  SELECT id, item, price, pieces, gift, tags FROM orders WHERE pieces > 3;
CREATE TABLE items WITH (kafka_topic = 'items', value_format = 'JSON_SR') AS
  SELECT item, COUNT(*) AS n, SUM(pieces) AS pieces, SUM(price) AS total FROM sales GROUP BY item;
CREATE TABLE tastes WITH (kafka_topic = 'tastes', format = 'AVRO') AS
  SELECT item, COUNT(*) AS n FROM orders GROUP BY item;
CREATE SINK CONNECTOR large_avro WITH (
  'connector.class' = 'kafka', 'from' = 'large', 'topic' = 'large_avro', 'value_format' = 'AVRO');
"""


@unittest.skipUnless(os.access(program(), os.X_OK), f"there is no {program()}: make program")
class RegisteredTests(unittest.TestCase):
    def setUp(self):
        self.broker = self.enterContext(BrokerProcess())
        self.folder = self.enterContext(tempfile.TemporaryDirectory())
        self.registry = SchemaRegistryClient({"url": self.broker.registry})
        self.deserialize = {
            "JSON_SR": JSONDeserializer(None, schema_registry_client=self.registry),
            "AVRO": AvroDeserializer(self.registry)}

    def produce(self):
        producer = Producer({"bootstrap.servers": self.broker.address})
        order = JSONSerializer(json.dumps(ORDER), self.registry)
        sale = AvroSerializer(self.registry, json.dumps(SALE))
        for number in range(10):
            made = {"item": "ab"[number % 2], "price": number + 0.5, "pieces": number, "gift": None,
                    "tags": ["x"] * (number % 3)}
            producer.produce(
                "orders", order(made, SerializationContext("orders", MessageField.VALUE)), f"o{number}")
            made = {"item": "ab"[number % 2], "price": Decimal(number) / 4,
                    "pieces": number if number % 3 else None}
            producer.produce(
                "sales", sale(made, SerializationContext("sales", MessageField.VALUE)), f"s{number}")
        producer.produce("orders", b'{"item": "without a schema"}')
        self.assertEqual(producer.flush(30), 0)

    def run_pipeline(self, text=PIPELINE, state="state"):
        path = os.path.join(self.folder, "registered.sql")
        with open(path, "w") as file:
            file.write(text)
        ended = subprocess.run(
            [program(), "run", path, "-D", "brokers=" + self.broker.address, "-D",
             "registry=" + self.broker.registry, "--once", "--quiet", "--state", f"{self.folder}/{state}"],
            capture_output=True, text=True, timeout=300)
        return ended.returncode, ended.stderr

    def records(self, topic, form):
        """Keys and values, read by Confluent's own code; of each key the last."""
        reader = Consumer({
            "bootstrap.servers": self.broker.address, "group.id": "check", "enable.partition.eof": True})
        places = [TopicPartition(topic, number, OFFSET_BEGINNING)
                  for number in reader.list_topics(topic, 30).topics[topic].partitions]
        reader.assign(places)
        found, left = {}, len(places)
        while left:
            message = reader.poll(30)
            self.assertIsNotNone(message, f"nothing comes of {topic}")
            if message.error():
                left -= 1
                continue
            found[message.key()] = self.deserialize[form](
                message.value(), SerializationContext(topic, MessageField.VALUE))
        reader.close()
        return found

    def forget_instances(self):
        """The way out that a refused pipeline names: what was written stays."""
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        groups = [group.group_id for group in admin.list_consumer_groups().result().valid]
        for done in admin.delete_consumer_groups([g for g in groups if g.startswith("millrace.")]).values():
            done.result()

    def test_records_of_confluent_go_in_and_come_out(self):
        self.produce()
        code, told = self.run_pipeline()
        self.assertEqual(code, 0, told)
        large = {
            f"o{n}".encode(): {"ITEM": "ab"[n % 2], "PRICE": n + 0.5, "PIECES": n, "GIFT": None,
                               "TAGS": ["x"] * (n % 3)} for n in range(4, 10)}
        self.assertEqual(self.records("large", "JSON_SR"), large)
        self.assertEqual(self.records("large_avro", "AVRO"), large)
        self.assertEqual(self.records("items", "JSON_SR"), {
            b"a": {"N": 5, "PIECES": 14, "TOTAL": 5.0}, b"b": {"N": 5, "PIECES": 13, "TOTAL": 6.25}})
        keys = {key[5:]: value for key, value in self.records("tastes", "AVRO").items()}
        self.assertEqual(keys, {b"\x02a": {"N": 5}, b"\x02b": {"N": 5}})
        self.assertEqual(set(self.registry.get_subjects()), {
            "orders-value", "sales-value", "large-value", "large_avro-value", "items-value", "tastes-key",
            "tastes-value"})
        (name,) = os.listdir(self.folder + "/state/dead-letters")
        with open(f"{self.folder}/state/dead-letters/{name}") as file:
            (letter,) = map(json.loads, file)
        self.assertEqual((letter["code"], letter["offset"]), ("no_schema", 10))

    def test_a_statement_may_name_the_registry_of_all(self):
        self.produce()
        setting = "SET 'schema.registry.url' = '${registry}';\n"
        first, second = "value_format = 'JSON_SR');", "value_format = 'AVRO');"
        name = ", 'schema.registry.url' = '${registry}');"
        plain = PIPELINE.replace(setting, "")
        code, told = self.run_pipeline(plain.replace(first, first[:-2] + name, 1))
        self.assertEqual(code, 0, told)
        self.assertEqual(len(self.records("large", "JSON_SR")), 6)
        code, told = self.run_pipeline(
            PIPELINE.replace(second, second[:-2] + name.replace("${registry}", "http://localhost:1"), 1))
        self.assertEqual(code, 1)
        self.assertIn("another is named above", told)

    def test_a_schema_that_does_not_go_with_the_last_one_is_refused(self):
        self.produce()
        self.assertEqual(self.run_pipeline()[0], 0)
        for subject, old, new, difference in (
                ("items-value", "SUM(pieces) AS pieces", "CAST(SUM(pieces) AS STRING) AS pieces",
                 "/properties/PIECES"),
                ("tastes-value", "SELECT item, COUNT(*) AS n FROM orders",
                 "SELECT item, CAST(COUNT(*) AS STRING) AS n FROM orders", "/fields/0/type")):
            self.assertIn(old, PIPELINE)
            code, told = self.run_pipeline(PIPELINE.replace(old, new), "other")
            self.assertEqual(code, 1)
            for part in ("incompatible", f'"{subject}"', difference, "BACKWARD", "registered.sql:",
                         "= next: keep"):
                self.assertIn(part, told)
            self.assertEqual(self.registry.get_versions(subject), [1])
        # One more column, which old records do not have, goes; but the topics are another instance's.
        changed = PIPELINE.replace(
            "COUNT(*) AS n FROM orders", "COUNT(*) AS n, SUM(pieces) AS more FROM orders")
        code, told = self.run_pipeline(changed, "later")
        self.assertEqual(code, 1)
        self.assertIn("epochs of another instance of", told)
        self.forget_instances()
        code, told = self.run_pipeline(changed, "later")
        self.assertEqual(code, 0, told)
        self.assertEqual(self.registry.get_versions("tastes-value"), [1, 2])


if __name__ == "__main__":
    unittest.main()
