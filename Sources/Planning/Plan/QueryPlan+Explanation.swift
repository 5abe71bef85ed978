import Columnar
import Expressions

extension QueryPlan {
    /// The plan as EXPLAIN prints it, from the source down to the result; also what plans are compared by.
    public var explanation: String {
        var lines = ["query \(id)"]
        lines += sources.map { "  source \($0.name) (\($0.kind.rawValue))" }
        lines += joins.map { "  " + $0.text }
        let names = rowNames
        if let filter { lines.append("  filter \(filter.text(names))") }
        if let deduplication {
            let keys = deduplication.keys.map { $0.text(names) }.joined(separator: ", ")
            lines.append("  deduplicate by \(keys) within \(deduplication.within) ms")
        }
        if let priorRows { lines.append("  look back at \(priorRows.text(names))") }
        switch shape {
        case .projection(let expressions):
            for function in tableFunctions { lines.append("  for each of \(function.argument.text(names))") }
            lines.append("  project")
            let prior = priorRows.map { $0.values.map(\.text) + $0.totals.map(\.text) }
            let made = (prior ?? []) + tableFunctions.map(\.text)
            lines.append(contentsOf: columnLines(expressions, names + made))
        case .aggregation(let plan): lines.append(contentsOf: aggregationLines(plan, names))
        }
        lines.append("  into \(output.name) (\(output.kind.rawValue))" + (retimesRows ? timeText : ""))
        return lines.joined(separator: "\n")
    }

    /// What a stateful operator's state depends on: two plans with equal signatures can take over each
    /// other's state.
    public var stateSignature: String? {
        let names = rowNames
        var parts = joins.map { join in
            let stored = [join.left, join.right].map { $0.columns.map { "\($0.name) \($0.type.sql)" } }
            return join.text + " of \(stored)"
        }
        if let deduplication {
            parts.append("deduplicate " + deduplication.keys.map { $0.text(names) }.joined(separator: ", "))
        }
        if let priorRows { parts.append("look back at \(priorRows.text(names))") }
        if case .aggregation(let plan) = shape {
            parts.append("group " + plan.groupBy.map { $0.text(names) }.joined(separator: ", "))
            if plan.rowLifetime != nil { parts.append("rows expire") }
            parts.append("window \(plan.window.map { "\($0.kind)" } ?? "none") \(plan.emission.rawValue)")
            parts.append(
                contentsOf: plan.aggregates.map { call in
                    call.name + "(" + call.arguments.map { $0.text(names) }.joined(separator: ", ") + ")"
                })
        }
        return parts.isEmpty ? nil : parts.joined(separator: "; ")
    }

    private var timeText: String {
        let delay = outputWatermarkDelay.map { ", watermark \($0) ms behind" } ?? ""
        return outputTime.map { ", at the time of \($0.name)\(delay)" } ?? ""
    }

    private var rowNames: [String] {
        input.columns.map(\.name) + PseudoColumn.allCases.map(\.name)
    }

    private func columnLines(_ expressions: [Expression], _ names: [String]) -> [String] {
        zip(output.columns, expressions).enumerated().map { index, pair in
            let (column, expression) = pair
            let key = index < output.keyCount ? " KEY" : ""
            return "    \(column.name) \(column.type.sql)\(key) := \(expression.text(names))"
        }
    }

    private func aggregationLines(_ plan: AggregationPlan, _ names: [String]) -> [String] {
        var lines = ["  group by \(plan.groupBy.map { $0.text(names) }.joined(separator: ", "))"]
        if let window = plan.window { lines.append("    window \(window.text)") }
        for call in plan.aggregates {
            let arguments = call.arguments.map { $0.text(names) }.joined(separator: ", ")
            let shown = arguments.isEmpty ? "*" : arguments
            lines.append("    \(call.name)(\(shown)) \(call.function.resultType.sql)")
        }
        let behind =
            plan.groupBy.map { $0.text(names) } + plan.aggregates.map(\.text)
            + ["ROWTIME", "WINDOWSTART", "WINDOWEND"]
        if let having = plan.having { lines.append("  having \(having.text(behind))") }
        if let lifetime = plan.rowLifetime { lines.append("  rows live \(lifetime) ms") }
        lines.append("  project, emit \(plan.emission.rawValue)")
        lines.append(contentsOf: columnLines(plan.projection, behind))
        return lines
    }
}

extension JoinPlan {
    /// Such as `left join USERS on CLICKS_USER = USERS_ID, foreign key`.
    var text: String {
        let names = output.columns.map(\.name)
        func keys(_ expressions: [Expression], _ start: Int) -> String {
            expressions.map { $0.mappingColumns { $0 + start }.text(names) }.joined(separator: ", ")
        }
        let condition = "\(keys(leftKeys, leftStart)) = \(keys(rightKeys, rightStart))"
        let front = "\(kind.rawValue) join \(right.name) on \(condition)"
        switch mode {
        case .streams(let window):
            return front + ", within \(window.before) ms before and \(window.after) ms after, "
                + "grace \(window.grace) ms\(window.waitsForClose ? "" : ", unmatched rows at once")"
        case .streamTable: return front + ", a record and the table's row at its turn"
        case .tables: return front + ", primary keys"
        case .foreignKey: return front + ", foreign key"
        case .rows: return front
        }
    }
}

extension WindowPlan {
    var text: String {
        switch kind {
        case .tumbling(let size): return "tumbling size \(size) ms, grace \(grace) ms"
        case .hopping(let size, let advance):
            return "hopping size \(size) ms, advance \(advance) ms, grace \(grace) ms"
        case .session(let gap): return "session gap \(gap) ms, grace \(grace) ms"
        }
    }
}
