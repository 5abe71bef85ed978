"""The pipeline shopsight through the program: its tables against DuckDB's over the same messages, its demo,
and a server whose topics clients of Kafka reach."""
import datetime
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

from broker_process import BrokerProcess, program
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, NewTopic

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
SQL = os.path.join(ROOT, "pipelines", "shopsight", "shopsight.sql")
ORACLE = os.path.join(ROOT, "Tests", "Oracle", "shopsight.py")
IS_FULL = os.environ.get("MILLRACE_FULL") == "1"
FAULTS = ["--duplicates", "0.02", "--late", "0.02", "--malformed", "0.01", "--bots", "3"]


def environment():
    """Without what would name another cluster."""
    names = ("MILLRACE_BOOTSTRAP_SERVERS", "KAFKA_BOOTSTRAP_SERVERS", "MILLRACE_SCHEMA_REGISTRY_URL")
    return {name: value for name, value in os.environ.items() if name not in names}


class Scratch(unittest.TestCase):
    def setUp(self):
        self.directory = tempfile.mkdtemp(prefix="millrace-shopsight-")
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)

    def call(self, words, seconds=300, **options):
        done = subprocess.run(
            words, capture_output=True, text=True, timeout=seconds, env=environment(), **options)
        said = done.stdout[-4000:] + done.stderr[-4000:]
        self.assertEqual(done.returncode, 0, f"{' '.join(words)}\n{said}")
        return done.stdout


