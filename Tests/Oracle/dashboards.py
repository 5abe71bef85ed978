"""Reads Grafana's dashboards and asks what they ask, as Grafana does.

    dashboards.py FOLDER DATABASE_URL [FROM TO]

Each dashboard is parsed with Grafana's own types where the package grafana-foundation-sdk is there, and must
say what a reader needs: units, descriptions, thresholds, a time range. Variables and macros of each panel's
SQL are expanded, the SQL is run by psql, and rows must come. FROM and TO are ISO 8601 times; left out, the
dashboard's own range up to now. Says what is wrong, and ends with 1 if anything is.
"""

import csv
import glob
import io
import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone

MACRO = re.compile(r"\$([_a-zA-Z0-9]+)\(([^)]*)\)")
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
# What Grafana may choose for $__interval, in seconds.
INTERVALS = (1, 5, 10, 15, 30, 60, 300, 600, 900, 1800, 3600, 10800, 43200, 86400)
POINTS = 800
KINDS = {"stat", "timeseries", "piechart", "bargauge", "barchart", "table"}


def seconds(text):
    return int(text[:-1]) * UNITS[text[-1]]


def time_text(time):
    return time.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%f").rstrip("0").rstrip(".") + "Z"


def expand(sql, start, end):
    """The macros of Grafana's PostgreSQL data source; one that it does not have is an error."""

    def group(column, width, *_):
        width = seconds(width.strip("'"))
        return f"floor(extract(epoch from {column})/{width})*{width}"

    macros = {
        "__time": lambda column: f'{column} AS "time"',
        "__timeEpoch": lambda column: f'extract(epoch from {column}) as "time"',
        "__timeFilter": lambda column: f"{column} BETWEEN '{time_text(start)}' AND '{time_text(end)}'",
        "__timeFrom": lambda *_: f"'{time_text(start)}'",
        "__timeTo": lambda *_: f"'{time_text(end)}'",
        "__timeGroup": group,
        "__timeGroupAlias": lambda *arguments: group(*arguments) + ' AS "time"',
    }
    return MACRO.sub(
        lambda found: macros[found[1]](*(part.strip() for part in found[2].split(","))), sql)


