"""The broker as librdkafka sees it, through confluent-kafka: all that clients do with a broker.

    broker_confluent.py [--quick]
"""
import sys
import threading
import time

from confluent_kafka import (
    Consumer, ConsumerGroupTopicPartitions, KafkaError, KafkaException, Producer, TopicPartition)
from confluent_kafka.admin import (
    AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewPartitions, NewTopic, OffsetSpec)
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.serialization import MessageField, SerializationContext

from broker_process import BrokerProcess, wait_until

IS_QUICK = "--quick" in sys.argv
CODECS = ["none", "gzip", "snappy", "lz4", "zstd"]


def producer(broker, **more):
    return Producer({"bootstrap.servers": broker.address, "linger.ms": 5, **more})


def consumer(broker, group, **more):
    return Consumer({
        "bootstrap.servers": broker.address, "group.id": group, "auto.offset.reset": "earliest",
        "enable.auto.commit": False, **more})


def read(broker, topic, count, group="reader", **more):
    """So many records, in the order in which they came; fails where there are more."""
    reader = consumer(broker, group, **more)
    reader.subscribe([topic])
    try:
        return take(reader, count)
    finally:
        reader.close()


def take(reader, count, seconds=60):
    records = []
    end = time.monotonic() + seconds
    while len(records) < count and time.monotonic() < end:
        record = reader.poll(0.2)
        if record is None:
            continue
        if record.error():
            raise KafkaException(record.error())
        records.append(record)
    assert len(records) == count, f"{len(records)} records instead of {count}"
    return records


def done(futures):
    for future in futures.values():
        future.result(timeout=30)


def create(broker, name, partitions=1, **config):
    admin = AdminClient({"bootstrap.servers": broker.address})
    done(admin.create_topics([NewTopic(name, partitions, 1, config=config)]))
    return admin


def test_compressions(broker):
    for codec in CODECS:
        create(broker, "packed-" + codec, 2)
        writer = producer(broker, **{"compression.type": codec, "enable.idempotence": True})
        for number in range(500):
            writer.produce("packed-" + codec, f"value {number} ".encode() * 5, key=str(number).encode(),
                           headers=[("h", b"x"), ("empty", None)], timestamp=1_700_000_000_000 + number)
        assert writer.flush(30) == 0
        records = read(broker, "packed-" + codec, 500, group="packed-" + codec)
        assert {r.key() for r in records} == {str(n).encode() for n in range(500)}
        for record in records:
            number = int(record.key())
            assert record.value() == f"value {number} ".encode() * 5
            assert record.headers() == [("h", b"x"), ("empty", None)]
            assert record.timestamp() == (1, 1_700_000_000_000 + number)


def test_acks(broker):
    create(broker, "acks")
    for acks in ["0", "1", "all"]:
        writer = producer(broker, acks=acks)
        for number in range(100):
            writer.produce("acks", f"{acks} {number}")
        assert writer.flush(30) == 0
    values = [r.value().decode() for r in read(broker, "acks", 300, group="acks")]
    for acks in ["0", "1", "all"]:
        assert [v for v in values if v.startswith(acks)] == [f"{acks} {n}" for n in range(100)]


