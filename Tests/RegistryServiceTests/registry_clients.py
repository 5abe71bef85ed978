"""Clients of Confluent's Schema Registry against one that runs: registry_clients.py URL [full].

Exits with an error where an answer differs. The quick part is confluent_kafka's client and its serializers;
"full" adds python-schema-registry-client and plain HTTP.
"""

import io
import json
import struct
import sys
import urllib.error
import urllib.parse
import urllib.request

import fastavro
from confluent_kafka.schema_registry import Schema, SchemaReference, SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer, AvroSerializer
from confluent_kafka.schema_registry.error import SchemaRegistryError
from confluent_kafka.serialization import MessageField, SerializationContext

url = sys.argv[1]


def equal(found, wanted, what=""):
    if found != wanted:
        raise SystemExit(f"{what}: {found!r} instead of {wanted!r}")


def fails(code, work, status=None):
    try:
        answer = work()
    except SchemaRegistryError as error:
        equal(error.error_code, code, str(error))
        equal(error.http_status_code, status or int(str(code)[:3]), str(error))
        return str(error)
    raise SystemExit(f"{code} was expected, and the answer is {answer!r}")


def record(name, *fields):
    return json.dumps({"type": "record", "name": name, "fields": list(fields)})


def field(name, kind, **more):
    return {"name": name, "type": kind, **more}


ID = field("id", "long")
USER = record("User", ID)
NAMED = record("User", ID, field("name", "string", default="-"))
STRICT = record("User", ID, field("name", "string"))


def subjects_and_versions(client):
    first = client.register_schema("users-value", Schema(USER, "AVRO"))
    equal(client.register_schema("users-value", Schema(json.dumps(json.loads(USER), indent=2))), first)
    equal(client.register_schema("people-value", Schema(USER, "AVRO")), first, "one text, one id")
    second = client.register_schema("users-value", Schema(NAMED, "AVRO"))
    equal(client.get_versions("users-value"), [1, 2])
    equal("users-value" in client.get_subjects(), True)
    equal(json.loads(client.get_schema(second).schema_str), json.loads(NAMED))
    latest = client.get_latest_version("users-value")
    equal((latest.subject, latest.version, latest.schema_id), ("users-value", 2, second))
    equal(client.get_version("users-value", 1).schema_id, first)
    found = client.lookup_schema("users-value", Schema(USER, "AVRO"))
    equal((found.schema_id, found.version), (first, 1))
    fails(40401, lambda: client.get_latest_version("nobody"))
    fails(40402, lambda: client.get_version("users-value", 9))
    fails(40403, lambda: client.lookup_schema("users-value", Schema(STRICT, "AVRO")))
    fails(40403, lambda: client.get_schema(4711))
    fails(42201, lambda: client.register_schema("bad", Schema('{"type": "recor"}', "AVRO")))
    fails(42201, lambda: client.register_schema("bad", Schema('syntax = "proto3";', "PROTOBUF")))
    equal(sorted(client.get_subjects_by_schema_id(first)), ["people-value", "users-value"])
    pairs = [(each.subject, each.version) for each in client.get_schema_versions(first)]
    equal(pairs, [("people-value", 1), ("users-value", 1)])
    odd = "a/b c%ü-value"
    equal(client.register_schema(odd, Schema(USER, "AVRO")), first)
    equal(client.get_latest_version(odd).subject, odd)
    equal(sorted(client.get_schema_types()), ["AVRO", "JSON"])
    equal(client.get_contexts(), ["."])


