"""Random Avro schemas and values, as fastavro writes and resolves them: one JSON object a line.

avro_oracle.py SEED COUNT columns|any|readers
"""
import base64
import io
import json
import math
import random
import struct
import sys

import fastavro

random_ = random.Random(int(sys.argv[1]))
count, mode = int(sys.argv[2]), sys.argv[3]
names = 0


def name(prefix):
    global names
    names += 1
    return f"{prefix}{names}"


def choice(*items):
    return random_.choice(items)


def scalar():
    kind = random_.randrange(16)
    plain = ["boolean", "int", "long", "float", "double", "bytes", "string", "string"]
    if kind < 8:
        return plain[kind]
    if kind == 8:
        return {"type": "enum", "name": name("E"), "symbols": ["SPADES", "a_symbol_that_is_long", "C"]}
    if kind == 9:
        return {"type": "fixed", "name": name("F"), "size": choice(1, 12, 16, 20)}
    if kind == 10:
        return {"type": "int", "logicalType": "date"}
    if kind == 11:
        return {"type": "int", "logicalType": "time-millis"}
    if kind == 12:
        return {"type": "long", "logicalType": "timestamp-millis"}
    if kind == 13:
        return {"type": "bytes", "logicalType": "decimal", "precision": 20, "scale": choice(0, 3, 20)}
    if kind == 14:
        decimal = {"logicalType": "decimal", "precision": 20, "scale": 2}
        return {"type": "fixed", "name": name("D"), "size": 9, **decimal}
    return {"type": "long", "logicalType": "timestamp-micros"} if mode == "any" else "long"


def schema(depth):
    kind = random_.randrange(12)
    if depth > 3 or kind < 6:
        return scalar()
    if kind < 8:
        inner = schema(depth + 1)
        if isinstance(inner, list):
            return inner
        return choice(["null", inner], [inner, "null"])
    if kind == 8:
        return {"type": "array", "items": schema(depth + 1)}
    if kind == 9:
        return {"type": "map", "values": schema(depth + 1)}
    if kind == 10 and mode == "any":
        return ["null", "int", "string", record(depth + 1), {"type": "array", "items": "long"}]
    return record(depth + 1)


def record(depth):
    count = random_.randrange(1, 7)
    fields = [{"name": name(choice("f", "Field_")), "type": schema(depth)} for _ in range(count)]
    return {"type": "record", "name": name("R"), "namespace": choice("", "a.b"), "fields": fields}


def text():
    letters = 'abc "\\/\u00e9\u4e2d\U0001f600\n\t\x01'
    return "".join(random_.choice(letters) for _ in range(choice(0, 1, 5, 12, 13, 40)))


def whole(bits):
    edge = 1 << (bits - 1)
    return choice(0, -1, 63, -64, 64, edge - 1, -edge, random_.randrange(-edge, edge))


