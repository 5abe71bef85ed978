"""Bearer tokens of an issuer (SASL OAUTHBEARER): by independent clients, and by Millrace's own commands."""
import asyncio
import base64
import http.server
import json
import os
import subprocess
import tempfile
import threading
import time

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.abc import AbstractTokenProvider as AsyncTokenProvider
from kafka import KafkaConsumer, KafkaProducer
from kafka.net.sasl.oauth import AbstractTokenProvider
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from broker_process import BrokerProcess, program
from broker_security import refused, round_trip


def encoded(part):
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def number(value, count):
    return encoded(value.to_bytes(count, "big"))


class Issuer:
    """Signs tokens with RS256 and ES256 by turns, and gives them to who has the client's secret."""

    def __init__(self, path):
        self.rsa = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.ec = ec.generate_private_key(ec.SECP256R1())
        self.count = 0
        self.forms = []
        public, point = self.rsa.public_key().public_numbers(), self.ec.public_key().public_numbers()
        with open(path, "w") as file:
            json.dump({"keys": [
                {"kty": "RSA", "kid": "r", "use": "sig", "alg": "RS256", "n": number(public.n, 256),
                 "e": number(public.e, 3)},
                {"kty": "EC", "kid": "e", "crv": "P-256", "x": number(point.x, 32), "y": number(point.y, 32)},
                {"kty": "oct", "kid": "o", "k": "AAAA"}]}, file)
        issuer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                issuer.forms.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
                secret = base64.b64decode(self.headers["Authorization"].split()[1]).decode()
                body = {"access_token": issuer.token(), "token_type": "Bearer", "expires_in": 3600}
                if secret != "shop:secret":
                    body = {"error": "invalid_client"}
                self.send_response(200 if secret == "shop:secret" else 401)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(body).encode())

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/token"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def token(self, audience="kafka", seconds=3600):
        self.count += 1
        by_rsa = self.count % 2 == 0
        head = {"alg": "RS256" if by_rsa else "ES256", "kid": "r" if by_rsa else "e", "typ": "JWT"}
        now = time.time()
        claims = {"sub": "shop", "aud": ["other", audience], "iss": "test", "iat": now, "exp": now + seconds}
        signed = encoded(json.dumps(head).encode()) + "." + encoded(json.dumps(claims).encode())
        if by_rsa:
            signature = self.rsa.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        else:
            r, s = decode_dss_signature(self.ec.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
            signature = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return signed + "." + encoded(signature)


def kafka_python(broker, issuer):
    class Provider(AbstractTokenProvider):
        def __init__(self, **_):
            pass

        def token(self):
            return issuer.token()

    more = {"bootstrap_servers": broker.address, "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": Provider()}
    writer = KafkaProducer(**more)
    writer.send("python", b"x").get(30)
    reader = KafkaConsumer("python", auto_offset_reset="earliest", consumer_timeout_ms=30_000, **more)
    assert next(reader).value == b"x"
    reader.close()
    writer.close()


async def aiokafka(broker, issuer):
    class Provider(AsyncTokenProvider):
        async def token(self):
            return issuer.token()

    more = {"bootstrap_servers": broker.address, "security_protocol": "SASL_PLAINTEXT",
            "sasl_mechanism": "OAUTHBEARER", "sasl_oauth_token_provider": Provider()}
    writer = AIOKafkaProducer(**more)
    await writer.start()
    await writer.send_and_wait("aio", b"x")
    await writer.stop()
    reader = AIOKafkaConsumer("aio", auto_offset_reset="earliest", **more)
    await reader.start()
    assert (await asyncio.wait_for(reader.getone(), 30)).value == b"x"
    await reader.stop()


def millrace(broker, properties, *words):
    """A command of the program, with properties of librdkafka in its environment."""
    variables = {"MILLRACE_KAFKA_" + name.upper().replace(".", "_"): value
                 for name, value in properties.items()}
    return subprocess.run(
        [program(), *words], capture_output=True, text=True, timeout=120,
        env={**os.environ, **variables, "MILLRACE_BOOTSTRAP_SERVERS": broker.address})


def main():
    folder = tempfile.mkdtemp(prefix="millrace-tokens-")
    keys = os.path.join(folder, "jwks.json")
    issuer = Issuer(keys)
    login = {"security.protocol": "SASL_PLAINTEXT", "sasl.mechanism": "OAUTHBEARER",
             "sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "shop",
             "sasl.oauthbearer.client.secret": "secret", "sasl.oauthbearer.token.endpoint.url": issuer.url}

    config = {"oauth.keys": keys, "oauth.issuer": "test", "oauth.audience": "kafka"}
    with BrokerProcess(config=config) as broker:
        round_trip(broker, "confluent", login)
        plain = {key: value for key, value in login.items() if not key.startswith("sasl.oauthbearer")}
        expired = {**plain, "oauth_cb": lambda _: (issuer.token(seconds=-60), time.time() + 3600)}
        assert "the token is over" in str(refused(broker, expired))
        others = {**plain, "oauth_cb": lambda _: (issuer.token("others"), time.time() + 3600)}
        assert "the token is for others" in str(refused(broker, others))
        unsigned = {**plain, "enable.sasl.oauthbearer.unsecure.jwt": True,
                    "sasl.oauthbearer.config": "principal=shop"}
        assert "the token is not signed" in str(refused(broker, unsigned))
        print("confluent-kafka: done", flush=True)
        kafka_python(broker, issuer)
        print("kafka-python: done", flush=True)
        asyncio.run(aiokafka(broker, issuer))
        print("aiokafka: done", flush=True)

        before = len(issuer.forms)
        told = millrace(broker, login, "topic", "list")
        assert told.returncode == 0 and "confluent" in told.stdout, told
        assert issuer.forms[before] == "grant_type=client_credentials", issuer.forms
        flags = [word for name, value in login.items() for word in ("--property", f"{name}={value}")]
        told = millrace(
            broker, {}, "simulate", "shop", "--profile", "shopsight", "--to",
            f"kafka://{broker.address}/events", "--events", "500", "--seed", "1", *flags)
        assert told.returncode == 0, told
        script = os.path.join(folder, "copy.sql")
        with open(script, "w") as file:
            file.write("CREATE STREAM e (event_id STRING) WITH (kafka_topic = 'events', "
                       "value_format = 'JSON');\nCREATE STREAM copied AS SELECT * FROM e;\n")
        told = millrace(
            broker, login, "run", script, "--once", "--state", os.path.join(folder, "state"))
        assert told.returncode == 0, told
        told = millrace(broker, login, "topic", "consume", "COPIED")
        assert told.returncode == 0 and len(told.stdout.splitlines()) == 500, told
        wrong = millrace(
            broker, {**login, "sasl.oauthbearer.client.secret": "guess-me"}, "topic", "list")
        assert wrong.returncode != 0 and "invalid_client" in wrong.stderr, wrong
        assert "guess-me" not in wrong.stderr + wrong.stdout, wrong
        print("millrace: done", flush=True)
        broker.stop()


if __name__ == "__main__":
    main()
