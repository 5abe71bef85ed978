/// How a table with keys is kept.
public struct UpsertOptions: Sendable {
    public var write: WriteOptions
    /// Files with fewer rows are merged when many of them have gathered.
    public var smallFileRows: Int
    /// So many small files of a partition may stand side by side.
    public var smallFileLimit: Int

    /// - Parameter fileRows: the most rows of a file, and so the most that one changed row makes anew.
    public init(
        write: WriteOptions = WriteOptions(), fileRows: Int = 1 << 16, smallFileRows: Int = 1 << 14,
        smallFileLimit: Int = 8
    ) {
        self.write = write
        self.write.fileRows = fileRows
        self.smallFileRows = smallFileRows
        self.smallFileLimit = smallFileLimit
    }
}
