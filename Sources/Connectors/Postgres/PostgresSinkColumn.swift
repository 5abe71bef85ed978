import Columnar

/// A column of the table, and where the sink has it from.
struct PostgresSinkColumn: Sendable {
    enum Content: Sendable {
        /// The place in the relation's rows as the sink has them.
        case place(Int)
        /// The place of a BIGINT whose milliseconds are a TIMESTAMP.
        case instant(Int)
        /// The time of the record.
        case rowTime
        case text(String)
    }

    let field: Field
    let content: Content

    init(_ field: Field, _ content: Content) {
        self.field = field
        self.content = content
    }

    /// - Parameters:
    ///   - batch: the relation's rows.
    ///   - times: BIGINT, milliseconds since the epoch.
    func column(of batch: Batch, times: Column) -> Column {
        switch content {
        case .place(let place): batch.columns[place]
        case .instant(let place): batch.columns[place].asTimestamps
        case .rowTime: times.asTimestamps
        case .text(let text): .constant(.string(text), type: .string, count: batch.count)
        }
    }
}
