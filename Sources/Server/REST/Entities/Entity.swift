import Formats

/// What came of one statement: an element of the answer to `/ksql`, in the shape that ksqlDB gives it.
protocol Entity: Sendable {
    /// ksqlDB's name of the shape.
    var type: String { get }
    /// Between the statement's text and the warnings.
    var members: [JSONValue.Member] { get }
}

extension Entity {
    func json(_ statementText: String, warnings: [String] = []) -> JSONValue {
        .object(
            [.init("@type", .string(type)), .init("statementText", .string(statementText))] + members
                + [.init("warnings", .array(warnings.map { ["message": .string($0)] }))])
    }
}
