"""Several processes share the partitions of a topic as tasks of one service; they are killed, stopped and
joined by others at any moment while events come. What all of them have made together is what one process
makes.

    service_kills.py FOLDER SEED KILLS [DATABASE_URL]

Compares an appended and an upserted Delta table, a topic as readers of committed records see it, and with a
URL two tables of PostgreSQL. The program is MILLRACE_BINARY, or bin/millrace.
"""
import collections
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time

import deltalake

from broker_process import BrokerProcess, committed_records, program, wait_until

FOLDER, SEED, KILLS = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
DATABASE = sys.argv[4] if len(sys.argv) > 4 else None
PARTITIONS = 6
MOST = 3
PROCESSES = None

STATEMENTS = """
CREATE STREAM events (session_id STRING KEY, event_id STRING, event_type STRING, price DECIMAL(12, 2),
    timestamp STRING) WITH (kafka_topic = 'events', value_format = 'JSON', timestamp = 'timestamp');
CREATE STREAM once_each WITH (kafka_topic = '${name}_once_each', value_format = 'JSON', partitions = 3) AS
    SELECT session_id, event_id, event_type, price FROM events
    DEDUPLICATE BY session_id, event_id WITHIN 1 HOUR;
CREATE TABLE totals WITH (kafka_topic = '${name}_totals', value_format = 'JSON', partitions = 3) AS
    SELECT session_id, COUNT(*) AS n, SUM(price) AS total, MAX(event_type) AS latest FROM once_each
    WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 1 HOUR) GROUP BY session_id;
CREATE SINK CONNECTOR rows_lake WITH (
    'connector.class' = 'delta', 'from' = 'once_each', 'path' = '${folder}/${name}/rows');
CREATE SINK CONNECTOR totals_lake WITH (
    'connector.class' = 'delta', 'from' = 'totals', 'path' = '${folder}/${name}/totals');
"""
DATABASE_STATEMENTS = """
CREATE SINK CONNECTOR rows_db WITH ('connector.class' = 'postgres', 'from' = 'once_each',
    'connection.url' = '${database}', 'table.name.format' = '${name}_rows', 'auto.create' = 'true');
CREATE SINK CONNECTOR totals_db WITH ('connector.class' = 'postgres', 'from' = 'totals',
    'connection.url' = '${database}', 'table.name.format' = '${name}_totals', 'auto.create' = 'true');
"""


class Processes:
    """The processes of the service; at most MOST of them live."""

    def __init__(self, command):
        self.command = command
        self.living = []
        self.number = 0
        self.tally = collections.Counter()
        self.simulation = None

    def end(self):
        """What a failure leaves running."""
        for process in self.living + [self.simulation] * (self.simulation is not None):
            if process.poll() is None:
                process.kill()

    def start(self):
        self.number += 1
        path = f"{FOLDER}/process-{self.number}.log"
        with open(path, "w") as log:
            process = subprocess.Popen(self.command, stdout=log, stderr=log)
        process.log = path
        self.living.append(process)

    def check(self):
        for process in self.living:
            if process.poll() is not None:
                raise SystemExit(f"seed {SEED}: a process ended by itself:\n{text(process)}")

    def kill(self, process):
        process.kill()
        process.wait()
        self.living.remove(process)
        self.tally["killed"] += 1

    def stop(self, process):
        process.terminate()
        code = process.wait(timeout=120)
        self.living.remove(process)
        self.tally["stopped"] += 1
        # One that has just been started does not listen for signals yet.
        if code not in (0, -signal.SIGTERM):
            raise SystemExit(f"seed {SEED}: a process that was stopped says:\n{text(process)}")


def text(process):
    with open(process.log) as log:
        return log.read()[-4000:]


def run(name, address, *flags):
    """The command of a pipeline whose targets have this name."""
    words = [program(), "run", f"{FOLDER}/pipeline.sql", "-D", f"name={name}", "-D", f"folder={FOLDER}",
             "--bootstrap-servers", address, "--state", f"{FOLDER}/{name}.state", "--quiet", *flags]
    return words + (["-D", f"database={DATABASE}"] if DATABASE else [])


def service(state):
    told = subprocess.run(
        [program(), "inspect", "checkpoint", state, "--json"], capture_output=True, text=True)
    return json.loads(told.stdout) if told.returncode == 0 else {"tasks": [], "processes": []}


def delta(path):
    table = deltalake.DeltaTable(path).to_pyarrow_table()
    return collections.Counter(tuple(sorted(row.items())) for row in table.to_pylist())


