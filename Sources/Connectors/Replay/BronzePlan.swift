import Columnar
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
        if plan.isInserted(into: query.input.name) {
            throw Unfit(reason: "INSERT INTO adds rows to its source \(query.input.name)")
        }
        guard let kept = query.keptRecord else {
            throw Unfit(reason: "\(sink.from.name) leaves rows out (WHERE, DEDUPLICATE BY or GROUP BY)")
        }
        guard let options = try? DeltaSinkOptions(sink) else {
            throw Unfit(reason: "its properties are not valid")
        }
        var missing: [String] = []
        if kept.bytes == nil {
            missing.append(
                kept.text == nil
                    ? "the record (ROWRAW)"
                    : "the bytes of records that are no text (CASE WHEN FROM_BYTES(ROWRAW, 'utf8') IS NULL "
                        + "THEN ROWRAW END)")
        }
        if kept.file == nil { missing.append("its file (ROWSOURCE)") }
        if kept.offset == nil { missing.append("its place in the file (ROWOFFSET)") }
        guard missing.isEmpty, let file = kept.file, let offset = kept.offset else {
            throw Unfit(reason: "it lacks " + missing.joined(separator: ", "))
        }
        let names = DeltaSinkSchema(sink.from, options.columnCase).schema.names
        self.sink = sink
        source = query.input
        sourceProperties = properties
        self.options = options
        filePosition = file
        offsetPosition = offset
        clockPosition = kept.clock
        text = kept.text.map { names[$0] }
        bytes = kept.bytes.map { names[$0] }
        self.file = names[file]
        self.offset = names[offset]
        clock = kept.clock.map { names[$0] }
    }

    /// The table's columns that hold the record itself.
    var recordColumns: [String] { [text, bytes].compactMap { $0 } }
}
