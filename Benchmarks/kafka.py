#!/usr/bin/env python3
"""kafka.py [--program bin/millrace] [--events 2000000] [--seconds 20] [--rate 5000] [--triggers 5ms,100ms]

Kafka → SQL → Kafka through the embedded broker: how many events a second a window by key takes, per core
of the engine, and how long after an event is produced its change is in the topic of the result. Producer and
consumer are librdkafka's, in this process; broker, engine and clients share the machine.

  uncommitted  until a consumer with isolation.level=read_uncommitted has the change
  committed    until one with read_committed has it: the epoch's transaction is over
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time

from broker import Broker
from confluent_kafka import Consumer, Producer, TopicPartition

STATEMENTS = """
SET 'bootstrap.servers' = '{servers}';
CREATE STREAM clicks (user STRING KEY, page STRING, price DOUBLE, at BIGINT)
  WITH (kafka_topic = 'clicks', value_format = 'JSON', partitions = 1, timestamp = 'at');
CREATE TABLE per_user WITH (kafka_topic = 'per_user', value_format = 'JSON', partitions = 1) AS
  SELECT user, COUNT(*) AS clicks, SUM(price) AS total, MAX(at) AS last
  FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY user EMIT CHANGES;
"""


def engine(program, folder, servers, *more):
    path = os.path.join(folder, "clicks.sql")
    with open(path, "w") as file:
        file.write(STATEMENTS.format(servers=servers))
    return subprocess.Popen(
        [program, "run", path, "--state", os.path.join(folder, "state"), "--quiet", *more],
        stdout=subprocess.DEVNULL)


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def event(number, now):
    return (f'{{"page":"/products/{number % 977}","price":{number % 100}.5,"at":{now},'
            f'"agent":"Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101 Firefox/140.0","n":{number}}}')


def fill(servers, count):
    producer = Producer({"bootstrap.servers": servers, "linger.ms": 20, "compression.type": "lz4",
                         "queue.buffering.max.messages": 1_000_000, "acks": "all"})
    start = 1_767_600_000_000
    for number in range(count):
        while True:
            try:
                producer.produce("clicks", event(number, start + number // 50), f"u{number * 7919 % 20011}")
                break
            except BufferError:
                producer.poll(0.05)
    producer.flush()


def throughput(program, folder, events):
    broker = Broker(program, os.path.join(folder, "log"))
    try:
        # The statement makes the topics.
        engine(program, folder, broker.address, "--once").wait()
        fill(broker.address, events)
        begun, run = time.monotonic(), engine(program, folder, broker.address, "--once")
        used = 0.0
        while run.poll() is None:
            used = processor_seconds(run)
            time.sleep(0.02)
        seconds = time.monotonic() - begun
        print(f"{'Kafka → window by key → Kafka, once':<46} {events / seconds:>10,.0f} events/s"
              f"   {events / used:>10,.0f} events/s per core of the engine ({seconds:.1f} s, {used:.1f} s of"
              f" processor, exit code {run.returncode})", flush=True)
    finally:
        broker.stop()


class Watcher(threading.Thread):
    """Notes when the change that an event has made is there."""

    def __init__(self, servers, isolation):
        super().__init__(daemon=True)
        self.isolation = isolation
        self.waits = []
        self.isDone = False
        self.consumer = Consumer({
            "bootstrap.servers": servers, "group.id": isolation, "isolation.level": isolation,
            "fetch.wait.max.ms": 100, "enable.auto.commit": False})
        self.consumer.assign([TopicPartition("per_user", 0, 0)])

    def run(self):
        while not self.isDone:
            for record in self.consumer.consume(500, 0.05):
                if record.error() or record.value() is None:
                    continue
                now = time.time()
                self.waits.append((now * 1000 - json.loads(record.value())["LAST"], now))
        self.consumer.close()


def quantile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * share))] if values else float("nan")


def latency(program, folder, trigger, rate, seconds, *more):
    broker = Broker(program, os.path.join(folder, "log"), *more)
    run = engine(program, folder, broker.address, "--trigger", trigger)
    try:
        time.sleep(2)
        watchers = [Watcher(broker.address, name) for name in ["read_uncommitted", "read_committed"]]
        for watcher in watchers:
            watcher.start()
        producer = Producer({"bootstrap.servers": broker.address, "linger.ms": 0, "acks": "all"})
        begun, number = time.time(), 0
        while time.time() - begun < seconds:
            # In steps of a millisecond; a key once in a while, so that each change tells of one event.
            while number < (time.time() - begun) * rate:
                producer.produce("clicks", event(number, int(time.time() * 1000)), f"u{number % 20011}")
                number += 1
            producer.poll(0)
            time.sleep(0.001)
        producer.flush()
        time.sleep(2)
        for watcher in watchers:
            watcher.isDone = True
            watcher.join()
            warm = [wait for wait, at in watcher.waits if at > begun + 5]
            print(f"{trigger + ', ' + watcher.isolation:<46} p50 {quantile(warm, 0.5):>7.1f} ms"
                  f"   p99 {quantile(warm, 0.99):>7.1f} ms   {len(warm):,} changes of {number:,} events",
                  flush=True)
    finally:
        run.terminate()
        run.wait()
        broker.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[2])
    parser.add_argument("--program", default="bin/millrace")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=5000)
    parser.add_argument("--triggers", default="5ms,100ms")
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="millrace-kafka-")
    try:
        for name in ["once", *given.triggers.split(",")]:
            place = os.path.join(folder, name)
            os.mkdir(place)
            if name == "once":
                throughput(given.program, place, given.events)
            else:
                latency(given.program, place, name, given.rate, given.seconds)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
