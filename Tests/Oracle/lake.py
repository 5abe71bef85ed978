"""Delta tables as DuckDB sees them, read by delta-rs."""

import os

from deltalake import DeltaTable
from pyarrow import fs


def is_table(path):
    return os.path.isdir(os.path.join(path, "_delta_log"))


def dataset(path, version=None):
    """The table as delta-rs sees it. Its own way to the files is Python, which the threads of a reader wait
    for, now and then without end; Arrow's is not."""
    files = fs.SubTreeFileSystem(os.path.abspath(path), fs.LocalFileSystem())
    return DeltaTable(path, version=version).to_pyarrow_dataset(filesystem=files)


def register(connection, name, path, version=None):
    """Makes the table at `path` known as `name`; returns its columns, None where there is no table."""
    if not is_table(path):
        return None
    connection.register(name, dataset(path, version))
    return [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()]


def column_kinds(connection, name):
    return {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()}


def microseconds(column, kind):
    """Whatever a time is stored as, in microseconds since 1970."""
    return f"epoch_us({column})" if kind.startswith("TIMESTAMP") else f"({column})::BIGINT * 1000"
