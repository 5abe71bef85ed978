import Columnar
import Foundation
import Parquet
import Testing

/// Files of the Parquet project's own test collection, with the rows that pyarrow reads from them.
@Suite struct ForeignFileTests {
    static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["MILLRACE_TESTDATA"] { return URL(filePath: path) }
        return packageRoot.deletingLastPathComponent().appending(path: "shared/testdata")
    }().appending(path: "parquet")

    static func names(_ sub: String) -> [String] {
        let found = try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: sub).path)
        // One is left out that unpacks to two gigabytes, only to be refused.
        return (found ?? []).filter { $0.hasSuffix(".parquet") && !$0.hasPrefix("large_string_map") }.sorted()
    }

    static let isThere = !names("data").isEmpty

    @Test(.enabled(if: isThere, "needs the test data: set MILLRACE_TESTDATA"), arguments: names("bad_data"))
    func aBadFileGivesAnErrorOrItsReadablePart(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "bad_data/\(name)")))
        do throws(ParquetError) {
            _ = try ParquetReader(bytes).readAll()
        } catch {
            #expect(!error.reason.isEmpty)
        }
    }

    @Test(.enabled(if: isThere, "needs the test data: set MILLRACE_TESTDATA"), arguments: names("data"))
    func aFileIsReadAsItsExpectationSays(name: String) throws {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: "data/\(name)")))
        let stem = name.replacingOccurrences(of: ".parquet", with: "")
        let data = try Data(contentsOf: Self.folder.appending(path: "expected/\(stem).json"))
        let expected = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        do throws(ParquetError) {
            let batches = try ParquetReader(bytes).readAll()
            #expect(expected["error"] == nil, "\(name) was to be refused")
            let count = batches.reduce(0) { $0 + $1.count }
            #expect(count == expected["num_rows"] as? Int)
            let rows = expected["rows"] as? [Any] ?? []
            #expect(Self.firstDifference(batches, rows) == nil)
        } catch {
            // A type that no column can hold, or a checksum that is wrong, is a clear error.
            let isKnown =
                expected["error"] != nil || ["checksum", "null_list"].contains { name.contains($0) }
            #expect(isKnown, "\(name): \(error.reason)")
        }
    }

    /// One expectation for a file, not one for each of a hundred thousand cells.
    static func firstDifference(_ batches: [Batch], _ rows: [Any]) -> String? {
        var index = 0
        for batch in batches {
            for row in 0..<batch.count where index < rows.count {
                for (column, field) in zip(batch.columns, batch.schema.fields) {
                    let expected = (rows[index] as? [String: Any])?[field.name] ?? NSNull()
                    let found = column.value(at: row)
                    if !isSame(found, expected) {
                        return "row \(index) column \(field.name): \(found) for \(expected)"
                    }
                }
                index += 1
            }
        }
        return index < rows.count ? "\(index) rows for \(rows.count)" : nil
    }

    static func isSame(_ value: Value, _ any: Any) -> Bool {
        switch value {
        case .null: return any is NSNull
        case .boolean(let value): return any as? Bool == value
        case .integer(let value): return any as? Int32 == value
        case .bigint(let value): return any as? Int64 == value || "\(any)" == String(value)
        case .double(let value):
            if let text = any as? String {
                return text == "NaN" ? value.isNaN : Double(text.lowercased()) == value
            }
            guard let number = any as? Double else { return false }
            return number == value || abs(number - value) <= abs(value) * 1e-6
        case .decimal(let value, let scale):
            let text = any as? String ?? "\(any)"
            return Array(text.utf8).withUnsafeBytes { Decimals.parse($0, precision: 38, scale: scale) }
                == value
        case .string(let value): return any as? String == value
        case .bytes(let value):
            guard let text = any as? String, text.hasPrefix("base64:") else { return false }
            return Data(base64Encoded: String(text.dropFirst(7))) == Data(value)
        case .date(let days): return any as? String == Civil.dateText(days: Int(days))
        case .time(let milliseconds):
            return (any as? String)?.hasPrefix(Civil.timeText(milliseconds: Int(milliseconds))) == true
        case .timestamp(let time): return (any as? String).flatMap { TimestampText.parse($0) } == time
        case .array(let values):
            guard let others = any as? [Any], others.count == values.count else { return false }
            return zip(values, others).allSatisfy { isSame($0, $1) }
        case .map(let entries):
            guard let others = any as? [[Any]], others.count == entries.count else { return false }
            return zip(entries, others).allSatisfy { isSame($0.key, $1[0]) && isSame($0.value, $1[1]) }
        case .structure(let values):
            // Members come by name and in order; their names are not in the value.
            guard let members = any as? [String: Any], members.count == values.count else { return false }
            return values.allSatisfy { value in members.values.contains { isSame(value, $0) } }
        }
    }

    // MARK: What we write, read by pyarrow

    private static let python = packageRoot.appending(path: ".deps/venv/bin/python")

    private static let script = """
        import sys, json, decimal, datetime, base64
        import pyarrow.parquet as pq
        def cell(v):
            if v in (float("inf"), float("-inf")): return "Infinity" if v > 0 else "-Infinity"
            if isinstance(v, float): return "NaN" if v != v else v
            if isinstance(v, decimal.Decimal): return format(v, "f")
            if isinstance(v, datetime.datetime): return v.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            if isinstance(v, datetime.date): return v.isoformat()
            if isinstance(v, bytes): return "base64:" + base64.b64encode(v).decode()
            if isinstance(v, dict): return {k: cell(x) for k, x in v.items()}
            if isinstance(v, list):
                if v and isinstance(v[0], tuple): return [[cell(k), cell(x)] for k, x in v]
                return [cell(x) for x in v]
            return v
        result = []
        for path in sys.argv[1:]:
            table = pq.read_table(path)
            table.validate(full=True)
            result.append([cell(row) for row in table.to_pylist()])
        print(json.dumps(result))
        """

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: python.path), "run scripts/setup first"))
    func randomNestedBatchesAreReadAlikeByPyarrow() throws {
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "millrace-parquet-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var batches: [[Batch]] = []
        var paths: [String] = []
        for seed in 0..<40 {
            var random = RandomBatches(seed: 500 + UInt64(seed))
            let schema = random.schema()
            let writer = ParquetWriter(
                schema: schema, options: ParquetOptions(rowGroupRows: 60, pageBytes: 512))
            let parts = (0..<3).map { _ in random.batch(schema, rows: random.below(60)) }
            for part in parts { try writer.write(part) }
            let path = folder.appending(path: "\(seed).parquet")
            try Data(RoundTripTests.bytes(try writer.finish())).write(to: path)
            batches.append(parts)
            paths.append(path.path)
        }
        let process = Process()
        process.executableURL = Self.python
        process.arguments = ["-c", Self.script] + paths
        var environment = ProcessInfo.processInfo.environment
        environment["LD_LIBRARY_PATH"] = nil
        process.environment = environment
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let tables = try #require(try JSONSerialization.jsonObject(with: output) as? [[[String: Any]]])
        for (seed, parts) in batches.enumerated() {
            let stored = parts.map { part in
                let rows = (0..<part.count).map { part.row($0).map(RoundTripTests.stored) }
                let schema = Schema(part.schema.fields.map { Field($0.name, RoundTripTests.stored($0.type)) })
                let columns = schema.fields.enumerated().map { index, field in
                    let builder = ColumnBuilder(type: field.type)
                    for row in rows { builder.append(row[index]) }
                    return builder.finish()
                }
                return Batch(schema: schema, columns: columns, count: part.count)
            }
            #expect(tables[seed].count == parts.reduce(0) { $0 + $1.count })
            #expect(Self.firstDifference(stored, tables[seed]) == nil, "seed \(500 + seed)")
        }
    }
}
