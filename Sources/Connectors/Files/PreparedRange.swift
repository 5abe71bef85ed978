import Runtime

/// What `poll` read already of a range that it handed out.
enum PreparedRange {
    /// An open file to read lines from.
    case opened(SharedFile)
    /// The records themselves.
    case pieces([RecordPiece], byteCount: Int)
    /// What is wrong with the file.
    case rejection(Rejection)
}
