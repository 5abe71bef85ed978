/// One type of a schema as an encoder's loop sees it.
struct AvroWriteNode {
    enum Action: UInt8 {
        case boolean, int, long, float, double, bytes
        /// The unscaled number at `scale`, in as few bytes as hold it or in `size`.
        case decimalBytes, decimalFixed
        /// `size` bytes.
        case fixed
        /// `symbols[first]` has the numbers.
        case enumeration
        /// `first` is the element's node.
        case list
        /// `first` is the value's node.
        case map
        /// An array of records with key and value: members as of a record.
        case entries
        /// `members[first...]`, `count` of them.
        case record
        /// No column: what stands for NULL.
        case constant
    }

    var action: Action
    /// In front of a value of a union: the number of its branch; −1 where there is no union.
    var branch: Int32 = -1
    /// Where in the constants is what NULL is written as; −1 when it can't be.
    var null: Int32 = -1
    var nullCount: Int32 = 0
    var scale: Int32 = 0
    var size: Int32 = 0
    var first: Int32 = 0
    var count: Int32 = 0
}

/// A field of a record: the column among its record's, −1 for none, and its type.
struct AvroWriteMember {
    let column: Int32
    let node: Int32
}
