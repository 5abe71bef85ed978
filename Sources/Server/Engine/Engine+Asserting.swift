import Diagnostics
import Glibc
import Language
import Planning

// ASSERT: whether something is there, or will be soon.
extension Engine {
    private static let standardTimeout = 1000.0
    private static let pauseMicroseconds: UInt32 = 20_000

    func check(_ assertion: Assert, _ statement: Statement) throws(Diagnostic) -> ExecutedStatement {
        let timeout: TimeSpan?
        switch assertion {
        case .topic(_, _, _, let given), .schema(_, _, _, let given): timeout = given
        case .values, .nullValues, .source: timeout = nil
        }
        let end = environment.monotonic() + (timeout.map { Double($0.milliseconds) } ?? Self.standardTimeout)
        while true {
            do throws(Diagnostic) {
                let found = try found(assertion, statement)
                return ExecutedStatement(
                    commandID: "assert/\(found)/execute", sequence: -1, queryID: nil, message: found,
                    warnings: [])
            } catch {
                guard error.code == .notFound, environment.monotonic() < end else { throw error }
                usleep(Self.pauseMicroseconds)
            }
        }
    }

    /// What is said of an assertion that holds.
    private func found(_ assertion: Assert, _ statement: Statement) throws(Diagnostic) -> String {
        guard case .topic(let name, let properties, let exists, _) = assertion else {
            var planner = state.withLock { $0.planner }
            try planner.add(statement)
            return "Schema assertion holds."
        }
        let known = [name.text, name.text.lowercased()].first { topics.partitionCount($0) != nil }
        let topic = known.flatMap { name in topics.partitionCount(name).map { (name: name, partitions: $0) } }
        let given = ConnectorProperties(properties, of: statement, owner: "ASSERT TOPIC")
        let partitions = try given.integer("partitions", in: 1...Int.max)
        guard let topic, partitions ?? topic.partitions == topic.partitions else {
            if !exists { return "Topic \(name.text) does not exist." }
            throw Diagnostic(
                .notFound,
                topic.map { "the topic \($0.name) has \($0.partitions) partitions" }
                    ?? "there is no topic \(name.text)", at: statement.location(of: name.span))
        }
        guard exists else {
            throw Diagnostic(
                .notFound, "there is a topic \(topic.name)", at: statement.location(of: name.span))
        }
        return "Topic \(topic.name) exists."
    }
}
