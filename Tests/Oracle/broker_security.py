"""TLS, certificates of clients, and passwords by each mechanism."""
import os
import subprocess
import tempfile
import time

from confluent_kafka import Consumer, KafkaException, Producer
from confluent_kafka.admin import AdminClient
from kafka import KafkaConsumer, KafkaProducer

from broker_process import BrokerProcess, wait_until

MECHANISMS = ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


def openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def certificates(folder):
    """An authority, and certificates of a server and a client that it has signed."""
    path = lambda name: os.path.join(folder, name)
    openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "30", "-subj", "/CN=authority",
            "-keyout", path("ca.key"), "-out", path("ca.pem"))
    with open(path("names"), "w") as file:
        file.write("subjectAltName=DNS:localhost,IP:127.0.0.1")
    for name in ["server", "client"]:
        openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN={name}",
                "-keyout", path(name + ".key"), "-out", path(name + ".csr"))
        openssl("x509", "-req", "-in", path(name + ".csr"), "-CA", path("ca.pem"), "-CAkey", path("ca.key"),
                "-CAcreateserial", "-days", "30", "-extfile", path("names"), "-out", path(name + ".pem"))
    return path


def round_trip(broker, topic, more):
    settings = {"bootstrap.servers": broker.address, **more}
    value = b"x" * 300_000
    writer = Producer({**settings, "enable.idempotence": True})
    for number in range(20):
        writer.produce(topic, value, key=str(number))
    assert writer.flush(60) == 0
    reader = Consumer({**settings, "group.id": "g-" + topic, "auto.offset.reset": "earliest"})
    reader.subscribe([topic])
    keys = []
    end = time.monotonic() + 60
    while len(keys) < 20 and time.monotonic() < end:
        record = reader.poll(0.2)
        if record is not None and not record.error():
            assert record.value() == value
            keys.append(record.key().decode())
    reader.close()
    assert keys == [str(n) for n in range(20)], keys


def refused(broker, more):
    errors = []
    admin = AdminClient({
        "bootstrap.servers": broker.address, "error_cb": lambda error: errors.append(error), **more})
    try:
        admin.list_topics(timeout=3)
    except KafkaException:
        wait_until("an error", lambda: admin.poll(0.1) is not None and errors or errors)
        return errors
    raise AssertionError("somebody who should not have been let in was")


def main():
    folder = tempfile.mkdtemp(prefix="millrace-tls-")
    path = certificates(folder)
    tls = {"tls.certificate": path("server.pem"), "tls.key": path("server.key")}
    secure = {"security.protocol": "SSL", "ssl.ca.location": path("ca.pem")}

    with BrokerProcess(config={"user.anna": "pencil", "user.bo": "a=b, c"}) as broker:
        for mechanism in MECHANISMS:
            for user, password in [("anna", "pencil"), ("bo", "a=b, c")]:
                round_trip(broker, f"{mechanism}-{user}", {
                    "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
                    "sasl.username": user, "sasl.password": password})
            refused(broker, {
                "security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": mechanism,
                "sasl.username": "anna", "sasl.password": "crayon"})
            more = {"bootstrap_servers": broker.address, "security_protocol": "SASL_PLAINTEXT",
                    "sasl_mechanism": mechanism, "sasl_plain_username": "anna",
                    "sasl_plain_password": "pencil"}
            writer = KafkaProducer(**more)
            writer.send("python-" + mechanism, b"x").get(30)
            reader = KafkaConsumer(
                "python-" + mechanism, auto_offset_reset="earliest", consumer_timeout_ms=30_000, **more)
            assert next(reader).value == b"x"
            reader.close()
            writer.close()
        broker.stop()
        print("passwords: done", flush=True)

    with BrokerProcess(config=tls) as broker:
        round_trip(broker, "tls", secure)
        refused(broker, {"security.protocol": "SSL"})
        broker.stop()
        print("TLS: done", flush=True)

    with BrokerProcess(config={**tls, "tls.client.authorities": path("ca.pem")}) as broker:
        round_trip(broker, "mutual", {
            **secure, "ssl.certificate.location": path("client.pem"), "ssl.key.location": path("client.key")})
        refused(broker, secure)
        broker.stop()
        print("certificates of clients: done", flush=True)

    with BrokerProcess(config={**tls, "user.anna": "pencil"}) as broker:
        round_trip(broker, "both", {
            **secure, "security.protocol": "SASL_SSL", "sasl.mechanism": "SCRAM-SHA-512",
            "sasl.username": "anna", "sasl.password": "pencil"})
        broker.stop()
        print("both: done", flush=True)


if __name__ == "__main__":
    main()
