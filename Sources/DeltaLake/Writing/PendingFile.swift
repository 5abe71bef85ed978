/// A data file that is in the store and waits for the commit that makes it part of the table.
public struct PendingFile: Sendable {
    let add: AddFile
    public let rowCount: Int
    /// Bytes.
    public var size: Int { Int(add.size) }
}
