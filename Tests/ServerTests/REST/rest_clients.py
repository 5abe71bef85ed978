"""Clients of ksqlDB against a running server: rest_clients.py URL. Exits with an error where one differs."""

import json
import socket
import sys
import time
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
        line = sys._getframe(1).f_lineno
        raise SystemExit(f"line {line}: {found!r} instead of {wanted!r}")


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
    # Queries and inserts go over HTTP/2.
    rows = [{"id": "a", "n": 1}, {"id": "b", "n": "two"}, {"id": "c", "n": 3}]
    acks = client.inserts_stream("k", rows)
    equal([(ack["status"], ack["seq"]) for ack in acks], [("ok", 0), ("error", 1), ("ok", 2)])
    header, *rows = client.query_sync("SELECT * FROM k;")
    equal(header["columnNames"], ["ID", "N"])
    equal(rows, [["a", 1], ["c", 3]])

    async def push():
        properties = {"auto.offset.reset": "earliest"}
        query = "SELECT n FROM k EMIT CHANGES LIMIT 2;"
        return [row async for row in client.query_async(query, stream_properties=properties)]

    import asyncio

    equal(asyncio.run(push())[1:], [[1], [3]])
    table = "CREATE TABLE t AS SELECT id, COUNT(*) AS n FROM k GROUP BY id;"
    client.ksql(table, stream_properties={"auto.offset.reset": "earliest"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        rows = client.query_sync("SELECT * FROM t WHERE id = 'a';")[1:]
        if rows:
            break
    equal(rows, [["a", 1]])


class Connection:
    """A connection of HTTP/2 on which streams are written and read step by step."""

    def __init__(self):
        import h2.config
        import h2.connection

        host, port = url.removeprefix("http://").split(":")
        self.socket = socket.create_connection((host, int(port)), timeout=60)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.http = h2.connection.H2Connection(h2.config.H2Configuration(header_encoding="utf-8"))
        self.http.initiate_connection()
        self.text = {}
        self.status = {}
        self.over = set()
        self.gives_room = True
        self.flush()

    def flush(self):
        self.socket.sendall(self.http.data_to_send())

    def post(self, path, body, end=True):
        stream = self.http.get_next_available_stream_id()
        head = [(":method", "POST"), (":path", path), (":scheme", "http"), (":authority", "localhost")]
        self.http.send_headers(stream, head)
        self.text[stream] = ""
        self.write(stream, body, end)
        return stream

    def write(self, stream, text, end=False):
        self.http.send_data(stream, text.encode(), end_stream=end)
        self.flush()

    def reset(self, stream):
        self.http.reset_stream(stream, 8)
        self.flush()

    def wait(self, condition):
        import h2.events as events

        while not condition():
            received = self.socket.recv(65536)
            if not received:
                raise SystemExit("the server has closed the connection")
            for event in self.http.receive_data(received):
                if isinstance(event, events.ResponseReceived):
                    self.status[event.stream_id] = dict(event.headers)[":status"]
                elif isinstance(event, events.DataReceived):
                    self.text[event.stream_id] += event.data.decode()
                    if self.gives_room:
                        size = event.flow_controlled_length
                        self.http.acknowledge_received_data(size, event.stream_id)
                elif isinstance(event, (events.StreamEnded, events.StreamReset)):
                    self.over.add(event.stream_id)
            self.flush()

    def lines(self, stream, count):
        """So many lines of a stream, as soon as they are there."""
        self.wait(lambda: self.text[stream].count("\n") >= count or stream in self.over)
        return [json.loads(line) for line in self.text[stream].splitlines()]


def push_queries():
    """How many push queries the server has."""
    _, text = post("/ksql", {"ksql": "SHOW QUERIES;"})
    return sum(query["queryType"] == "PUSH" for query in json.loads(text)[0]["queries"])


def wait_for_push_queries(count):
    deadline = time.monotonic() + 60
    while push_queries() != count:
        if time.monotonic() > deadline:
            equal(push_queries(), count)
        time.sleep(0.02)


def http2_streams():
    post("/ksql", {"ksql": create("h")})
    connection = Connection()
    # Acknowledgements come while the request goes on.
    inserts = connection.post("/inserts-stream", '{"target": "H"}\n', end=False)
    for number in range(20):
        connection.write(inserts, json.dumps({"id": "x", "n": number})[:-1])
        connection.write(inserts, "}\n")
        acks = connection.lines(inserts, number + 1)
        equal(acks[-1], {"status": "ok", "seq": number})
    # Many push queries on the same connection, each of which gets its rows while inserts go on.
    queries = []
    for number in range(100):
        query = {"sql": f"SELECT n + {number} FROM h EMIT CHANGES;"}
        queries.append(connection.post("/query-stream", json.dumps(query)))
    for stream in queries:
        equal(list(connection.lines(stream, 1)[0])[0], "queryId")
    equal(push_queries(), 100)
    connection.write(inserts, '{"id": "y", "n": 1000}\n')
    for number, stream in enumerate(queries):
        equal(connection.lines(stream, 2)[1:], [[1000 + number]])
    # A stream that the client resets ends its query, and one that is closed by its id ends the stream.
    connection.reset(queries[0])
    wait_for_push_queries(99)
    query_id = connection.lines(queries[1], 1)[0]["queryId"]
    closing = connection.post("/close-query", json.dumps({"queryId": query_id}))
    connection.wait(lambda: closing in connection.over and queries[1] in connection.over)
    equal(connection.status[closing], "200")
    equal(push_queries(), 98)
    connection.write(inserts, '{"id": "z", "n": 2000}\n', end=True)
    equal(connection.lines(queries[99], 3)[2], [2099])
    connection.wait(lambda: inserts in connection.over)
    equal(connection.text[inserts].count("ok"), 22)
    connection.socket.close()
    wait_for_push_queries(0)


def http2_errors():
    connection = Connection()
    wrong = connection.post("/inserts-stream", '{"target": "NOWHERE"}\n', end=False)
    connection.wait(lambda: wrong in connection.over)
    equal(connection.status[wrong], "400")
    equal(json.loads(connection.text[wrong])["error_code"], 40000)
    query = connection.post("/query-stream", '{"sql": "SELECT * FROM nowhere;"}')
    connection.wait(lambda: query in connection.over)
    equal(json.loads(connection.text[query])["error_code"], 40001)


def slow_reader():
    """A client that reads nothing holds up its own query and no other."""
    post("/ksql", {"ksql": create("s")})
    slow = Connection()
    slow.gives_room = False
    query = json.dumps({"sql": "SELECT RPAD(id, 3000, '-') FROM s EMIT CHANGES;"})
    stream = slow.post("/query-stream", query)
    equal(slow.lines(stream, 1)[0]["columnTypes"], ["STRING"])
    quick = Connection()
    other = quick.post("/query-stream", json.dumps({"sql": "SELECT n FROM s EMIT CHANGES;"}))
    quick.lines(other, 1)
    inserts = quick.post("/inserts-stream", '{"target": "S"}\n', end=False)
    count = 1500
    for start in range(0, count, 100):
        rows = [json.dumps({"id": "abc", "n": start + number}) + "\n" for number in range(100)]
        quick.write(inserts, "".join(rows))
        quick.lines(inserts, start + 100)
    quick.write(inserts, "", end=True)
    equal(quick.lines(other, count + 1)[-1], [count - 1])
    # Four megabytes are on their way; one and a bit waits in the server.
    with urllib.request.urlopen(url + "/metrics", timeout=60) as answer:
        figures = dict(line.rsplit(" ", 1) for line in answer.read().decode().splitlines())
    waiting = [value for name, value in figures.items() if name.startswith("millrace_push_waiting")]
    equal(len(waiting), 1)
    equal(0 < float(waiting[0]) < 3_000_000, True)
    slow.gives_room = True
    slow.http.increment_flow_control_window(1 << 30)
    slow.http.increment_flow_control_window(1 << 30, stream)
    slow.flush()
    rows = slow.lines(stream, count + 1)
    equal((len(rows), rows[-1]), (count + 1, ["abc" + "-" * 2997]))


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
for check in [ksqldb_client, http2_streams, http2_errors, slow_reader, ksql_client]:
    try:
        check()
    except ImportError as error:
        print(f"{check.__name__} left out: {error}")
