/// Expiries of evenly spread records: every n-th, n doubling as there are more.
struct ExpirySamples {
    private static let limit = 64

    private var samples: [Int64] = []
    private var step = 1

    var ascending: [Int64] { samples.sorted() }

    /// - Parameter record: the record's number.
    mutating func add(_ expiry: Int64, record: Int) {
        guard record & (step - 1) == 0 else { return }
        samples.append(expiry)
        guard samples.count == ExpirySamples.limit else { return }
        var isKept = false
        samples.removeAll { _ in
            isKept.toggle()
            return !isKept
        }
        step *= 2
    }
}
