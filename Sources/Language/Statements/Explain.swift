/// `EXPLAIN query-id` or `EXPLAIN statement`.
public indirect enum Explain: Hashable, Sendable {
    case query(Identifier)
    case statement(Statement)
}
