"""The broker as aiokafka sees it."""
import asyncio
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from broker_process import BrokerProcess


async def create(broker, name, partitions=1):
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.address)
    await admin.start()
    await admin.create_topics([NewTopic(name, partitions, 1)])
    await admin.close()


async def producing(broker, **more):
    producer = AIOKafkaProducer(bootstrap_servers=broker.address, **more)
    await producer.start()
    return producer


async def consuming(broker, *topics, **more):
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=broker.address,
        **{"auto_offset_reset": "earliest", "enable_auto_commit": False, **more})
    await consumer.start()
    return consumer


async def take(consumer, count, seconds=60):
    records = []

    async def fill():
        while len(records) < count:
            for batch in (await consumer.getmany(timeout_ms=200)).values():
                records.extend(batch)

    await asyncio.wait_for(fill(), seconds)
    assert len(records) == count, f"{len(records)} records instead of {count}"
    return records


async def test_compressions(broker):
    for codec in [None, "gzip", "snappy", "lz4", "zstd"]:
        topic = f"packed-{codec}"
        await create(broker, topic, 2)
        writer = await producing(broker, compression_type=codec, enable_idempotence=True, linger_ms=5)
        waits = [
            await writer.send(topic, f"value {n} ".encode() * 5, key=str(n).encode(), headers=[("h", b"x")],
                              timestamp_ms=1_700_000_000_000 + n)
            for n in range(300)]
        await asyncio.gather(*waits)
        await writer.stop()
        reader = await consuming(broker, topic)
        records = await take(reader, 300)
        await reader.stop()
        assert {int(r.key) for r in records} == set(range(300))
        for record in records:
            assert record.value == f"value {int(record.key)} ".encode() * 5
            assert record.headers == (("h", b"x"),)
            assert record.timestamp == 1_700_000_000_000 + int(record.key)


async def test_commit_and_resume(broker):
    await create(broker, "resume")
    writer = await producing(broker)
    for number in range(20):
        await writer.send_and_wait("resume", str(number).encode())
    await writer.stop()
    reader = await consuming(broker, "resume", group_id="resume")
    first = [await reader.getone() for _ in range(7)]
    await reader.commit({TopicPartition("resume", 0): first[-1].offset + 1})
    await reader.stop()
    reader = await consuming(broker, "resume", group_id="resume")
    assert [int(r.value) for r in await take(reader, 13)] == list(range(7, 20))
    await reader.stop()


async def test_group_of_three(broker):
    await create(broker, "shared", 6)
    more = {"group_id": "three", "session_timeout_ms": 6000, "heartbeat_interval_ms": 300}
    members = [await consuming(broker, "shared", **more) for _ in range(3)]

    async def spread(expected, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for member in members:
                await member.getmany(timeout_ms=20)
            if [len(member.assignment()) for member in members] == expected:
                return
        raise AssertionError(f"not {expected} within {seconds} s")

    await spread([2, 2, 2])
    await members.pop().stop()
    await spread([3, 3])
    for member in members:
        await member.stop()


async def test_transactions(broker):
    await create(broker, "txn")
    await create(broker, "source")
    writer = await producing(broker, transactional_id="aio")
    for round in range(4):
        await writer.begin_transaction()
        for number in range(10):
            await writer.send_and_wait("txn", f"{round} {number}".encode())
        if round == 0:
            await writer.send_offsets_to_transaction({TopicPartition("source", 0): 3}, "aio-group")
        if round % 2:
            await writer.abort_transaction()
        else:
            await writer.commit_transaction()
    await writer.stop()
    reader = await consuming(broker, "txn", isolation_level="read_committed")
    assert {r.value[:1] for r in await take(reader, 20)} == {b"0", b"2"}
    await reader.stop()
    reader = await consuming(broker, "txn", isolation_level="read_uncommitted")
    assert {r.value[:1] for r in await take(reader, 40)} == {b"0", b"1", b"2", b"3"}
    await reader.stop()
    reader = await consuming(broker, group_id="aio-group")
    assert await reader.committed(TopicPartition("source", 0)) == 3
    await reader.stop()


TESTS = [test_compressions, test_commit_and_resume, test_group_of_three, test_transactions]


async def main(broker):
    for test in TESTS:
        begin = time.monotonic()
        await test(broker)
        print(f"{test.__name__}: {time.monotonic() - begin:.2f} s", flush=True)


if __name__ == "__main__":
    with BrokerProcess() as broker:
        asyncio.run(main(broker))
        broker.stop()
        assert not broker.told(), broker.told()