def evolution(client):
    client.register_schema("levels", Schema(USER, "AVRO"))
    equal(client.test_compatibility("levels", Schema(NAMED, "AVRO")), True)
    equal(client.test_compatibility("levels", Schema(STRICT, "AVRO")), False)
    text = fails(409, lambda: client.register_schema("levels", Schema(STRICT, "AVRO")), 409)
    equal("READER_FIELD_MISSING_DEFAULT_VALUE" in text, True, text)
    fails(40408, lambda: client.get_compatibility("levels"))
    for level, taken in [("FORWARD", True), ("FULL", False), ("NONE", True), ("FULL_TRANSITIVE", False)]:
        client.set_compatibility("levels", level)
        equal(client.get_compatibility("levels"), level)
        equal(client.test_compatibility("levels", Schema(STRICT, "AVRO")), taken, level)
    fails(42203, lambda: client.set_compatibility("levels", "SIDEWAYS"))
    client.delete_config("levels")
    fails(40408, lambda: client.get_compatibility("levels"))
    client.set_compatibility(level="FULL")
    equal(client.get_compatibility(), "FULL")
    client.delete_config()
    equal(client.get_compatibility(), "BACKWARD")


def deletion(client):
    first = client.register_schema("gone", Schema(record("Gone", ID), "AVRO"))
    second = client.register_schema("gone", Schema(record("Gone", ID, field("n", "int", default=0)), "AVRO"))
    fails(40407, lambda: client.delete_version("gone", 1, permanent=True))
    equal(client.delete_version("gone", 1), 1)
    fails(40406, lambda: client.delete_version("gone", 1))
    equal(client.get_versions("gone"), [2])
    equal(client.get_versions("gone", deleted=True), [1, 2])
    client.clear_caches()
    equal(client.get_schema(first).schema_type, "AVRO", "what is deleted softly still reads")
    equal(client.register_schema("gone", Schema(record("Gone", ID), "AVRO")), first)
    equal(client.get_versions("gone"), [2, 3])
    fails(40405, lambda: client.delete_subject("gone", permanent=True) and None)
    equal(client.delete_subject("gone"), [2, 3])
    fails(40404, lambda: client.delete_subject("gone"))
    equal("gone" in client.get_subjects(), False)
    equal("gone" in client.get_subjects(deleted=True), True)
    fails(40401, lambda: client.get_latest_version("gone"))
    equal(client.delete_subject("gone", permanent=True), [1, 2, 3])
    client.clear_caches()
    fails(40403, lambda: client.get_schema(second))
    fails(40401, lambda: client.delete_subject("gone"))
    third = client.register_schema("gone", Schema(record("Gone", ID), "AVRO"))
    equal(third > second, True, "an id is not given again")
    equal(client.get_versions("gone"), [1])


def references(client):
    client.register_schema("address", Schema(record("shop.Address", field("street", "string")), "AVRO"))
    order = record("shop.Order", ID, field("to", "shop.Address"))
    fails(42201, lambda: client.register_schema("order", Schema(order, "AVRO")))
    reference = SchemaReference("shop.Address", "address", 1)
    id = client.register_schema("order", Schema(order, "AVRO", [reference]))
    client.clear_caches()
    found = client.get_schema(id)
    names = [(each.name, each.subject, each.version) for each in found.references]
    equal(names, [("shop.Address", "address", 1)])
    equal(client.get_referenced_by("address", 1), [id])
    fails(42206, lambda: client.delete_subject("address"))
    missing = SchemaReference("shop.Address", "address", 7)
    fails(42201, lambda: client.register_schema("order", Schema(order, "AVRO", [missing])))
    item = {"type": "object", "properties": {"price": {"type": "number"}}, "additionalProperties": False}
    client.register_schema("item.json", Schema(json.dumps(item), "JSON"))
    basket = {"type": "array", "items": {"$ref": "item.json"}}
    fails(42201, lambda: client.register_schema("basket", Schema(json.dumps(basket), "JSON")))
    references = [SchemaReference("item.json", "item.json", 1)]
    client.register_schema("basket", Schema(json.dumps(basket), "JSON", references))
    item["properties"]["count"] = {"type": "integer"}
    client.register_schema("item.json", Schema(json.dumps(item), "JSON"))
    references = [SchemaReference("item.json", "item.json", 2)]
    client.register_schema("basket", Schema(json.dumps(basket), "JSON", references))
    equal(client.get_versions("basket"), [1, 2])
    basket["items"] = {"type": "string"}
    fails(409, lambda: client.register_schema("basket", Schema(json.dumps(basket), "JSON")), 409)


