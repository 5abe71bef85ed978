"""The pipeline sessions as its users run it: topics, database and dashboards, checked from outside."""
import glob
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest
from datetime import datetime, timedelta, timezone

import dashboards
from broker_process import BrokerProcess, program, wait_until
from sessions import Sessions

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
FOLDER = os.path.join(ROOT, "pipelines", "sessions")
IS_FULL = os.environ.get("MILLRACE_FULL") == "1"
EVENTS = 100_000 if IS_FULL else 6_000
HAS_DATABASE = bool(glob.glob("/usr/lib/postgresql/*/bin/initdb")) and shutil.which("psql")
SINKS = ("session-stats-sink", "product-stats-sink", "activity-stats-sink")


def run(*words, seconds=600, **more):
    ended = subprocess.run(
        [program(), *words], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=seconds, **more)
    if ended.returncode != 0:
        raise AssertionError(f"{' '.join(words)}:\n{ended.stdout[-4000:]}")
    return ended.stdout


class DatabaseProcess:
    """A PostgreSQL of one's own, by `scripts/postgres-server`; `url` has its password."""

    def __init__(self):
        # Short: a socket's path has 107 bytes at most.
        self.directory = tempfile.mkdtemp(prefix="millrace-pg-", dir="/tmp")
        self.process = subprocess.Popen(
            [os.path.join(ROOT, "scripts", "postgres-server"), self.directory], stdout=subprocess.DEVNULL)

    def __enter__(self):
        wait_until("the database", self.answers, 120)
        return self

    def __exit__(self, *_):
        self.process.send_signal(3)
        self.process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def answers(self):
        try:
            with open(self.directory + "/url") as file:
                self.url = file.read().strip()
        except FileNotFoundError:
            return False
        asked = subprocess.run(["psql", self.url, "-Xc", "SELECT 1"], capture_output=True)
        return self.url != "" and asked.returncode == 0


def simulate(broker, events, start, seed):
    run("simulate", "shop", "--profile", "sessions", "--to", f"kafka://{broker.address}/ecommerce.events",
        "--events", str(events), "--seed", str(seed), "--start", start.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "--late", "0.02", "--malformed", "0.02")


def pipeline(broker, database, folder):
    run("run", FOLDER + "/sessions.sql",
        *(word for name in SINKS for word in ("--connector", f"{FOLDER}/{name}.json")),
        "-D", "brokers=" + broker.address, "-D", "registry=" + broker.registry, "--once", "--quiet",
        "--state", folder + "/state", env={**os.environ, "DATABASE_URL": database.url})


@unittest.skipUnless(os.access(program(), os.X_OK), f"there is no {program()}: make program")
@unittest.skipUnless(HAS_DATABASE, "needs a PostgreSQL server and psql (Debian's package postgresql-15)")
class SessionsTests(unittest.TestCase):
    def test_topics_tables_views_and_dashboards_answer_as_duckdb_does(self):
        with BrokerProcess() as broker, DatabaseProcess() as database:
            with tempfile.TemporaryDirectory() as folder:
                now = datetime.now(timezone.utc)
                # Carts of two hours ago are abandoned by now, those of a minute ago are not.
                for seed, minutes in ((1, 120), (2, 1)):
                    simulate(broker, EVENTS, now - timedelta(minutes=minutes), seed)
                    # The second time it goes on with what is there.
                    pipeline(broker, database, folder)
                found = Sessions(broker.address, broker.registry, database.url).check()
                self.assertEqual(found, [])
                problems, panels = dashboards.check(FOLDER + "/grafana/dashboards", database.url)
                self.assertEqual(problems, [])
                self.assertGreater(panels, 30)


    @unittest.skipUnless(IS_FULL, "MILLRACE_FULL=1 runs it")
    def test_the_demo_needs_nothing_but_its_command(self):
        with tempfile.TemporaryDirectory(dir="/tmp") as folder:
            # PostgreSQL's own user goes through it.
            os.chmod(folder, 0o755)
            environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
            told = run(
                "demo", "sessions", "--for", "5s", "--json", "--dir", folder + "/demo", env=environment)
            summary = json.loads(told.splitlines()[-1])
            with open(folder + "/demo/postgres/data/postmaster.pid") as file:
                os.kill(int(file.readline()), 3)
            self.assertEqual(set(summary["database"]), {"session_stats", "product_stats", "activity_stats"})
            self.assertTrue(all(summary["database"].values()), summary)


