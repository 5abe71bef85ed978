"""Ends broker and engine by kill -9, each by itself and both at once, while a simulator writes with acks=all
and a pipeline reads into Delta tables: each acknowledged record is there, once.

    chain_kills.py FOLDER FIRST_SEED SEEDS

A seed is a run of its own with one to three kills. Behind half of the broker's kills the end of a log is
torn, as a power loss leaves it: that must be cut off and told. The program is MILLRACE_BINARY, or
bin/millrace.
"""
import collections
import decimal
import glob
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import deltalake
from confluent_kafka import Consumer, TopicPartition

from broker_process import BrokerProcess, program, wait_until

FOLDER, FIRST, SEEDS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
PARTITIONS = 3
EVENTS = 3000
RATE = 3000
KINDS = ["broker", "engine", "both"]

STATEMENTS = """
SET 'kafka.reconnect.backoff.max.ms' = '200';
CREATE STREAM events (session_id STRING KEY, event_id STRING, price DECIMAL(12, 2), timestamp STRING)
    WITH (kafka_topic = 'events', value_format = 'JSON', timestamp = 'timestamp');
CREATE STREAM bronze AS
    SELECT session_id, event_id, price, rowpartition AS part, rowoffset AS place FROM events;
CREATE TABLE totals AS
    SELECT session_id, COUNT(*) AS n, SUM(price) AS total FROM events GROUP BY session_id;
CREATE SINK CONNECTOR bronze_lake WITH (
    'connector.class' = 'delta', 'from' = 'bronze', 'path' = '${lake}/bronze');
CREATE SINK CONNECTOR totals_lake WITH (
    'connector.class' = 'delta', 'from' = 'totals', 'path' = '${lake}/totals');
"""


class Engine:
    """The pipeline at work."""

    def __init__(self, folder, address, trigger):
        self.words = [program(), "run", f"{folder}/chain.sql", "-D", f"lake={folder}/lake", "--state",
                      f"{folder}/state", "--bootstrap-servers", address, "--trigger", trigger, "--quiet"]
        self.log = f"{folder}/engine.log"

    def start(self):
        with open(self.log, "a") as log:
            self.process = subprocess.Popen(self.words, stdout=log, stderr=log)

    def kill(self):
        if self.process.poll() is not None:
            raise SystemExit(f"the engine ended by itself: {self.told()}")
        self.process.kill()
        self.process.wait()

    def finish(self):
        """Ends it at an epoch, and takes what is left."""
        self.process.terminate()
        # One that has just been started does not listen for signals yet.
        if self.process.wait(timeout=180) not in (0, -signal.SIGTERM):
            raise SystemExit(f"the engine says: {self.told()}")
        with open(self.log, "a") as log:
            if subprocess.run(self.words + ["--once"], stdout=log, stderr=log, timeout=180).returncode != 0:
                raise SystemExit(f"the engine says: {self.told()}")

    def told(self):
        with open(self.log) as log:
            return log.read()[-3000:]


def tear(broker, chance):
    """Half of a batch behind the end of a log that has one; whether there was such a log."""
    logs = glob.glob(f"{broker.directory}/topics/events-*/*/*.log")
    logs = [path for path in logs if os.path.getsize(path) > 100]
    if not logs:
        return False
    path = chance.choice(sorted(logs))
    with open(path, "rb") as log:
        # A batch's own beginning is the hardest to tell from a whole one.
        beginning = log.read(4000)
    length = int.from_bytes(beginning[8:12], "big") + 12
    with open(path, "ab") as log:
        log.write(beginning[:chance.randrange(1, min(len(beginning), length))])
    return True


def records(address):
    """Session, event, partition and offset of all records of the topic."""
    reader = Consumer({
        "bootstrap.servers": address, "group.id": "check", "isolation.level": "read_committed",
        "enable.partition.eof": True, "log_level": 0})
    reader.assign([TopicPartition("events", partition, 0) for partition in range(PARTITIONS)])
    found, ended = [], set()
    end = time.monotonic() + 120
    while len(ended) < PARTITIONS:
        assert time.monotonic() < end, "reading does not come to an end"
        record = reader.poll(1)
        if record is None:
            continue
        if record.error():
            ended.add(record.partition())
        else:
            event = json.loads(record.value(), parse_float=decimal.Decimal)
            found.append((event["session_id"], event["event_id"], record.partition(), record.offset(),
                          event["price"]))
    reader.close()
    return found


