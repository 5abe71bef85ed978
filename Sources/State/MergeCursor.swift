import Columnar

/// Goes through the records of several sections as through one: each key once, with its newest record.
struct MergeCursor {
    /// What a cursor stands at.
    private struct Head {
        let key: Fingerprint
        let record: Record
        let isAtEnd: Bool

        init(_ cursor: any SectionCursor) {
            isAtEnd = cursor.isAtEnd
            record = cursor.record
            key = isAtEnd ? Fingerprint(low: .max, high: .max) : record.key
        }
    }

    /// Oldest first.
    private let cursors: [any SectionCursor]
    private var heads: [Head]
    private var current = -1
    /// Whether some older version of the key, among these sections, may expire later than the newest.
    private(set) var mayMask = false

    init(_ cursors: [any SectionCursor]) {
        self.cursors = cursors
        heads = cursors.map { Head($0) }
    }

    /// The next key's newest record, valid until the next call.
    mutating func next() throws(StateError) -> Record? {
        if current >= 0 {
            let key = heads[current].key
            for position in heads.indices where !heads[position].isAtEnd && heads[position].key == key {
                try cursors[position].advance()
                heads[position] = Head(cursors[position])
            }
        }
        current = -1
        var least = Fingerprint(low: .max, high: .max)
        mayMask = false
        for position in heads.indices where !heads[position].isAtEnd {
            let key = heads[position].key
            if current < 0 || Fingerprint.precedes(key, least) {
                current = position
                least = key
                mayMask = heads[position].record.mayMask
            } else if key == least {
                // Later sections are newer.
                current = position
                mayMask = mayMask || heads[position].record.mayMask
            }
        }
        return current < 0 ? nil : heads[current].record
    }
}
