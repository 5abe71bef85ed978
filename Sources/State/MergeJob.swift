import Columnar
import Storage

/// Writes what several neighbouring files hold into one, without what is dead.
struct MergeJob: Sendable {
    struct Input: Sendable {
        let file: SegmentFile
        let info: SectionInfo
    }

    /// One store's sections, oldest first.
    struct StoreInputs: Sendable {
        let number: UInt32
        let format: RecordFormat
        let tracksExpiry: Bool
        /// Of the time when the merge was planned; what is dead then is dead in every later epoch.
        let retiredWatermark: Int64
        /// Whether no section of the store is older than these, so that nothing is left to hide.
        let isBottom: Bool
        let sections: [Input]
    }

    let inputs: [StoreInputs]
    /// The files that the output replaces.
    let replaced: [SegmentFile]
    let directory: String
    let outputName: String
    let fileSystem: any FileSystem

    func run() throws(StateError) -> MergeSlot.Result {
        let path = Path.join(directory, outputName)
        do throws(StateError) {
            return try write(path)
        } catch {
            // A full disk is not to become fuller with each attempt.
            try? fileSystem.remove(path + ".tmp")
            throw error
        }
    }

    private func write(_ path: String) throws(StateError) -> MergeSlot.Result {
        let writer = try SegmentWriter(path + ".tmp", in: fileSystem)
        defer { writer.close() }
        var sections: [SectionInfo] = []
        for store in inputs {
            if let section = try merge(store, to: writer) { sections.append(section) }
        }
        let checksum = try writer.complete(sections, manifest: [])
        try writer.synchronise()
        let byteCount = writer.offset
        return try onDisk { () throws(StorageError) in
            try fileSystem.rename(path + ".tmp", to: path)
            try fileSystem.synchroniseDirectory(directory)
            return MergeSlot.Result(
                job: self, file: SegmentFile(path, try fileSystem.open(path)), byteCount: byteCount,
                directoryChecksum: checksum, sections: sections)
        }
    }

    private func merge(_ store: StoreInputs, to writer: SegmentWriter) throws(StateError) -> SectionInfo? {
        var cursors: [SectionCursor] = []
        for input in store.sections {
            cursors.append(try SectionCursor(recordsOf: input.info, input.file, store.format))
        }
        let count = store.sections.reduce(0) { $0 + $1.info.recordCount }
        let builder = SectionBuilder(
            writer, store: store.number, count: count, tracksExpiry: store.tracksExpiry)
        let bound = EntryWord.bound(store.retiredWatermark)
        let copy = ByteBuffer(capacity: 256)
        var merge = MergeCursor(cursors)
        while let record = try merge.next() {
            let isDead = record.isDead(bound)
            if isDead, store.isBottom || !merge.mayMask { continue }
            copy.removeAll()
            copy.append(record.pointer, isDead ? 24 : record.size)
            var word = record.word
            if isDead { word = word & ~EntryWord.used | EntryWord.removed }
            word = merge.mayMask && !store.isBottom ? word | EntryWord.masks : word & ~EntryWord.masks
            copy.pointer.storeBytes(of: word, toByteOffset: 16, as: Int64.self)
            try builder.add(copy.pointer, copy.count, collectsTimer: false)
        }
        guard builder.recordCount > 0 else { return nil }
        if store.tracksExpiry { try mergeTimers(store, to: builder) }
        return try builder.finish()
    }

    /// Timers of replaced versions stay until their time has come; they are found to be stale then.
    private func mergeTimers(_ store: StoreInputs, to builder: SectionBuilder) throws(StateError) {
        var cursors: [SectionCursor] = []
        for input in store.sections {
            cursors.append(try SectionCursor(timersOf: input.info, input.file))
        }
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
            if timer.expiry > store.retiredWatermark, timer != last { try builder.addTimer(timer) }
            last = timer
            try cursors[least].advance()
        }
    }
}