def modes(client):
    equal(client.get_global_mode(), "READWRITE")
    client.register_schema("mode", Schema(USER, "AVRO"))
    fails(40409, lambda: client.get_mode("mode"))
    client.update_mode("mode", "READONLY")
    fails(42205, lambda: client.register_schema("mode", Schema(NAMED, "AVRO")))
    fails(42205, lambda: client.delete_subject("mode"))
    fails(42205, lambda: client.update_mode("mode", "IMPORT"))
    fails(42204, lambda: client.update_mode("mode", "SIDEWAYS"))
    client.delete_mode("mode")
    client.update_global_mode("READONLY_OVERRIDE")
    fails(42205, lambda: client.register_schema("mode", Schema(NAMED, "AVRO")))
    client.update_global_mode("READWRITE")
    client.update_mode("import", "IMPORT")
    body = {"schema": record("Import", ID), "id": 9000, "version": 5}
    equal(http("POST", "/subjects/import/versions", body), (200, {"id": 9000}))
    equal(client.get_versions("import"), [5])
    client.update_mode("import", "READWRITE")
    body = {"schema": record("Import", ID, field("x", "int")), "id": 9001}
    equal(http("POST", "/subjects/import/versions", body)[1]["error_code"], 42205)


def normalizing(client):
    plain = {"type": "string", "b": 1, "a": 2}
    other = {"a": 2, "b": 1, "type": "string"}
    first = client.register_schema("normal", Schema(json.dumps(plain), "AVRO"), normalize_schemas=True)
    equal(client.register_schema("normal", Schema(json.dumps(other), "AVRO"), normalize_schemas=True), first)
    equal(client.lookup_schema("normal", Schema(json.dumps(plain)), normalize_schemas=True).schema_id, first)
    client.clear_caches()
    fails(40403, lambda: client.lookup_schema("normal", Schema(json.dumps(plain), "AVRO")))


def serializers(client):
    """Bytes of confluent_kafka's serializer are those of fastavro behind the header."""
    schema = record(
        "Event", field("id", "string"), field("n", ["null", "int"], default=None),
        field("tags", {"type": "array", "items": "string"}))
    context = SerializationContext("events", MessageField.VALUE)
    value = {"id": "a", "n": 7, "tags": ["x", "ü"]}
    message = AvroSerializer(client, schema)(value, context)
    plain = io.BytesIO()
    fastavro.schemaless_writer(plain, fastavro.parse_schema(json.loads(schema)), value)
    id = client.get_latest_version("events-value").schema_id
    equal(message, struct.pack(">bI", 0, id) + plain.getvalue())
    equal(AvroDeserializer(client)(message, context), value)
    newer = record("Event", field("id", "string"), field("extra", "long", default=3))
    equal(AvroDeserializer(client, newer)(message, context), {"id": "a", "extra": 3})


def http(method, path, body=None, headers=None):
    data = body if isinstance(body, bytes) else None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url + path, data, method=method)
    request.add_header("Content-Type", "application/vnd.schemaregistry.v1+json")
    for name, text in (headers or {}).items():
        request.add_header(name, text)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            text = answer.read().decode()
            return answer.status, json.loads(text)
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read().decode())


def refusal(code, method, path, body=None, headers=None):
    status, answer = http(method, path, body, headers)
    equal((status, answer["error_code"]), (int(str(code)[:3]), code), f"{method} {path}: {answer}")


