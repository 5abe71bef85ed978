import Storage
import Synchronization

extension StateCheckpoint {
    /// Makes the state at the end of `epoch` durable: `end` and what it returns, in one.
    ///
    /// After `StateError.storage` the epoch before can still be loaded, and the call can be made again.
    public func write(epoch: Int) throws(StateError) {
        if let ended, ended.epoch == epoch { return try ended.file.makeDurable() }
        try end(epoch: epoch)()
    }

    /// Ends `epoch`: its changes and `attachments` are put into a file, which what is returned makes durable.
    ///
    /// The changes are forgotten then: read them before. The stores can be used at once, while another thread
    /// makes the file durable; that may be tried again after `StateError.storage`. So may this call; then the
    /// state in memory is as it was. The epochs before stay loadable until `discard`.
    ///
    /// - Parameter spread: calls its second argument with each number below the first, on several threads if
    ///   it likes.
    public func end(
        epoch: Int, spread: (Int, @Sendable (Int) -> Void) -> Void = { (0..<$0).forEach($1) }
    ) throws(StateError) -> @Sendable () throws(StateError) -> Void {
        precondition(self.epoch.map { epoch > $0 } ?? true, "epochs ascend")
        try installMerge()
        if files.count > MergePolicy.inlineFrom, let merge = pendingMerge() { try merge() }
        try installMerge()
        for store in stores {
            store.lock?.lock()
            defer { store.lock?.unlock() }
            store.disk?.dropDeadSections(store.retiredWatermark)
        }
        dropUnusedFiles()
        let entries = files.map(\.entry)
        let name = StateFileName.epoch(epoch).text
        let drafts = SectionDrafts(stores)
        // What was removed must not be found on disk before the section that says so is there.
        let closed = stores.filter { $0.disk?.isPartial ?? false }
        for store in closed { store.lock?.lock() }
        defer { for store in closed { store.lock?.unlock() } }
        let (done, infos) = try open.end(
            as: name,
            {
                spread(stores.count) { drafts.draft($0) }
                return drafts.all
            }, manifest: { manifest(epoch, entries).encoded })
        take(drafts, infos, in: done.file)
        if !done.sectionStarts.isEmpty {
            let entry = Manifest.File(
                name: name, byteCount: done.byteCount, directoryChecksum: done.directoryChecksum)
            files.append(LiveFile(file: done.file, entry: entry, sectionStarts: done.sectionStarts))
        }
        self.epoch = epoch
        ended = (epoch, done)
        retained.append((epoch, Set(entries.map(\.name) + [name])))
        return { () throws(StateError) in try done.makeDurable() }
    }

    /// Gives the stores their sections.
    private func take(_ drafts: SectionDrafts, _ infos: [SectionInfo], in file: SegmentFile) {
        var infos = infos.makeIterator()
        for (index, store) in stores.enumerated() {
            guard let disk = store.disk else { continue }
            let isOpen = !disk.isPartial
            if isOpen { store.lock?.lock() }
            defer { if isOpen { store.lock?.unlock() } }
            if let draft = drafts[index], let info = infos.next() {
                disk.sections.append(Section(file, info, store.recordFormat, draft.index))
            }
            for section in disk.sections { section.isOfOpenEpoch = false }
        }
    }

    private func manifest(_ epoch: Int, _ entries: [Manifest.File]) -> Manifest {
        Manifest(
            epoch: epoch, nextFileNumber: nextFileNumber, nextStoreNumber: nextStoreNumber,
            attachments: attachments,
            stores: stores.map { store in
                Manifest.Store(
                    number: store.disk?.number ?? 0, name: store.layout.name,
                    payloadBytes: store.layout.payloadBytes, blobOffsets: store.layout.blobOffsets,
                    tracksExpiryOrder: store.layout.tracksExpiryOrder,
                    retiredWatermark: store.retiredWatermark)
            },
            files: entries)
    }

    /// Leaves out files to which no store refers any more, and notes which sections of the others are unused:
    /// what they hide or hold may be gone from newer ones.
    private func dropUnusedFiles() {
        var used: [UInt64: Set<Int>] = [:]
        for store in stores {
            for section in store.disk?.sections ?? [] {
                used[section.file.serial, default: []].insert(section.info.start)
            }
        }
        for file in files where used[file.file.serial] == nil { obsolete.insert(file.entry.name) }
        files.removeAll { used[$0.file.serial] == nil }
        for index in files.indices {
            let starts = used[files[index].file.serial] ?? []
            files[index].entry.unused = files[index].sectionStarts.filter { !starts.contains($0) }
        }
    }
}

/// What changed in each store, put together by several threads.
private final class SectionDrafts: @unchecked Sendable {
    private let stores: [KeyedStateStore]
    private let lock = Mutex(())
    // Guarded by `lock`.
    private var results: [Int: SectionDraft] = [:]

    init(_ stores: [KeyedStateStore]) { self.stores = stores }

    func draft(_ index: Int) {
        let store = stores[index]
        // Those that are partial are locked all the while.
        let isOpen = !(store.disk?.isPartial ?? false)
        if isOpen { store.lock?.lock() }
        defer { if isOpen { store.lock?.unlock() } }
        guard let draft = store.endEpochForDisk() else { return }
        lock.withLock { _ in results[index] = draft }
    }

    subscript(index: Int) -> SectionDraft? { lock.withLock { _ in results[index] } }

    /// In the order of the stores.
    var all: [SectionDraft] { stores.indices.compactMap { self[$0] } }
}
