#!/usr/bin/env python3
"""broker.py [--program bin/millrace] [--records 2000000] [--bytes 200] [--connections 500]
          [--partitions 10000] [--seconds 10]

How fast the embedded broker takes and gives records, through librdkafka, beside librdkafka's own mock broker
(which keeps records in memory and checks nothing) and this machine's disk and loopback. Everything runs on
this machine, the clients included. Needs a C compiler and librdkafka-dev.
"""

import argparse
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
import time

FOLDER = os.path.dirname(os.path.abspath(__file__))


class Broker:
    def __init__(self, program, directory, *more):
        self.process = subprocess.Popen(
            [program, "broker", "--json", "--listen", "127.0.0.1:0", "--data", directory, *more],
            stdout=subprocess.PIPE, text=True)
        self.address = json.loads(self.process.stdout.readline())["listen"]

    def status(self, name):
        with open(f"/proc/{self.process.pid}/status") as file:
            return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))

    def processor_seconds(self):
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.terminate()
        self.process.wait()


def client(folder):
    made = os.path.join(folder, "broker_client")
    subprocess.run(
        ["cc", "-O2", "-o", made, os.path.join(FOLDER, "broker_client.c"), "-lrdkafka"], check=True)
    return made


def ask(*words):
    ended = subprocess.run([str(word) for word in words], capture_output=True, text=True)
    if ended.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, words))}: {ended.stderr}")
    return json.loads(ended.stdout.splitlines()[-1])


def show(name, answer, cpu=None):
    text = (f"{name:<46} {answer['records_per_second']:>10,.0f} records/s "
            f"{answer['mb_per_second']:>8,.1f} MB/s")
    if "p99_ms" in answer:
        text += f"   p50 {answer['p50_ms']:.1f} ms, p99 {answer['p99_ms']:.1f} ms"
    if cpu is not None:
        text += f"   broker {cpu:.2f} s of processor"
    if answer.get("failed"):
        text += f"   {answer['failed']} FAILED"
    print(text, flush=True)


def disk(folder, megabytes=400):
    """What a file takes, written in MBs and made durable at its end."""
    piece = os.urandom(1 << 20)
    begin = time.monotonic()
    with open(os.path.join(folder, "probe"), "wb") as file:
        for _ in range(megabytes):
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    speed = megabytes * 1.048576 / (time.monotonic() - begin)
    print(f"{'the disk, one file, one fsync':<46} {speed:>31,.1f} MB/s")
    os.remove(file.name)


def loopback(megabytes=1000):
    server = socket.create_server(("127.0.0.1", 0))
    piece = b"x" * (1 << 18)

    def send():
        peer, _ = server.accept()
        for _ in range(megabytes * 4):
            peer.sendall(piece)
        peer.close()

    thread = threading.Thread(target=send)
    thread.start()
    reader = socket.create_connection(server.getsockname())
    room = bytearray(1 << 20)
    begin = time.monotonic()
    while reader.recv_into(room):
        pass
    speed = megabytes * 1.048576 / (time.monotonic() - begin)
    print(f"{'loopback, one connection':<46} {speed:>31,.1f} MB/s")
    thread.join()


def speed(program, made, folder, records, size):
    batching = ["linger.ms=5", "batch.num.messages=10000", "queue.buffering.max.messages=500000"]
    show(f"librdkafka's mock broker, {size} B", ask(made, "mock", records, size, *batching))
    for name, more in [("acks=all", ["acks=all"]), ("acks=1", ["acks=1"]),
                       ("acks=all, lz4", ["acks=all", "compression.type=lz4"])]:
        directory = os.path.join(folder, name.replace("=", "").replace(", ", ""))
        broker = Broker(program, directory)
        begun = broker.processor_seconds()
        show(f"produce {size} B, {name}",
             ask(made, "produce", broker.address, "t", records, size, 0, *batching, *more),
             broker.processor_seconds() - begun)
        begun = broker.processor_seconds()
        # Without it the client pauses for a second each time it has 100,000 records.
        show(f"consume {size} B, {name}",
             ask(made, "consume", broker.address, "t", records, "queued.min.messages=5000000"),
             broker.processor_seconds() - begun)
        broker.stop()
        shutil.rmtree(directory)