def plain_http():
    for path in ["/subjects/x/versions/0", "/subjects/x/versions/abc", "/subjects/x/versions/99999999999"]:
        refusal(42202, "GET", path)
    refusal(404, "GET", "/nothing")
    refusal(405, "PUT", "/subjects")
    refusal(406, "GET", "/subjects", headers={"Accept": "text/html"})
    refusal(415, "POST", "/subjects/x", b"{}", headers={"Content-Type": "text/xml"})
    refusal(400, "POST", "/subjects/x/versions", b"{")
    refusal(400, "POST", "/subjects/x/versions", b"[]")
    refusal(42201, "POST", "/subjects/x/versions", {})
    refusal(422, "POST", "/subjects/x/versions", {"schema": 5})
    refusal(422, "POST", "/subjects/x/versions", {"schema": '"int"', "ruleSet": {"domainRules": []}})
    refusal(42208, "GET", "/subjects/%3A.other%3Ax/versions")
    status, id = http("POST", "/subjects/plain/versions", {"schema": '{"type": "string"}'})
    equal(status, 200)
    equal(http("GET", f"/schemas/ids/{id['id']}"), (200, {"schema": '"string"'}))
    equal(http("GET", "/subjects/plain/versions/latest/schema"), (200, "string"))
    equal(http("GET", "/subjects/%3A.%3Aplain/versions"), (200, [1]))
    answer = http("POST", "/compatibility/subjects/plain/versions/latest?verbose=true", {"schema": '"int"'})
    equal(answer[1]["is_compatible"], False)
    equal("TYPE_MISMATCH" in answer[1]["messages"][0], True)
    answer = http("POST", "/compatibility/subjects/nobody/versions", {"schema": '"int"'})
    equal(answer, (200, {"is_compatible": True}))
    refusal(40401, "POST", "/compatibility/subjects/nobody/versions/latest", {"schema": '"int"'})
    equal(http("GET", "/subjects?subjectPrefix=pla"), (200, ["plain"]))
    equal(http("GET", "/schemas?subjectPrefix=plain&latestOnly=true")[1][0]["subject"], "plain")
    equal(http("GET", "/v1/metadata/id")[1]["scope"]["path"], [])
    equal(http("GET", "/config/plain?defaultToGlobal=true"), (200, {"compatibilityLevel": "BACKWARD"}))
    equal(http("DELETE", "/subjects/plain"), (200, [1]))
    equal(http("GET", "/subjects?deletedOnly=true")[1].count("plain"), 1)
    equal(http("GET", "/subjects/plain/versions/1?deleted=true")[1]["deleted"], True)


def other_client():
    from schema_registry.client import SchemaRegistryClient as Other
    from schema_registry.client import schema

    other = Other(url)
    user = schema.AvroSchema(json.loads(record("Other", ID)))
    id = other.register("other-value", user)
    equal(other.get_by_id(id).raw_schema, user.raw_schema)
    found = other.check_version("other-value", user)
    equal((found.schema_id, found.version), (id, 1))
    equal(other.get_schema("other-value").schema_id, id)
    equal(other.get_versions("other-value"), [1])
    equal(other.test_compatibility("other-value", schema.AvroSchema(json.loads(record("Other", ID)))), True)
    other.update_compatibility("FULL", "other-value")
    equal(other.get_compatibility("other-value"), "FULL")
    equal("other-value" in other.get_subjects(), True)
    equal(other.delete_version("other-value", 1), 1)
    item = schema.JsonSchema({"type": "object", "properties": {"a": {"type": "string"}}})
    id = other.register("other-json", item)
    equal(other.get_by_id(id).raw_schema, item.raw_schema)
    equal(other.delete_subject("other-json"), [1])


def users():
    for info, code in [(None, 40101), ("anna:wrong", 40101), ("anna:s3cret", None)]:
        settings = {"url": url} | ({"basic.auth.user.info": info} if info else {})
        with SchemaRegistryClient(settings) as client:
            if code:
                fails(code, client.get_subjects)
            else:
                equal(client.get_subjects(), [])


if "users" in sys.argv[2:]:
    users()
    sys.exit()
with SchemaRegistryClient({"url": url}) as client:
    subjects_and_versions(client)
    evolution(client)
    deletion(client)
    references(client)
    modes(client)
    normalizing(client)
    serializers(client)
plain_http()
if "full" in sys.argv[2:]:
    other_client()