def database(table):
    told = subprocess.run(
        ["psql", DATABASE, "-XAtc", f"SELECT row_to_json(t)::text FROM {table} t"],
        capture_output=True, text=True, check=True)
    return collections.Counter(told.stdout.splitlines())


def expect_equal(what, one, many):
    missing, extra = one - many, many - one
    if missing or extra:
        raise SystemExit(
            f"seed {SEED}: {what}: {sum(missing.values())} rows of {sum(one.values())} are missing, "
            f"{sum(extra.values())} are too many: {list(missing)[:2]} {list(extra)[:2]}")


def compare(address):
    shown = []
    for table in "rows", "totals":
        one = delta(f"{FOLDER}/one/{table}")
        expect_equal(f"the Delta table {table}", one, delta(f"{FOLDER}/many/{table}"))
        shown.append(f"{sum(one.values())} {table}")
    keys = [dict(row)["event_id"] for row in delta(f"{FOLDER}/many/rows").elements()]
    if len(keys) != len(set(keys)):
        raise SystemExit(f"seed {SEED}: events are there twice")
    one, many = (collections.Counter(committed_records(address, f"{name}_once_each"))
                 for name in ("one", "many"))
    expect_equal("the topic once_each", one, many)
    # Changes depend on where epochs end, and the last one of each key does not.
    one, many = (collections.Counter(dict(committed_records(address, f"{name}_totals")).items())
                 for name in ("one", "many"))
    expect_equal("the topic totals", one, many)
    if DATABASE:
        for table in "rows", "totals":
            expect_equal(f"PostgreSQL's table {table}", database(f"one_{table}"), database(f"many_{table}"))
    return ", ".join(shown)


def main():
    chance = random.Random(SEED)
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    with open(f"{FOLDER}/pipeline.sql", "w") as file:
        file.write(STATEMENTS + (DATABASE_STATEMENTS if DATABASE else ""))
    with BrokerProcess(directory=None) as broker:
        place = f"kafka://{broker.address}/events"
        simulate = [program(), "simulate", "shop", "--profile", "shopsight", "--to", place,
                    "--duplicates", "0.05"]
        subprocess.run(
            [program(), "topic", "create", "events", "--partitions", str(PARTITIONS), "--bootstrap-servers",
             broker.address], check=True, stdout=subprocess.DEVNULL)
        global PROCESSES
        processes = PROCESSES = Processes(run("many", broker.address, "--service", "many", "--trigger",
                                  f"{chance.choice([20, 100, 300])}ms", "--threads", "2"))
        for _ in range(MOST):
            processes.start()
        state = f"{FOLDER}/many.state"
        wait_until("all tasks are at work", lambda: (
            len(service(state)["processes"]) == MOST
            and all(task["owner"] for task in service(state)["tasks"])))
        seconds = 1 + KILLS * 0.8
        simulation = processes.simulation = subprocess.Popen(
            simulate + ["--rate", "2000", "--for", f"{int(seconds)}s", "--seed", str(SEED)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(KILLS):
            time.sleep(chance.uniform(0.02, 1))
            processes.check()
            if not processes.living:
                processes.start()
                continue
            victim = chance.choice(processes.living)
            (processes.kill if chance.random() < 0.75 else processes.stop)(victim)
            # At times nobody is there, at times one more than before.
            while len(processes.living) < MOST and chance.random() < 0.7:
                processes.start()
        if not processes.living:
            processes.start()
        if simulation.wait(timeout=300) != 0:
            raise SystemExit("the simulation failed")
        processes.check()
        for process in list(processes.living):
            processes.stop(process)
        # What the last of them had no time for.
        subprocess.run(run("many", broker.address, "--service", "many", "--once"), check=True,
                       stderr=subprocess.DEVNULL)
        tasks = service(state)["tasks"]
        assert len(tasks) == PARTITIONS, tasks
        assert not any(task["owner"] or task["open_epochs"] for task in tasks), tasks
        subprocess.run(run("one", broker.address, "--once"), check=True)
        shown = compare(broker.address)
        print(f"seed {SEED}: {processes.tally['killed']} killed, {processes.tally['stopped']} stopped, "
              f"{processes.number} processes in all: {shown}")
        broker.stop()
    shutil.rmtree(FOLDER, ignore_errors=True)


if __name__ == "__main__":
    try:
        main()
    finally:
        if PROCESSES:
            PROCESSES.end()
