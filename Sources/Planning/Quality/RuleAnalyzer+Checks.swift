import Columnar
import Diagnostics
import Expressions
import Formats
import Language

// What each kind of rule asks for, as expressions over the relation's row and as a text for people.
extension RuleAnalyzer {
    mutating func check(
        _ kind: RuleKind, _ relation: Relation
    ) throws(Diagnostic) -> (RuleCheck, String) {
        switch kind {
        case .notNull:
            let columns = try columns(relation)
            let violation = try typed { () throws(TypeError) in
                try .makeOr(columns.map { .makeIsNull($0.expression) })
            }
            return (
                .rows(violation: violation, shown: columns.map(\.position)),
                Self.names(columns) + " not NULL"
            )
        case .range: return try range(relation)
        case .set: return try set(relation)
        case .condition:
            let text = try fields.required("condition", example: "\"price >= 0\"")
            let condition = try condition(text, relation, "\"condition\"")
            // Only what is true passes: a NULL is no answer.
            let violation = Typed.distinct(condition, .makeBoolean(true))
            let shown = condition.columns.filter { $0 < relation.columns.count }.sorted().prefix(4)
            return (.rows(violation: violation, shown: Array(shown)), text.text)
        case .unique: return try unique(relation)
        case .freshness: return try freshness()
        case .volume: return try volume()
        }
    }

    private func range(_ relation: Relation) throws(Diagnostic) -> (RuleCheck, String) {
        let columns = try columns(relation)
        let lowest = try literal("min")
        let highest = try literal("max")
        guard lowest != nil || highest != nil else { throw fields.missing("min", example: "0") }
        var parts: [Typed] = []
        for column in columns {
            if let lowest {
                parts.append(
                    try typed(at: "min") { () throws(TypeError) in
                        try .makeComparison(.less, column.expression, lowest.expression)
                    })
            }
            if let highest {
                parts.append(
                    try typed(at: "max") { () throws(TypeError) in
                        try .makeComparison(.greater, column.expression, highest.expression)
                    })
            }
        }
        let violation = try typed { () throws(TypeError) in try .makeOr(parts) }
        let bounds = [lowest.map { "from \($0.text)" }, highest.map { "to \($0.text)" }].compactMap { $0 }
        return (
            .rows(violation: violation, shown: columns.map(\.position)),
            Self.names(columns) + " " + bounds.joined(separator: " ")
        )
    }

    private func set(_ relation: Relation) throws(Diagnostic) -> (RuleCheck, String) {
        let columns = try columns(relation)
        guard let list = fields.value("values") else {
            throw fields.missing("values", example: "[\"a\", \"b\"]")
        }
        guard case .array(let elements) = list.content, !elements.isEmpty else {
            throw fields.invalid("values", list, expected: "a list with at least one value")
        }
        var values: [(expression: Typed, text: String)] = []
        for element in elements { values.append(try literal(element, of: "values")) }
        var parts: [Typed] = []
        for column in columns {
            parts.append(
                try typed(at: "values") { () throws(TypeError) in
                    try .makeAnd([
                        .makeIsNull(column.expression, negated: true),
                        .makeAmong(column.expression, values.map(\.expression), negated: true),
                    ])
                })
        }
        let violation = try typed { () throws(TypeError) in try .makeOr(parts) }
        let shown = values.prefix(8).map(\.text).joined(separator: ", ") + (values.count > 8 ? ", …" : "")
        return (
            .rows(violation: violation, shown: columns.map(\.position)),
            Self.names(columns) + " among \(shown)"
        )
    }

    private func unique(_ relation: Relation) throws(Diagnostic) -> (RuleCheck, String) {
        guard relation.kind == .stream else {
            throw Diagnostic(
                .invalidStatement, "\(fields.owner): a table has one row for each key",
                at: fields.location(of: "on"), expected: "a stream", hint: "name the stream it is made of")
        }
        let columns = try columns(relation)
        guard let within = try fields.duration("within") else {
            throw fields.missing("within", example: "\"10 minutes\"")
        }
        return (
            .unique(keys: columns.map(\.expression), within: within),
            Self.names(columns) + " once within \(Self.text(milliseconds: within))"
        )
    }

    private func freshness() throws(Diagnostic) -> (RuleCheck, String) {
        guard let failure = try fields.duration("max_age") else {
            throw fields.missing("max_age", example: "\"5 minutes\"")
        }
        let warning = try fields.duration("warn_age")
        if let warning, warning >= failure, let value = fields.value("warn_age") {
            throw fields.invalid("warn_age", value, expected: "less than \"max_age\"")
        }
        let by = try fields.text("by")
        let isByArrival =
            try by.map { text throws(Diagnostic) in
                try fields.word(text, of: ["arrival", "event_time"], what: "time")
            } != "event_time"
        return (
            .freshness(FreshnessPlan(isByArrival: isByArrival, warning: warning, failure: failure)),
            (isByArrival ? "a row within " : "newest event at most ") + Self.text(milliseconds: failure)
                + (isByArrival ? "" : " old")
                + (warning.map { ", warns above \(Self.text(milliseconds: $0))" } ?? "")
        )
    }

