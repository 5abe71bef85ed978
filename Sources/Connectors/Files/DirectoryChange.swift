/// Something that happened to a name in a watched directory.
struct DirectoryChange: Hashable, Sendable {
    enum Kind: Sendable {
        /// The name is there, new or with new contents.
        case present
        /// The name was taken away; its file may come back under another.
        case movedAway
        /// The name was removed, and its file with it unless it has other names.
        case removed
    }

    let directory: String
    let name: String
    let kind: Kind
    let isDirectory: Bool
    /// Joins the two halves of a renaming; 0 for none.
    let renaming: UInt32
}
