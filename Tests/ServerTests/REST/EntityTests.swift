import Formats
import Foundation
import Testing

@testable import Server

/// `Golden/entities.txt` holds cases: a line `=== title`, statements, a line `---`, and what `/ksql` answers:
/// the status, and the array's elements or the error. All are sent to one server, in order.
///
/// With MILLRACE_UPDATE_GOLDEN=1 what follows `---` is written anew; read the difference before committing
/// it.
@Suite("Entities")
struct EntityTests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("Golden/entities.txt")

    @Test func areAsWrittenDown() throws {
        let running = try RunningServer()
        defer { running.stop() }
        var written = ""
        for block in try String(contentsOf: Self.file, encoding: .utf8).components(separatedBy: "=== ")
            .dropFirst()
        {
            let parts = block.components(separatedBy: "\n---\n")
            let head = parts[0].components(separatedBy: "\n")
            let statements = head.dropFirst().joined(separator: "\n")
            let (status, body) = try running.ksql(
                statements.replacingOccurrences(of: "DIR", with: running.directory))
            let lines = body.array?.map(\.text) ?? [body.text]
            let actual =
                "[\(status)]\n"
                + lines.joined(separator: "\n")
                .replacingOccurrences(of: running.directory, with: "DIR")
            let expected = parts.count > 1 ? parts[1].trimmingCharacters(in: .newlines) : ""
            if actual != expected {
                Issue.record("\(head[0]):\n\(actual)\ninstead of:\n\(expected)")
            }
            written += (written.isEmpty ? "" : "\n") + "=== \(parts[0])\n---\n\(actual)\n"
        }
        if ProcessInfo.processInfo.environment["MILLRACE_UPDATE_GOLDEN"] == "1" {
            try written.write(to: Self.file, atomically: true, encoding: .utf8)
        }
    }
}
