"""Random pairs of Avro schemas and whether one reads the other, as Apache's own Python library judges them.

avro_pairs.py SEED COUNT: a JSON object {"reader": …, "writer": …, "compatible": …} a line.
"""

import copy
import json
import random
import sys

import avro.schema
from avro.compatibility import ReaderWriterCompatibilityChecker, SchemaCompatibilityType

random_ = random.Random(int(sys.argv[1]))
PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]


class Maker:
    """Makes schemas, each name once."""

    def __init__(self):
        self.count = 0

    def name(self, prefix):
        self.count += 1
        return f"{prefix}{self.count}"

    def schema(self, depth):
        kind = random_.choice(["primitive"] * 4 + ["array", "map", "record", "enum", "fixed", "union"])
        if depth == 0 and kind in ("array", "map", "record", "union"):
            kind = "primitive"
        if kind == "primitive":
            return random_.choice(PRIMITIVES)
        if kind == "array":
            return {"type": "array", "items": self.schema(depth - 1)}
        if kind == "map":
            return {"type": "map", "values": self.schema(depth - 1)}
        if kind == "enum":
            symbols = random_.sample(["A", "B", "C", "D"], random_.randint(1, 4))
            return {"type": "enum", "name": self.name("E"), "symbols": symbols}
        if kind == "fixed":
            return {"type": "fixed", "name": self.name("F"), "size": random_.randint(1, 3)}
        if kind == "union":
            return self.union(depth)
        fields = [self.field(f"f{index}", depth) for index in range(random_.randint(0, 3))]
        return {"type": "record", "name": self.name("R"), "fields": fields}

    def union(self, depth):
        branches = {}
        for _ in range(random_.randint(1, 3)):
            branch = self.schema(depth - 1)
            if not isinstance(branch, list):
                word = branch if isinstance(branch, str) else branch.get("name", branch["type"])
                branches[word] = branch
        return list(branches.values()) or ["null"]

    def field(self, name, depth):
        field = {"name": name, "type": self.schema(depth - 1)}
        if random_.random() < 0.3:
            field["type"] = "int"
            field["default"] = 7
        return field


def places(schema, found):
    """All types within one, as (container, key)."""
    if isinstance(schema, list):
        for index, branch in enumerate(schema):
            found.append((schema, index))
            places(branch, found)
    elif isinstance(schema, dict):
        for key in ("items", "values"):
            if key in schema:
                found.append((schema, key))
                places(schema[key], found)
        for field in schema.get("fields", []):
            if "default" not in field:
                found.append((field, "type"))
            places(field["type"], found)
    return found


def changed(schema, maker):
    """The schema with something in it that is different."""
    box = [copy.deepcopy(schema)]
    container, key = random_.choice([(box, 0)] + places(box[0], []))
    old = container[key]
    kind = random_.randint(0, 5)
    wider = {"int": "long", "long": "double", "float": "double", "string": "bytes", "bytes": "string"}
    if kind == 0 and isinstance(old, str):
        container[key] = wider.get(old, old)
    elif kind == 1 and isinstance(old, dict) and "fields" in old:
        old["fields"].append(maker.field(f"n{maker.name('')}", 1))
    elif kind == 2 and isinstance(old, dict) and old.get("fields"):
        old["fields"].pop(random_.randrange(len(old["fields"])))
    elif kind == 3 and isinstance(old, dict) and "symbols" in old:
        old["symbols"] = random_.sample(["A", "B", "C", "D"], random_.randint(1, 4))
        if random_.random() < 0.4:
            old["default"] = old["symbols"][0]
    elif kind == 4 and not isinstance(old, list) and not isinstance(container, list):
        container[key] = ["null", old] if old != "null" else old
    else:
        container[key] = maker.schema(1)
    return box[0]


made = 0
while made < int(sys.argv[2]):
    maker = Maker()
    writer = maker.schema(3)
    reader = writer
    for _ in range(random_.randint(0, 2)):
        reader = changed(reader, maker)
    try:
        pair = [avro.schema.parse(json.dumps(each)) for each in (reader, writer)]
    except avro.errors.AvroException:
        continue
    verdict = ReaderWriterCompatibilityChecker().get_compatibility(*pair)
    compatible = verdict.compatibility is SchemaCompatibilityType.compatible
    print(json.dumps({"reader": reader, "writer": writer, "compatible": compatible}))
    made += 1
