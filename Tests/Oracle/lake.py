"""Delta tables as DuckDB sees them, read by delta-rs."""

import os

from deltalake import DeltaTable


def is_table(path):
    return os.path.isdir(os.path.join(path, "_delta_log"))


def register(connection, name, path, version=None):
    """Makes the table at `path` known as `name`; returns its columns, None where there is no table."""
    if not is_table(path):
        return None
    connection.register(name, DeltaTable(path, version=version).to_pyarrow_dataset())
    return [row[0] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()]


def column_kinds(connection, name):
    return {row[0]: row[1] for row in connection.execute(f'DESCRIBE "{name}"').fetchall()}


def microseconds(column, kind):
    """Whatever a time is stored as, in microseconds since 1970."""
    return f"epoch_us({column})" if kind.startswith("TIMESTAMP") else f"({column})::BIGINT * 1000"