def paced(program, made, folder, rate=50_000, seconds=10):
    for durability in ["disk", "lazy"]:
        directory = os.path.join(folder, "paced-" + durability)
        broker = Broker(program, directory, "--durability", durability)
        show(f"produce 200 B, {rate:,}/s, acks=all, {durability}",
             ask(made, "produce", broker.address, "t", rate * seconds, 200, rate, "acks=all", "linger.ms=1"))
        broker.stop()
        shutil.rmtree(directory)


def transactions(program, made, folder, seconds=20):
    """Ten records, a group's offset, and the end: what each step takes."""
    for durability in ["disk", "lazy"]:
        for rate in [10, 0]:
            directory = os.path.join(folder, f"transactions-{durability}-{rate}")
            broker = Broker(program, directory, "--durability", durability)
            answer = ask(made, "transactions", broker.address, "t", seconds, rate)
            steps = ", ".join(
                f"{step} {answer[step + '_p50_ms']:.1f} ({answer[step + '_p99_ms']:.1f})"
                for step in ["produce", "offsets", "commit", "all"])
            pace = f"{rate}/s" if rate else f"{answer['transactions_per_second']:.0f}/s, one behind the other"
            print(f"transactions, {durability}, {pace}: ms at p50 (p99): {steps}", flush=True)
            broker.stop()
            shutil.rmtree(directory)


def many(program, made, folder, connections, partitions):
    directory = os.path.join(folder, "many")
    broker = Broker(program, directory, "--durability", "lazy")
    before = broker.status("VmRSS")
    held = []
    host, port = broker.address.rsplit(":", 1)
    for _ in range(connections):
        held.append(socket.create_connection((host, int(port))))
        # ApiVersions, version 0.
        held[-1].sendall(bytes.fromhex("0000000a") + bytes.fromhex("00120000000000070000"))
    for connection in held:
        connection.recv(4096)
    print(f"{connections} connections: {broker.status('Threads')} threads, "
          f"{(broker.status('VmRSS') - before) / 1024:.1f} MB more", flush=True)
    wide = Broker(program, os.path.join(folder, "wide"), "--durability", "lazy")
    path = os.path.join(folder, "wide.conf")
    wide.stop()
    with open(path, "w") as file:
        file.write(f"topics.partitions = {partitions}\n")
    wide = Broker(program, os.path.join(folder, "wide"), "--config", path, "--durability", "lazy")
    begin = time.monotonic()
    show(f"produce 200 B over {partitions:,} partitions",
         ask(made, "produce", wide.address, "wide", 20 * partitions, 200, 0, "linger.ms=100",
             "sticky.partitioning.linger.ms=0", "queue.buffering.max.messages=1000000"))
    show(f"consume 200 B over {partitions:,} partitions",
         ask(made, "consume", wide.address, "wide", 20 * partitions))
    print(f"{partitions:,} partitions: {time.monotonic() - begin:.1f} s in all, "
          f"{wide.status('VmRSS') / 1024:.0f} MB of memory", flush=True)
    wide.stop()
    broker.stop()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[3])
    parser.add_argument("--program", default="bin/millrace")
    parser.add_argument("--records", type=int, default=2_000_000)
    parser.add_argument("--bytes", type=int, default=200)
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--partitions", type=int, default=10_000)
    parser.add_argument("--seconds", type=int, default=10)
    given = parser.parse_args(arguments)
    folder = tempfile.mkdtemp(prefix="millrace-broker-")
    try:
        made = client(folder)
        disk(folder)
        loopback()
        speed(given.program, made, folder, given.records, given.bytes)
        paced(given.program, made, folder, seconds=given.seconds)
        transactions(given.program, made, folder, 2 * given.seconds)
        many(given.program, made, folder, given.connections, given.partitions)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
