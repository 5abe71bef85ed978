import Foundation
import Testing

@testable import Commands

@Suite("Table command")
struct TableCommandTests {
    static let testData: String = {
        let given = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"]
        return (given ?? Workplace.root + "/../shared/testdata") + "/delta"
    }()

    static let hasTestData = FileManager.default.fileExists(atPath: testData + "/tables.json")

    private func json(_ words: [String], code: ExitCode = .done) throws -> [String: Any] {
        let captured = CapturedConsole()
        let found = captured.run(["table"] + words + ["--output", "json"])
        #expect(found == code, "\(captured.errors)")
        return try #require(
            try JSONSerialization.jsonObject(with: Data(captured.output.utf8)) as? [String: Any])
    }

    private func text(_ words: [String]) -> String {
        let captured = CapturedConsole()
        _ = captured.run(["table"] + words)
        return captured.output + captured.errors
    }

    /// What is not read with the rows that are expected, and why.
    static let exceptions: [String: String] = [
        // Their data files were never kept.
        "app-txn-with-last-updated/delta": "broken", "checkpoint/delta": "broken",
        "checkpoint_with_partitions/delta": "broken", "checkpoints/delta": "broken",
        "delete-re-add-same-file-different-transactions/delta": "broken",
        // They are no whole tables.
        "data-reader-absolute-paths-escaped-chars/delta": "broken", "deltalog-commit-info/delta": "broken",
        "deltalog-state-reconstruction-from-checkpoint-missing-protocol/delta": "broken",
        "deltalog-state-reconstruction-without-metadata/delta": "broken",
        "deltalog-invalid-protocol-version/delta": "refused",
        // Its file lies elsewhere on the machine that wrote it.
        "canonicalized-paths-special-a/delta": "refused",
        // The expected rows come from a reader for which the year 9999 wraps into 1816.
        "table_with_edge_timestamps/delta": "differs",
        // Nobody has written down their rows in the way of the others; other tests look at them.
        "partition_cm/delta-name": "read", "partition_cm/delta-none": "read", "type-widening/delta": "read",
    ]

    @Test("check reads every table of other writers as expected", .enabled(if: hasTestData))
    func checkOfOthers() throws {
        let tables = try #require(
            try json(["check", Self.testData, "--versions"], code: .failed)["tables"] as? [[String: Any]])
        #expect(tables.count == 69)
        for table in tables {
            let name = String((table["path"] as? String ?? "").dropFirst(Self.testData.count + 1))
            let verdict = table["verdict"] as? String
            #expect(verdict == Self.exceptions[name] ?? "match", "\(name): \(table["text"] ?? "")")
        }
    }

    @Test("a table is described, optimized, taken back and cleaned up", .enabled(if: Workplace.hasPython))
    func life() throws {
        try Workplace.with { place in
            let path = place.path + "/table"
            try place.python("make_table.py", [path])
            let described = try json(["describe", path])
            #expect(described["version"] as? Int == 5)
            #expect(described["rows"] as? Int == 10)
            #expect(try json(["describe", path, "--at", "2"])["rows"] as? Int == 6)
            let versions = try json(["history", path])["versions"] as? [[String: Any]]
            #expect(versions?.count == 6)
            #expect(versions?.first?["operation"] as? String == "DELETE")
            #expect(text(["history", path, "--limit", "2"]).split(separator: "\n").count == 3)

            let optimized = try json(["optimize", path])
            #expect(optimized["files"] as? Int == 1)
            #expect(try json(["describe", path])["rows"] as? Int == 10)
            #expect(text(["optimize", path]).hasPrefix("nothing to join"))

            let restored = try json(["restore", path, "--to", "3"])
            #expect(restored["version"] as? Int == 7)
            #expect(try json(["describe", path])["rows"] as? Int == 8)
            #expect(text(["restore", path, "--to", "3"]).contains("already"))

            #expect(try (json(["vacuum", path])["data_files"] as? [String])?.isEmpty == true)
            let dry = try json(["vacuum", path, "--retain", "0", "--dry-run"])
            let files = try #require(dry["data_files"] as? [String])
            try #require(files.count >= 2)
            #expect(FileManager.default.fileExists(atPath: path + "/" + files[0]))
            #expect(try json(["vacuum", path, "--retain", "0"])["data_files"] as? [String] == files)
            #expect(!FileManager.default.fileExists(atPath: path + "/" + files[0]))
            #expect(try json(["describe", path])["rows"] as? Int == 8)
            #expect(text(["restore", path, "--to", "5"]).contains("is no longer whole"))
            #expect(text(["check", path]).contains("read"))
        }
    }
}