def test_topics(broker):
    admin = create(broker, "made", 3, **{"retention.ms": "1000000"})
    try:
        done(admin.create_topics([NewTopic("made", 1, 1)]))
        raise AssertionError("made twice")
    except KafkaException as error:
        assert error.args[0].code() == KafkaError.TOPIC_ALREADY_EXISTS
    try:
        done(admin.create_topics([NewTopic("wide", 1, 3)]))
        raise AssertionError("three replicas on one broker")
    except KafkaException as error:
        assert error.args[0].code() == KafkaError.INVALID_REPLICATION_FACTOR
    done(admin.create_partitions([NewPartitions("made", 5)]))
    assert len(admin.list_topics("made").topics["made"].partitions) == 5
    resource = ConfigResource(ConfigResource.Type.TOPIC, "made")
    config = admin.describe_configs([resource])[resource].result(30)
    assert config["retention.ms"].value == "1000000" and not config["retention.ms"].is_default
    assert config["cleanup.policy"].value == "delete" and config["cleanup.policy"].is_default
    change = ConfigResource(ConfigResource.Type.TOPIC, "made", incremental_configs=[
        ConfigEntry("max.message.bytes", "2000", incremental_operation=AlterConfigOpType.SET),
        ConfigEntry("retention.ms", None, incremental_operation=AlterConfigOpType.DELETE)])
    done(admin.incremental_alter_configs([change]))
    config = admin.describe_configs([resource])[resource].result(30)
    assert config["max.message.bytes"].value == "2000" and config["retention.ms"].value == "604800000"
    errors = []
    writer = producer(broker)
    writer.produce("made", b"x" * 5000, on_delivery=lambda error, _: errors.append(error))
    writer.flush(30)
    assert errors[0].code() == KafkaError.MSG_SIZE_TOO_LARGE, errors
    done(admin.delete_topics(["made"]))
    assert "made" not in admin.list_topics().topics


def test_big_messages(broker):
    create(broker, "big", **{"max.message.bytes": "20000000"})
    writer = producer(broker, **{"message.max.bytes": 20_000_000})
    value = bytes(range(256)) * 40_000
    writer.produce("big", value)
    assert writer.flush(60) == 0
    assert read(broker, "big", 1, group="big")[0].value() == value


def test_timestamps(broker):
    admin = create(broker, "times", 1)
    writer = producer(broker)
    for number in range(10):
        writer.produce("times", str(number), timestamp=1_000_000 + 1000 * number)
        writer.flush(30)
    reader = consumer(broker, "times")
    found = reader.offsets_for_times([TopicPartition("times", 0, 1_004_500)], timeout=30)
    assert found[0].offset == 5
    late = reader.offsets_for_times([TopicPartition("times", 0, 9_000_000)], timeout=30)
    assert late[0].offset == -1
    assert reader.get_watermark_offsets(TopicPartition("times", 0), timeout=30) == (0, 10)
    reader.close()
    spec = {TopicPartition("times", 0): OffsetSpec.max_timestamp()}
    assert list(admin.list_offsets(spec).values())[0].result(30).offset == 9
    create(broker, "append-times", 1, **{"message.timestamp.type": "LogAppendTime"})
    writer.produce("append-times", "x", timestamp=5)
    writer.flush(30)
    kind, time_ms = read(broker, "append-times", 1, group="append-times")[0].timestamp()
    assert kind == 2 and abs(time_ms / 1000 - time.time()) < 600


def test_commit_and_resume(broker):
    create(broker, "resume", 1)
    writer = producer(broker)
    for number in range(20):
        writer.produce("resume", str(number))
    writer.flush(30)
    reader = consumer(broker, "resume")
    reader.subscribe(["resume"])
    first = take(reader, 7)
    reader.commit(message=first[-1], asynchronous=False)
    reader.close()
    rest = read(broker, "resume", 13, group="resume")
    assert [int(r.value()) for r in rest] == list(range(7, 20))


def test_group_of_three(broker):
    admin = create(broker, "shared", 6)
    for strategy in ["range", "cooperative-sticky"]:
        group = "three-" + strategy
        more = {"partition.assignment.strategy": strategy, "session.timeout.ms": 6000,
                "heartbeat.interval.ms": 200}
        members = [consumer(broker, group, **more) for _ in range(3)]
        for member in members:
            member.subscribe(["shared"])

        def spread(expected):
            for member in members:
                member.poll(0.05)
            counts = [len(member.assignment()) for member in members]
            owned = {(p.topic, p.partition) for member in members for p in member.assignment()}
            return counts == expected and len(owned) == 6

        wait_until("two partitions each", lambda: spread([2, 2, 2]))
        assert len(admin.describe_consumer_groups([group])[group].result(30).members) == 3
        members.pop().close()
        wait_until("three partitions each", lambda: spread([3, 3]))
        for member in members:
            member.close()


