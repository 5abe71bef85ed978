import Expressions

/// Which columns of a relation's rows say in which partition of a topic their records lay.
///
/// Rows that agree in the record key of the topic came from one partition. Each part of that key stands in
/// one column, in several that are equal, or in none any more.
public struct SplitKey: Equatable, Sendable {
    /// The topic that has the key.
    let topic: String
    /// The key's columns as the topic's relation has them; none where its records have no key column.
    let names: [String]
    /// What the bytes of a key depend on beside its values.
    let format: String
    /// For each part of the key the places in a row that hold it.
    var places: [Set<Int>]

    /// Whether rows that are equal in all of these have one record key.
    func isCovered(by expressions: [Expression]) -> Bool {
        !names.isEmpty
            && places.allSatisfy { part in
                expressions.contains { expression in
                    Self.column(expression).map(part.contains) ?? false
                }
            }
    }

    /// Whether rows of a relation that are equal in columns of these names have one record key.
    public func isCovered(byColumns names: [String], of relation: Relation) -> Bool {
        isCovered(
            by: relation.columns.enumerated().compactMap { place, column in
                let isNamed = names.contains { $0.lowercased() == column.name.lowercased() }
                return isNamed ? .column(place, column.type) : nil
            })
    }

    /// The key in rows whose columns are these expressions over the rows that have it now.
    func projected(to list: [Expression]) -> SplitKey {
        var projected = self
        projected.places = places.map { part in
            Set(list.indices.filter { Self.column(list[$0]).map(part.contains) ?? false })
        }
        return projected
    }

    /// The column whose value an expression is.
    private static func column(_ expression: Expression) -> Int? {
        switch expression {
        case .column(let place, _): return place
        case .call(let function, let arguments) where function.name == "AS_VALUE" && arguments.count == 1:
            return column(arguments[0])
        default: return nil
        }
    }

    /// What rows of both have in common, where they become one stream.
    func merged(with other: SplitKey) -> SplitKey {
        var merged = self
        let fits = other.names.count == names.count && other.format == format
        merged.places = places.indices.map { fits ? places[$0].intersection(other.places[$0]) : [] }
        return merged
    }

    /// For messages: `key user_id of topic page_views`.
    public var text: String {
        names.isEmpty
            ? "records of topic \(topic), which have no key column"
            : "key \(names.joined(separator: ", ")) of topic \(topic)"
    }
}
