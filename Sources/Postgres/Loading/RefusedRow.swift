import Columnar

/// A row that the database did not take, and what it says of it.
public struct RefusedRow: Sendable {
    public let batch: Batch
    public let row: Int
    public let message: ServerMessage
}