def test_transactions(broker):
    create(broker, "txn", 2)
    writer = producer(broker, **{"transactional.id": "writer"})
    writer.init_transactions(30)
    for round in range(4):
        writer.begin_transaction()
        for number in range(10):
            writer.produce("txn", f"{round} {number}", partition=number % 2)
        writer.flush(30)
        if round % 2:
            writer.abort_transaction(30)
        else:
            writer.commit_transaction(30)
    committed = read(broker, "txn", 20, group="c", **{"isolation.level": "read_committed"})
    assert {r.value()[:1] for r in committed} == {b"0", b"2"}
    everything = read(broker, "txn", 40, group="u", **{"isolation.level": "read_uncommitted"})
    assert {r.value()[:1] for r in everything} == {b"0", b"1", b"2", b"3"}
    other = producer(broker, **{"transactional.id": "writer"})
    other.init_transactions(30)
    writer.begin_transaction()
    writer.produce("txn", "from the fenced")
    try:
        writer.commit_transaction(30)
        raise AssertionError("a fenced producer has committed")
    except KafkaException as error:
        assert error.args[0].fatal() or error.args[0].code() == KafkaError._FENCED, error


def test_offsets_in_transactions(broker):
    create(broker, "from", 1)
    create(broker, "to", 1)
    feeder = producer(broker)
    for number in range(10):
        feeder.produce("from", str(number))
    feeder.flush(30)
    writer = producer(broker, **{"transactional.id": "copier"})
    writer.init_transactions(30)
    for commits in [False, True]:
        reader = consumer(broker, "copiers", **{"isolation.level": "read_committed"})
        reader.subscribe(["from"])
        records = take(reader, 10)
        writer.begin_transaction()
        for record in records:
            writer.produce("to", record.value())
        writer.send_offsets_to_transaction(
            [TopicPartition("from", 0, 10)], reader.consumer_group_metadata(), 30)
        if commits:
            writer.commit_transaction(30)
        else:
            writer.abort_transaction(30)
        reader.close()
    assert len(read(broker, "to", 10, group="to", **{"isolation.level": "read_committed"})) == 10
    committed = consumer(broker, "copiers").committed([TopicPartition("from", 0)], 30)
    assert committed[0].offset == 10


def test_deletion(broker):
    admin = create(broker, "shortened", 1)
    writer = producer(broker)
    for number in range(10):
        writer.produce("shortened", str(number))
        writer.flush(30)
    done(admin.delete_records([TopicPartition("shortened", 0, 4)]))
    reader = consumer(broker, "shortened")
    assert reader.get_watermark_offsets(TopicPartition("shortened", 0), timeout=30) == (4, 10)
    reader.close()
    assert [int(r.value()) for r in read(broker, "shortened", 6, group="shortened-2")] == list(range(4, 10))


def test_groups(broker):
    admin = create(broker, "grouped", 1)
    writer = producer(broker)
    writer.produce("grouped", "x")
    writer.flush(30)
    reader = consumer(broker, "to-be-deleted")
    reader.subscribe(["grouped"])
    record = take(reader, 1)[0]
    reader.commit(message=record, asynchronous=False)
    try:
        done(admin.delete_consumer_groups(["to-be-deleted"]))
        raise AssertionError("a group with members was deleted")
    except KafkaException as error:
        assert error.args[0].code() == KafkaError.NON_EMPTY_GROUP
    reader.close()
    names = [g.group_id for g in admin.list_consumer_groups().result(30).valid]
    assert "to-be-deleted" in names
    asked = [ConsumerGroupTopicPartitions("to-be-deleted")]
    offsets = admin.list_consumer_group_offsets(asked)["to-be-deleted"].result(30)
    assert [(p.topic, p.offset) for p in offsets.topic_partitions] == [("grouped", 1)]
    moved = ConsumerGroupTopicPartitions("to-be-deleted", [TopicPartition("grouped", 0, 0)])
    done(admin.alter_consumer_group_offsets([moved]))
    offsets = admin.list_consumer_group_offsets(asked)["to-be-deleted"].result(30)
    assert offsets.topic_partitions[0].offset == 0
    done(admin.delete_consumer_groups(["to-be-deleted"]))
    names = [g.group_id for g in admin.list_consumer_groups().result(30).valid]
    assert "to-be-deleted" not in names
    assert len(admin.describe_cluster().result(30).nodes) == 1


