"""The benchmarks run and measure, so that they never rot."""

import contextlib
import io
import os
import sys
import tempfile
import unittest

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "Benchmarks"))

import deltalake  # noqa: E402
import latency  # noqa: E402
import operators  # noqa: E402
import postgres  # noqa: E402
import process_tree  # noqa: E402
import pyarrow  # noqa: E402
import pyarrow.parquet  # noqa: E402
import run  # noqa: E402

SHARED = os.path.exists(os.path.join(run.BENCH, "oracle_duckdb.py"))


class BenchmarkTests(unittest.TestCase):
    def test_a_process_tree_is_measured(self):
        # The parent and its child hold 64 MB each, and each computes for a while.
        child = "x = bytearray(64 << 20); [i * i for i in range(3_000_000)]; import time; time.sleep(0.3)"
        parent = (
            "import subprocess, sys; x = bytearray(64 << 20);"
            f"subprocess.run([sys.executable, '-c', {child!r}]);"
            "print('out'); print('bad', file=sys.stderr); sys.exit(3)"
        )
        result = process_tree.measure([sys.executable, "-c", parent], watch=lambda: True)
        self.assertEqual((result.exit_code, result.output, result.errors), (3, "out\n", "bad\n"))
        self.assertGreater(result.peak_megabytes, 128)
        self.assertLess(result.peak_megabytes, 400)
        self.assertGreater(result.cpu_seconds, 0.05)
        self.assertGreater(result.wall_seconds, 0.3)
        self.assertLess(result.first_seconds, 0.2)

    def test_a_command_that_hangs_is_ended(self):
        result = process_tree.measure(["sleep", "60"], timeout=0.2)
        self.assertTrue(result.timed_out)
        self.assertLess(result.wall_seconds, 20)

    def test_orphans_are_waited_for(self):
        with tempfile.TemporaryDirectory() as directory:
            mark = os.path.join(directory, "mark")
            process_tree.measure(["sh", "-c", f"(sleep 0.3; touch {mark}) & exit 0"])
            self.assertTrue(os.path.exists(mark))

    def test_the_table_holds_medians_and_ratios(self):
        def row(name, rate, peak=100.0, problem=""):
            return dict(
                name=name,
                pipeline="gold",
                size="1m",
                rate=rate,
                cpu=1.0,
                peak=peak,
                first=None,
                problem=problem,
            )

        rows = [
            row("Millrace", 10.0),
            row("Millrace", 300.0),
            row("Millrace", 200.0),
            row("DuckDB", 100.0, 400.0),
            row("Millrace", 9e9, problem="wrong answer"),
        ]
        table = run.markdown(rows)
        self.assertIn("| gold | 1m | Millrace | 200 | 2.00× | 1.0 | 100 | 0.25× |  | 3 |", table)
        self.assertIn("| gold | 1m | DuckDB | 100 | 1.00× |", table)

    @unittest.skipUnless(SHARED, "no $MILLRACE_BENCH with oracle_duckdb.py")
    def test_the_smallest_benchmark_runs(self):
        os.system(f"'{ROOT}/Tests/Oracle/make_data.sh' 1k 2>/dev/null")
        with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(
            io.StringIO()
        ) as errors:
            code = run.main(["--sizes", "1k", "--runs", "1", "--engines", "duckdb"])
        self.assertEqual(code, 0, output.getvalue() + errors.getvalue())
        self.assertIn("| full | 1k | DuckDB |", output.getvalue())

    @unittest.skipUnless(SHARED, "no $MILLRACE_BENCH with the generator")
    def test_the_operators_answer_as_duckdb_does(self):
        if not os.path.exists(os.path.join(ROOT, "bin/millrace")):
            self.skipTest("no bin/millrace; `make program` makes it")
        os.system(f"'{ROOT}/Tests/Oracle/make_data.sh' 1k 2>/dev/null")
        with contextlib.redirect_stdout(io.StringIO()) as output, contextlib.redirect_stderr(
            io.StringIO()
        ) as errors:
            code = operators.main(["--sizes", "1k", "--runs", "1"])
        self.assertEqual(code, 0, output.getvalue() + errors.getvalue())
        for name in operators.ORDER:
            self.assertIn(f"| {name} | ", output.getvalue())

    @unittest.skipUnless(os.environ.get("MILLRACE_FULL") == "1", "for MILLRACE_FULL=1: takes a while")
    @unittest.skipUnless(os.path.isdir("/usr/lib/postgresql"), "no PostgreSQL server (postgresql-15)")
    def test_all_write_the_same_rows_into_a_database(self):
        if not os.path.exists(os.path.join(ROOT, "bin/millrace")):
            self.skipTest("no bin/millrace; `make program` makes it")
        with contextlib.redirect_stdout(io.StringIO()) as output:
            code = postgres.main(["--rows", "2000", "--runs", "1", "--seconds", "1", "--warm", "1"])
        self.assertEqual(code, 0, output.getvalue())
        self.assertIn("Millrace is ", output.getvalue())

    def test_operators_that_answer_otherwise_are_found(self):
        with tempfile.TemporaryDirectory() as folder:
            lake = os.path.join(folder, "answer")
            table = pyarrow.table({"k": ["a", "a", "b"], "n": [1, 1, 2]})
            deltalake.write_deltalake(lake, table)
            for rows, expected in (
                (["a", "a", "b"], ""),
                (["a", "b", "b"], "1 rows are missing, 1 are wrong"),
                (["a", "b"], "0 rows are missing, 1 are wrong"),
            ):
                counts = [1 if key == "a" else 2 for key in rows]
                answer = pyarrow.table({"k": rows, "n": counts})
                pyarrow.parquet.write_table(answer, os.path.join(folder, "answer.parquet"))
                self.assertEqual(operators.difference(folder, folder), expected)

    def test_markers_are_found_in_printed_changes(self):
        self.assertEqual(
            latency.marker_of(b'{"op":"upsert","session_id":"s_marker_17","page_views":1}\n'), 17
        )
        self.assertEqual(latency.marker_of(b"+ s_marker_3 | 1 | 0\n"), 3)
        self.assertIsNone(latency.marker_of(b"s_000012 s_marker_x\n"))

    def test_a_file_ends_with_a_marker_in_time(self):
        lines = iter(['{"timestamp":"2026-11-18T23:50:01Z"}\n', '{"timestamp":"2026-11-18T23', "\n"])
        text = latency.file_text(lines, 4, 4)
        self.assertIn('"session_id":"s_marker_4"', text.splitlines()[-1])
        self.assertIn("23:50:01Z", text.splitlines()[-1])

    def test_quantiles_are_in_milliseconds(self):
        found = latency.quantiles([value / 1000 for value in range(1, 101)])
        self.assertEqual((found["p50_ms"], found["p99_ms"], found["max_ms"]), (51.0, 100.0, 100.0))
        self.assertIsNone(latency.quantiles([])["p50_ms"])


if __name__ == "__main__":
    unittest.main()
