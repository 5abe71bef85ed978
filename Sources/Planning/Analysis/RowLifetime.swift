import Diagnostics
import Language

/// `row_ttl`: after how long a table's row goes that was not updated.
enum RowLifetime {
    static let property = "row_ttl"

    /// Milliseconds; nil where the WITH clause has none.
    static func read(_ properties: ConnectorProperties) throws(Diagnostic) -> Int64? {
        try properties.positiveDuration(property, otherwise: "rows stay")
    }

    /// - Parameter reason: why the relation has no rows that go by themselves.
    static func refusal(_ properties: ConnectorProperties, _ reason: String) -> Diagnostic {
        Diagnostic(
            .invalidStatement, reason, at: properties.location(of: property),
            expected: "a table of a source, or one that groups a stream without a WINDOW",
            hint: "remove '\(property)'")
    }

    /// Of a relation over a source.
    static func read(
        _ properties: ConnectorProperties, of create: CreateSource
    ) throws(Diagnostic) -> Int64? {
        guard let lifetime = try read(properties) else { return nil }
        if create.kind == .table { return lifetime }
        throw refusal(properties, "\(create.name.text) is a stream, whose rows are not updated")
    }

    /// Of the table that a query makes: its shape with that.
    static func read(
        _ properties: ConnectorProperties, into shape: QueryPlan.Shape, over input: Relation
    ) throws(Diagnostic) -> QueryPlan.Shape {
        guard let lifetime = try read(properties) else { return shape }
        guard case .aggregation(var plan) = shape else {
            throw refusal(
                properties,
                input.kind == .table
                    ? "rows go when those of \(input.name) do, from which they are made"
                    : "the query makes a stream, whose rows are not updated")
        }
        if plan.window != nil { throw refusal(properties, "a window goes when it closes: GRACE PERIOD") }
        guard input.kind == .stream else {
            throw refusal(properties, "a group goes with its last row in \(input.name)")
        }
        plan.rowLifetime = lifetime
        return .aggregation(plan)
    }
}
