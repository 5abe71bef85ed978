import Columnar

/// What a store has beyond memory.
final class StoreDisk {
    /// The store's number in the task's state.
    var number: UInt32
    let open: OpenEpoch
    /// Oldest first; a key's newest record counts.
    var sections: [Section] = []
    /// Whether there may be live entries that are not in memory.
    var isPartial = false
    /// No live entry that is not in memory expires later.
    var lastAbsentExpiry = Int64.min
    /// Where the next choice of what leaves memory starts.
    var hand = 0
    private(set) lazy var reader = BlockReader()

    init(number: UInt32, open: OpenEpoch) {
        self.number = number
        self.open = open
    }

    var memoryBytes: Int {
        sections.reduce(isPartial ? 512 + reader.memoryBytes : 128) { $0 + $1.memoryBytes }
    }

    /// From now on look-ups that memory does not answer go to the sections.
    func becomePartial(absentUntil expiry: Int64) throws(StateError) {
        for section in sections { try section.open() }
        isPartial = true
        lastAbsentExpiry = max(lastAbsentExpiry, expiry)
    }

    func becomeWhole() {
        isPartial = false
        lastAbsentExpiry = .min
        for section in sections { section.close() }
    }

    /// Gives `found` the newest record of each key among `rows`, if there is one.
    func search(
        _ keys: UnsafePointer<Fingerprint>, _ rows: [Int],
        _ found: (Int, Record, Section) throws(StateError) -> Void
    ) throws(StateError) {
        var left = rows.map { (row: $0, hash: KeyFilter.hash(keys[$0])) }
        for section in sections.reversed() where !left.isEmpty {
            guard let filter = section.filter else {
                preconditionFailure("a section is open while its store is partial")
            }
            // As in memory: first all reads that may be slow, so that they overlap.
            var touched: UInt8 = 0
            for item in left { touched |= filter.line(item.hash).load(as: UInt8.self) }
            section.note(touched)
            var kept = 0
            for position in left.indices {
                let item = left[position]
                if filter.mayContain(item.hash), let record = try section.find(keys[item.row], reader) {
                    try found(item.row, record, section)
                } else {
                    left[kept] = item
                    kept += 1
                }
            }
            left.removeLast(left.count - kept)
        }
    }

    /// Lets go of old sections in which everything is dead.
    ///
    /// Only from the oldest on: a dead record may hide an older version that expires later.
    func dropDeadSections(_ watermark: Int64) {
        while let first = sections.first, !first.isOfOpenEpoch, first.info.lastExpiry <= watermark {
            sections.removeFirst()
        }
    }
}
