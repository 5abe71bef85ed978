/// Finds what a person probably meant by a name that does not exist.
public enum NearestName {
    /// The candidate nearest to `name`, or `nil` when none is near enough to be worth naming.
    ///
    /// Distance is Damerau–Levenshtein (optimal string alignment: insert, delete, replace, swap two
    /// neighbours), case ignored. Allowed are one slip in names of up to 4 characters, two up to 8,
    /// three above, and never so many that nothing of the name is left. Of equally near candidates the
    /// first wins. A candidate that differs only in case always wins.
    public static func suggestion(for name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = Array(name.lowercased().unicodeScalars.prefix(longestName))
        guard !wanted.isEmpty else { return nil }
        let allowed = wanted.count <= 4 ? 1 : wanted.count <= 8 ? 2 : 3
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = Array(candidate.lowercased().unicodeScalars.prefix(longestName))
            let limit = min(allowed, (best?.distance).map { $0 - 1 } ?? allowed)
            guard limit >= 0, abs(other.count - wanted.count) <= limit else { continue }
            let distance = editDistance(wanted, other)
            if distance <= limit, distance < max(wanted.count, other.count) {
                best = (candidate, distance)
            }
        }
        return best?.name
    }

    /// Longer names are compared by their head only, so that hostile input costs no quadratic time.
    private static let longestName = 128

    private static func editDistance(_ left: [Unicode.Scalar], _ right: [Unicode.Scalar]) -> Int {
        var beforeLast = [Int](repeating: 0, count: right.count + 1)
        var last = Array(0...right.count)
        var current = [Int](repeating: 0, count: right.count + 1)
        for row in 0..<left.count {
            current[0] = row + 1
            for column in 0..<right.count {
                let replace = last[column] + (left[row] == right[column] ? 0 : 1)
                var cost = min(replace, last[column + 1] + 1, current[column] + 1)
                if row > 0, column > 0, left[row] == right[column - 1], left[row - 1] == right[column] {
                    cost = min(cost, beforeLast[column - 1] + 1)
                }
                current[column + 1] = cost
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[right.count]
    }
}