class Dashboard:
    def __init__(self, path, database, start=None, end=None):
        self.name = os.path.basename(path)
        with open(path) as file:
            self.text = file.read()
        self.json = json.loads(self.text)
        self.database = database
        self.end = end or datetime.now(timezone.utc)
        self.start = start or self.end - timedelta(seconds=seconds(self.json["time"]["from"][4:]))
        self.problems = []

    def problem(self, what):
        self.problems.append(f"{self.name}: {what}")

    def ask(self, questions):
        """The rows of each question's answer, names first; those behind one that fails are left out."""
        mark = "--answered--\n"
        script = "SET TimeZone = 'UTC';\n" + "".join(f"{sql};\n\\echo {mark}" for sql in questions)
        ended = subprocess.run(
            ["psql", self.database, "-Xq", "--csv", "-v", "ON_ERROR_STOP=1"], input=script,
            capture_output=True, text=True)
        answers = ended.stdout.split(mark)[:-1]
        if len(answers) < len(questions):
            self.problem(f"{questions[len(answers)]}: {ended.stderr}")
        return [list(csv.reader(io.StringIO(answer))) for answer in answers]

    def check(self):
        self.check_types()
        self.check_board()
        asked = []
        for panel in self.json["panels"]:
            self.check_panel(panel)
            asked += [(panel, target, self.sql(panel, target)) for target in panel["targets"]]
        for (panel, target, _), rows in zip(asked, self.ask([sql for _, _, sql in asked])):
            self.check_rows(panel, target, rows[0], rows[1:])
        return self.problems

    def check_types(self):
        try:
            from grafana_foundation_sdk.cog import plugins
            from grafana_foundation_sdk.models.dashboard import Dashboard as Model
        except ImportError:
            return
        plugins.register_default_plugins()
        model = Model.from_json(self.json)
        if (model.uid, model.title) != (self.json["uid"], self.json["title"]):
            self.problem("Grafana's types read something else")
        if len(model.panels) != len(self.json["panels"]):
            self.problem("Grafana's types read other panels")
        for panel, given in zip(model.panels, self.json["panels"]):
            if panel.field_config.defaults.unit != given["fieldConfig"]["defaults"]["unit"]:
                self.problem(f"{panel.title}: Grafana's types read no unit")

    def check_board(self):
        board = self.json
        for name in ("uid", "title", "description", "refresh", "schemaVersion", "tags"):
            if not board.get(name):
                self.problem(f"it has no {name}")
        if not re.fullmatch(r"now-\d+[smhd]", board["time"]["from"]) or board["time"]["to"] != "now":
            self.problem(f"the time range is {board['time']}")
        identifiers = [panel["id"] for panel in board["panels"]]
        if len(set(identifiers)) != len(identifiers):
            self.problem("two panels have one id")
        places = [(p["gridPos"], p["title"]) for p in board["panels"]]
        for number, (place, title) in enumerate(places):
            if place["x"] + place["w"] > 24:
                self.problem(f"{title} is beyond the edge")
            for other, name in places[:number]:
                if (place["x"] < other["x"] + other["w"] and other["x"] < place["x"] + place["w"]
                        and place["y"] < other["y"] + other["h"] and other["y"] < place["y"] + place["h"]):
                    self.problem(f"{title} lies over {name}")
        self.variables = {}
        variables = board["templating"]["list"]
        for variable, rows in zip(variables, self.ask([variable["query"] for variable in variables])):
            values = [row[0] for row in rows[1:]]
            if not values:
                self.problem(f"the variable {variable['name']} has no values")
            self.variables[variable["name"]] = values

    def check_panel(self, panel):
        title, defaults = panel["title"], panel["fieldConfig"]["defaults"]
        if panel["type"] not in KINDS:
            self.problem(f"{title} is a {panel['type']}")
        if len(panel.get("description", "")) < 10:
            self.problem(f"{title} has no description")
        if not defaults.get("unit"):
            self.problem(f"{title} has no unit")
        steps = defaults.get("thresholds", {}).get("steps", [])
        if not steps or steps[0]["value"] is not None:
            self.problem(f"{title} has no thresholds")
        values = [step["value"] for step in steps[1:]]
        if values != sorted(values):
            self.problem(f"{title}: the thresholds are in no order")

    def sql(self, panel, target):
        """What Grafana's page makes of variables, and then what its server makes of macros."""
        span = (self.end - self.start).total_seconds()
        least = seconds(panel.get("interval", "1s"))
        width = next((n for n in INTERVALS if n >= max(least, span / POINTS)), INTERVALS[-1])
        sql = target["rawSql"].replace("$__interval", f"{width}s")
        for name, values in self.variables.items():
            quoted = ",".join("'" + value.replace("'", "''") + "'" for value in values)
            sql = sql.replace("${" + name + ":sqlstring}", quoted)
        if "${" in sql:
            self.problem(f"{panel['title']} has a variable that the dashboard has not: {sql}")
        return expand(sql, self.start, self.end)

    def check_rows(self, panel, target, names, rows):
        title = panel["title"]
        if not rows:
            self.problem(f"{title} has no rows")
            return
        if target["format"] == "time_series":
            if "time" not in names:
                self.problem(f"{title} has no column time")
                return
            at = names.index("time")
            if [row[at] for row in rows] != sorted(row[at] for row in rows):
                self.problem(f"{title} is not ordered by time")
        if all(value == "" for row in rows for value in row):
            self.problem(f"{title} has nothing but NULL")
        columns = {
            override["matcher"]["options"] for override in panel["fieldConfig"]["overrides"]
            if override["matcher"]["id"] == "byName" and panel["type"] == "table"}
        if columns - set(names):
            self.problem(f"{title} has no column {', '.join(sorted(columns - set(names)))}")


def check(folder, database, start=None, end=None):
    """What is wrong with the dashboards of a folder, and how many panels they have."""
    boards = [Dashboard(path, database, start, end) for path in sorted(glob.glob(folder + "/*.json"))]
    problems = [problem for board in boards for problem in board.check()]
    uids = [board.json["uid"] for board in boards]
    if len(set(uids)) != len(uids):
        problems.append("two dashboards have one uid")
    return problems, sum(len(board.json["panels"]) for board in boards)


if __name__ == "__main__":
    times = [datetime.fromisoformat(text) for text in sys.argv[3:5]]
    found, count = check(*sys.argv[1:3], *times)
    print("\n".join(found) or f"{count} panels answer")
    sys.exit(1 if found else 0)
