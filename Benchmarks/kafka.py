#!/usr/bin/env python3
"""kafka.py [--program bin/millrace] [--events 2000000] [--seconds 20] [--rate 2000] [--triggers 1s,100ms]

Kafka → SQL → Kafka through the embedded broker: how many events a second a window by key takes, per core
of the engine, and how long after an event is produced its change is in the topic of the result. Producer
and consumers are librdkafka's (latency_client.c); broker, engine and clients share the machine. Needs a C
compiler and librdkafka-dev.

  uncommitted  until a consumer with isolation.level=read_uncommitted has the change
  committed    until one with read_committed has it: the epoch's transaction is over
  at once      with SET 'cache.max.bytes.buffering' = '0'; else a key has one change for each epoch
"""

import argparse
import json
import os
import shutil
import subprocess
import tempfile
import time

from broker import FOLDER, Broker
from confluent_kafka import Producer

STATEMENTS = """
SET 'bootstrap.servers' = '{servers}';
{settings}
CREATE STREAM clicks (user STRING KEY, page STRING, price DOUBLE, at BIGINT, sent BIGINT)
  WITH (kafka_topic = 'clicks', value_format = 'JSON', partitions = 1, timestamp = 'at');
CREATE TABLE per_user WITH (kafka_topic = 'per_user', value_format = 'JSON', partitions = 1) AS
  SELECT user, COUNT(*) AS clicks, SUM(price) AS total, MAX(sent) AS last
  FROM clicks WINDOW TUMBLING (SIZE 1 MINUTE) GROUP BY user EMIT CHANGES;
"""


AT_ONCE = "SET 'cache.max.bytes.buffering' = '0';"


def engine(program, folder, servers, *more, settings=""):
    path = os.path.join(folder, "clicks.sql")
    with open(path, "w") as file:
        file.write(STATEMENTS.format(servers=servers, settings=settings))
    return subprocess.Popen(
        [program, "run", path, "--state", os.path.join(folder, "state"), "--quiet", *more],
        stdout=subprocess.DEVNULL)


def processor_seconds(process):
    with open(f"/proc/{process.pid}/stat") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def event(number, now):
    return (f'{{"page":"/products/{number % 977}","price":{number % 100}.5,"at":{now},"sent":{now},'
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


def client(folder):
    made = os.path.join(folder, "latency_client")
    subprocess.run(
        ["cc", "-O2", "-o", made, os.path.join(FOLDER, "latency_client.c"), "-lrdkafka", "-lpthread"],
        check=True)
    return made


def latency(program, folder, trigger, rate, seconds, settings):
    made = client(folder)
    broker = Broker(program, os.path.join(folder, "log"))
    run = engine(program, folder, broker.address, "--trigger", trigger, settings=settings)
    try:
        time.sleep(2)
        told = subprocess.run(
            [made, broker.address, "clicks", "per_user", str(rate), str(seconds), "5"],
            stdout=subprocess.PIPE, text=True, check=True).stdout
        for line in told.splitlines():
            found = json.loads(line)
            name = f"{trigger}{', at once' if settings else ''}, {found['isolation']}"
            print(f"{name:<46} p50 {found['p50_ms']:>7.1f} ms   p90 {found['p90_ms']:>7.1f} ms"
                  f"   p99 {found['p99_ms']:>7.1f} ms   max {found['max_ms']:>7.1f} ms"
                  f"   {found['changes']:,} changes of {rate * (seconds - 5):,} events", flush=True)
    finally:
        run.terminate()
        run.wait()
        broker.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[2])
    parser.add_argument("--program", default="bin/millrace")
    parser.add_argument("--events", type=int, default=2_000_000)
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--triggers", default="1s,100ms")
    given = parser.parse_args()
    folder = tempfile.mkdtemp(prefix="millrace-kafka-")
    try:
        def place(name):
            made = os.path.join(folder, name)
            os.mkdir(made)
            return made

        if given.events > 0:
            throughput(given.program, place("once"), given.events)
        for trigger in given.triggers.split(","):
            for name, settings in [("", ""), ("-at-once", AT_ONCE)]:
                latency(given.program, place(trigger + name), trigger, given.rate, given.seconds, settings)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
