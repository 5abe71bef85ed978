import Columnar
import Diagnostics
import Formats
import Planning

/// Answers pull queries: from the views of tables and the records of streams, by look-ups where the query
/// names keys, else by going through all rows.
///
/// What joins, groups and orders make is held in memory. Any thread may answer, any number at a time.
public struct PullAnswering {
    /// Rows that a join, or an answer before its LIMIT, has at most; more are refused.
    public var maximumRows = 20_000_000
    private let clock: Int64
    private let schemas: any SchemaSource
    private let view: (String) -> TableView?
    private let records: (Relation) throws(Diagnostic) -> (any Source)?

    /// - Parameters:
    ///   - clock: what wall-clock functions see, milliseconds since the epoch.
    ///   - schemas: what records of streams are written with.
    ///   - view: of a table by name; nil where none is kept.
    ///   - records: a source that stands at the first record of a stream, which is read up to where the
    ///     stream ends when it is asked; nil where the stream's records are not kept.
    public init(
        clock: Int64, schemas: any SchemaSource, view: @escaping (String) -> TableView?,
        records: @escaping (Relation) throws(Diagnostic) -> (any Source)?
    ) {
        self.clock = clock
        self.schemas = schemas
        self.view = view
        self.records = records
    }

    public func answer(_ plan: AnswerPlan) throws(Diagnostic) -> PulledRows {
        precondition(!plan.isPush, "a push query is answered by what comes")
        var answer = AnswerRows(plan, clock: clock, maximumRows: maximumRows)
        if plan.joins.isEmpty {
            try forEachBlock(of: plan.source, plan.lookups) { block throws(Diagnostic) in
                try answer.take(block.columns, count: block.count)
            }
        } else {
            let joined = try joinedRows(plan)
            _ = try answer.take(joined.columns, count: joined.count)
        }
        return try answer.finish()
    }

    // MARK: Rows

    /// Hands the relation's rows to `body`, until it returns false.
    private func forEachBlock(
        of relation: Relation, _ lookups: [KeyLookup]?,
        _ body: (RowBlock) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        guard relation.kind == .table else {
            return try StreamReader(relation, schemas: schemas, clock: clock).read(
                try source(of: relation), body)
        }
        guard let view = view(relation.name) else {
            throw Diagnostic(
                .unsupported, "the rows of the table \(relation.name) are not kept for pull queries",
                hint: "make a table of it, and select from that: CREATE TABLE … AS SELECT * FROM "
                    + relation.name)
        }
        if let lookups {
            for keys in KeyValues.of(lookups, view.relation, clock: clock) {
                let block = try view.rows(of: keys.columns, count: keys.count, windows: keys.bounds)
                if block.count > 0, try !body(block) { return }
            }
            return
        }
        var failure: Diagnostic?
        try view.scan { block in
            do throws(Diagnostic) { return try body(block) } catch {
                failure = error
                return false
            }
        }
        if let failure { throw failure }
    }

    private func source(of relation: Relation) throws(Diagnostic) -> any Source {
        if let source = try records(relation) { return source }
        throw Diagnostic(
            .unsupported, "the records of the stream \(relation.name) are not kept, so nothing can be pulled",
            hint: "add EMIT CHANGES to see those that come, or make a table of it")
    }

    private func joinedRows(_ plan: AnswerPlan) throws(Diagnostic) -> RowBlock {
        var left = try allRows(of: plan.sources[0])
        for (join, relation) in zip(plan.joins, plan.sources.dropFirst()) {
            left = try RowJoin(join, clock: clock, maximumRows: maximumRows).rows(
                left, try allRows(of: relation))
        }
        return left
    }

    private func allRows(of relation: Relation) throws(Diagnostic) -> RowBlock {
        var blocks: [RowBlock] = []
        var count = 0
        try forEachBlock(of: relation, nil) { block throws(Diagnostic) in
            count += block.count
            try Self.check(count, maximumRows)
            blocks.append(block)
            return true
        }
        return RowBlock.concatenate(blocks, relation)
    }

    static func check(_ count: Int, _ maximum: Int) throws(Diagnostic) {
        guard count > maximum else { return }
        throw Diagnostic(
            .unsupported, "the query makes more than \(maximum) rows on its way, which are held in memory",
            hint: "narrow it with WHERE, or make a table of it: CREATE TABLE … AS SELECT …")
    }
}

extension RowBlock {
    static func concatenate(_ blocks: [RowBlock], _ relation: Relation) -> RowBlock {
        guard let first = blocks.first else {
            return RowBlock(
                columns: (0..<relation.width).map { .nulls(JoinSideLayout.type($0, relation), count: 0) },
                count: 0)
        }
        if blocks.count == 1 { return first }
        return RowBlock(
            columns: first.columns.indices.map { index in Column.concatenate(blocks.map { $0.columns[index] })
            },
            count: blocks.reduce(0) { $0 + $1.count })
    }
}
