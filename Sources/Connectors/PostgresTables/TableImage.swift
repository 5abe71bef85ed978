import Columnar

/// What a table of a database was when it was read: for each key a print of its row, and where the journal
/// has the key.
///
/// 60 to 110 bytes a row, whatever its width.
struct TableImage {
    struct Row {
        /// Stands for the row's content.
        var print: UInt64
        /// Of the entry in the journal's file.
        var place: Int
        /// The comparison of the whole table that has met it last.
        var comparison: UInt32
    }

    private(set) var rows: [Fingerprint: Row] = [:]

    var count: Int { rows.count }

    private static let seed = Fingerprint(low: 0x7461_626C, high: 0x696D_6167)

    static func fingerprint(of key: UnsafeRawBufferPointer) -> Fingerprint {
        guard let base = key.baseAddress else { return seed }
        return Fingerprint.of(base, key.count, seed: seed)
    }

    static func print(of value: UnsafeRawBufferPointer) -> UInt64 { fingerprint(of: value).low }

    static func print(of value: [UInt8]) -> UInt64 { value.withUnsafeBytes { print(of: $0) } }

    subscript(key: Fingerprint) -> Row? {
        get { rows[key] }
        set { rows[key] = newValue }
    }

    /// Notes that a comparison has met the row as it was.
    mutating func meet(_ key: Fingerprint, in comparison: UInt32) { rows[key]?.comparison = comparison }

    /// Keys that a comparison has not met: their rows are gone.
    func keys(notMetBy comparison: UInt32) -> [(key: Fingerprint, place: Int)] {
        rows.compactMap { $0.value.comparison == comparison ? nil : ($0.key, $0.value.place) }
            .sorted { $0.place < $1.place }
    }
}
