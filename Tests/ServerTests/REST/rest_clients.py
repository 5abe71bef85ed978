"""Clients of ksqlDB against a running server: rest_clients.py URL. Exits with an error where one differs."""

import json
import sys
import urllib.error
import urllib.request

url = sys.argv[1]


def post(path, body, accept=None):
    """Status and text, as any HTTP client has them."""
    request = urllib.request.Request(url + path, json.dumps(body).encode(), method="POST")
    if accept:
        request.add_header("Accept", accept)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def equal(found, wanted):
    if found != wanted:
        raise SystemExit(f"{found!r} instead of {wanted!r}")


def create(name):
    properties = f"kafka_topic='{name}', value_format='JSON', partitions=1"
    return f"CREATE STREAM {name} (id STRING KEY, n INT) WITH ({properties});"


def plain_http():
    status, text = post("/ksql", {"ksql": create("p")})
    equal(status, 200)
    equal(json.loads(text)[0]["commandStatus"]["status"], "SUCCESS")
    status, text = post("/ksql", {"ksql": "INSERT INTO p (id, n) VALUES ('a', 1);"})
    equal((status, json.loads(text)), (200, []))
    properties = {"auto.offset.reset": "earliest"}
    select = {"sql": "SELECT * FROM p EMIT CHANGES LIMIT 1;", "properties": properties}
    _, text = post("/query-stream", select)
    equal(json.loads(text.splitlines()[1]), ["a", 1])
    _, text = post("/query-stream", select, "application/json")
    equal(json.loads(text)[1], ["a", 1])
    status, text = post("/ksql", {"ksql": "SHOW STREEMS;"})
    equal((status, json.loads(text)["error_code"]), (400, 40001))


def ksqldb_client():
    from ksqldb import KSQLdbClient

    client = KSQLdbClient(url)
    equal(client.ksql(create("k"))[0]["@type"], "currentStatus")
    streams = client.ksql("SHOW STREAMS;")[0]["streams"]
    equal("K" in [stream["name"] for stream in streams], True)
    names = {entry["name"] for entry in client.get_properties()}
    equal("ksql.service.id" in names, True)
    equal(client.close_query("nothing"), False)


def ksql_client():
    # The client's HTTP/2 library imports names that Python has moved; nothing of it is used below.
    import collections
    import collections.abc

    for name in ["Iterable", "Mapping", "MutableMapping", "MutableSet"]:
        setattr(collections, name, getattr(collections.abc, name))
    from ksql import KSQLAPI
    from ksql.errors import KSQLError

    client = KSQLAPI(url)
    client.create_stream("pypi", ["id varchar key", "n integer"], "p", "JSON")
    # The client takes an empty array, which INSERT is answered with, for an error of its own.
    post("/ksql", {"ksql": "INSERT INTO p (id, n) VALUES ('b', 2);"})
    properties = {"ksql.streams.auto.offset.reset": "earliest"}
    query = "SELECT id, n FROM p EMIT CHANGES LIMIT 2"
    rows = client.query(query, stream_properties=properties, return_objects=True)
    equal(list(rows), [{"ID": "a", "N": 1}, {"ID": "b", "N": 2}])
    try:
        client.ksql("SHOW STREEMS")
    except KSQLError as error:
        equal(error.error_code, 40001)
    else:
        raise SystemExit("a wrong statement was no error")


plain_http()
for check in [ksqldb_client, ksql_client]:
    try:
        check()
    except ImportError as error:
        print(f"{check.__name__} left out: {error}")
