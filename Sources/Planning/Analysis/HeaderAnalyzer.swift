import Columnar
import Diagnostics
import Language

/// The columns of a CREATE STREAM or TABLE that records' headers fill.
struct HeaderAnalyzer {
    typealias Content = SourceProperties.HeaderColumn

    let catalogue: Catalogue
    let statement: Statement

    /// What all headers together are: names and values, in the record's order.
    static let allType = DataType.array(.structure([Field("KEY", .string), Field("VALUE", .bytes)]))

    static func isHeader(_ definition: ColumnDefinition) -> Bool {
        switch definition.role {
        case .headers, .header: true
        default: false
        }
    }

    func columns(
        _ create: CreateSource
    ) throws(Diagnostic) -> [(column: RelationColumn, content: Content)] {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        var columns: [(column: RelationColumn, content: Content)] = []
        for definition in create.columns {
            let content: Content
            let expected: DataType
            let written: String
            switch definition.role {
            case .headers: (content, expected, written) = (.all, Self.allType, "HEADERS")
            case .header(let name): (content, expected, written) = (.last(name), .bytes, "HEADER('\(name)')")
            default: continue
            }
            let place = statement.location(of: definition.span)
            let type = try types.type(definition.type)
            guard type == expected else {
                throw Diagnostic(
                    .typeMismatch, "the \(written) column \(definition.name.text) is \(type.sql)", at: place,
                    expected: expected.sql)
            }
            if let other = columns.first(where: {
                $0.content == content || $0.content == .all || content == .all
            }) {
                throw Diagnostic(
                    .invalidStatement,
                    "\(other.column.name) holds the headers of the \(written) column "
                        + "\(definition.name.text) already",
                    at: place, expected: "one HEADERS column, or HEADER columns of different names",
                    hint: "remove one")
            }
            columns.append((RelationColumn(definition.name.text, type), content))
        }
        return columns
    }
}
