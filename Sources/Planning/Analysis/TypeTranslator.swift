import Columnar
import Diagnostics
import Language

/// Turns the types that statements write into types of columns.
struct TypeTranslator {
    let catalogue: Catalogue
    let statement: Statement

    func type(_ name: TypeName) throws(Diagnostic) -> DataType {
        switch name.kind {
        case .boolean: return .boolean
        case .integer: return .integer
        case .bigint: return .bigint
        case .double: return .double
        case .decimal(let precision, let scale):
            guard precision >= 1, precision <= Decimals.maximumPrecision, scale >= 0, scale <= precision
            else {
                throw Diagnostic(
                    .invalidValue, "DECIMAL(\(precision), \(scale)) is no type",
                    at: statement.location(of: name.span),
                    expected: "a precision from 1 to 38 and a scale from 0 to the precision")
            }
            return .decimal(precision: precision, scale: scale)
        case .string: return .string
        case .bytes: return .bytes
        case .date: return .date
        case .time: return .time
        case .timestamp: return .timestamp
        case .array(let element): return .array(try type(element))
        case .map(let key, let value): return .map(key: try type(key), value: try type(value))
        case .structure(let fields):
            var members: [Field] = []
            for field in fields { members.append(Field(field.name.text, try type(field.type))) }
            return .structure(members)
        case .custom(let identifier):
            if let known = catalogue.types[identifier.text] { return known }
            let names = Array(catalogue.types.keys) + Self.builtIn
            let suggestion = NearestName.suggestion(for: identifier.text, among: names)
            throw Diagnostic(
                .unknownType, "there is no type \(identifier.text)",
                at: statement.location(of: identifier.span),
                expected: suggestion == nil ? "one of " + Self.builtIn.joined(separator: ", ") : nil,
                hint: suggestion.map { "did you mean \($0)?" })
        }
    }

    private static let builtIn = [
        "BOOLEAN", "INTEGER", "INT", "BIGINT", "DOUBLE", "DECIMAL", "STRING", "VARCHAR", "BYTES", "DATE",
        "TIME", "TIMESTAMP", "ARRAY", "MAP", "STRUCT",
    ]
}
