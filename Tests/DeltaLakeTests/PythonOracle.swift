import Columnar
import Foundation

/// The tables as delta-rs and ClickHouse see them, read by one Python process for all tests.
final class PythonOracle: @unchecked Sendable {
    static let shared = PythonOracle()

    private let lock = NSLock()
    private var process: Process?
    private var input: FileHandle?
    private var output: FileHandle?
    private var pending = Data()

    static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    private static let python = packageRoot.appending(path: ".deps/venv/bin/python").path

    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: python) }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Rows as canonical JSON texts, sorted.
    func rows(engine: String, _ path: String, version: Int64? = nil) throws -> [String] {
        var request: [String: Any] = ["do": engine, "path": path]
        if let version { request["version"] = version }
        return try ask(request) as? [String] ?? []
    }

    /// Appends rows `{"id": n}` with delta-rs.
    func append(_ path: String, ids: [Int]) throws {
        _ = try ask(["do": "append", "path": path, "ids": ids])
    }

    /// Runs Python in which `path` is the table's; what it leaves in `result` comes back, tables of Arrow as
    /// canonical rows.
    @discardableResult func run(_ path: String, _ code: String) throws -> [String] {
        try ask(["do": "run", "path": path, "code": code]) as? [String] ?? []
    }

    func optimize(_ path: String) throws { _ = try ask(["do": "optimize", "path": path]) }

    func vacuumNothingElse(_ path: String) throws -> [String] {
        try ask(["do": "vacuum", "path": path]) as? [String] ?? []
    }

    private func ask(_ request: [String: Any]) throws -> Any {
        lock.lock()
        defer { lock.unlock() }
        try start()
        let line = try JSONSerialization.data(withJSONObject: request) + Data("\n".utf8)
        try input?.write(contentsOf: line)
        while pending.firstIndex(of: 0x0A) == nil {
            guard let more = output?.availableData, !more.isEmpty else {
                throw Failure(description: "python ended")
            }
            pending += more
        }
        let end = pending.firstIndex(of: 0x0A) ?? pending.endIndex
        let answer = try JSONSerialization.jsonObject(with: pending[..<end]) as? [String: Any] ?? [:]
        pending = Data(pending[pending.index(after: end)...])
        if let error = answer["error"] as? String { throw Failure(description: error) }
        return answer["result"] ?? NSNull()
    }

    private func start() throws {
        if process != nil { return }
        let process = Process()
        process.executableURL = URL(filePath: PythonOracle.python)
        process.arguments = ["-c", PythonOracle.script]
        let (input, output) = (Pipe(), Pipe())
        // ClickHouse reads tables below its working directory only.
        process.currentDirectoryURL = FileManager.default.temporaryDirectory
        process.standardInput = input
        process.standardOutput = output
        // Libraries of this build must not get into Python's.
        var environment = ProcessInfo.processInfo.environment
        environment["LD_LIBRARY_PATH"] = nil
        process.environment = environment
        try process.run()
        self.process = process
        self.input = input.fileHandleForWriting
        self.output = output.fileHandleForReading
    }

    private static let script = """
        import sys, json, struct, decimal, datetime, os
        out = os.fdopen(os.dup(1), "w"); os.dup2(2, 1)
        EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
        def cell(v):
            if v is None or isinstance(v, (bool, str)): return v
            if isinstance(v, int): return v
            if isinstance(v, float): return "f:" + ("nan" if v != v else struct.pack(">d", v).hex())
            if isinstance(v, decimal.Decimal): return "d:" + format(v, "f")
            if isinstance(v, datetime.datetime):
                if v.tzinfo is None: v = v.replace(tzinfo=datetime.timezone.utc)
                return "t:" + str((v - EPOCH) // datetime.timedelta(milliseconds=1))
            if isinstance(v, datetime.date): return "D:" + str((v - datetime.date(1970, 1, 1)).days)
            if isinstance(v, bytes): return bytes_cell(v)
            if isinstance(v, dict): return {"s": [cell(x) for x in v.values()]}
            if isinstance(v, list):
                if v and isinstance(v[0], tuple):
                    return {"m": sorted([[cell(k), cell(x)] for k, x in v], key=lambda e: json.dumps(e))}
                return [cell(x) for x in v]
            return repr(v)
        def text(b):
            # ClickHouse has one type for text and bytes.
            try: return b.decode()
            except UnicodeDecodeError: return "b:" + b.hex()
        def rows(table, text=None):
            global bytes_cell
            bytes_cell = text or (lambda b: "b:" + b.hex())
            names = sorted(table.column_names)
            columns = [table.column(n).to_pylist() for n in names]
            texts = [json.dumps([cell(c[i]) for c in columns], separators=(",", ":"), ensure_ascii=False)
                     for i in range(table.num_rows)]
            return sorted(texts, key=lambda t: t.encode())
        def handle(r):
            import pyarrow as pa
            if r["do"] == "delta-rs":
                import deltalake
                t = deltalake.DeltaTable(r["path"], version=r.get("version"))
                return rows(pa.table(t.to_pyarrow_table()))
            if r["do"] == "chdb":
                import chdb
                return rows(chdb.query(
                    "SELECT * FROM deltaLakeLocal('" + r["path"] + "') "
                    "SETTINGS output_format_arrow_string_as_string=0", "ArrowTable"), text)
            if r["do"] == "append":
                import deltalake
                ids = pa.table({"id": pa.array(r["ids"], pa.int64())})
                deltalake.write_deltalake(r["path"], ids, mode="append")
                return None
            if r["do"] == "run":
                import deltalake
                names = {"path": r["path"], "pa": pa, "deltalake": deltalake, "result": None}
                exec(r["code"], names)
                result = names["result"]
                return rows(result) if isinstance(result, pa.Table) else result
            if r["do"] == "optimize":
                import deltalake
                return str(deltalake.DeltaTable(r["path"]).optimize.compact())
            if r["do"] == "vacuum":
                import deltalake
                return deltalake.DeltaTable(r["path"]).vacuum(
                    retention_hours=0, enforce_retention_duration=False, dry_run=True)
        for line in sys.stdin:
            try: answer = {"result": handle(json.loads(line))}
            except BaseException as e: answer = {"error": type(e).__name__ + ": " + str(e)}
            out.write(json.dumps(answer) + "\\n"); out.flush()
        """
}

