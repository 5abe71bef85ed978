import Columnar
import Foundation

/// The same queries as DuckDB answers them.
enum QueryOracle {
    static let packageRoot = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let python = packageRoot.appending(path: ".deps/venv/bin/python").path

    static var isAvailable: Bool { FileManager.default.isExecutableFile(atPath: python) }

    /// What a query gives: rows as canonical texts, or an error.
    struct Answer: Decodable {
        let rows: [[String]]?
        let error: String?
    }

    /// DuckDB's process did not come to its end; what it said is on the tests' standard error.
    struct Failure: Error {
        let reason: Process.TerminationReason
        let status: Int32
    }

    /// - Parameter setup: statements that make the tables.
    static func answers(_ queries: [String], setup: [String]) throws -> [Answer] {
        let process = Process()
        process.executableURL = URL(filePath: python)
        process.arguments = ["-c", script]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        // Libraries of this build must not get into Python's.
        var environment = ProcessInfo.processInfo.environment
        environment["LD_LIBRARY_PATH"] = nil
        process.environment = environment
        try process.run()
        let request = try JSONSerialization.data(withJSONObject: ["setup": setup, "queries": queries])
        try input.fileHandleForWriting.write(contentsOf: request)
        try input.fileHandleForWriting.close()
        let answer = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failure(reason: process.terminationReason, status: process.terminationStatus)
        }
        return try JSONDecoder().decode([Answer].self, from: answer)
    }

    private static let script = """
        import sys, json, decimal, duckdb
        def cell(v):
            if v is None: return "NULL"
            if isinstance(v, bool): return "true" if v else "false"
            if isinstance(v, (int, float, decimal.Decimal)):
                f = float(v)
                if f == int(f) and abs(f) < 1e15: return "%d" % int(f)
                return "%.9g" % f
            return "'" + str(v) + "'"
        request = json.load(sys.stdin)
        connection = duckdb.connect()
        connection.execute("SET threads = 1")
        for statement in request["setup"]: connection.execute(statement)
        answers = []
        for query in request["queries"]:
            try:
                rows = connection.execute(query).fetchall()
                answers.append({"rows": [[cell(v) for v in row] for row in rows]})
            except Exception as error:
                answers.append({"error": str(error)})
        json.dump(answers, sys.stdout)
        """

    /// A value in the same form.
    static func cell(_ value: Value) -> String {
        func number(_ number: Double) -> String {
            if number == number.rounded(), abs(number) < 1e15 { return String(Int64(number)) }
            return String(format: "%.9g", number)
        }
        switch value {
        case .null: return "NULL"
        case .boolean(let flag): return flag ? "true" : "false"
        case .integer(let value): return number(Double(value))
        case .bigint(let value): return number(Double(value))
        case .double(let value): return number(value)
        case .decimal(let unscaled, let scale):
            return number(Double(unscaled) / (0..<scale).reduce(1.0) { power, _ in power * 10 })
        case .string(let text): return "'\(text)'"
        default: return "\(value)"
        }
    }
}
