"""Ends a server by kill -9 at any moment while rows go in, starts it again, and compares what its tables have
with what it has acknowledged.

usage: server_kills.py PROGRAM DIRECTORY SEED KILLS

A row that was acknowledged is counted once. One whose answer never came may be there or not, but not twice:
rows have numbers of their own, and the table of doubles must stay empty.
"""

import http.client
import json
import random
import re
import subprocess
import sys
import threading
import time

STATEMENTS = """
CREATE STREAM rows (k STRING KEY, id BIGINT, v BIGINT) WITH (
  KAFKA_TOPIC = 'rows', PARTITIONS = 3, VALUE_FORMAT = 'JSON');
CREATE STREAM even AS SELECT k, id, v FROM rows WHERE v % 2 = 0;
CREATE TABLE sums AS SELECT k, COUNT(*) AS n, SUM(v) AS v FROM rows GROUP BY k;
CREATE TABLE evens AS SELECT k, COUNT(*) AS n FROM even GROUP BY k;
CREATE TABLE doubles AS SELECT id, COUNT(*) AS n FROM even GROUP BY id HAVING COUNT(*) > 1;
"""


class Server:
    """The program at work on a directory."""

    def __init__(self, program, directory):
        self.process = subprocess.Popen(
            [program, "serve", "--listen", "127.0.0.1:0", "--data", directory],
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if not found:
            raise SystemExit(f"the server says: {line!r}")
        self.port = int(found.group(1))

    def post(self, path, body, timeout=60):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout)
        wanted = {"Content-Type": "application/json", "Accept": "application/json"}
        connection.request("POST", path, body, wanted)
        response = connection.getresponse()
        return response.status, response.read().decode()

    def statements(self, text):
        status, answer = self.post("/ksql", json.dumps(
            {"ksql": text, "streamsProperties": {"auto.offset.reset": "earliest"}}))
        if status != 200:
            raise SystemExit(f"refused: {answer}")

    def pull(self, query):
        status, answer = self.post("/query-stream", json.dumps({"sql": query}))
        if status != 200:
            return None
        return [row for row in json.loads(answer)[1:] if isinstance(row, list)]

    def kill(self):
        self.process.kill()
        self.process.wait()


def insert(server, numbers, acknowledged, asked):
    """Puts rows in until the server is gone; notes those that it has acknowledged."""
    while True:
        batch = [next(numbers) for _ in range(20)]
        lines = [json.dumps({"target": "rows"})]
        lines += [json.dumps({"K": f"k{number % 50}", "ID": number, "V": number}) for number in batch]
        asked.update(batch)
        try:
            status, answer = server.post("/inserts-stream", "\n".join(lines) + "\n")
            if status == 200:
                for ack in answer.splitlines() if answer[:1] == "{" else json.loads(answer):
                    ack = json.loads(ack) if isinstance(ack, str) else ack
                    if ack.get("status") == "ok":
                        acknowledged.add(batch[ack["seq"]])
        except (OSError, http.client.HTTPException, json.JSONDecodeError):
            return


def count(rows):
    return {row[0]: row[1] for row in rows or []}


def main():
    program, directory, seed, kills = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
    chance = random.Random(seed)
    numbers = iter(range(1, 1 << 40))
    acknowledged, asked = set(), set()
    server = Server(program, directory)
    server.statements(STATEMENTS)
    for _ in range(kills):
        writer = threading.Thread(target=insert, args=(server, numbers, acknowledged, asked))
        writer.start()
        time.sleep(chance.uniform(0.02, 1.5))
        server.kill()
        writer.join()
        server = Server(program, directory)
    # What was read of the topic tells which rows without an answer are there.
    present = {row[0] for row in server.pull("SELECT id FROM rows;")}
    lost = acknowledged - present
    problems = []
    if lost:
        problems.append(f"{len(lost)} acknowledged rows are lost")
    if present - asked:
        problems.append("rows that nobody put in")
    expected, evens = {}, {}
    for number in present:
        key = f"k{number % 50}"
        expected[key] = expected.get(key, 0) + 1
        if number % 2 == 0:
            evens[key] = evens.get(key, 0) + 1
    end = time.time() + 60
    while time.time() < end:
        found = count(server.pull("SELECT k, n FROM sums;")), count(server.pull("SELECT k, n FROM evens;"))
        if found == (expected, evens):
            break
        time.sleep(0.1)
    if found != (expected, evens):
        problems.append(f"the tables have {sum(found[0].values())} and {sum(found[1].values())} rows "
                        f"instead of {len(present)} and {sum(evens.values())}")
    total = sum(row[0] or 0 for row in server.pull("SELECT SUM(v) FROM sums;") or [])
    if total != sum(present):
        problems.append("other sums")
    if server.pull("SELECT * FROM doubles;") != []:
        problems.append("rows came twice")
    server.process.terminate()
    if server.process.wait(timeout=60) != 0:
        problems.append("it did not end cleanly")
    print(f"seed {seed}: {len(acknowledged)} acknowledged, {len(present)} there, {kills} kills: "
          + ("; ".join(problems) or "all there once"))
    sys.exit(1 if problems else 0)


main()
