import Columnar
import Diagnostics
import Expressions
import Language

/// Checks that the result of an INSERT INTO … SELECT fits the stream that it goes into.
struct InsertAnalyzer {
    let statement: Statement
    let target: Relation
    /// The column that holds the time of the stream's records, if one does.
    let time: TimeColumn?
    /// The how-many-th INSERT INTO of the stream, from 1.
    let number: Int

    static let known = ["query_id"]

    /// The expressions that fill the stream's columns: the SELECT list's, numbers widened where the stream
    /// has wider ones.
    ///
    /// As in ksqlDB, columns are matched by their places, and must have the stream's names.
    func fitted(
        _ columns: SelectedColumns, windowing: Relation.Windowing?, of query: Query
    ) throws(Diagnostic) -> [Expressions.Expression] {
        guard windowing == target.windowing else {
            throw Diagnostic(
                .schemaMismatch,
                "the result does not fit the stream \(target.name): its keys have "
                    + (windowing == nil ? "no windows" : "other windows"),
                at: place(query), hint: "insert rows of a stream with the same windows")
        }
        guard columns.keyCount == target.keyCount, columns.columns.count == target.columns.count else {
            throw mismatch(columns, query)
        }
        var result: [Expressions.Expression] = []
        for (index, column) in target.columns.enumerated() {
            let given = columns.expressions[index]
            guard columns.columns[index].name == column.name,
                given.type == column.type
                    || index >= target.keyCount && Self.widens(given.type, to: column.type)
            else { throw mismatch(columns, query) }
            do throws(TypeError) {
                result.append(given.type == column.type ? given : try .makeCast(given, to: column.type))
            } catch {
                throw mismatch(columns, query)
            }
        }
        return result
    }

    private func place(_ query: Query) -> SourceLocation? {
        statement.location(of: query.select.first?.span ?? query.span)
    }

    private func mismatch(_ columns: SelectedColumns, _ query: Query) -> Diagnostic {
        Diagnostic(
            .schemaMismatch,
            "the result does not fit the stream \(target.name): it is "
                + Self.text(columns.columns, keys: columns.keyCount),
            at: place(query), expected: Self.text(target.columns, keys: target.keyCount),
            hint: "select the stream's columns, in its order and with its names: … AS name")
    }

    private static func text(_ columns: [RelationColumn], keys: Int) -> String {
        columns.enumerated().map { index, column in
            "`\(column.name)` \(column.type.sql)" + (index < keys ? " KEY" : "")
        }.joined(separator: ", ")
    }

    /// Whether each number of one type is one of the other, as far as the types say.
    private static func widens(_ given: DataType, to type: DataType) -> Bool {
        switch (given, type) {
        case (.integer, .bigint), (.integer, .double), (.bigint, .double), (.decimal, .double): return true
        case (.integer, .decimal), (.bigint, .decimal): return true
        case (.decimal(let precision, let scale), .decimal(let wide, let wideScale)):
            return scale <= wideScale && precision - scale <= wide - wideScale
        default: return false
        }
    }
}