class TablesTests(Scratch):
    """Intervals of a second: a baseline of half a minute, a rush in it, and what closes all windows."""

    def setUp(self):
        super().setUp()
        self.broker = BrokerProcess()
        self.addCleanup(self.broker.stop)

    def simulate(self, events, seed, start, partitions, *faults):
        self.call([
            program(), "simulate", "shop", "--profile", "shopsight", "--seed", str(seed), "--start", start,
            "--events", str(events), "--partitions", str(partitions),
            "--to", f"kafka://{self.broker.address}/product_events", *faults])

    def run_pipeline(self, alarm_delay, *flags):
        return json.loads(self.call([
            program(), "run", SQL, "--once", "--json", "--bootstrap-servers", self.broker.address,
            "--state", self.directory + "/state", "-D", f"lake={self.directory}/lake",
            "-D", "interval=1", "-D", "span=31", "-D", f"alarm_delay={alarm_delay} seconds", *flags]))

    def compare(self, events, partitions, alarm_delay, *flags):
        self.simulate(events, 1, "2026-01-05T08:00:00Z", partitions, *FAULTS)
        # A thousand events are a second; the rush doubles one of the last, and comes late.
        rush = min(59, events // 1000 - 4)
        self.simulate(1000, 2, f"2026-01-05T08:00:{rush:02}Z", partitions)
        self.simulate(600, 3, "2026-01-05T08:30:00Z", partitions)
        first = self.run_pipeline(alarm_delay, *flags)
        self.assertEqual(first["records"] if "records" in first else first["events"], events + 1600)
        self.call([
            sys.executable, ORACLE, self.broker.address, "product_events", self.directory + "/lake",
            "--interval", "1", "--alarm-delay", str(alarm_delay), "--alarms", "1"])
        # Nothing is taken twice.
        second = self.run_pipeline(alarm_delay, *flags)
        self.assertEqual(second["events"], first["events"])

    def test_the_tables_equal_duckdbs(self):
        """Of one partition in which the rates miss what is more than five seconds late."""
        self.compare(16_000, 1, 5)

    def test_nothing_is_late_when_a_quiet_shop_is_caught_up_with(self):
        """An event a second for hours: the first megabyte of a partition is hours ahead of the next one's."""
        admin = AdminClient({"bootstrap.servers": self.broker.address})
        admin.create_topics([NewTopic("product_events", 4)])["product_events"].result()
        producer = Producer({"bootstrap.servers": self.broker.address, "linger.ms": 20})
        begin = datetime.datetime(2026, 1, 5)
        for number in range(20_000):
            event = {
                "event_id": f"e{number}", "event_type": "product_view", "user_id": "u1",
                "session_id": f"s{number // 3}", "product_id": "p1", "page_url": "https://shop.example/" * 20,
                "timestamp": (begin + datetime.timedelta(seconds=number)).isoformat() + "Z"}
            producer.produce("product_events", json.dumps(event), key=event["session_id"])
            producer.poll(0)
        producer.flush()
        told = self.run_pipeline(600)
        self.assertEqual((told["events"], told["late"], told["dead_letters"]), (20_000, 0, 0))

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1")
    def test_many_events_and_partitions(self):
        self.compare(300_000, 4, 600)

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1")
    def test_the_tables_do_not_depend_on_epochs_and_threads(self):
        self.compare(60_000, 3, 600, "--trigger", "1ms", "--threads", "3", "--state-memory", "2MB")


class DemoTests(Scratch):
    def test_a_demo_ends_with_balanced_books_on_ctrl_c(self):
        lake = self.directory + "/data"
        with open(self.directory + "/errors.txt", "w+") as errors:
            demo = subprocess.Popen(
                [program(), "demo", "shopsight", "--for", "0", "--rate", "300", "--dir", lake, "--json"],
                stdout=subprocess.PIPE, stderr=errors, text=True, env=environment(), cwd=ROOT)
            try:
                limit = time.monotonic() + 60
                while not os.path.exists(lake + "/shopsight/enriched_events/_delta_log"):
                    self.assertIsNone(demo.poll())
                    self.assertLess(time.monotonic(), limit, "no event has come to the lake")
                    time.sleep(0.05)
                demo.send_signal(signal.SIGINT)
                output, _ = demo.communicate(timeout=120)
            finally:
                demo.kill()
            errors.seek(0)
            said = errors.read()
        self.assertEqual(demo.returncode, 0, said)
        self.assertIn("the broker of this program", said)
        told = json.loads(output)
        self.assertGreater(told["pipeline"]["events"], 0)
        self.assertEqual({check["verdict"] for check in told["lake"]["checks"]}, {"PASS"}, told["lake"])


class ServerTests(Scratch):
    """`millrace serve --broker`: clients of Kafka and statements share the topics."""

    def test_what_clients_write_is_queried_and_what_queries_write_is_read(self):
        serve = subprocess.Popen(
            [program(), "serve", "--listen", "127.0.0.1:0", "--connect", "none", "--broker", "127.0.0.1:0",
             "--data", self.directory + "/server"],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment())
        try:
            url = address = None
            while not (url and address):
                line = serve.stdout.readline()
                self.assertTrue(line, "the server has ended")
                words = line.split()
                if line.startswith("millrace serve:"):
                    url = words[2].rstrip(",")
                if line.startswith("  topics at"):
                    address = words[2].rstrip(",")
            topic = [program(), "topic"]
            servers = ["--bootstrap-servers", address]
            self.call(topic + ["create", "clicks"] + servers)
            self.call([program(), "sql", "--server", url, "-e", """
                SET 'auto.offset.reset' = 'earliest';
                CREATE STREAM clicks (id STRING KEY, page STRING)
                  WITH (kafka_topic = 'clicks', value_format = 'JSON');
                CREATE STREAM shop WITH (kafka_topic = 'shop_clicks') AS
                  SELECT id, UCASE(page) AS page FROM clicks WHERE page LIKE '/shop%';"""])
            self.call(
                topic + ["produce", "clicks", "--key-separator", ":"] + servers,
                input='a:{"page": "/shop/1"}\nb:{"page": "/home"}\nc:{"page": "/shop/2"}\n')
            found = ""
            limit = time.monotonic() + 60
            while found.count("\n") < 2 and time.monotonic() < limit:
                found = self.call(topic + ["consume", "shop_clicks", "--values"] + servers)
            self.assertEqual(
                [json.loads(line) for line in found.splitlines()], [{"PAGE": "/SHOP/1"}, {"PAGE": "/SHOP/2"}])
            # Nor does the server show where the broker keeps its groups.
            self.assertNotIn("__", self.call([program(), "sql", "--server", url, "-e", "SHOW TOPICS;"]))
            serve.send_signal(signal.SIGTERM)
            self.assertEqual(serve.wait(60), 0)
        finally:
            serve.kill()
            serve.stdout.close()


if __name__ == "__main__":
    unittest.main()
