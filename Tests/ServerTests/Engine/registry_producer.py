"""A producer with a registry and fastavro, as others write them: registry_producer.py URL STEP [HEX…].

Steps register a schema of topic clicks and print messages as hex, one a line; "read" prints what messages
hold.
"""

import io
import json
import struct
import sys
import urllib.request

import fastavro

url, step = sys.argv[1:3]


def ask(method, path, body=None):
    request = urllib.request.Request(url + path, body and json.dumps(body).encode(), method=method)
    request.add_header("Content-Type", "application/vnd.schemaregistry.v1+json")
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.loads(answer.read())


def schema(*fields):
    return {"type": "record", "name": "Click", "namespace": "shop", "fields": list(fields)}


ID = {"name": "id", "type": "string"}
COUNT = {"name": "n", "type": ["null", "int"], "default": None}
PRICE = {"name": "price", "type": "double", "default": 1.5}
LIST = {"name": "n", "type": {"type": "array", "items": "string"}}


def produce(schema, *values):
    id = ask("POST", "/subjects/clicks-value/versions", {"schema": json.dumps(schema)})["id"]
    for value in values:
        out = io.BytesIO()
        fastavro.schemaless_writer(out, fastavro.parse_schema(schema), value)
        print((struct.pack(">bI", 0, id) + out.getvalue()).hex())


if step == "first":
    produce(schema(ID, COUNT), {"id": "a", "n": 1}, {"id": "ü", "n": None})
elif step == "second":
    produce(schema(ID, COUNT, PRICE), {"id": "b", "n": 2, "price": 9.5})
elif step == "incompatible":
    ask("PUT", "/config/clicks-value", {"compatibility": "NONE"})
    produce(schema(ID, LIST), {"id": "bad", "n": ["x"]})
elif step == "read":
    for text in sys.argv[3:]:
        message = bytes.fromhex(text)
        magic, id = struct.unpack(">bI", message[:5])
        written = fastavro.parse_schema(json.loads(ask("GET", f"/schemas/ids/{id}")["schema"]))
        value = fastavro.schemaless_reader(io.BytesIO(message[5:]), written)
        out = io.BytesIO()
        fastavro.schemaless_writer(out, written, value)
        if out.getvalue() != message[5:] or magic != 0:
            raise SystemExit(f"{text} is not what fastavro writes")
        print(json.dumps(value, ensure_ascii=False))
