/// Bounds how often a client may send what costs the server work and brings no request on.
///
/// A bucket of tokens that fills up with time.
struct FrameBudget {
    private let capacity: Int
    private let perSecond: Int
    private var left: Int
    private var filled: Int64

    /// - Parameter now: milliseconds.
    init(capacity: Int, perSecond: Int, now: Int64) {
        self.capacity = capacity
        self.perSecond = perSecond
        left = capacity
        filled = now
    }

    /// Takes one; false where none is left.
    mutating func take(_ now: Int64) -> Bool {
        let more = Int(now - filled) * perSecond / 1000
        if more > 0 {
            left = min(capacity, left + more)
            filled = now
        }
        guard left > 0 else { return false }
        left -= 1
        return true
    }
}
