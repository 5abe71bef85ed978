"""The broker, by scripts of independent clients: one that is quick, and under MILLRACE_FULL=1 all of them."""
import glob
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

from broker_process import BrokerProcess, program, wait_until

FOLDER = os.path.dirname(os.path.abspath(__file__))
IS_FULL = os.environ.get("MILLRACE_FULL") == "1"


def run(*words, seconds=600, **more):
    ended = subprocess.run(
        list(words), cwd=FOLDER, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=seconds, **more)
    if ended.returncode != 0:
        raise AssertionError(f"{' '.join(words)}:\n{ended.stdout[-4000:]}")


def script(name, *words):
    run(sys.executable, os.path.join(FOLDER, name), *words)


@unittest.skipUnless(os.access(program(), os.X_OK), f"there is no {program()}: make program")
class BrokerTests(unittest.TestCase):
    def test_librdkafka_produces_consumes_and_commits(self):
        script("broker_confluent.py", *([] if IS_FULL else ["--quick"]))

    def test_a_torn_tail_is_cut_off_and_told(self):
        from broker_confluent import create, producer, read
        with BrokerProcess() as broker:
            create(broker, "torn")
            writer = producer(broker)
            for number in range(10):
                writer.produce("torn", str(number))
            self.assertEqual(writer.flush(30), 0)
            broker.kill()
            (log,) = glob.glob(os.path.join(broker.directory, "topics", "torn-*", "0", "*.log"))
            with open(log, "ab") as file:
                file.write(b"half of a batch")
            broker.start()
            wait_until("a report", lambda: "15 bytes at the end of" in broker.told())
            self.assertIn("were cut off, from offset 10", broker.told())
            self.assertEqual([r.value() for r in read(broker, "torn", 10)], [b"%d" % n for n in range(10)])
            broker.stop()

    def test_a_taken_port_is_told(self):
        with BrokerProcess() as broker:
            words = [program(), "broker", "--listen", broker.address, "--data", tempfile.mkdtemp()]
            ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn("is taken by another program", ended.stderr)
            words = [program(), "broker", "--listen", "127.0.0.1:0", "--data", broker.directory]
            ended = subprocess.run(words, capture_output=True, text=True, timeout=60)
            self.assertNotEqual(ended.returncode, 0)
            self.assertIn("in use by another process", ended.stderr)

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_kafka_python(self):
        script("broker_kafka_python.py")

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_aiokafka(self):
        script("broker_aiokafka.py")

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    @unittest.skipUnless(shutil.which("kcat"), "there is no kcat")
    def test_kcat(self):
        with BrokerProcess() as broker:
            run(os.path.join(FOLDER, "broker_kcat.sh"), broker.address)

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    @unittest.skipUnless(
        shutil.which("go") and os.path.isdir("/usr/share/gocode/src/github.com/Shopify/sarama"),
        "there is no Go, or no sarama (golang-go, golang-github-shopify-sarama-dev)")
    def test_sarama(self):
        with tempfile.TemporaryDirectory() as folder, BrokerProcess() as broker:
            places = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode:" + folder, "GOFLAGS": "",
                      "GOCACHE": os.path.join(folder, "cache")}
            made = os.path.join(folder, "sarama")
            source = os.path.join(FOLDER, "sarama", "main.go")
            run("go", "build", "-o", made, source, env={**os.environ, **places})
            run(made, broker.address)

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_passwords_and_certificates(self):
        script("broker_security.py")

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_tokens(self):
        script("broker_tokens.py")

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_the_benchmark_runs(self):
        script(
            os.path.join("..", "..", "Benchmarks", "broker.py"), "--program", program(), "--records", "20000",
            "--connections", "20", "--partitions", "20", "--seconds", "1")

    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_kills_lose_nothing(self):
        script("broker_kills.py", "200", "1")


if __name__ == "__main__":
    unittest.main()
