import Columnar
import DeltaLake
import Formats
import Foundation
import Storage
import Testing

/// Tables that other writers have made, with the rows that others read from them.
@Suite struct GoldenTableTests {
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"] { return URL(filePath: path) }
        return PythonOracle.packageRoot.deletingLastPathComponent().appending(path: "shared/testdata")
    }().appending(path: "delta")

    static let isThere = FileManager.default.fileExists(atPath: folder.appending(path: "tables.json").path)

    /// What cannot be read, by the words that the refusal has.
    static let refused: [String: String] = [
        "deltalog-invalid-protocol-version": "version",
        "deltalog-state-reconstruction-without-metadata": "metaData",
        "deltalog-state-reconstruction-from-checkpoint-missing-protocol": "protocol",
        "deltalog-commit-info": "metaData",
    ]

    static func json(_ name: String) throws -> JSONValue {
        try JSONValue(parsing: Array(Data(contentsOf: folder.appending(path: name))))
    }

    static let names: [String] = {
        (try? json("tables.json"))?.array?.compactMap { $0["table"]?.string } ?? []
    }()

    static func table(_ path: String) throws -> DeltaTable {
        try DeltaTable.open(LocalObjectStore(folder.appending(path: path).path, in: LocalFileSystem()))
    }

    @Test(.enabled(if: isThere, "needs the test data: set MILLRACE_TESTDATA"), arguments: names)
    func aTableOfAnotherWriterIsReadOrRefusedByName(name: String) throws {
        if let words = Self.refused[name] {
            #expect {
                let table = try Self.table(name + "/delta")
                _ = try table.readAll(table.snapshot)
            } throws: { error in
                guard let error = error as? DeltaError else { return false }
                return error.diagnostic.message.localizedCaseInsensitiveContains(words)
            }
            return
        }
        if name == "partition_cm" {
            for folder in ["delta-none", "delta-name"] {
                let table = try Self.table("\(name)/\(folder)")
                let rows = try Self.json("\(name)/expected-\(folder).json")["rows"]?.array
                try Self.check(table, table.snapshot, rows ?? [], folder)
            }
            return
        }
        let expected = try? Self.json(name + "/expected.json")
        guard let rows = expected?["rows"]?.array else {
            // Data files were never kept: the log alone is replayed.
            if name == "data-reader-absolute-paths-escaped-chars" { return }
            #expect(try Self.table(name + "/delta").snapshot.version >= 0)
            return
        }
        let table = try Self.table(name + "/delta")
        if name == "table_with_edge_timestamps" {
            // The expected rows come from a reader for which the year 9999 in nanoseconds wraps into 1816.
            let days = try table.readAll(table.snapshot).flatMap { batch in
                (0..<batch.count).map { batch["BIG_DATE"]?.value(at: $0) }
            }
            #expect(Set(days) == [.timestamp(253_402_128_000_000), .timestamp(253_402_214_400_000)])
            return
        }
        try Self.check(table, table.snapshot, rows, "\(name)")
        let versions = try? Self.json(name + "/expected-versions.json")["versions"]?.members
        for entry in versions ?? [] {
            let snapshot = try table.snapshot(at: try #require(Int64(entry.name)))
            if let rows = entry.value["rows"]?.array {
                try Self.check(table, snapshot, rows, "\(name) version \(entry.name)")
            } else {
                let count = try table.readAll(snapshot).reduce(0) { $0 + $1.count }
                #expect(count == entry.value["num_rows"]?.int, "\(name) version \(entry.name)")
            }
        }
    }

    static func check(
        _ table: DeltaTable, _ snapshot: Snapshot, _ rows: [JSONValue], _ what: String
    ) throws {
        let batches = try table.readAll(snapshot)
        guard let schema = batches.first?.schema else {
            #expect(rows.isEmpty, "\(what)")
            return
        }
        let expected = try GoldenValues.texts(rows, schema: schema)
        #expect(difference(CanonicalRows.texts(batches), expected) == nil, "\(what)")
        if let count = table.rowCount(snapshot) {
            #expect(count == rows.count, "\(what): rows by statistics")
        }
    }

    @Test(.enabled(if: isThere, "needs the test data: set MILLRACE_TESTDATA"))
    func transactionsAreReadFromCheckpointsAndCommits() throws {
        let plain = try Self.table("app-txn-with-last-updated/delta")
        #expect(!plain.snapshot.transactions.isEmpty)
        let checkpointed = try Self.table("app-txn-checkpoint/delta")
        #expect(checkpointed.lastCommitted("my-app") == 3)
    }
}
