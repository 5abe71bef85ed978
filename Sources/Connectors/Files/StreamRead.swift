/// What reading on gave.
enum StreamRead: Equatable {
    case bytes(Int)
    /// The file ends here for now.
    case end
    /// The compressed data break off; more may still be written.
    case truncated
    /// The compressed data are no such data from here on.
    case damaged(String)
}
