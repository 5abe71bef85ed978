import Storage

/// How far a table of a database has been read.
struct TableCursor: Equatable, Sendable {
    /// What is read; see `PostgresSourceSettings`.
    var identity: UInt64 = 0
    /// Whether the whole table was read once.
    var isComplete = false
    /// The newest time of a row that was seen, microseconds since the epoch; nil where none has any.
    var newest: Int64?
    /// The database's time when it was looked at last, microseconds since the epoch.
    var lookedAt: Int64 = 0
    /// The database's time when the whole table was compared last, microseconds since the epoch.
    var comparedAt: Int64 = 0

    /// From where on rows have to be looked at again.
    ///
    /// A row that is dated in the future must not hide those that come after it, and clocks that are slow
    /// must not hide theirs: so the earlier one of both counts.
    func start(overlap: Int64) -> Int64? {
        newest.map { min($0, lookedAt) &- overlap }
    }

    func add(to encoder: inout BinaryEncoder) {
        encoder.add(identity)
        encoder.add(isComplete)
        encoder.add(newest ?? .min)
        encoder.add(lookedAt)
        encoder.add(comparedAt)
    }

    init() {}

    init(_ decoder: inout BinaryDecoder) throws(BinaryDecoder.Failure) {
        identity = try decoder.number(UInt64.self)
        isComplete = try decoder.flag()
        let time = try decoder.number(Int64.self)
        newest = time == .min ? nil : time
        lookedAt = try decoder.number(Int64.self)
        comparedAt = try decoder.number(Int64.self)
    }
}
