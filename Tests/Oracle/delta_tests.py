"""every_version.py and compare_lakes.py find what they are there for."""

import contextlib
import io
import os
import tempfile
import unittest

import pyarrow as pa
from deltalake import write_deltalake

import compare_lakes
import every_version


def run(program, *arguments):
    with contextlib.redirect_stdout(io.StringIO()) as output:
        code = program.main(list(arguments))
    return code, output.getvalue()


class DeltaTests(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.table = os.path.join(self.temporary.name, "it's a table")

    def write(self, keys, values, path=None, mode="append"):
        write_deltalake(path or self.table, pa.table({"k": keys, "v": values}), mode=mode)

    def test_each_version_is_read(self):
        for version in range(3):
            self.write([f"a{version}"], [version])
        code, output = run(every_version, self.table, "--key", "k")
        self.assertEqual(code, 0, output)
        self.assertIn("version 2: delta-rs 3 rows, ClickHouse 3 rows", output)

    def test_a_key_twice_in_an_old_version_is_found(self):
        self.write(["a"], [1])
        self.write(["a"], [2])
        self.write(["a"], [3], mode="overwrite")
        code, output = run(every_version, self.table, "--key", "k")
        self.assertEqual(code, 1)
        self.assertIn("WRONG version 1: delta-rs sees 2 rows but 1 keys", output)
        self.assertIn("WRONG version 1: ClickHouse sees 2 rows but 1 keys", output)
        self.assertNotIn("WRONG version 2", output)
        self.assertEqual(run(every_version, self.table, "--key", "k,v", "--quiet"), (0, ""))

    def test_a_null_key_is_found(self):
        self.write(["a", None], [1, 2])
        self.assertEqual(run(every_version, self.table, "--key", "k")[0], 1)

    def test_a_lost_file_is_found(self):
        self.write(["a"], [1])
        self.write(["b"], [1])
        lost = next(name for name in os.listdir(self.table) if name.endswith(".parquet"))
        os.remove(os.path.join(self.table, lost))
        code, output = run(every_version, self.table, "--key", "k")
        self.assertEqual(code, 1)
        self.assertIn("cannot read it", output)

    def test_lakes_with_the_same_rows_are_equal(self):
        left, right = (os.path.join(self.temporary.name, side, "gold/t") for side in "lr")
        self.write(["a", "b"], [1, 2], left)
        self.write(["b"], [2], right)
        self.write(["a"], [1], right)
        code, output = run(compare_lakes, *(os.path.join(self.temporary.name, side) for side in "lr"))
        self.assertEqual((code, output), (0, "  gold/t: 2 rows\nequal\n"))

    def test_lakes_that_differ_are_found(self):
        sides = [os.path.join(self.temporary.name, side) for side in "lr"]
        for side, values in zip(sides, ([1, 2], [1, 3])):
            self.write(["a", "b"], values, os.path.join(side, "gold/t"))
        code, output = run(compare_lakes, *sides)
        self.assertEqual(code, 1)
        self.assertIn("gold/t: 1 rows only in", output)
        self.assertEqual(run(compare_lakes, *sides, "--ignore", "v")[0], 0)
        self.write(["a"], [1], os.path.join(sides[0], "gold/u"))
        self.assertIn("gold/u: only in", run(compare_lakes, *sides)[1])
        self.assertEqual(run(compare_lakes, *(side + "/none" for side in sides))[0], 1)


if __name__ == "__main__":
    unittest.main()
