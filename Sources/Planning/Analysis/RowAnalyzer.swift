import Columnar
import Diagnostics
import Expressions
import Language

/// Computes the values of INSERT INTO … VALUES and ASSERT VALUES, as the columns' types have them.
struct RowAnalyzer {
    let catalogue: Catalogue
    let statement: Statement
    /// What wall-clock functions see, milliseconds since the epoch.
    let clock: Int64

    /// - Parameter allowed: the pseudo-columns that the statement may name.
    func row(_ row: InsertValues, _ allowed: Set<PseudoColumn>) throws(Diagnostic) -> GivenRow {
        let relation = try catalogue.relation(named: row.target, in: statement)
        var values = [Value?](repeating: nil, count: relation.columns.count)
        var pseudoValues: [PseudoColumn: Value] = [:]
        if row.columns.isEmpty, row.values.count != relation.columns.count {
            throw Diagnostic(
                .invalidStatement, "\(row.values.count) values for \(relation.columns.count) columns",
                at: statement.location(of: row.target.span),
                expected: relation.columns.map(\.name).joined(separator: ", "),
                hint: "name the columns that the values are for: \(relation.name) (column, …)")
        }
        let names = row.columns.isEmpty ? relation.columns.map(\.name) : row.columns.map(\.text)
        for (index, name) in names.enumerated() {
            let place = index < row.columns.count ? row.columns[index].span : row.target.span
            let value = row.values[index]
            if let position = relation.columns.firstIndex(where: { $0.name == name }) {
                if values[position] != nil { throw twice(name, place) }
                values[position] = try self.value(value, of: name, as: relation.columns[position].type)
            } else if let pseudo = PseudoColumn(name: name) {
                guard allowed.contains(pseudo) else {
                    throw Diagnostic(
                        .invalidStatement, "\(name) can't be given here: it comes with the record",
                        at: statement.location(of: place), hint: "leave it out")
                }
                if pseudoValues[pseudo] != nil { throw twice(name, place) }
                pseudoValues[pseudo] = try self.value(value, of: pseudo)
            } else {
                let known = relation.columns.map(\.name)
                let suggestion = NearestName.suggestion(for: name, among: known)
                throw Diagnostic(
                    .unknownColumn, "column \(name) does not exist in \(relation.name)",
                    at: statement.location(of: place),
                    expected: suggestion == nil ? "one of " + known.joined(separator: ", ") : nil,
                    hint: suggestion.map { "did you mean \($0)?" })
            }
        }
        return GivenRow(relation: relation, values: values, pseudoValues: pseudoValues)
    }

    /// Refuses what no statement may write: sources that are only read, and columns that headers fill.
    func refuseFixed(_ row: InsertValues, _ target: Relation) throws(Diagnostic) {
        if target.isReadOnly {
            throw Diagnostic(
                .invalidStatement, "\(target.name) is a SOURCE \(target.kind.rawValue), which is only read",
                at: statement.location(of: row.target.span), hint: "create it without SOURCE")
        }
        let headers = target.source?.headerColumns ?? [:]
        if let column = row.columns.first(where: { headers[$0.text] != nil }) {
            throw Diagnostic(
                .invalidStatement, "the header column \(column.text) can't be written",
                at: statement.location(of: column.span), hint: "leave it out")
        }
        if row.columns.isEmpty, let column = headers.keys.min() {
            throw Diagnostic(
                .invalidStatement, "the header column \(column) can't be written",
                at: statement.location(of: row.target.span),
                hint: "name the other columns: \(target.name) (column, …)")
        }
    }

    /// A row of a table is nothing without its key.
    func refuseMissingKey(_ given: GivenRow, _ row: InsertValues) throws(Diagnostic) {
        guard given.relation.kind == .table else { return }
        for (index, key) in given.relation.keys.enumerated() where given.values[index] ?? .null == .null {
            throw Diagnostic(
                .invalidStatement, "the row has no \(key.name), which is a part of the table's primary key",
                at: statement.location(of: row.target.span), hint: "give it a value that is not NULL")
        }
    }

    private func twice(_ name: String, _ place: SourceSpan) -> Diagnostic {
        Diagnostic(
            .duplicateColumn, "column \(name) is given twice", at: statement.location(of: place),
            hint: "remove one")
    }

    // MARK: Values

