import Columnar

/// How often each of many keys occurs.
struct KeyCounts {
    private var places: [Fingerprint: Int32] = [:]
    private var counts: [Int] = []
    private var names: [String] = []
    private let keepsNames: Bool

    /// - Parameter keepsNames: whether the keys are wanted back, which takes memory for each.
    init(keepsNames: Bool) { self.keepsNames = keepsNames }

    var distinct: Int { counts.count }
    var total: Int { counts.reduce(0, +) }

    mutating func add(_ key: Fingerprint, name: @autoclosure () -> String) {
        if let place = places[key] {
            counts[Int(place)] += 1
        } else {
            places[key] = Int32(truncatingIfNeeded: counts.count)
            counts.append(1)
            if keepsNames { names.append(name()) }
        }
    }

    /// How many keys occur once.
    var singles: Int { counts.reduce(0) { $0 + ($1 == 1 ? 1 : 0) } }

    /// Counts that the given shares of the keys do not pass, such as the median for 0.5.
    func quantiles(_ shares: [Double]) -> [Int] {
        let sorted = counts.sorted()
        guard let last = sorted.indices.last else { return shares.map { _ in 0 } }
        return shares.map { sorted[min(last, Int((Double(sorted.count) * $0).rounded(.down)))] }
    }

    /// The most frequent keys, the first of equals by name.
    func top(_ limit: Int) -> [(name: String, count: Int)] {
        guard keepsNames else { return [] }
        return counts.indices.sorted { (counts[$1], names[$0]) < (counts[$0], names[$1]) }.prefix(limit)
            .map { (names[$0], counts[$0]) }
    }
}
