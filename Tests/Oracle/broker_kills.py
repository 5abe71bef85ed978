"""Kills the broker while clients write: what was acknowledged is there, once, and transactions are whole.

    broker_kills.py [KILLS [SEED]]
"""
import random
import sys
import threading
import time

from confluent_kafka import KafkaException, Producer

from broker_process import BrokerProcess, committed_records

KILLS = int(sys.argv[1]) if len(sys.argv) > 1 else 20
SEED = int(sys.argv[2]) if len(sys.argv) > 2 else 1

# Between two kills there is little time to find the broker again.
QUICK = {
    "reconnect.backoff.ms": 10, "reconnect.backoff.max.ms": 50, "retry.backoff.ms": 5,
    "retry.backoff.max.ms": 20, "metadata.recovery.strategy": "none", "log_level": 0}


class Writer(threading.Thread):
    """Writes numbers with acks=all until it is told to stop; knows which were acknowledged."""

    def __init__(self, address):
        super().__init__()
        self.producer = Producer({
            "bootstrap.servers": address, "enable.idempotence": True, "linger.ms": 1,
            "message.timeout.ms": 300_000, **QUICK})
        self.acknowledged = []
        self.failed = []
        self.is_stopped = False

    def delivered(self, error, record):
        (self.failed if error else self.acknowledged).append(int(record.value()))

    def run(self):
        number = 0
        while not self.is_stopped:
            try:
                self.producer.produce("plain", str(number), partition=number % 3, on_delivery=self.delivered)
                number += 1
            except BufferError:
                self.producer.poll(0.05)
            self.producer.poll(0)
            if number % 20 == 0:
                time.sleep(0.005)
        assert self.producer.flush(300) == 0
        self.sent = number


class Transactor(threading.Thread):
    """Writes transactions of one number each, ten records of it; every third is taken back."""

    def __init__(self, address):
        super().__init__()
        self.address = address
        self.committed = []
        self.unknown = []
        self.is_stopped = False

    def run(self):
        number = 0
        producer = None
        while not self.is_stopped:
            try:
                if producer is None:
                    producer = Producer({
                        "bootstrap.servers": self.address, "transactional.id": "transactor",
                        **QUICK})
                    producer.init_transactions(120)
                producer.begin_transaction()
                for part in range(10):
                    producer.produce("txn", f"{number} {part}", partition=part % 3)
                if number % 3 == 2:
                    producer.abort_transaction(120)
                else:
                    producer.commit_transaction(120)
                    self.committed.append(number)
            except KafkaException as error:
                # Whether it was committed is not known: it may be there whole, or not at all.
                self.unknown.append(number)
                if not error.args[0].txn_requires_abort():
                    producer = None
                else:
                    try:
                        producer.abort_transaction(120)
                    except KafkaException:
                        producer = None
            number += 1


def main():
    chance = random.Random(SEED)
    broker = BrokerProcess(config={"topics.partitions": "3"})
    with broker:
        writer, transactor = Writer(broker.address), Transactor(broker.address)
        writer.start()
        transactor.start()
        before = []
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.05, 0.6))
            broker.kill()
            before.append(len(writer.acknowledged))
            broker.start()
        writer.is_stopped = transactor.is_stopped = True
        writer.join()
        transactor.join()
        values = [int(value) for _, value in committed_records(broker.address, "plain")]
        missing = set(writer.acknowledged) - set(values)
        assert not missing, f"seed {SEED}: {len(missing)} acknowledged records lost: {sorted(missing)[:5]}"
        assert len(values) == len(set(values)), f"seed {SEED}: records are there twice"
        assert not writer.failed, f"seed {SEED}: {len(writer.failed)} records failed"
        parts = {}
        for _, value in committed_records(broker.address, "txn"):
            number, part = value.split()
            parts.setdefault(int(number), []).append(int(part))
        for number in transactor.committed:
            assert sorted(parts.get(number, [])) == list(range(10)), f"seed {SEED}: transaction {number}"
        for number, found in parts.items():
            assert sorted(found) == list(range(10)), f"seed {SEED}: transaction {number} has {found}"
            assert number % 3 != 2, f"seed {SEED}: transaction {number} was taken back"
        moments = len(set(before))
        print(f"{KILLS} kills, {moments} with records acknowledged between: {len(values)} records, "
              f"{len(parts)} transactions; {broker.told().count('cut off')} torn tails were cut off")
        broker.stop()


if __name__ == "__main__":
    main()
