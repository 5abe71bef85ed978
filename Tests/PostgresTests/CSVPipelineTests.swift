import Foundation
import TestKit
import Testing

/// The pipeline `csv-to-postgres` as its users run it, held against DuckDB over the same files.
@Suite(
    "The pipeline csv-to-postgres",
    .enabled(
        if: Program.isHere && PostgresServer.isHere, "\(Program.isMissing), \(PostgresServer.isMissing)"))
struct CSVPipelineTests {
    private static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().path
    private static let lines = Place.isFull ? 1_000_000 : 40_000

    private func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.package + "/" + program)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: Self.package)
        let pipe = Pipe()
        (process.standardOutput, process.standardError) = (pipe, pipe)
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    @Test func tablesViewsAndFunctionsAnswerAsDuckDBDoes() throws {
        let server = try PostgresServer.shared.get()
        let url = try server.database("csv")
        let folder =
            FileManager.default.temporaryDirectory.appending(path: "millrace-csv-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for part in 1...2 {
            let made = try run(
                "bin/millrace",
                [
                    "simulate", "shop", "--profile", "csv", "--format", "csv", "--to", folder + "/events",
                    "--events", String(Self.lines / 2), "--seed", String(part), "--start",
                    "2026-01-0\(4 + part)T09:00:00Z", "--duplicates", "0.03", "--late", "0.02", "--malformed",
                    "0.02",
                ])
            #expect(made.code == 0, "\(made.output)")
            // The second time it goes on with what is there, and the database has seen the files.
            let ran = try run(
                "bin/millrace",
                [
                    "run", "pipelines/csv-to-postgres/csv-to-postgres.sql", "--once", "--quiet", "-D",
                    "events=\(folder)/events", "-D", "database=\(url)", "--state", folder + "/state",
                ])
            #expect(ran.code == 0, "\(ran.output)")
        }
        let compared = try run(
            ".deps/venv/bin/python", ["Tests/Oracle/csv_to_postgres.py", folder + "/events", url])
        #expect(compared.code == 0, "\(compared.output)")
    }
}
