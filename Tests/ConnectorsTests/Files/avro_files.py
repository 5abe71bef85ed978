"""Writes one Avro container file for each codec, and the records as lines of JSON: avro_files.py FOLDER"""
import json
import sys

import fastavro

schema = fastavro.parse_schema(
    {
        "type": "record",
        "name": "Click",
        "fields": [
            {"name": "id", "type": "long"},
            {"name": "page", "type": ["null", "string"]},
            {"name": "tags", "type": {"type": "array", "items": "string"}},
            {"name": "price", "type": "double"},
        ],
    }
)
records = [
    {
        "id": i * 7919,
        "page": None if i % 5 == 0 else f"/page/{i % 40}",
        "tags": [f"t{i % 3}"] * (i % 4),
        "price": i / 4,
    }
    for i in range(3000)
]
for codec in ("null", "deflate", "snappy", "zstandard"):
    with open(f"{sys.argv[1]}/{codec}.avro", "wb") as out:
        fastavro.writer(out, schema, records, codec=codec, sync_interval=4000)
with open(f"{sys.argv[1]}/records.json", "w") as out:
    for record in records:
        out.write(json.dumps(record) + "\n")