def test_long_poll(broker):
    create(broker, "awaited", 1)
    reader = consumer(broker, "awaited", **{"fetch.wait.max.ms": 20_000, "session.timeout.ms": 30_000})
    reader.subscribe(["awaited"])
    wait_until("an assignment", lambda: reader.poll(0.1) is None and reader.assignment())
    reader.poll(1.0)
    writer = producer(broker, **{"linger.ms": 0})
    timer = threading.Timer(0.5, lambda: (writer.produce("awaited", "x"), writer.flush(30)))
    timer.start()
    begin = time.monotonic()
    take(reader, 1, seconds=15)
    assert time.monotonic() - begin < 15, "the fetch lasted until its time was up"
    reader.close()


def test_registry(broker):
    """Avro through the registry that stands beside the broker."""
    schemas = SchemaRegistryClient({"url": broker.registry})
    text = """{"type": "record", "name": "Order", "fields": [
        {"name": "id", "type": "long"}, {"name": "who", "type": "string"}]}"""
    place = SerializationContext("orders", MessageField.VALUE)
    create(broker, "orders")
    write, understand = AvroSerializer(schemas, text), AvroDeserializer(schemas)
    orders = [{"id": number, "who": f"user {number}"} for number in range(3)]
    writer = producer(broker)
    for order in orders:
        writer.produce("orders", write(order, place))
    assert writer.flush(30) == 0
    assert [understand(r.value(), place) for r in read(broker, "orders", 3)] == orders
    assert schemas.get_subjects() == ["orders-value"]


def test_restart(broker):
    create(broker, "kept", 1)
    writer = producer(broker, **{"enable.idempotence": True, "transactional.id": "kept"})
    writer.init_transactions(30)
    writer.begin_transaction()
    for number in range(10):
        writer.produce("kept", str(number))
    writer.commit_transaction(30)
    reader = consumer(broker, "kept", **{"session.timeout.ms": 30_000})
    reader.subscribe(["kept"])
    records = take(reader, 5)
    reader.commit(message=records[-1], asynchronous=False)
    generation = reader.consumer_group_metadata()
    broker.stop()
    broker.start()
    writer.begin_transaction()
    writer.produce("kept", "10")
    writer.commit_transaction(60)
    rest = take(reader, 6)
    assert [int(r.value()) for r in rest] == list(range(5, 11)), [r.value() for r in rest]
    reader.commit(message=rest[-1], asynchronous=False)
    assert generation is not None
    reader.close()


QUICK = [
    test_compressions, test_commit_and_resume, test_transactions, test_deletion, test_topics, test_registry,
]
ALL = QUICK + [
    test_acks, test_big_messages, test_timestamps, test_group_of_three, test_offsets_in_transactions,
    test_groups, test_long_poll, test_restart,
]

if __name__ == "__main__":
    with BrokerProcess() as broker:
        for test in QUICK if IS_QUICK else ALL:
            begin = time.monotonic()
            test(broker)
            print(f"{test.__name__}: {time.monotonic() - begin:.2f} s", flush=True)
        broker.stop()
        assert not broker.told(), broker.told()
