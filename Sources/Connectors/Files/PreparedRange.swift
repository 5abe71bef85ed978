import Runtime

/// What `poll` read already of a range that it handed out.
enum PreparedRange {
    /// An open file to read lines from.
    case opened(SharedFile)
    /// The records themselves.
    case pieces([RecordPiece], header: [UInt8]?, byteCount: Int)
    /// The torn record in front of what is wrong with the file.
    case torn([UInt8])
}
