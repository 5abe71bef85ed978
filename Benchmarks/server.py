#!/usr/bin/env python3
"""server.py [--program bin/millrace] [--queries 1000] [--pushes 200] [--rate 2000] [--seconds 10]

What a server costs and how fast it answers: the memory and the processor time of persistent queries that have
nothing to do, the time of a start that takes them up again, and pull queries by key beside push queries while
rows come in. Everything runs on this machine, the clients included: they take a part of its cores.
"""

import argparse
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import tempfile
import threading
import time

DELIMITED = {"Content-Type": "application/vnd.ksqlapi.delimited.v1"}
KEYS = 10_000
CLIENTS = 8


class Server:
    """`millrace serve` on a directory, on a free port."""

    def __init__(self, program, directory):
        begun = time.monotonic()
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--data", directory, "--threads", "2"],
            stdout=subprocess.PIPE, text=True)
        self.port = int(re.search(r"127\.0\.0\.1:(\d+)", self.process.stdout.readline()).group(1))
        self.start_seconds = time.monotonic() - begun

    def connection(self):
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=600)

    def statements(self, text):
        connection = self.connection()
        connection.request("POST", "/ksql", json.dumps(
            {"ksql": text, "streamsProperties": {"auto.offset.reset": "earliest"}}))
        response = connection.getresponse()
        answer = response.read().decode()
        if response.status != 200:
            raise SystemExit(f"refused: {answer}")

    def memory(self):
        """Resident kilobytes."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1))

    def processor(self):
        """Seconds of processor time."""
        with open(f"/proc/{self.process.pid}/stat", encoding="ascii") as file:
            words = file.read().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=120)
        return time.monotonic() - begun


def measure_idle(program, directory, count):
    server = Server(program, directory)
    server.statements("CREATE STREAM source (id STRING KEY, v BIGINT, w STRING) WITH ("
                      "KAFKA_TOPIC = 'source', PARTITIONS = 1, VALUE_FORMAT = 'JSON');")
    before, begun = server.memory(), time.monotonic()
    for number in range(count):
        server.statements((
            f"CREATE STREAM filtered_{number} AS SELECT * FROM source WHERE v = {number};",
            f"CREATE TABLE counted_{number} AS SELECT id, COUNT(*) AS n, SUM(v) AS s FROM source "
            f"WHERE v > {number} GROUP BY id;",
            f"CREATE TABLE windowed_{number} AS SELECT id, COUNT(*) AS n FROM source "
            f"WINDOW TUMBLING (SIZE 1 MINUTE) WHERE v > {number} GROUP BY id;")[number % 3])
    made = time.monotonic() - begun
    time.sleep(3)
    each = (server.memory() - before) / count
    processor = server.processor()
    time.sleep(10)
    share = (server.processor() - processor) / 10
    threads = len(os.listdir(f"/proc/{server.process.pid}/task"))
    stopped = server.stop()
    again = Server(program, directory)
    print(f"idle: {count} queries made in {made:.1f} s, {each:.0f} KB each, {100 * share:.2f} % of a core, "
          f"{threads} threads; stop {stopped:.2f} s, start {again.start_seconds:.2f} s", flush=True)
    again.stop()


def insert(connection, start, count):
    lines = [json.dumps({"target": "events"})]
    lines += [json.dumps({"ID": f"u{(start + row) % KEYS}", "V": row}) for row in range(count)]
    connection.request("POST", "/inserts-stream", "\n".join(lines) + "\n", DELIMITED)
    connection.getresponse().read()


def read_pushed(server, counts, index):
    connection = server.connection()
    question = {"sql": "SELECT * FROM events EMIT CHANGES;", "properties": {"auto.offset.reset": "latest"}}
    connection.request("POST", "/query-stream", json.dumps(question), DELIMITED)
    try:
        for _ in connection.getresponse():
            counts[index] += 1
    except (OSError, http.client.HTTPException, ValueError):
        pass


def pull(server, number, rate, seconds, latencies):
    connection = server.connection()
    begun, asked = time.monotonic(), 0
    while time.monotonic() - begun < seconds:
        pause = begun + asked / rate - time.monotonic()
        if pause > 0:
            time.sleep(pause)
        query = f"SELECT * FROM totals WHERE id = 'u{(number * 7919 + asked) % KEYS}';"
        before = time.monotonic()
        connection.request("POST", "/query-stream", json.dumps({"sql": query}))
        connection.getresponse().read()
        latencies.append(time.monotonic() - before)
        asked += 1


def measure_answers(program, directory, pushes, rate, seconds):
    server = Server(program, directory)
    server.statements("""
        CREATE STREAM events (id STRING KEY, v BIGINT) WITH (
          KAFKA_TOPIC = 'events', PARTITIONS = 1, VALUE_FORMAT = 'JSON');
        CREATE TABLE totals AS SELECT id, COUNT(*) AS n, SUM(v) AS s FROM events GROUP BY id;""")
    writer = server.connection()
    insert(writer, 0, 2 * KEYS)
    time.sleep(2)
    before, counts = server.memory(), [0] * pushes
    for index in range(pushes):
        threading.Thread(target=read_pushed, args=(server, counts, index), daemon=True).start()
    while not all(counts):
        time.sleep(0.1)
    if pushes:
        each = (server.memory() - before) / pushes
        print(f"push: {pushes} queries at once, {each:.0f} KB each", flush=True)
    feeding = threading.Event()

    def feed():
        rows = 0
        while not feeding.wait(0.1):
            insert(writer, rows, 10)
            rows += 10

    feeder = threading.Thread(target=feed)
    feeder.start()
    latencies = [[] for _ in range(CLIENTS)]
    clients = [
        threading.Thread(target=pull, args=(server, number, rate / CLIENTS, seconds, latencies[number]))
        for number in range(CLIENTS)]
    memory, begun, processor = server.memory(), time.monotonic(), server.processor()
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    elapsed = time.monotonic() - begun
    feeding.set()
    feeder.join()
    times = sorted(latency for part in latencies for latency in part)
    at = lambda share: 1000 * times[min(len(times) - 1, int(share * len(times)))]
    print(f"pull: {len(times) / elapsed:.0f} queries/s asked at {rate}/s, p50 {at(0.5):.1f} ms, "
          f"p99 {at(0.99):.1f} ms, slowest {at(1):.1f} ms; "
          f"{(server.processor() - processor) / elapsed:.2f} cores; "
          f"memory {memory // 1024} MB before, {server.memory() // 1024} MB after; "
          f"{sum(counts)} rows pushed", flush=True)
    server.stop()


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--program", default="bin/millrace")
    parser.add_argument("--queries", type=int, default=1000)
    parser.add_argument("--pushes", type=int, default=200)
    parser.add_argument("--rate", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=10)
    arguments = parser.parse_args()
    directory = tempfile.mkdtemp(prefix="millrace-bench-")
    try:
        measure_idle(arguments.program, directory + "/idle", arguments.queries)
        measure_answers(
            arguments.program, directory + "/answers", arguments.pushes, arguments.rate, arguments.seconds)
        measure_answers(arguments.program, directory + "/alone", 0, arguments.rate, arguments.seconds)
    finally:
        shutil.rmtree(directory, ignore_errors=True)


main()