    private func value(_ syntax: Language.Expression, of pseudo: PseudoColumn) throws(Diagnostic) -> Value {
        if case .string(let text) = syntax.kind {
            if pseudo == .rowRaw { return .bytes(Array(text.utf8)) }
            if pseudo.type == .bigint, let time = TimeLiterals.milliseconds(text) { return .bigint(time) }
        }
        return try value(syntax, of: pseudo.name, as: pseudo.type)
    }

    private func value(
        _ syntax: Language.Expression, of column: String, as type: DataType
    ) throws(Diagnostic) -> Value {
        let types = TypeTranslator(catalogue: catalogue, statement: statement)
        let typed = try ExpressionTranslator(scope: .ofValues, types: types).translate(syntax)
        guard Self.converts(typed, to: type) else {
            throw mismatch(
                syntax, type, "the value for \(column) is \(typed.type.sql), and the column \(type.sql)")
        }
        do throws(TypeError) {
            let converted = try Expressions.Expression.makeCast(typed, to: type)
            let context = EvaluationContext(clock: clock)
            let result = CompiledExpressions([converted]).evaluate([], count: 1, context: context)
            if let reason = context.takeErrors().keys.first {
                throw TypeError("the value for \(column) can't be computed: \(reason.message)")
            }
            return result[0].value(at: 0)
        } catch {
            throw mismatch(syntax, type, error.message)
        }
    }

    private func mismatch(
        _ syntax: Language.Expression, _ type: DataType, _ message: String
    ) -> Diagnostic {
        Diagnostic(
            .typeMismatch, message, at: statement.location(of: syntax.span), expected: type.sql)
    }

    /// Whether a value becomes the column's without a CAST: numbers become wider ones, texts become times and
    /// decimals.
    private static func converts(_ expression: Expressions.Expression, to type: DataType) -> Bool {
        expression.isUntypedNull || converts(expression.type, to: type)
    }

    private static func converts(_ given: DataType, to type: DataType) -> Bool {
        switch (given, type) {
        case (.array(let element), .array(let other)): return converts(element, to: other)
        case (.map(let key, let value), .map(let otherKey, let otherValue)):
            return converts(key, to: otherKey) && converts(value, to: otherValue)
        case (.structure(let fields), .structure(let others)):
            return fields.allSatisfy { field in
                others.contains { $0.name == field.name && converts(field.type, to: $0.type) }
            }
        case (.string, .date), (.string, .time), (.string, .timestamp), (.string, .decimal): return true
        default: return given == type || rank(given).map { $0 <= rank(type) ?? -1 } ?? false
        }
    }

    /// Numbers become those of a higher rank.
    private static func rank(_ type: DataType) -> Int? {
        switch type {
        case .integer: return 0
        case .bigint: return 1
        case .decimal: return 2
        case .double: return 3
        default: return nil
        }
    }
}

extension PipelinePlanner {
    /// The row of an INSERT INTO … VALUES or of an ASSERT VALUES, its values computed and converted.
    ///
    /// - Parameters:
    ///   - allowed: pseudo-columns that the statement may name.
    ///   - clock: what wall-clock functions see, milliseconds since the epoch.
    public func row(
        _ row: InsertValues, in statement: Statement, allowing allowed: Set<PseudoColumn>, clock: Int64
    ) throws(Diagnostic) -> GivenRow {
        try RowAnalyzer(catalogue: plan.catalogue, statement: statement, clock: clock).row(row, allowed)
    }

    /// The row of an INSERT INTO … VALUES; refuses what no statement may write.
    public func insertedRow(
        _ row: InsertValues, in statement: Statement, allowing allowed: Set<PseudoColumn>, clock: Int64
    ) throws(Diagnostic) -> GivenRow {
        let analyzer = RowAnalyzer(catalogue: plan.catalogue, statement: statement, clock: clock)
        if let target = plan.catalogue.relation(row.target.text) { try analyzer.refuseFixed(row, target) }
        let given = try analyzer.row(row, allowed)
        try analyzer.refuseMissingKey(given, row)
        return given
    }

    /// The relation that a CREATE STREAM or TABLE describes, without defining it.
    public func relation(
        _ create: CreateSource, in statement: Statement
    ) throws(Diagnostic) -> Relation {
        try SourceAnalyzer(
            catalogue: plan.catalogue, statement: statement, settings: plan.settings,
            registry: try plan.registry.trial()
        ).relation(create)
    }
}
