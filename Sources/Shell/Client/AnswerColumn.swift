import Formats
import Language

/// A column of an answer.
struct AnswerColumn: Sendable, Equatable {
    let name: String
    /// As SQL writes it, such as `ARRAY<INTEGER>`; empty when it is not known.
    let type: String

    var isNumber: Bool {
        ["INTEGER", "INT", "BIGINT", "DOUBLE", "DECIMAL"].contains { type.uppercased().hasPrefix($0) }
    }

    /// Columns that values of the type take, where no value is known yet; nil for texts of any length.
    var usualWidth: Int? {
        let word = type.uppercased().prefix { $0.isLetter }
        switch word {
        case "BOOLEAN": return 5
        case "INTEGER", "INT": return 10
        case "BIGINT": return 13
        case "DOUBLE", "DECIMAL": return 12
        case "DATE": return 10
        case "TIME": return 12
        case "TIMESTAMP": return 23
        default: return nil
        }
    }

    /// Of `/query-stream`: names, and types beside them.
    static func columns(names: [JSONValue], types: [JSONValue]) -> [AnswerColumn] {
        names.enumerated().map { index, name in
            AnswerColumn(
                name: name.string ?? name.text,
                type: types.indices.contains(index) ? types[index].string ?? "" : "")
        }
    }

    /// Of `/query`: a list of columns as CREATE STREAM takes it.
    static func columns(schema: String) -> [AnswerColumn] {
        guard let columns = try? Parser.columns(schema) else {
            return [AnswerColumn(name: schema, type: "")]
        }
        return columns.map { AnswerColumn(name: $0.name.text, type: $0.type.formatted) }
    }
}
