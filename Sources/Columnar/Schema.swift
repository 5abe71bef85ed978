/// The names and types of a batch's columns, in order.
public struct Schema: Hashable, Sendable {
    public let fields: [Field]

    public init(_ fields: [Field]) { self.fields = fields }

    public var count: Int { fields.count }
    public var names: [String] { fields.map(\.name) }

    public subscript(index: Int) -> Field { fields[index] }

    /// Where the column of exactly this name is, or nil.
    public func index(of name: String) -> Int? { fields.firstIndex { $0.name == name } }
}
