import Columnar
import Expressions
import Planning

/// A sink that keeps the records of a source whole, and which columns of its table hold what.
///
/// Found from the plan alone: the sink's stream is `SELECT … FROM source` without a condition, and its select
/// list has the record's bytes, the file and the place in it.
struct BronzePlan: Sendable {
    /// Why a sink is no bronze.
    struct Unfit: Error {
        let reason: String
    }

    let sink: SinkPlan
    let source: Relation
    let sourceProperties: SourceProperties
    let options: DeltaSinkOptions
    /// Columns of the table: the record as text, as bytes (where it is no text, or always), its file, its
    /// place.
    let text: String?
    let bytes: String?
    let file: String
    let offset: String
    /// Where the file, the place and the clock stand in the stream.
    let filePosition: Int
    let offsetPosition: Int
    let clockPosition: Int?
    /// The clock of the epoch that brought the record: a TIMESTAMP, or milliseconds since the epoch.
    let clock: String?

    /// What a table must have to be replayed from, for people.
    static let requirement =
        "FROM_BYTES(ROWRAW, 'utf8') with CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END beside "
        + "it, or ROWRAW alone (the record); ROWSOURCE and ROWOFFSET (its order); "
        + "FROM_UNIXTIME(UNIX_TIMESTAMP()) (its clock; may be missing)"

    init(_ sink: SinkPlan, in plan: PipelinePlan) throws(Unfit) {
        guard sink.connectorClass == "delta" else { throw Unfit(reason: "it is no Delta table") }
        guard sink.from.kind == .stream else {
            throw Unfit(reason: "it takes the table \(sink.from.name), whose rows are upserted")
        }
        let queries = plan.query(producing: sink.from.name)
        guard queries.count == 1, let query = queries.first else {
            let what = queries.isEmpty ? "is no query's result" : "is made by several queries"
            throw Unfit(reason: "\(sink.from.name) \(what)")
        }
        guard case .source(let properties) = query.input.origin, query.input.kind == .stream else {
            throw Unfit(reason: "\(sink.from.name) does not come straight from a source")
        }
        guard query.filter == nil, query.deduplication == nil, case .projection(let list) = query.shape else {
            throw Unfit(reason: "\(sink.from.name) leaves rows out (WHERE, DEDUPLICATE BY or GROUP BY)")
        }
        guard let options = try? DeltaSinkOptions(sink) else {
            throw Unfit(reason: "its properties are not valid")
        }
        let names = DeltaSinkSchema(sink.from, options.columnCase).schema.names
        let parts = BronzeParts(query.input)
        func column(_ isWanted: (Expression) -> Bool) -> String? {
            list.firstIndex(where: isWanted).map { names[$0] }
        }
        let filePosition = list.firstIndex(where: parts.isFile)
        let offsetPosition = list.firstIndex(where: parts.isOffset)
        let whole = column(parts.isRaw)
        text = whole == nil ? column(parts.isText) : nil
        bytes = whole ?? column(parts.isFallback)
        var missing: [String] = []
        if bytes == nil {
            missing.append(
                text == nil
                    ? "the record (ROWRAW)"
                    : "the bytes of records that are no text (CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL "
                        + "THEN ROWRAW END)")
        }
        if filePosition == nil { missing.append("its file (ROWSOURCE)") }
        if offsetPosition == nil { missing.append("its place in the file (ROWOFFSET)") }
        guard missing.isEmpty, let filePosition, let offsetPosition else {
            throw Unfit(reason: "it lacks " + missing.joined(separator: ", "))
        }
        self.sink = sink
        source = query.input
        sourceProperties = properties
        self.options = options
        self.filePosition = filePosition
        self.offsetPosition = offsetPosition
        file = names[filePosition]
        offset = names[offsetPosition]
        clockPosition = list.firstIndex(where: parts.isClock)
        clock = clockPosition.map { names[$0] }
    }

    /// The table's columns that hold the record itself.
    var recordColumns: [String] { [text, bytes].compactMap { $0 } }
}

/// What the items of a select list are, by their expressions.
private struct BronzeParts {
    private let raw: Int
    private let source: Int
    private let offset: Int

    init(_ input: Relation) {
        raw = input.position(of: .rowRaw)
        source = input.position(of: .rowSource)
        offset = input.position(of: .rowOffset)
    }

    private func isColumn(_ expression: Expression, _ position: Int) -> Bool {
        if case .column(position, _) = expression { true } else { false }
    }

    func isRaw(_ expression: Expression) -> Bool { isColumn(expression, raw) }
    func isFile(_ expression: Expression) -> Bool { isColumn(expression, source) }
    func isOffset(_ expression: Expression) -> Bool { isColumn(expression, offset) }

    /// `FROM_BYTES(ROWRAW, 'utf8')`.
    func isText(_ expression: Expression) -> Bool {
        guard case .call(let function, let arguments) = expression, function.name == "FROM_BYTES",
            arguments.count == 2, isRaw(arguments[0]), case .literal(.string(let encoding), _) = arguments[1]
        else { return false }
        return encoding.lowercased() == "utf8"
    }

    /// `CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL THEN ROWRAW END`.
    func isFallback(_ expression: Expression) -> Bool {
        guard case .conditional(let branches, _, _) = expression, let first = branches.first,
            case .isNull(let operand) = first.condition
        else { return false }
        return isText(operand) && isRaw(first.result)
    }

    /// `UNIX_TIMESTAMP()`, or that as a TIMESTAMP.
    func isClock(_ expression: Expression) -> Bool {
        guard case .call(let function, let arguments) = expression else { return false }
        if function.name == "UNIX_TIMESTAMP" { return arguments.isEmpty }
        return function.name == "FROM_UNIXTIME" && arguments.count == 1 && isClock(arguments[0])
    }
}
