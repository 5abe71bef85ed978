#!/usr/bin/env python3
"""watch_tables.py LAKE FORMER_LAKE LATER_LAKE --until FILE

Reads the tables of a lake with delta-rs again and again, until FILE is there: each must hold, at every
reading, the rows that it has in the one or in the other of two lakes, and never go back from the later to
the former. Columns that hold the clock of the run are left out; of `source_file` only the name counts.
Prints how often it read; exit code 0: all well, 1: a reader saw something else, 2: wrong use.
"""

import argparse
import os
import sys

import compare_lakes
import lake
import medallion


def digest(connection, path):
    """The number of rows and a sum that does not depend on their order; None where there is no table."""
    columns = lake.register(connection, "watched", path)
    if columns is None:
        return None
    kept = sorted(column for column in columns if column not in compare_lakes.CLOCK)
    listed = ", ".join(
        "regexp_extract(source_file, '[^/]*$') AS source_file" if column == "source_file" else f'"{column}"'
        for column in kept
    )
    rows = medallion.first_row(
        connection, f"SELECT count(*), sum(hash(t)::HUGEINT) FROM (SELECT {listed} FROM watched) AS t"
    )
    return tuple(kept), rows[0], rows[1]


def main(arguments=None):
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter, usage=argparse.SUPPRESS
    )
    parser.add_argument("lake")
    parser.add_argument("former")
    parser.add_argument("later")
    parser.add_argument("--until", required=True)
    options = parser.parse_args(arguments)
    connection = medallion.connect()
    names = compare_lakes.tables(options.former)
    known = {
        name: [digest(connection, os.path.join(side, name)) for side in (options.former, options.later)]
        for name in names
    }
    swapped, readings = set(), 0
    print("watching", flush=True)
    while True:
        last = os.path.exists(options.until)
        for name in names:
            seen = digest(connection, os.path.join(options.lake, name))
            readings += 1
            former, later = known[name]
            if seen == later:
                # Where both are the same nothing can be told.
                if former != later:
                    swapped.add(name)
            elif seen != former or name in swapped:
                what = "went back" if seen == former else "is neither"
                print(f"WRONG {name} {what}: {seen[1:] if seen else None}, {former[1:]}, {later[1:]}")
                return 1
        if last:
            break
    print(f"{readings} readings, {len(swapped)} tables swapped")
    return 0


if __name__ == "__main__":
    sys.exit(main())
