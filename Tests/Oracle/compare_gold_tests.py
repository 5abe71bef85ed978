"""compare_gold.py finds every kind of wrong lake, and passes a right one that plain Python made."""

import contextlib
import copy
import datetime
import gzip
import io
import os
import shutil
import tempfile
import unittest
from decimal import Decimal

import compare_gold
import sample_lake


class CompareGoldTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.mkdtemp()
        cls.data = os.path.join(cls.directory, "raw")
        cls.tables = sample_lake.answer(sample_lake.write_input(cls.data))

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.directory)

    def check(self, tables, *options, data=None):
        """Exit code and output for a lake of these rows."""
        with tempfile.TemporaryDirectory() as lake_directory, contextlib.redirect_stdout(
            io.StringIO()
        ) as output:
            sample_lake.write_lake(lake_directory, tables)
            code = compare_gold.main([data or self.data, lake_directory, *options])
        return code, output.getvalue()

    def changed(self, table, change):
        tables = copy.deepcopy(self.tables)
        change(tables[table])
        return tables

    def assert_found(self, table, change, text):
        code, output = self.check(self.changed(table, change))
        self.assertEqual(code, 1, output)
        self.assertIn(f"DIFFERENT {table}", output)
        self.assertIn(text, output)

    def test_a_right_lake_is_equal(self):
        code, output = self.check(self.tables)
        self.assertEqual(code, 0, output)
        self.assertTrue(self.tables["gold/anomalies"], "the sample must hold an anomaly")

    def test_the_sample_holds_duplicates_late_and_malformed_lines(self):
        _, output = self.check(self.tables)
        for name in ("duplicates", "late", "malformed"):
            self.assertRegex(output, rf" [1-9]\d* {name}")

    def test_other_seeds_are_equal_too(self):
        for seed in range(2, 6):
            with tempfile.TemporaryDirectory() as directory:
                data = os.path.join(directory, "raw")
                tables = sample_lake.answer(sample_lake.write_input(data, seed=seed, count=700, files=seed))
                code, output = self.check(tables, data=data)
                self.assertEqual(code, 0, f"seed {seed}: {output}")

    def test_a_cent_is_found(self):
        def change(rows):
            rows[3]["total_revenue"] += Decimal("0.01")

        self.assert_found("gold/revenue", change, "1 rows with another value")

    def test_a_purchase_too_many_is_found(self):
        def change(rows):
            rows[0]["purchase_count"] += 1

        self.assert_found("gold/revenue", change, "1 rows with another value")

    def test_a_missing_row_is_found(self):
        self.assert_found("gold/conversion", lambda rows: rows.pop(), "1 rows missing")

    def test_an_extra_row_is_found(self):
        def change(rows):
            rows.append({**rows[0], "user_id": "u_nobody"})

        self.assert_found("gold/anomalies", change, "1 rows not expected")

    def test_two_rows_of_a_key_are_found(self):
        self.assert_found(
            "gold/revenue", lambda rows: rows.append(rows[0]), "1 keys have more than one row"
        )

    def test_a_shifted_window_is_found(self):
        def change(rows):
            rows[0]["window_end"] += datetime.timedelta(minutes=1)

        self.assert_found("gold/conversion", change, "1 rows missing")

    def test_a_wrong_rate_is_found(self):
        def change(rows):
            rows[0]["conversion_rate"] += 0.001

        self.assert_found("gold/conversion", change, "1 rows with another value")

    def test_wrong_daily_tables_are_found(self):
        for table, column in (
            ("sales_metrics", "units_sold"),
            ("user_engagement", "sessions"),
            ("traffic_analysis", "users"),
        ):

            def change(rows, column=column):
                rows[0][column] += 1

            self.assert_found(f"gold/{table}", change, "1 rows with another value")

    def test_a_wrong_silver_row_is_found(self):
        def change(rows):
            rows[7]["event_timestamp"] += datetime.timedelta(milliseconds=1)

        self.assert_found("silver/events", change, "1 rows missing or different")

    def test_a_row_twice_in_silver_is_found(self):
        self.assert_found("silver/events", lambda rows: rows.append(rows[0]), "1 rows repeat an event_id")

    def test_a_lost_bronze_line_is_found(self):
        self.assert_found("bronze/events", lambda rows: rows.pop(5), "1 rows missing or different")
        _, output = self.check(self.changed("bronze/events", lambda rows: rows.pop(5)))
        self.assertIn("DIFFERENT books", output)

    def test_a_changed_bronze_line_is_found(self):
        def change(rows):
            row = next(row for row in rows if row["raw"])
            row["raw"] += " "

        self.assert_found("bronze/events", change, "1 rows missing or different")

    def test_a_dead_letter_too_few_or_too_many_is_found(self):
        self.assert_found("bronze/dead_letters", lambda rows: rows.pop(), "1 rows missing or different")
        self.assert_found("bronze/dead_letters", lambda rows: rows.append(rows[0]), "1 rows not expected")

    def test_a_missing_table_or_column_is_found(self):
        tables = copy.deepcopy(self.tables)
        del tables["silver/events"]
        for row in tables["gold/revenue"]:
            del row["units_sold"]
        code, output = self.check(tables)
        self.assertEqual(code, 1)
        self.assertIn("silver/events: no such Delta table", output)
        self.assertIn("gold/revenue: lacks units_sold", output)

    def test_gold_alone_needs_no_other_table(self):
        tables = {name: self.tables[f"gold/{name}"] for name in ("revenue", "anomalies", "conversion")}
        code, output = self.check({f"gold/{name}": rows for name, rows in tables.items()}, "--only", "gold")
        self.assertEqual(code, 0, output)

    def test_compressed_files_are_read(self):
        with tempfile.TemporaryDirectory() as directory:
            for name in os.listdir(self.data):
                path = os.path.join(self.data, name)
                copied = os.path.join(directory, name + ".gz")
                with open(path, "rb") as source, gzip.open(copied, "wb") as target:
                    target.write(source.read())
                shutil.copystat(path, copied)
            tables = copy.deepcopy(self.tables)
            for table in ("bronze/events", "bronze/dead_letters"):
                for row in tables[table]:
                    row["source_file"] += ".gz"
            code, output = self.check(tables, data=directory)
            self.assertEqual(code, 0, output)

    def test_an_unterminated_last_line_counts(self):
        with tempfile.TemporaryDirectory() as directory:
            lines = sample_lake.write_input(os.path.join(directory, "raw"), count=50, files=1)
            path = os.path.join(directory, "raw", "events_1.json")
            with open(path, "rb+") as stream:
                stream.truncate(os.path.getsize(path) - 1)
            code, output = self.check(sample_lake.answer(lines), data=os.path.join(directory, "raw"))
            # Fifty events hold no anomaly, so that table is not there.
            self.assertEqual(output.count("DIFFERENT"), 1, output)
            self.assertIn("gold/anomalies: no such Delta table", output)


if __name__ == "__main__":
    unittest.main()
