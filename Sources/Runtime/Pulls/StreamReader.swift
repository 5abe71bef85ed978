import Columnar
import Diagnostics
import Formats
import Planning

/// Reads the records of a stream from the first to the last that is there.
struct StreamReader {
    private let relation: Relation
    private let properties: SourceProperties
    private let scan: Scan
    private let clock: Int64

    init(_ relation: Relation, schemas: any SchemaSource, clock: Int64) throws(Diagnostic) {
        guard let properties = relation.source ?? relation.readFromTopic?.source else {
            throw Diagnostic(
                .unsupported, "the stream \(relation.name) has no topic, so nothing can be pulled from it",
                hint: "add EMIT CHANGES to see the rows that come, or make a table of it")
        }
        self.relation = relation
        self.properties = properties
        self.clock = clock
        scan = Scan(
            relation: relation, properties: properties, schemas: schemas, needed: Set(0..<relation.width),
            slots: 1)
    }

    private static let pollBytes = 8 << 20
    private static let chunkBytes = 1 << 20

    /// Hands rows to `body`, until it returns false. What comes while it reads is not read.
    func read(
        _ source: any Source, _ body: (RowBlock) throws(Diagnostic) -> Bool
    ) throws(Diagnostic) {
        var left = source.lag()
        while left > 0 {
            let ranges = try source.poll(maximumBytes: min(left, Self.pollBytes), isFinal: true)
            if ranges.isEmpty { return }
            for range in ranges {
                left -= max(1, range.byteCount)
                for loader in try source.chunks(of: range, targetBytes: Self.chunkBytes) {
                    for block in try rows(try loader.load()) where try !body(block) { return }
                }
            }
        }
    }

    private func rows(_ chunks: [Chunk]) throws(Diagnostic) -> [RowBlock] {
        let result = scan.decode(chunks, slot: 0, clock: clock)
        if let failure = result.failure { throw failure }
        // Records that do not fit were set aside when the stream's queries read them.
        return result.batches.compactMap { batch in
            let whole = batch.withValues.compactedFully(needed: Set(0..<relation.width))
            guard whole.count > 0 else { return nil }
            let columns = whole.columns.enumerated().map { position, column in
                column.count == whole.count
                    ? column : Column.nulls(JoinSideLayout.type(position, relation), count: whole.count)
            }
            return RowBlock(columns: columns, count: whole.count)
        }
    }
}
