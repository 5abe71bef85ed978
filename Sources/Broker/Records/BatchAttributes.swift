/// The 16 bits that say how a batch is to be read.
///
/// Bits 0–2 compression, 3 time stamp type, 4 transactional, 5 control, 6 delete horizon (KIP-534).
struct BatchAttributes: RawRepresentable, Equatable {
    var rawValue: Int16

    private subscript(bit: Int16) -> Bool {
        get { rawValue & bit != 0 }
        set { rawValue = newValue ? rawValue | bit : rawValue & ~bit }
    }

    /// nil for a number that nobody has given a meaning.
    var compression: Compression? { Compression(rawValue: rawValue & 0b111) }

    mutating func setCompression(_ compression: Compression) {
        rawValue = rawValue & ~0b111 | compression.rawValue
    }

    /// Times are the broker's, all the batch's greatest, and not the producer's.
    var isLogAppendTime: Bool {
        get { self[1 << 3] }
        set { self[1 << 3] = newValue }
    }
    var isTransactional: Bool {
        get { self[1 << 4] }
        set { self[1 << 4] = newValue }
    }
    /// Holds a mark of a transaction's end, no user's records.
    var isControl: Bool {
        get { self[1 << 5] }
        set { self[1 << 5] = newValue }
    }
    /// The base time stamp says when tombstones and marks in here may go, in milliseconds since the epoch.
    var hasDeleteHorizon: Bool {
        get { self[1 << 6] }
        set { self[1 << 6] = newValue }
    }
}
