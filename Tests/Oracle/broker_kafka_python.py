"""The broker as kafka-python sees it."""
import threading
import time

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import KafkaAdminClient, NewPartitions, NewTopic
from kafka.errors import TopicAlreadyExistsError

from broker_process import BrokerProcess, wait_until


def admin_of(broker):
    return KafkaAdminClient(bootstrap_servers=broker.address)


def create(broker, name, partitions=1):
    admin = admin_of(broker)
    admin.create_topics([NewTopic(name, partitions, 1)])
    admin.close()


def consumer(broker, *topics, **more):
    return KafkaConsumer(
        *topics, bootstrap_servers=broker.address,
        **{"auto_offset_reset": "earliest", "enable_auto_commit": False, "consumer_timeout_ms": 60_000,
           **more})


def take(reader, count):
    records = []
    for record in reader:
        records.append(record)
        if len(records) == count:
            return records
    raise AssertionError(f"{len(records)} records instead of {count}")


class Member:
    """A consumer with a thread of its own, as this client's consumers live on being polled."""

    def __init__(self, broker, topic, more):
        self.owned = set()
        self.is_stopped = False
        self.reader = consumer(broker, topic, **more)
        self.thread = threading.Thread(target=self.run)
        self.thread.start()

    def run(self):
        while not self.is_stopped:
            self.reader.poll(1000)
            self.owned = set(self.reader.assignment())
        self.reader.close()

    def stop(self):
        self.is_stopped = True
        self.thread.join()


def test_compressions(broker):
    for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
        topic = f"packed-{codec}"
        create(broker, topic, 2)
        writer = KafkaProducer(bootstrap_servers=broker.address, compression_type=codec, linger_ms=5)
        for number in range(300):
            writer.send(topic, f"value {number} ".encode() * 5, key=str(number).encode(),
                        headers=[("h", b"x")], timestamp_ms=1_700_000_000_000 + number)
        writer.flush(30)
        writer.close()
        reader = consumer(broker, topic)
        records = take(reader, 300)
        reader.close()
        for record in records:
            number = int(record.key)
            assert record.value == f"value {number} ".encode() * 5
            assert record.headers == [("h", b"x")] and record.timestamp == 1_700_000_000_000 + number
        assert {int(r.key) for r in records} == set(range(300))


def test_acks(broker):
    create(broker, "acks")
    for acks in [0, 1, "all"]:
        writer = KafkaProducer(bootstrap_servers=broker.address, acks=acks, enable_idempotence=acks == "all")
        for number in range(50):
            writer.send("acks", f"{acks} {number}".encode())
        writer.flush(30)
        writer.close()
    values = [r.value.decode() for r in take(consumer(broker, "acks"), 150)]
    for acks in ["0", "1", "all"]:
        assert [v for v in values if v.startswith(acks)] == [f"{acks} {n}" for n in range(50)]


def test_commit_and_resume(broker):
    create(broker, "resume")
    writer = KafkaProducer(bootstrap_servers=broker.address)
    for number in range(20):
        writer.send("resume", str(number).encode())
    writer.flush(30)
    reader = consumer(broker, "resume", group_id="resume", max_poll_records=7)
    first = take(reader, 7)
    assert [int(r.value) for r in first] == list(range(7))
    reader.commit()
    reader.close()
    reader = consumer(broker, "resume", group_id="resume")
    assert [int(r.value) for r in take(reader, 13)] == list(range(7, 20))
    assert reader.committed(TopicPartition("resume", 0)) == 7
    reader.close()


def test_group_of_three(broker):
    create(broker, "shared", 6)
    more = {"group_id": "three", "session_timeout_ms": 6000, "heartbeat_interval_ms": 300}
    members = [Member(broker, "shared", more) for _ in range(3)]

    def spread(expected):
        owned = [partition for member in members for partition in member.owned]
        return [len(member.owned) for member in members] == expected and len(set(owned)) == 6

    wait_until("two partitions each", lambda: spread([2, 2, 2]))
    members.pop().stop()
    wait_until("three partitions each", lambda: spread([3, 3]))
    for member in members:
        member.stop()


def test_transactions(broker):
    create(broker, "txn")
    writer = KafkaProducer(bootstrap_servers=broker.address, transactional_id="python", acks="all")
    writer.init_transactions()
    for round in range(4):
        writer.begin_transaction()
        for number in range(10):
            writer.send("txn", f"{round} {number}".encode())
        writer.flush(30)
        if round % 2:
            writer.abort_transaction()
        else:
            writer.commit_transaction()
    writer.close()
    committed = take(consumer(broker, "txn", isolation_level="read_committed"), 20)
    assert {r.value[:1] for r in committed} == {b"0", b"2"}
    everything = take(consumer(broker, "txn", isolation_level="read_uncommitted"), 40)
    assert {r.value[:1] for r in everything} == {b"0", b"1", b"2", b"3"}


def test_times_and_ends(broker):
    create(broker, "times")
    writer = KafkaProducer(bootstrap_servers=broker.address)
    for number in range(10):
        writer.send("times", b"x", timestamp_ms=1_000_000 + 1000 * number).get(30)
    reader = consumer(broker)
    place = TopicPartition("times", 0)
    assert reader.offsets_for_times({place: 1_004_500})[place].offset == 5
    assert reader.beginning_offsets([place])[place] == 0 and reader.end_offsets([place])[place] == 10
    reader.close()


def test_topics(broker):
    admin = admin_of(broker)
    admin.create_topics([NewTopic("made", 2, 1)])
    try:
        admin.create_topics([NewTopic("made", 2, 1)])
        raise AssertionError("made twice")
    except TopicAlreadyExistsError:
        pass
    assert "made" in admin.list_topics()
    admin.create_partitions({"made": NewPartitions(4)})
    assert len(admin.describe_topics(["made"])[0]["partitions"]) == 4
    admin.delete_topics(["made"])
    assert "made" not in admin.list_topics()
    admin.close()


TESTS = [
    test_compressions, test_acks, test_commit_and_resume, test_group_of_three, test_transactions,
    test_times_and_ends, test_topics,
]

if __name__ == "__main__":
    with BrokerProcess() as broker:
        for test in TESTS:
            begin = time.monotonic()
            test(broker)
            print(f"{test.__name__}: {time.monotonic() - begin:.2f} s", flush=True)
        broker.stop()
        assert not broker.told(), broker.told()
