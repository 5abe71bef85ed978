import Columnar

/// The rows of one epoch, encoded for a table. For one thread at a time.
public final class PreparedRows: @unchecked Sendable {
    let rows: [Batch]
    /// Batches of the key's columns.
    let deletes: [Batch]
    /// How the table was when they were encoded.
    var signature: String?
    var wireRows: [WireRows] = []
    var wireDeletes: [WireRows] = []

    /// - Parameters:
    ///   - rows: of the target's schema.
    ///   - deletes: of the target's key columns.
    public init(rows: [Batch], deletes: [Batch]) {
        self.rows = rows
        self.deletes = deletes
    }
}
