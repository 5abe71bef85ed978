import Columnar
import Diagnostics
import Foundation
import Language
import Planning
import Synchronization
import Testing

@testable import Server

/// An engine over a directory of its own, which goes with it.
final class TestServer {
    let directory: String
    private(set) var engine: Engine
    var session = Session(properties: ["auto.offset.reset": "earliest"])

    init() throws {
        directory = NSTemporaryDirectory() + "millrace-server-\(UUID().uuidString)"
        engine = try Engine(Self.configuration(directory))
    }

    deinit {
        engine.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static func configuration(_ directory: String) -> EngineConfiguration {
        var configuration = EngineConfiguration(directory: directory)
        configuration.triggerMilliseconds = 10
        return configuration
    }

    func restart() throws {
        engine.stop()
        engine = try Engine(Self.configuration(directory))
    }

    /// Does statements, each as the server would; the last one's outcome.
    @discardableResult
    func run(_ text: String) throws -> ExecutedStatement? {
        var reader = ScriptReader(text)
        var outcome: ExecutedStatement?
        while let statement = try reader.next() {
            if case .insertValues(let row) = statement.kind {
                try engine.insert(row, statement, session)
            } else {
                outcome = try engine.execute(statement, session)
            }
        }
        return outcome
    }

    /// Starts a push query.
    func push(_ text: String) throws -> (query: PushQuery, rows: Rows) {
        var reader = ScriptReader(text)
        let statement = try #require(try reader.next())
        let rows = Rows()
        switch statement.kind {
        case .query(let query): return (try engine.push(query, statement, session, to: rows), rows)
        case .print(let topic): return (try engine.print(topic, statement, session, to: rows), rows)
        default:
            Issue.record("no query: \(text)")
            throw Diagnostic(.usage, "no query")
        }
    }

    /// Each row as text, its values parted by blanks.
    func pull(_ text: String) throws -> [String] {
        var reader = ScriptReader(text)
        let statement = try #require(try reader.next())
        guard case .query(let query) = statement.kind else { return [] }
        let answer = try engine.pull(query, statement, session)
        return (0..<answer.count).map { row in Rows.text(answer.values, row) }
    }

    /// Whether something comes true within half a minute.
    static func waits(for condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<3000 {
            if try condition() { return true }
            usleep(10_000)
        }
        return false
    }
}

/// Takes the rows of a push query as texts.
final class Rows: AnswerReceiver {
    private struct Held {
        var rows: [String] = []
        var ending: Diagnostic??
    }

    private let held = Mutex(Held())

    var hasRoom: Bool { true }
    var all: [String] { held.withLock { $0.rows } }
    var hasEnded: Bool { held.withLock { $0.ending != nil } }

    func receive(_ columns: [Column], count: Int, deleted: Bitmap?) -> Bool {
        let rows = (0..<count).map { row in
            (deleted?[row] ?? false ? "- " : "") + Self.text(columns, row)
        }
        held.withLock { $0.rows += rows }
        return true
    }

    func end(_ failure: Diagnostic?) { held.withLock { $0.ending = .some(failure) } }

    static func text(_ columns: [Column], _ row: Int) -> String {
        columns.map { "\($0.value(at: row).plain)" }.joined(separator: " ")
    }

    func reach(_ count: Int) -> Bool { TestServer.waits { all.count >= count } }
}

extension Value {
    fileprivate var plain: String {
        switch self {
        case .null: return "NULL"
        case .string(let text): return text
        case .bigint(let number): return String(number)
        case .integer(let number): return String(number)
        case .double(let number): return String(number)
        case .boolean(let truth): return String(truth)
        default: return "\(self)"
        }
    }
}
