import Columnar
import DeltaLake
import Foundation
import Storage
import Synchronization
import TestKit
import Testing

/// Three writers of ours and three of delta-rs on one table, and one of ours that joins its files.
@Suite(.serialized, .enabled(if: PythonOracle.isAvailable, "run scripts/setup first"))
struct ManyWritersTests {
    static let schema = Schema([Field("id", .bigint)])
    static let isFull = Effort.isFull

    static func python(_ arguments: [String]) throws -> (Process, Pipe) {
        let process = Process()
        process.executableURL = URL(
            filePath: PythonOracle.packageRoot.appending(path: ".deps/venv/bin/python").path)
        process.arguments = arguments
        var environment = ProcessInfo.processInfo.environment
        environment["LD_LIBRARY_PATH"] = nil
        process.environment = environment
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        return (process, output)
    }

    static func wait(_ started: (process: Process, output: Pipe)) -> (code: Int32, text: String) {
        let said = started.output.fileHandleForReading.readDataToEndOfFile()
        started.process.waitUntilExit()
        return (started.process.terminationStatus, String(decoding: said, as: UTF8.self))
    }

    static let deltaRs = """
        import sys, pyarrow as pa, deltalake
        path, first, commits = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        often = deltalake.CommitProperties(max_commit_retries=10000)
        def present(id):
            while True:
                try: table = deltalake.DeltaTable(path).to_pyarrow_table(columns=["id"])
                except deltalake.exceptions.DeltaError as error: bear(error)
                else: return id in set(table.column("id").to_pylist())
        # Its listing of the log fails, in several words, where it misses a file that others are writing.
        patience = 10000
        def bear(error):
            global patience
            patience -= 1
            if patience == 0: raise error
        for step in range(commits):
            ids = pa.table({"id": pa.array([first + step], pa.int64())})
            while True:
                try: deltalake.write_deltalake(path, ids, mode="append", commit_properties=often)
                except deltalake.exceptions.DeltaError as error:
                    bear(error)
                    if present(first + step): break
                else: break
        """

    @Test func noCommitIsLostAndNoneIsTwice() throws {
        let commits = Self.isFull ? 300 : 8
        let lake = Lake()
        defer { lake.remove() }
        let definition = TableDefinition(schema: Self.schema)
        _ = try DeltaTable.openOrCreate(lake.store, definition)
        let others = try (3..<6).map { number in
            try Self.python(["-c", Self.deltaRs, lake.path, String(number * 1000), String(commits)])
        }
        let errors = Mutex<[String]>([])
        DispatchQueue.concurrentPerform(iterations: 3) { number in
            do {
                let table = try DeltaTable.openOrCreate(lake.store, definition)
                let writer = try AppendWriter(
                    table, schema: Self.schema, identity: SinkIdentity(instance: "i", sink: "s\(number)"))
                for step in 0..<commits {
                    try ConcurrencyTests.append(
                        writer, epoch: Int64(step + 1), id: Int64(number * 1000 + step))
                    if number == 0, step % 4 == 3 { try Compaction(table).runIfDue() }
                }
            } catch {
                errors.withLock { $0.append("\(error)") }
            }
        }
        #expect(errors.withLock { $0 }.isEmpty)
        for other in others {
            let (code, text) = Self.wait(other)
            #expect(code == 0, "\(text)")
        }
        let ids = (0..<6).flatMap { number in (0..<commits).map { [Value.bigint(Int64(number * 1000 + $0))] }
        }
        let expected = AppendWriterTests.expected(ids, Self.schema)
        let table = try DeltaTable.open(lake.store)
        #expect(difference(CanonicalRows.texts(try table.readAll(table.snapshot)), expected) == nil)
        for engine in ["delta-rs", "chdb"] {
            #expect(difference(try PythonOracle.shared.rows(engine: engine, lake.path), expected) == nil)
        }
        let history = try table.history()
        #expect(history.filter { $0.filesRemoved == 0 }.count == 6 * commits + 1)
        let checker = PythonOracle.packageRoot.appending(path: "Tests/Oracle/every_version.py").path
        // Each version takes the two readers a third of a second.
        let first = max(0, table.snapshot.version - 60)
        let (code, text) = Self.wait(
            try Self.python([checker, lake.path, "--key", "id", "--quiet", "--from", String(first)]))
        #expect(code == 0, "\(text)")
    }
}
