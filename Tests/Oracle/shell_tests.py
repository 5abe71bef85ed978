"""The interactive mode of `millrace query`, as a person at a terminal has it."""

import os
import pty
import re
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

import pyarrow as pa
from deltalake import write_deltalake

PACKAGE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
PROGRAM = os.environ.get("MILLRACE_BINARY") or os.path.join(PACKAGE, "bin/millrace")
# Generous: a busy machine is no failure.
LIMIT = 60
CONTROL = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-Z0-9]|\x1b[=>]|[\r\x07]")


class Terminal:
    """A program at a terminal of 100 columns."""

    def __init__(self, words, folder):
        self.seen = ""
        self.process, self.descriptor = pty.fork()
        if self.process == 0:
            os.chdir(folder)
            environment = {**os.environ, "HOME": folder, "TERM": "xterm-256color", "TMPDIR": folder}
            environment["PATH"] = os.path.join(PACKAGE, ".deps/bin") + ":" + environment["PATH"]
            try:
                os.execvpe(words[0], words, environment)
            finally:
                os._exit(127)
        subprocess.run(["stty", "cols", "100", "rows", "40"], stdin=self.descriptor, check=True)

    def settle(self):
        """Waits until nothing is shown for a while: what is typed while a prompt is made may be lost."""
        while select.select([self.descriptor], [], [], 0.3)[0]:
            if not os.read(self.descriptor, 1 << 16):
                break

    def type(self, text):
        """Types, once the terminal is quiet, and forgets what was seen before."""
        self.settle()
        self.seen = ""
        os.write(self.descriptor, text.encode())

    def expect(self, pattern):
        """Waits until the pattern was shown since `type`."""
        end = time.monotonic() + LIMIT
        while not re.search(pattern, CONTROL.sub("", self.seen), re.S):
            if time.monotonic() > end:
                raise AssertionError(f"{pattern!r} not within {LIMIT} s in {CONTROL.sub('', self.seen)!r}")
            if select.select([self.descriptor], [], [], 0.2)[0]:
                try:
                    part = os.read(self.descriptor, 1 << 16)
                except OSError:
                    part = b""
                if not part:
                    raise AssertionError(f"it ended before {pattern!r}: {CONTROL.sub('', self.seen)!r}")
                self.seen += part.decode(errors="replace")
                if b"\x1b]11;?" in part:
                    # As a terminal tells its background and what it is, when it is asked.
                    os.write(self.descriptor, b"\x1b]11;rgb:0000/0000/0000\x07\x1b[?62c")

    def end(self, text="\x04"):
        """Types Ctrl-D, or else the text, and gives the exit code."""
        self.type(text)
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            # What nobody reads would hold it up.
            if select.select([self.descriptor], [], [], 0.05)[0]:
                try:
                    os.read(self.descriptor, 1 << 16)
                except OSError:
                    pass
            found, status = os.waitpid(self.process, os.WNOHANG)
            if found:
                os.close(self.descriptor)
                return os.waitstatus_to_exitcode(status)
        os.kill(self.process, signal.SIGKILL)
        raise AssertionError("it did not end")


@unittest.skipUnless(os.access(PROGRAM, os.X_OK), f"there is no {PROGRAM}: make program")
class ShellTests(unittest.TestCase):
    def setUp(self):
        self.temporary = tempfile.TemporaryDirectory()
        self.addCleanup(self.temporary.cleanup)
        self.folder = self.temporary.name
        self.commit([1.5, 2.5])

    def commit(self, values):
        rows = pa.table({"product_id": ["p"] * len(values), "total_revenue": values})
        write_deltalake(f"{self.folder}/data/gold/revenue", rows, mode="append")

    def shell(self, *flags):
        terminal = Terminal([PROGRAM, "query", *flags], self.folder)
        terminal.expect("lake> ")
        return terminal

    def test_a_session(self):
        terminal = self.shell()
        terminal.type("SHOW TABLES;\r")
        terminal.expect(r"gold\.revenue.*lake> ")
        terminal.type("SELECT sum(total_revenue) AS total FROM gold.revenue;\r")
        terminal.expect(r"\b4\.0\b.*lake> ")
        # What is committed meanwhile is seen by the prompt's next appearance.
        self.commit([10.0])
        terminal.type("\r")
        terminal.expect("lake> ")
        terminal.type("SELECT sum(total_revenue) AS total FROM gold.revenue;\r")
        terminal.expect(r"\b14\.0\b.*lake> ")
        terminal.type("FROM nowhere;\r")
        terminal.expect("nowhere does not exist.*lake> ")
        self.assertEqual(terminal.end(), 0)
        left = [name for name in os.listdir(self.folder) if name.startswith("millrace-")]
        self.assertEqual(left, [])

    def test_names_are_completed(self):
        terminal = self.shell()
        terminal.type("FROM gold.rev\t")
        terminal.expect("gold.revenue")
        # Where there are several, they are listed, and Tab takes the first.
        terminal.type("\t;\r")
        terminal.expect(r"total_revenue.*lake> ")
        terminal.type("SELECT total_rev\t")
        terminal.expect("total_revenue")
        terminal.type("\t FROM gold.revenue ORDER BY 1 DESC LIMIT 1;\r")
        terminal.expect(r"\b2\.5\b.*lake> ")
        self.assertEqual(terminal.end(), 0)

    def test_control_c_ends_a_line_and_a_statement_but_not_the_shell(self):
        terminal = self.shell()
        terminal.type("SELECT this is not")
        terminal.expect("is not")
        terminal.type("\x03")
        terminal.expect(r"\nlake> ")
        terminal.type("SELECT count(*) FROM range(1000000000000) t(i) WHERE hash(i) = 7;\r")
        terminal.expect("hash")
        time.sleep(1)
        terminal.type("\x03")
        terminal.expect("lake> ")
        terminal.type("SELECT 6 * 7 AS answer;\r")
        terminal.expect(r"\b42\b.*lake> ")
        self.assertEqual(terminal.end(".quit\r"), 0)

    def test_statements_are_remembered(self):
        terminal = self.shell()
        terminal.type("SELECT 'remembered' AS word;\r")
        terminal.expect("remembered.*remembered.*lake> ")
        terminal.end()
        terminal = self.shell()
        terminal.type("\x1b[A")
        terminal.expect("remembered")
        terminal.type("\x03")
        terminal.expect(r"\nlake> ")
        self.assertEqual(terminal.end(), 0)

    def test_the_lake_as_it_was(self):
        self.commit([10.0])
        terminal = self.shell("--at", "0")
        terminal.type("SELECT sum(total_revenue) AS total FROM gold.revenue;\r")
        terminal.expect(r"\b4\.0\b.*lake> ")
        self.assertEqual(terminal.end(), 0)


if __name__ == "__main__":
    sys.exit(unittest.main())
