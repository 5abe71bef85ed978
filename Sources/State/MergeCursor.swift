import Columnar

/// Goes through the records of several sections as through one: each key once, with its newest record.
struct MergeCursor {
    /// Oldest first.
    private let cursors: [any SectionCursor]
    private var heads: [Fingerprint?]
    private var current = -1
    /// Whether some older version of the key, among these sections, may expire later than the newest.
    private(set) var mayMask = false

    init(_ cursors: [any SectionCursor]) {
        self.cursors = cursors
        heads = cursors.map { $0.isAtEnd ? nil : $0.record.key }
    }

    /// The next key's newest record, valid until the next call.
    mutating func next() throws(StateError) -> Record? {
        if current >= 0, let key = heads[current] {
            for position in heads.indices where heads[position] == key {
                try cursors[position].advance()
                heads[position] = cursors[position].isAtEnd ? nil : cursors[position].record.key
            }
        }
        current = -1
        var least = Fingerprint(low: 0, high: 0)
        for position in heads.indices {
            guard let key = heads[position] else { continue }
            if current < 0 || Fingerprint.precedes(key, least) {
                current = position
                least = key
            } else if key == least {
                // Later sections are newer.
                current = position
            }
        }
        guard current >= 0 else { return nil }
        mayMask = false
        for position in heads.indices where heads[position] == least {
            if cursors[position].record.mayMask { mayMask = true }
        }
        return cursors[current].record
    }
}
