import Columnar

/// What statements have defined so far: relations and types, by name.
public struct Catalogue: Sendable {
    public private(set) var relations: [String: Relation] = [:]
    /// Names in the order of definition.
    public private(set) var order: [String] = []
    public var types: [String: DataType] = [:]

    public init() {}

    public func relation(_ name: String) -> Relation? { relations[name] }

    public mutating func define(_ relation: Relation) {
        if relations.updateValue(relation, forKey: relation.name) == nil { order.append(relation.name) }
    }

    public mutating func remove(_ name: String) {
        relations[name] = nil
        order.removeAll { $0 == name }
    }
}
