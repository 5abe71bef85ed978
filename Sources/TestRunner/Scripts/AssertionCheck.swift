import Columnar
import Connectors
import Diagnostics
import Formats
import Language
import Planning

/// Judges one ASSERT statement.
struct AssertionCheck {
    let planner: PipelinePlanner
    let statement: Statement
    let clock: Int64

    private var place: String { statement.location(of: statement.span).map { "\($0): " } ?? "" }

    private func failure(_ cause: String, _ text: String) -> ScriptFailure {
        .assertion(cause: cause, text: place + text)
    }

    // MARK: Records

    /// The row that must come next. The name of a sink stands for what goes into it.
    func row(_ row: InsertValues, isTombstone: Bool) throws(ScriptFailure) -> GivenRow {
        var row = row
        if planner.plan.catalogue.relation(row.target.text) == nil,
            let sink = planner.plan.sinks.first(where: { $0.name == row.target.text })
        {
            row.target = Identifier(sink.from.name, isQuoted: true, span: row.target.span)
        }
        if isTombstone, row.columns.isEmpty,
            let relation = planner.plan.catalogue.relation(row.target.text)
        {
            row.columns = relation.keys.map { Identifier($0.name, isQuoted: true, span: row.target.span) }
        }
        do throws(Diagnostic) {
            guard row.columns.isEmpty || row.columns.count == row.values.count else {
                throw Diagnostic(
                    .invalidStatement, "\(row.values.count) values for \(row.columns.count) columns",
                    at: statement.location(of: row.target.span))
            }
            return try planner.row(
                row, in: statement, allowing: [.rowTime, .windowStart, .windowEnd], clock: clock)
        } catch {
            throw .refusal(Refusal(.analysis, error, statement))
        }
    }