def sources(part):
    """The data sources that a part of a dashboard names."""
    if isinstance(part, list):
        for member in part:
            yield from sources(member)
    elif isinstance(part, dict):
        for name, member in part.items():
            if name == "datasource":
                yield member["type"], member["uid"]
            else:
                yield from sources(member)


class ComposeTests(unittest.TestCase):
    """No Docker here: what can be told of the files without one."""

    @classmethod
    def setUpClass(cls):
        try:
            import yaml
        except ImportError as error:
            raise unittest.SkipTest("there is no PyYAML: scripts/setup --tests") from error

        def read(path):
            with open(os.path.join(FOLDER, path)) as file:
                return yaml.safe_load(file)

        cls.compose = read("compose.yaml")
        cls.services = cls.compose["services"]
        (cls.source,) = read("grafana/provisioning/datasources/postgres.yaml")["datasources"]
        (cls.provider,) = read("grafana/provisioning/dashboards/sessions.yaml")["providers"]

    def test_services_are_there_and_ports_are_free(self):
        self.assertEqual(
            set(self.services), {"kafka", "registry", "postgres", "shop", "millrace", "grafana"})
        ports = []
        for name, service in self.services.items():
            self.assertTrue("image" in service or "build" in service, name)
            ports += [port.split(":")[1] for port in service.get("ports", [])]
            for other, how in service.get("depends_on", {}).items():
                self.assertIn(other, self.services)
                if how["condition"] == "service_healthy":
                    self.assertIn("healthcheck", self.services[other], f"{name} waits for {other}")
        self.assertEqual(len(ports), len(set(ports)))

    def test_what_is_mounted_and_built_from_is_there(self):
        for service in self.services.values():
            for volume in service.get("volumes", []):
                source = volume.split(":")[0]
                if source.startswith("."):
                    self.assertTrue(os.path.exists(os.path.join(FOLDER, source)), source)
                else:
                    self.assertIn(source, self.compose["volumes"])
            if "build" in service:
                context = os.path.normpath(os.path.join(FOLDER, service["build"]["context"]))
                self.assertEqual(context, ROOT)
                self.assertTrue(os.path.exists(os.path.join(context, service["build"]["dockerfile"])))

    def test_addresses_name_services_and_the_ports_that_they_listen_to(self):
        kafka = self.services["kafka"]["environment"]
        listening = dict(re.findall(r"(\w+)://:(\d+)", kafka["KAFKA_LISTENERS"]))
        for name, port in re.findall(r"(\w+)://[\w.]+:(\d+)", kafka["KAFKA_ADVERTISED_LISTENERS"]):
            self.assertEqual(listening[name], port)
        known = {"kafka": {"9092", "9093"}, "registry": {"8081"}, "postgres": {"5432"}}
        text = json.dumps(self.services)
        addresses = re.findall(r"\b(kafka|registry|postgres):(\d{4,5})\b", text)
        self.assertGreater(len(addresses), 8)
        for name, port in addresses:
            if name != "postgres" or port != "15":
                self.assertIn(port, known[name])

    def test_the_commands_are_the_programs(self):
        for name in ("shop", "millrace"):
            words = self.services[name]["command"].split()
            told = subprocess.run([program(), "help", words[0]], capture_output=True, text=True).stdout
            for flag in re.findall(r"(?:^|\s)(--?[A-Za-z-]+)", " ".join(words)):
                self.assertIn(flag + " ", told, f"millrace {words[0]} has no {flag}")
            for path in re.findall(r"pipelines/\S+", " ".join(words)):
                self.assertTrue(os.path.exists(os.path.join(ROOT, path)), path)

    def test_grafana_finds_source_and_dashboards(self):
        grafana = self.services["grafana"]
        mounted = dict(volume.split(":")[:2][::-1] for volume in grafana["volumes"])
        self.assertEqual(mounted["/etc/grafana/provisioning"], "./grafana/provisioning")
        self.assertEqual(mounted[self.provider["options"]["path"]], "./grafana/dashboards")
        for name in re.findall(r"\$__env\{(\w+)\}", json.dumps(self.source)):
            self.assertIn(name, grafana["environment"])
        paths = glob.glob(FOLDER + "/grafana/dashboards/*.json")
        self.assertEqual(len(paths), 3)
        for path in paths:
            with open(path) as file:
                used = set(sources(json.load(file)))
            self.assertEqual(used, {(self.source["type"], self.source["uid"])})


if __name__ == "__main__":
    unittest.main()
