import Columnar
import Diagnostics
import Expressions
import Language

// What can be joined to what, and how.
extension JoinAnalyzer {
    func mode(
        _ join: Join, left: Relation, leftName: String, isFirst: Bool, isLeftKey: Bool, right: Relation,
        rightKey: Typed
    ) throws(Diagnostic) -> JoinPlan.Mode {
        switch (left.kind, right.kind) {
        case (.stream, .stream): return .streams(try window(join))
        case (.table, .stream):
            throw Diagnostic(
                .invalidStatement, "a table can't be joined to a stream: \(leftName) is the table",
                at: place(join), expected: "the stream first",
                hint: "write FROM \(right.name) JOIN \(leftName)")
        case (.stream, .table):
            try refuseWithin(join, "a stream meets the row that a table has at that time")
            guard join.kind == .inner || join.kind == .left else {
                throw Diagnostic(
                    .invalidStatement,
                    "a stream and a table have no \(join.kind.rawValue) join: a table's rows wait for nobody",
                    at: place(join), expected: "JOIN or LEFT JOIN")
            }
            try checkPrimaryKey(join, right, rightKey, "a stream is joined to a table")
            return .streamTable
        case (.table, .table):
            try refuseWithin(join, "tables are joined as they are, at any time")
            try checkPrimaryKey(join, right, rightKey, "tables are joined")
            if isLeftKey { return .tables }
            guard isFirst else {
                throw Diagnostic(
                    .invalidStatement, "a foreign-key join is not the first of several joins",
                    at: place(join), expected: "the primary key of what stands before JOIN",
                    hint: "put this join first, or make a table of the joins before it")
            }
            guard join.kind == .inner || join.kind == .left else {
                throw Diagnostic(
                    .invalidStatement, "there is no \(join.kind.rawValue) foreign-key join",
                    at: place(join), expected: "JOIN or LEFT JOIN",
                    hint: "join on the primary keys of both tables")
            }
            return .foreignKey
        }
    }

    func place(_ join: Join) -> SourceLocation? { types.statement.location(of: join.span) }

    private func window(_ join: Join) throws(Diagnostic) -> StreamJoinWindow {
        guard let within = join.within else {
            throw Diagnostic(
                .invalidStatement, "two streams are joined without WITHIN", at: place(join),
                expected: "WITHIN and a length of time",
                hint:
                    "say how far apart two records may be: … JOIN \(join.source.name.text) WITHIN 1 HOUR ON …"
            )
        }
        return StreamJoinWindow(
            before: within.before.milliseconds, after: within.after.milliseconds,
            grace: within.grace?.milliseconds ?? StreamJoinWindow.defaultGrace,
            waitsForClose: within.grace != nil)
    }

    private func refuseWithin(_ join: Join, _ reason: String) throws(Diagnostic) {
        guard let within = join.within else { return }
        throw Diagnostic(
            .invalidStatement, "only a join of two streams has WITHIN: \(reason)",
            at: types.statement.location(of: within.span), hint: "remove WITHIN")
    }

    private func checkPrimaryKey(
        _ join: Join, _ right: Relation, _ rightKey: Typed, _ what: String
    ) throws(Diagnostic) {
        if right.keyCount == 1, rightKey == .column(0, right.columns[0].type) { return }
        let keys = right.keys.map(\.name).joined(separator: ", ")
        throw Diagnostic(
            .invalidStatement, "\(what) on the primary key of \(right.name), and this is not it",
            at: types.statement.location(of: join.condition.span),
            expected: right.keyCount == 1 ? "the column \(keys)" : "a primary key of one column",
            hint: right.keyCount == 1
                ? "compare with \(join.source.qualifier.text).\(keys)"
                : "make a table whose key is one STRUCT of \(keys)")
    }

    /// Windows are part of keys: both sides have the same, or neither has any.
    func checkWindows(
        _ join: Join, _ left: Relation, _ right: Relation, _ leftKey: Typed, _ rightKey: Typed
    ) throws(Diagnostic) {
        guard let mine = left.windowing, let theirs = right.windowing else {
            throw Diagnostic(
                .invalidStatement,
                "a source with windows is joined to one without: "
                    + "\(left.windowing == nil ? left.name : right.name) has none",
                at: place(join), expected: "windows on both sides or on none")
        }
        func isKey(_ typed: Typed, _ relation: Relation) -> Bool {
            relation.keyCount == 1 && typed == .column(0, relation.columns[0].type)
        }
        guard mine == theirs, isKey(leftKey, left), isKey(rightKey, right) else {
            throw Diagnostic(
                .invalidStatement, "sources with windows can't get another key for a join",
                at: types.statement.location(of: join.condition.span),
                expected: "the keys of both, with windows of one kind and size")
        }
    }
}
