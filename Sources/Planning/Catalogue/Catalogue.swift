import Columnar

/// What statements have defined so far: relations and types, by name.
public struct Catalogue: Sendable {
    public private(set) var relations: [String: Relation] = [:]
    /// Names in the order of definition.
    public private(set) var order: [String] = []
    /// The relations in that order.
    private var inOrder: [Relation] = []
    public var types: [String: DataType] = [:]

    public init() {}

    public func relation(_ name: String) -> Relation? { relations[name] }

    /// Those that another catalogue lacks or has otherwise, in their order.
    public func relations(differentFrom other: Catalogue) -> [Relation] {
        var different: [Relation] = []
        for (index, relation) in inOrder.enumerated() {
            // As a rule the order is the same.
            if index < other.inOrder.count, relation.isSame(as: other.inOrder[index]) { continue }
            if other.relations[relation.name] != relation { different.append(relation) }
        }
        return different
    }

    public mutating func define(_ relation: Relation) {
        if relations.updateValue(relation, forKey: relation.name) == nil {
            order.append(relation.name)
            inOrder.append(relation)
        } else if let index = inOrder.firstIndex(where: { $0.name == relation.name }) {
            inOrder[index] = relation
        }
    }

    public mutating func remove(_ name: String) {
        relations[name] = nil
        order.removeAll { $0 == name }
        inOrder.removeAll { $0.name == name }
    }
}
