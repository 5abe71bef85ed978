/// A row as the server has written it; its bytes last as long as the call that hands it out.
public struct ReadRow {
    /// JSON: the value of the only column of the key, or an object of all.
    public let key: UnsafeRawBufferPointer
    /// An object of JSON; nil where the row says that it is deleted.
    public let value: UnsafeRawBufferPointer?
    /// When the row says that it was changed, microseconds since the epoch; nil where it does not.
    public let updatedAt: Int64?
}
