"""make_table.py PATH: a table of five small appends, of which one row is deleted again."""

import sys

import pyarrow as pa
from deltalake import DeltaTable, write_deltalake

path = sys.argv[1]
for number in range(5):
    ids = [2 * number, 2 * number + 1] if number < 4 else [8, 9, 10]
    write_deltalake(path, pa.table({"id": pa.array(ids, pa.int64())}), mode="append")
DeltaTable(path).delete("id = 10")
