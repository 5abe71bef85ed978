"""A `millrace broker` of one's own, for the scripts that run clients against it."""
import json
import os
import select
import shutil
import signal
import subprocess
import tempfile
import time

from confluent_kafka import Consumer, TopicPartition


def program():
    root = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
    return os.environ.get("MILLRACE_BINARY") or os.path.join(root, "bin", "millrace")


class BrokerProcess:
    """Starts the broker; `address` is where it listens, `registry` the URL of its schemas. Ends it, and tells
    its errors, on `stop`."""

    def __init__(self, directory=None, config=None, port=0, arguments=()):
        self.directory = directory or tempfile.mkdtemp(prefix="millrace-broker-")
        self.is_temporary = directory is None
        self.config = config
        self.port = port
        # The records of tests have old times, and would be deleted by them.
        self.arguments = ["--topic", "retention.ms=-1", *arguments]
        self.process = None
        self.start()

    def start(self, seconds=30):
        listen = f"127.0.0.1:{self.port}"
        words = [program(), "broker", "--json", "--listen", listen, "--registry", "127.0.0.1:0",
                 "--data", self.directory]
        if self.config:
            path = os.path.join(self.directory, "broker.conf")
            with open(path, "w") as file:
                file.write("".join(f"{name} = {value}\n" for name, value in self.config.items()))
            words += ["--config", path]
        with open(os.path.join(self.directory, "errors.txt"), "a") as errors:
            self.process = subprocess.Popen(
                words + self.arguments, stdout=subprocess.PIPE, stderr=errors, text=True)
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            raise AssertionError("the broker is not ready in time")
        line = self.process.stdout.readline()
        self.process.stdout.close()
        if not line:
            raise AssertionError("the broker ended: " + self.told())
        told = json.loads(line)
        self.address = told["listen"]
        self.registry = told["registry"]
        # After a restart the clients look for it where it was.
        self.port = int(self.address.rsplit(":", 1)[1])

    def told(self):
        with open(os.path.join(self.directory, "errors.txt")) as errors:
            return errors.read()

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=30):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds)
        assert code == 0, f"exit code {code}: {self.told()}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.kill()
        if self.is_temporary:
            shutil.rmtree(self.directory, ignore_errors=True)


def wait_until(what, condition, seconds=60):
    """Generous: a busy machine is no error."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.02)
    raise AssertionError(f"not within {seconds} s: {what}")


def committed_records(address, topic, partitions=3):
    """Keys and values, as bytes, of all records of a topic that are committed."""
    reader = Consumer({
        "bootstrap.servers": address, "group.id": "check", "isolation.level": "read_committed",
        "enable.partition.eof": True, "log_level": 0})
    reader.assign([TopicPartition(topic, partition, 0) for partition in range(partitions)])
    found, ended = [], set()
    end = time.monotonic() + 120
    while len(ended) < partitions:
        assert time.monotonic() < end, "reading does not come to an end"
        record = reader.poll(1)
        if record is None:
            continue
        if record.error():
            ended.add(record.partition())
        else:
            found.append((record.key(), record.value()))
    reader.close()
    return found
