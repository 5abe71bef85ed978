import Columnar

/// What statements have defined so far: relations and types, by name.
public struct Catalogue: Sendable {
    public private(set) var relations: [String: Relation] = [:]
    /// Names in the order of definition.
    public private(set) var order: [String] = []
    public var types: [String: DataType] = [:]

    public init() {}

    public func relation(_ name: String) -> Relation? { relations[name] }

    /// Those that another catalogue lacks or has otherwise, in their order.
    public func relations(differentFrom other: Catalogue) -> [Relation] {
        order.compactMap { name in
            guard let relation = relations[name] else { return nil }
            guard let old = other.relations[name] else { return relation }
            return relation == old ? nil : relation
        }
    }

    public mutating func define(_ relation: Relation) {
        if relations.updateValue(relation, forKey: relation.name) == nil { order.append(relation.name) }
    }

    public mutating func remove(_ name: String) {
        relations[name] = nil
        order.removeAll { $0 == name }
    }
}
