/// Decides when a pipeline has taken all that was made for it: no lag and no new record for a while.
struct DrainWatch {
    /// A file is noticed within milliseconds; a second of silence means that there is none.
    private static let silenceMilliseconds: Int64 = 1000

    private var records: Int64 = -1
    private var since: Int64 = 0

    init() {}

    /// - Parameters:
    ///   - records: taken so far.
    ///   - lagBytes: known and not yet taken.
    ///   - now: milliseconds of any clock that never goes back.
    mutating func isDrained(records: Int64, lagBytes: Int, now: Int64) -> Bool {
        if lagBytes > 0 || records != self.records {
            self.records = records
            since = now
            return false
        }
        return now - since >= Self.silenceMilliseconds
    }
}