/// Rows in the form that the Python process gives them.
enum CanonicalRows {
    static func texts(_ batches: [Batch]) -> [String] {
        var texts: [String] = []
        for batch in batches {
            let order = batch.schema.names.enumerated().sorted { $0.element < $1.element }.map(\.offset)
            for row in 0..<batch.count {
                texts.append(text(order.map { batch.columns[$0].value(at: row) }))
            }
        }
        return texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Values in the order of their columns' names.
    static func text(_ values: [Value]) -> String { "[" + values.map(cell).joined(separator: ",") + "]" }

    static func cell(_ value: Value) -> String {
        switch value {
        case .null: return "null"
        case .boolean(let value): return value ? "true" : "false"
        case .integer(let value): return String(value)
        case .bigint(let value): return String(value)
        case .double(let value):
            if value.isNaN { return "\"f:nan\"" }
            let digits = String(value.bitPattern, radix: 16)
            return "\"f:" + String(repeating: "0", count: 16 - digits.count) + digits + "\""
        case .decimal(let unscaled, let scale): return "\"d:" + Decimals.text(unscaled, scale: scale) + "\""
        case .string(let text): return quoted(text)
        case .bytes(let bytes):
            return "\"b:" + bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
                + "\""
        case .date(let days): return "\"D:\(days)\""
        case .time(let milliseconds): return quoted(Civil.timeText(milliseconds: Int(milliseconds)))
        case .timestamp(let milliseconds): return "\"t:\(milliseconds)\""
        case .array(let elements): return "[" + elements.map(cell).joined(separator: ",") + "]"
        case .structure(let members): return "{\"s\":[" + members.map(cell).joined(separator: ",") + "]}"
        case .map(let entries):
            if entries.isEmpty { return "[]" }
            let texts = entries.map { "[" + cell($0.key) + "," + cell($0.value) + "]" }.sorted()
            return "{\"m\":[" + texts.joined(separator: ",") + "]}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case "\u{8}": result += "\\b"
            case "\u{C}": result += "\\f"
            case "\u{0}"..."\u{1F}":
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}

/// Tells the first rows that differ rather than all of them.
func difference(_ found: [String], _ expected: [String]) -> String? {
    if found == expected { return nil }
    let (left, right) = (Set(found), Set(expected))
    let more = found.filter { !right.contains($0) }.prefix(2)
    let less = expected.filter { !left.contains($0) }.prefix(2)
    return "\(found.count) rows for \(expected.count); unexpected: \(Array(more)); missing: \(Array(less))"
}