    func record(
        _ record: MemorySink.Record?, _ index: Int, of count: Int, is expected: GivenRow, isTombstone: Bool
    ) throws(ScriptFailure) {
        let name = expected.relation.name
        guard let record else {
            throw failure(
                "records are missing",
                "\(name) has \(count) records, and one more is expected: \(shown(expected))")
        }
        func different(_ cause: String, _ what: String) -> ScriptFailure {
            failure(
                cause,
                "\(name) record \(index): \(what); expected \(shown(expected)), got "
                    + shown(record, of: expected))
        }
        if record.isDeletion != isTombstone {
            throw different(
                "other values", record.isDeletion ? "a tombstone instead of a row" : "a row, no tombstone")
        }
        for (position, column) in expected.relation.columns.enumerated() {
            guard let value = expected.values[position] else { continue }
            let found = Self.value(position, of: record)
            if !Self.isSame(found, value) {
                throw different(
                    "other values",
                    "\(column.name) is \(text(found, column)) instead of \(text(value, column))")
            }
        }
        for (pseudo, value) in expected.pseudoValues.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            let found = Self.value(of: pseudo, in: record)
            if found != value {
                let column = RelationColumn(pseudo.name, pseudo.type)
                throw different(
                    pseudo == .rowTime ? "other timestamps" : "other windows",
                    "\(pseudo.name) is \(text(found, column)) instead of \(text(value, column))")
            }
        }
    }

    /// NULL for a column that was added behind the record.
    private static func value(_ position: Int, of record: MemorySink.Record) -> Value {
        position < record.values.count ? record.values[position] : .null
    }

    private static func value(of pseudo: PseudoColumn, in record: MemorySink.Record) -> Value {
        switch pseudo {
        case .rowTime: return .bigint(record.eventTime)
        case .windowStart: return record.windowStart.map { .bigint($0) } ?? .null
        case .windowEnd: return record.windowEnd.map { .bigint($0) } ?? .null
        default: return .null
        }
    }

    /// Doubles are the same to a millionth.
    private static func isSame(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.double(let left), .double(let right)):
            return left == right || abs(left - right) <= 1e-6 || (left.isNaN && right.isNaN)
        case (.array(let left), .array(let right)), (.structure(let left), .structure(let right)):
            return left.count == right.count && zip(left, right).allSatisfy { isSame($0, $1) }
        case (.map(let left), .map(let right)):
            return left.count == right.count
                && left.allSatisfy { entry in
                    right.contains { $0.key == entry.key && isSame(entry.value, $0.value) }
                }
        default: return left == right
        }
    }

    // MARK: What exists

    func source(_ create: CreateSource) throws(ScriptFailure) {
        let what = create.kind == .stream ? "stream" : "table"
        guard let relation = planner.plan.catalogue.relation(create.name.text),
            relation.kind == (create.kind == .stream ? .stream : .table)
        else { throw failure("another schema or format", "there is no \(what) \(create.name.text)") }
        guard !create.columns.isEmpty || !create.properties.isEmpty else { return }
        let expected: Relation
        do throws(Diagnostic) {
            expected = try planner.relation(try completed(create, relation), in: statement)
        } catch {
            throw .refusal(Refusal(.analysis, error, statement))
        }
        let (actual, wanted) = (Self.columns(relation), Self.columns(expected))
        if !create.columns.isEmpty, actual != wanted {
            throw failure(
                "another schema or format", "\(relation.name) is (\(actual)) instead of (\(wanted))")
        }
        guard !create.properties.isEmpty, let topic = relation.topic, let other = expected.topic else {
            return
        }
        let found =
            "topic \(topic.name), keys \(topic.keyFormat.rawValue), values \(topic.valueFormat.rawValue)"
        let asked =
            "topic \(other.name), keys \(other.keyFormat.rawValue), values \(other.valueFormat.rawValue)"
        if found != asked {
            throw failure("another schema or format", "\(relation.name) has \(found) instead of \(asked)")
        }
    }

    /// The statement with columns and properties that it leaves out as the relation has them.
    private func completed(_ create: CreateSource, _ relation: Relation) throws(Diagnostic) -> CreateSource {
        var create = create
        if create.properties.isEmpty || create.columns.isEmpty {
            let topic = relation.topic
            let columns = relation.columns.enumerated().map { index, column in
                let role = index >= relation.keyCount ? "" : relation.kind == .table ? " PRIMARY KEY" : " KEY"
                return "`\(column.name)` \(column.type.sql)\(role)"
            }
            var reader = ScriptReader(
                "CREATE \(relation.kind.rawValue) X (\(columns.joined(separator: ", "))) WITH ("
                    + "kafka_topic = '\(topic?.name ?? "-")', key_format = "
                    + "'\(topic?.keyFormat.rawValue ?? "JSON")', value_format = "
                    + "'\(topic?.valueFormat.rawValue ?? "JSON")');")
            if case .createSource(let own) = try reader.next()?.kind {
                if create.properties.isEmpty { create.properties = own.properties }
                if create.columns.isEmpty { create.columns = own.columns }
            }
        }
        return create
    }

    private static func columns(_ relation: Relation) -> String {
        relation.columns.enumerated().map { index, column in
            "\(column.name) \(column.type.sql)" + (index < relation.keyCount ? " KEY" : "")
        }.joined(separator: ", ")
    }

    func topic(_ name: Identifier, _ properties: [Property], exists: Bool) throws(ScriptFailure) {
        let catalogue = planner.plan.catalogue
        let isThere = catalogue.order.contains { catalogue.relation($0)?.topic?.name == name.text }
        if isThere != exists {
            throw failure("topics", "there is \(isThere ? "a" : "no") topic \(name.text)")
        }
    }

    func schema(_ subject: Identifier?, _ id: Int?, exists: Bool) throws(ScriptFailure) {
        let registry = planner.plan.registry
        let latest = subject.flatMap { try? registry.latest($0.text)?.id }
        let byID = id.flatMap { Int32(exactly: $0) }.flatMap { try? registry.schema(id: $0)?.id }
        let isThere = (subject == nil || latest != nil) && (id == nil || byID != nil)
        if isThere != exists {
            throw failure(
                "schemas", "there is \(isThere ? "a" : "no") schema \(subject?.text ?? "of that id")")
        }
    }

    // MARK: For people

    private func text(_ value: Value, _ column: RelationColumn) -> String {
        let text = GivenColumns([(RelationColumn("V", column.type), value)]).batch
        let bytes = JSONEncoder(schema: text.schema, isWrapped: false).encode(text).bytes(0)
        return bytes.map { String(decoding: $0, as: UTF8.self) } ?? "null"
    }

    private func shown(_ expected: GivenRow) -> String {
        let named = expected.relation.columns.enumerated().compactMap { position, column in
            expected.values[position].map { "\(column.name) \(text($0, column))" }
        }
        let pseudo = expected.pseudoValues.sorted { $0.key.rawValue < $1.key.rawValue }.map { pseudo, value in
            "\(pseudo.name) \(text(value, RelationColumn(pseudo.name, pseudo.type)))"
        }
        return "(" + (named + pseudo).joined(separator: ", ") + ")"
    }

    /// The record by the columns that are expected, and its key.
    private func shown(_ record: MemorySink.Record, of expected: GivenRow) -> String {
        let relation = expected.relation
        var parts: [String] = []
        for (position, column) in relation.columns.enumerated()
        where position < relation.keyCount || expected.values[position] != nil {
            parts.append("\(column.name) \(text(Self.value(position, of: record), column))")
        }
        for pseudo in expected.pseudoValues.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            let column = RelationColumn(pseudo.name, pseudo.type)
            parts.append("\(pseudo.name) \(text(Self.value(of: pseudo, in: record), column))")
        }
        return "(" + parts.joined(separator: ", ") + ")"
    }
}
