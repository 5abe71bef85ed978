/// Collects pieces of lines for a ``FragmentTable`` and hands out their numbers.
struct FragmentList {
    private(set) var fragments: [[UInt8]] = []

    /// Adds the pieces one after the other; the number of the first.
    mutating func add(_ pieces: some Sequence<[UInt8]>) -> Int {
        let first = fragments.count
        fragments.append(contentsOf: pieces)
        return first
    }

    /// The length of the longest of the pieces from number `first` on.
    func longest(from first: Int) -> Int {
        fragments[first...].reduce(0) { max($0, $1.count) }
    }
}
