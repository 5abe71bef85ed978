import Columnar

/// What a parameter of a function takes.
indirect enum TypePattern: Hashable, Sendable {
    case type(DataType)
    /// A DECIMAL of any precision and scale; whole numbers count as one.
    case decimal
    /// Any type; the same variable stands for the same type throughout a signature.
    case any(Int)
    /// Any type with an order.
    case ordered(Int)
    /// Any type with an order, or BOOLEAN, where false comes before true.
    case sorted(Int)
    /// A literal that names a unit of time, such as DAYS.
    case unit
    case array(TypePattern)
    case map(TypePattern, TypePattern)
    case structure

    static let string = TypePattern.type(.string)
    static let bytes = TypePattern.type(.bytes)
    static let integer = TypePattern.type(.integer)
    static let bigint = TypePattern.type(.bigint)
    static let double = TypePattern.type(.double)
    static let boolean = TypePattern.type(.boolean)
    static let date = TypePattern.type(.date)
    static let time = TypePattern.type(.time)
    static let timestamp = TypePattern.type(.timestamp)

    /// As error messages show it.
    var text: String {
        switch self {
        case .type(let type): return type.sql
        case .decimal: return "DECIMAL"
        case .any(let variable), .ordered(let variable), .sorted(let variable):
            return ["T", "U", "V"][variable % 3]
        case .unit: return "UNIT"
        case .array(let element): return "ARRAY<\(element.text)>"
        case .map(let key, let value): return "MAP<\(key.text), \(value.text)>"
        case .structure: return "STRUCT"
        }
    }
}