def value(s):
    """A value of the schema without its logical types."""
    if isinstance(s, list):
        branch = random_.choice(s)
        return value(branch)
    kind = s if isinstance(s, str) else s["type"]
    logical = None if isinstance(s, str) else s.get("logicalType")
    if kind == "null":
        return None
    if kind == "boolean":
        return choice(True, False)
    if kind == "int":
        return random_.randrange(86_400_000) if logical == "time-millis" else whole(32)
    if kind == "long":
        return whole(64)
    if kind == "float":
        number = choice(0.0, 1.5, -2.25, math.inf, random_.uniform(-1e9, 1e9))
        return struct.unpack("<f", struct.pack("<f", number))[0]
    if kind == "double":
        return choice(0.0, 0.1, -1e300, 5e-324, math.nan, -math.inf, random_.uniform(-1e9, 1e9))
    if kind == "string":
        return text()
    if kind == "enum":
        return random_.choice(s["symbols"])
    if logical == "decimal":
        number = choice(0, -1, 127, 128, -128, -129, 10**20 - 1, random_.randrange(-(10**20) + 1, 10**20))
        length = s["size"] if kind == "fixed" else max(1, (number + (number < 0)).bit_length() // 8 + 1)
        return number.to_bytes(length, "big", signed=True)
    if kind == "bytes":
        return bytes(random_.randrange(256) for _ in range(choice(0, 3, 12, 13, 30)))
    if kind == "fixed":
        return bytes(random_.randrange(256) for _ in range(s["size"]))
    if kind == "array":
        return [value(s["items"]) for _ in range(choice(0, 1, 2, 5))]
    if kind == "map":
        return {text() + str(i): value(s["values"]) for i in range(choice(0, 1, 3))}
    return {f["name"]: value(f["type"]) for f in s["fields"]}


def matches(v, s):
    kind = s if isinstance(s, str) else s["type"]
    is_whole = isinstance(v, int) and not isinstance(v, bool)
    return {
        "null": v is None, "boolean": isinstance(v, bool), "int": is_whole, "long": is_whole,
        "float": isinstance(v, float),
        "double": isinstance(v, float), "string": isinstance(v, str), "enum": isinstance(v, str),
        "bytes": isinstance(v, bytes), "fixed": isinstance(v, bytes), "array": isinstance(v, list),
        "map": isinstance(v, dict), "record": isinstance(v, dict),
    }[kind]


def shown(v, s):
    """As JSON: decimals are texts, which stand for numbers."""
    if isinstance(s, list):
        return shown(v, next(b for b in s if matches(v, b)))
    kind = s if isinstance(s, str) else s["type"]
    logical = None if isinstance(s, str) else s.get("logicalType")
    if kind in ("float", "double") and isinstance(v, float):
        if math.isnan(v):
            return "NaN"
        return ("Infinity" if v > 0 else "-Infinity") if math.isinf(v) else v
    if logical == "timestamp-micros":
        return v // 1000
    if logical == "decimal":
        number, scale = int.from_bytes(v, "big", signed=True), s["scale"]
        digits = str(abs(number)).rjust(scale + 1, "0")
        if scale:
            digits = digits[:-scale] + "." + digits[-scale:]
        return ("-" if number < 0 else "") + digits
    if isinstance(v, bytes):
        return base64.b64encode(v).decode()
    if kind == "array":
        return [shown(e, s["items"]) for e in v]
    if kind == "map":
        return {k: shown(e, s["values"]) for k, e in v.items()}
    if kind == "record":
        return {f["name"]: shown(v[f["name"]], f["type"]) for f in s["fields"]}
    return v


def plain(s):
    """Without logical types, so that fastavro takes and gives what the bytes say."""
    if isinstance(s, list):
        return [plain(e) for e in s]
    if isinstance(s, dict):
        kept = {k: v for k, v in s.items() if k not in ("logicalType", "precision", "scale")}
        return {k: plain(v) if k in ("type", "items", "values", "fields") else v for k, v in kept.items()}
    return s


def evolved(s):
    """A reader's schema for what `s` wrote."""
    if isinstance(s, list):
        return [evolved(b) if b != "null" else b for b in s]
    if isinstance(s, str):
        wider = {"int": ["int", "long", "float", "double"], "long": ["long", "double"]}
        wider["float"] = ["float", "double"]
        return random_.choice(wider.get(s, [s]))
    if s["type"] == "array":
        return {**s, "items": evolved(s["items"])}
    if s["type"] == "map":
        return {**s, "values": evolved(s["values"])}
    if s["type"] == "enum" and random_.random() < 0.5:
        return {**s, "symbols": ["C", "SPADES"], "default": "C"}
    if s["type"] != "record":
        return s
    fields = []
    for f in s["fields"]:
        if random_.random() < 0.2:
            continue
        kept = {"name": f["name"], "type": evolved(f["type"])}
        if random_.random() < 0.2:
            kept = {"name": name("renamed"), "type": kept["type"], "aliases": [f["name"]]}
        elif random_.random() < 0.2 and not isinstance(kept["type"], list):
            kept["type"] = ["null", kept["type"]]
        fields.append(kept)
    additions = [
        ("int", 7), ("string", "none"), (["null", "long"], None), ("boolean", True),
        ({"type": "array", "items": "int"}, [1, 2]), ({"type": "map", "values": "string"}, {"a": "b"}),
    ]
    for kind, default in additions:
        if random_.random() < 0.2:
            fields.append({"name": name("new"), "type": kind, "default": default})
    random_.shuffle(fields)
    return {**s, "fields": fields or [{"name": name("new"), "type": "int", "default": 3}]}


for _ in range(count):
    written = record(0)
    reader = evolved(written) if mode == "readers" else None
    parsed = fastavro.parse_schema(plain(written))
    target = fastavro.parse_schema(plain(reader)) if reader else None
    cases = []
    for _ in range(5):
        made = value(written)
        out = io.BytesIO()
        fastavro.schemaless_writer(out, parsed, made)
        read, told = made, written
        if reader:
            read, told = fastavro.schemaless_reader(io.BytesIO(out.getvalue()), parsed, target), reader
        cases.append({"bytes": out.getvalue().hex(), "value": shown(read, told)})
    print(json.dumps({"schema": written, "reader": reader, "cases": cases}))
