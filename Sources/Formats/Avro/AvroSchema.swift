/// An Avro schema, parsed and checked.
///
/// The types lie in one array and name each other by place, so that recursive schemas are values too.
public struct AvroSchema: Sendable {
    /// As it was given.
    public let text: String
    public let nodes: [AvroNode]
    public let root: Int

    public var rootNode: AvroNode { nodes[root] }

    public subscript(place: Int) -> AvroNode { nodes[place] }

    /// The branches of a union, or the one type that it is.
    func branches(_ place: Int) -> [Int] {
        if case .union(let branches) = nodes[place].kind { return branches }
        return [place]
    }

    /// What is left of a union of null and one other type; any other type is itself.
    public func withoutNull(_ place: Int) -> Int {
        guard case .union(let branches) = nodes[place].kind else { return place }
        let rest = branches.filter { nodes[$0].kind != .null }
        return rest.count == 1 ? rest[0] : place
    }

    /// Whether null is one of its values.
    public func isNullable(_ place: Int) -> Bool {
        branches(place).contains { nodes[$0].kind == .null }
    }
}
