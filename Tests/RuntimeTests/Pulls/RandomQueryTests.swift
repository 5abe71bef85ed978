import Foundation
import TestKit
import Testing

/// Random pull queries over two tables and a stream, answered by DuckDB over the same rows.
@Suite struct RandomQueryTests {
    private static var seeds: ClosedRange<UInt64> {
        ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1" ? 1...200 : 1...6
    }

    private static let queriesPerSeed = 60

    @Test(.enabled(if: QueryOracle.isAvailable, "no DuckDB in .deps/venv"), arguments: seeds)
    func `pull queries answer as DuckDB does`(seed: UInt64) throws {
        var random = RandomQueries(seed: seed)
        var setup: [String] = []
        var records: [String: [RandomQueries.Row]] = [:]
        for name in ["A", "B", "C"] {
            let rows = random.rows(ofTable: name != "C")
            records[name] = rows
            setup += RandomQueries.setup(name, rows)
        }
        let run = try PullRun(
            RandomQueries.statements,
            messages: records.mapValues { rows in
                rows.enumerated().map { RandomQueries.record($1, time: Int64($0) * 1000) }
            })
        let queries = (0..<Self.queriesPerSeed).map { _ in random.query() }
        let expected = try QueryOracle.answers(queries.map(\.text.duck), setup: setup)
        for (query, wanted) in zip(queries, expected) {
            guard let rows = wanted.rows else {
                Issue.record("seed \(seed): DuckDB refuses \(query.text.duck): \(wanted.error ?? "")")
                continue
            }
            do {
                let found = try run.rows(query.text.ours).map { $0.map(QueryOracle.cell) }
                let isSame =
                    query.isOrdered
                    ? found == rows
                    : found.map { $0.joined(separator: " ") }.sorted()
                        == rows.map { $0.joined(separator: " ") }.sorted()
                #expect(
                    isSame,
                    "seed \(seed): \(query.text.ours)\n\(query.text.duck)\ngives \(found)\ninstead of \(rows)"
                )
            } catch {
                Issue.record("seed \(seed): \(query.text.ours): \(error)")
            }
        }
    }
}
