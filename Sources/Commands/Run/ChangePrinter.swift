import Columnar
import Formats
import Planning
import Runtime

/// Writes rows and changes as JSON lines as they happen, before their epoch is committed.
///
/// A row of a windowed table begins with WINDOWSTART and WINDOWEND; a deletion is the key with `"@deleted":
/// true`.
final class ChangePrinter: Subscriber {
    private let write: @Sendable (String) -> Void

    init(_ printing: RunConfiguration.Printing) { write = printing.write }

    func receive(_ rows: StreamRows) {
        let fields = rows.relation.columns.map { Field($0.name, $0.type) }
        let batch = Batch(
            schema: Schema(fields), columns: Array(rows.columns[..<fields.count]), count: rows.count)
        write(lines(batch, isPresent: { _ in true }))
    }

    func receive(_ changes: ChangeBatch) {
        let relation = changes.relation
        var fields = relation.columns.map { Field($0.name, $0.type) }
        var columns = Array(changes.new[..<fields.count])
        if relation.windowing != nil {
            for pseudo in [PseudoColumn.windowEnd, .windowStart] {
                fields.insert(Field(pseudo.name, .bigint), at: 0)
                columns.insert(changes.new[relation.position(of: pseudo)], at: 0)
            }
        }
        let batch = Batch(schema: Schema(fields), columns: columns, count: changes.count)
        write(lines(batch, isPresent: changes.isPresent))
    }

    private func lines(_ batch: Batch, isPresent: (Int) -> Bool) -> String {
        let encoder = JSONEncoder(schema: batch.schema, times: .iso8601)
        let out = ByteWriter()
        let encoded = EncodedBatch(batch)
        var text = ""
        for row in 0..<batch.count {
            out.removeAll()
            _ = encoder.append(row: row, of: encoded, to: out)
            var line = String(decoding: out.bytes, as: UTF8.self)
            if !isPresent(row) { line = String(line.dropLast()) + ",\"@deleted\":true}" }
            text += line + "\n"
        }
        return text
    }
}