    private func volume() throws(Diagnostic) -> (RuleCheck, String) {
        guard let window = try fields.duration("window", least: 1000) else {
            throw fields.missing("window", example: "\"1 minute\"")
        }
        let failure = try fields.number("deviations") ?? 6
        let warning = try fields.number("warn_deviations")
        if let warning, warning >= failure, let value = fields.value("warn_deviations") {
            throw fields.invalid("warn_deviations", value, expected: "less than \"deviations\"")
        }
        let history = Int(try fields.integer("history", in: 3...10_000) ?? 60)
        let least = Int(try fields.integer("at_least_history", in: 3...10_000) ?? min(10, Int64(history)))
        if least > history, let value = fields.value("at_least_history") {
            throw fields.invalid("at_least_history", value, expected: "at most \"history\", \(history)")
        }
        let plan = VolumePlan(
            window: window, grace: try fields.duration("grace", least: 0) ?? 0, warning: warning,
            failure: failure, history: history, leastHistory: least)
        return (
            .volume(plan),
            "rows in \(Self.text(milliseconds: window)) within \(Self.text(failure)) deviations of the usual"
        )
    }

    // MARK: Columns and values

    private struct NamedColumn {
        let name: String
        let position: Int
        let expression: Typed
    }

    /// What `column` or `columns` name.
    private func columns(_ relation: Relation) throws(Diagnostic) -> [NamedColumn] {
        let field = fields.value("columns") == nil ? "column" : "columns"
        if field == "columns", fields.value("column") != nil {
            throw Diagnostic(
                .invalidStatement, "\(fields.owner) has both \"column\" and \"columns\"",
                at: fields.location(of: "column"), hint: "keep one of them")
        }
        guard let names = try fields.texts(field), !names.isEmpty else {
            throw fields.missing(
                "columns", example: "[\"\(relation.columns.first?.name.lowercased() ?? "id")\"]")
        }
        var columns: [NamedColumn] = []
        for name in names {
            let known = relation.columns.map(\.name)
            guard
                let position = known.firstIndex(of: name.text)
                    ?? known.firstIndex(of: name.text.uppercased())
            else {
                let suggestion = NearestName.suggestion(for: name.text, among: known)
                throw Diagnostic(
                    .unknownColumn, "column \(name.text) does not exist in \(relation.name)",
                    at: name.location,
                    expected: suggestion == nil ? "one of " + known.joined(separator: ", ") : nil,
                    hint: suggestion.map { "did you mean \($0)?" })
            }
            let column = relation.columns[position]
            columns.append(
                NamedColumn(
                    name: column.name, position: position, expression: .column(position, column.type)))
        }
        return columns
    }

    private static func names(_ columns: [NamedColumn]) -> String {
        columns.map(\.name).joined(separator: ", ")
    }

    private func literal(_ name: String) throws(Diagnostic) -> (expression: Typed, text: String)? {
        guard let value = fields.value(name) else { return nil }
        return try literal(value, of: name)
    }

    private func literal(
        _ value: LocatedJSON, of name: String
    ) throws(Diagnostic) -> (expression: Typed, text: String) {
        switch value.content {
        case .boolean(let boolean): return (.makeBoolean(boolean), boolean ? "TRUE" : "FALSE")
        case .string(let text): return (.makeString(text), "'\(text)'")
        case .number(let text):
            let isNegative = text.hasPrefix("-")
            let number = try typed(at: name) { () throws(TypeError) in
                let magnitude = try Typed.makeNumber(isNegative ? String(text.dropFirst()) : text)
                return isNegative ? try .makeNegation(magnitude) : magnitude
            }
            return (number, text)
        case .null, .array, .object:
            throw fields.invalid(name, value, expected: "a text, a number, true or false")
        }
    }

    /// Points at a field where types do not fit.
    private func typed(
        at name: String = "check", _ make: () throws(TypeError) -> Typed
    ) throws(Diagnostic) -> Typed {
        do throws(TypeError) { return try make() } catch {
            throw error.diagnostic(at: fields.location(of: name))
        }
    }

    mutating func condition(
        _ text: EmbeddedText, _ relation: Relation, _ clause: String
    ) throws(Diagnostic) -> Typed {
        let syntax = try text.expression(&variables)
        let statement = Statement(
            .set(Setting(name: "", value: "")), span: text.span, text: text.text, source: text.document)
        let translator = ExpressionTranslator(
            scope: Scope(relation: relation, qualifier: relation.name),
            types: TypeTranslator(catalogue: plan.catalogue, statement: statement))
        let condition = try translator.condition(syntax, clause: clause)
        guard condition.isDeterministic else {
            throw Diagnostic(
                .invalidStatement, "\(clause) of \(fields.owner) gives one row different answers",
                at: text.location, expected: "a condition without RANDOM() and UUID()")
        }
        return condition
    }
}
