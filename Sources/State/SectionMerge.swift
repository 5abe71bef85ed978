import Columnar

/// Puts one store's sections together into an ordered one, without what is dead.
struct SectionMerge: Sendable {
    struct Input: Sendable {
        let file: SegmentFile
        let info: SectionInfo
    }

    let store: UInt32
    let format: RecordFormat
    let tracksExpiry: Bool
    /// Of the time when the merge was planned; what is dead then is dead in every later epoch.
    let retiredWatermark: Int64
    /// Whether no section of the store is older than these, so that nothing is left to hide.
    let isBottom: Bool
    /// Oldest first.
    let sections: [Input]

    /// At least as many as there will be records.
    var count: Int { sections.reduce(0) { $0 + $1.info.recordCount } }

    func makeBuilder(_ output: any SectionOutput) -> SectionBuilder {
        SectionBuilder(output, store: store, count: count, tracksExpiry: tracksExpiry)
    }

    /// Adds what lives to `builder`, which has yet to be finished.
    func run(_ builder: SectionBuilder) throws(StateError) {
        var cursors: [any SectionCursor] = []
        for input in sections { cursors.append(try input.info.records(in: input.file, format)) }
        let bound = EntryWord.bound(retiredWatermark)
        let copy = ByteBuffer(capacity: 256)
        var merge = MergeCursor(cursors)
        while let record = try merge.next() {
            let isDead = record.isDead(bound)
            if isDead, isBottom || !merge.mayMask { continue }
            copy.removeAll()
            copy.append(record.pointer, isDead ? 24 : record.size)
            var word = record.word
            if isDead { word = word & ~EntryWord.used | EntryWord.removed }
            word = merge.mayMask && !isBottom ? word | EntryWord.masks : word & ~EntryWord.masks
            copy.pointer.storeBytes(of: word, toByteOffset: 16, as: Int64.self)
            try builder.add(copy.pointer, copy.count, collectsTimer: false)
        }
        if tracksExpiry, builder.recordCount > 0 { try addTimers(to: builder) }
    }

    /// Timers of replaced versions stay until their time has come; they are found to be stale then.
    private func addTimers(to builder: SectionBuilder) throws(StateError) {
        var cursors: [any SectionCursor] = []
        for input in sections { cursors.append(try input.info.timers(in: input.file, format)) }
        var last: Timer?
        while true {
            var least: Int?
            for position in cursors.indices where !cursors[position].isAtEnd {
                if least.map({ Timer.precedes(cursors[position].timer, cursors[$0].timer) }) ?? true {
                    least = position
                }
            }
            guard let least else { return }
            let timer = cursors[least].timer
            if timer.expiry > retiredWatermark, timer != last { try builder.addTimer(timer) }
            last = timer
            try cursors[least].advance()
        }
    }
}