def check(folder, address, seed):
    written = records(address)
    ids = [event for _, event, _, _, _ in written]
    if len(ids) != EVENTS or len(set(ids)) != EVENTS:
        raise SystemExit(f"seed {seed}: {EVENTS} records were acknowledged; the topic has {len(ids)}, and "
                         f"{len(set(ids))} different ones")
    rows = deltalake.DeltaTable(f"{folder}/lake/bronze").to_pyarrow_table().to_pylist()
    there = collections.Counter(
        (row["session_id"], row["event_id"], row["part"], row["place"]) for row in rows)
    expected = collections.Counter(record[:4] for record in written)
    if there != expected:
        missing, extra = expected - there, there - expected
        raise SystemExit(f"seed {seed}: {sum(missing.values())} records are missing in bronze, "
                         f"{sum(extra.values())} are too many: {list(missing)[:3]} {list(extra)[:3]}")
    totals = {}
    for session, _, _, _, price in written:
        count, total = totals.get(session, (0, None))
        if price is not None:
            total = (total or 0) + decimal.Decimal(price)
        totals[session] = (count + 1, total)
    found = deltalake.DeltaTable(f"{folder}/lake/totals").to_pyarrow_table().to_pylist()
    if len(found) != len(totals) or any(totals.get(r["session_id"]) != (r["n"], r["total"]) for r in found):
        wrong = [r for r in found if totals.get(r["session_id"]) != (r["n"], r["total"])][:3]
        raise SystemExit(f"seed {seed}: {len(found)} totals, {len(totals)} are expected; wrong: {wrong}")


def run(seed, tally):
    chance = random.Random(seed)
    folder = f"{FOLDER}/{seed}"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    with open(f"{folder}/chain.sql", "w") as file:
        file.write(STATEMENTS)
    with BrokerProcess(config={"topics.partitions": str(PARTITIONS)}) as broker:
        subprocess.run(
            [program(), "topic", "create", "events", "--partitions", str(PARTITIONS), "--bootstrap-servers",
             broker.address], check=True, stdout=subprocess.DEVNULL)
        engine = Engine(folder, broker.address, f"{chance.choice([10, 50, 200])}ms")
        engine.start()
        with open(f"{folder}/simulator.log", "w") as log:
            simulator = subprocess.Popen(
                [program(), "simulate", "shop", "--profile", "shopsight", "--to",
                 f"kafka://{broker.address}/events", "--events", str(EVENTS), "--rate", str(RATE), "--seed",
                 str(seed), "--acks", "all", "--property", "reconnect.backoff.max.ms=200"],
                stdout=log, stderr=log)
        kinds = [KINDS[seed % 3]] + chance.choices(KINDS, k=chance.randrange(3))
        torn = 0
        for kind in kinds:
            time.sleep(chance.uniform(0, 1.4 / len(kinds)))
            tally[kind] += 1
            tally["while it was written"] += simulator.poll() is None
            if kind != "engine":
                broker.kill()
            if kind != "broker":
                engine.kill()
            if kind != "engine":
                torn += chance.random() < 0.5 and tear(broker, chance)
                time.sleep(chance.choice([0, 0.2]))
                broker.start()
            if kind != "broker":
                engine.start()
        if simulator.wait(timeout=180) != 0:
            with open(f"{folder}/simulator.log") as log:
                raise SystemExit(f"seed {seed}: the simulator says: {log.read()[-2000:]}")
        wait_until("reports of torn ends", lambda: broker.told().count("were cut off") >= torn)
        tally["torn ends cut off"] += broker.told().count("were cut off")
        tally["torn ends"] += torn
        engine.finish()
        check(folder, broker.address, seed)
        tally["records"] += EVENTS
        broker.stop()
    shutil.rmtree(folder, ignore_errors=True)


def main():
    tally = collections.Counter()
    for seed in range(FIRST, FIRST + SEEDS):
        run(seed, tally)
    kills = sum(tally[kind] for kind in KINDS)
    kinds = ", ".join(f"{tally[kind]} of {kind}" for kind in KINDS)
    print(f"{SEEDS} seeds, {kills} kills ({kinds}), {tally['while it was written']} of them while records "
          f"were written; {tally['torn ends']} torn ends made, {tally['torn ends cut off']} cut off; "
          f"{tally['records']} records acknowledged, all there once")


if __name__ == "__main__":
    main()
