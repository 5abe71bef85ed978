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
        let drafts = SectionDrafts(stores)
        spread(stores.count) { drafts.draft($0) }
        let sections = try store(try drafts.all())
        dropUnusedFiles()
        let entries = files.map(\.entry)
        let name = StateFileName.epoch(epoch).text
        let done = try open.end(
            as: name, sections.compactMap { $0?.info }, manifest: manifest(epoch, entries).encoded)
        for (store, section) in zip(stores, sections) {
            if let disk = store.disk { store.didPersist(section, disk) }
        }
        if !done.sections.isEmpty {
            let entry = Manifest.File(
                name: name, byteCount: done.byteCount, directoryChecksum: done.directoryChecksum)
            files.append(LiveFile(file: done.file, entry: entry))
        }
        self.epoch = epoch
        ended = (epoch, done)
        retained.append((epoch, Set(entries.map(\.name) + [name])))
        return { () throws(StateError) in try done.makeDurable() }
    }

    /// Puts what changed into the epoch's file; by store, nil where nothing did.
    private func store(
        _ drafts: [(info: SectionInfo, draft: SectionDraft)?]
    ) throws(StateError) -> [Section?] {
        let written = try open.append(drafts.compactMap { $0 })
        var infos = written.infos.makeIterator()
        var sections: [Section?] = []
        for (store, draft) in zip(stores, drafts) {
            guard draft != nil, let info = infos.next() else {
                sections.append(nil)
                continue
            }
            let section = Section(written.file, info, store.recordFormat, isOfOpenEpoch: true)
            if let disk = store.disk, disk.isPartial { try section.open() }
            sections.append(section)
        }
        return sections
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

    /// Leaves out files to which no store refers any more.
    private func dropUnusedFiles() {
        var used: Set<UInt64> = []
        for store in stores {
            for section in store.disk?.sections ?? [] { used.insert(section.file.serial) }
        }
        for file in files where !used.contains(file.file.serial) { obsolete.insert(file.entry.name) }
        files.removeAll { !used.contains($0.file.serial) }
    }
}

/// What changed in each store, put together by several threads.
private final class SectionDrafts: @unchecked Sendable {
    private typealias Draft = (info: SectionInfo, draft: SectionDraft)

    private let stores: [KeyedStateStore]
    private let lock = Mutex(())
    // Guarded by `lock`.
    private var results: [Int: Result<Draft?, StateError>] = [:]

    init(_ stores: [KeyedStateStore]) { self.stores = stores }

    func draft(_ index: Int) {
        let result: Result<Draft?, StateError>
        do throws(StateError) {
            result = .success(try stores[index].draftChanges())
        } catch {
            result = .failure(error)
        }
        lock.withLock { _ in results[index] = result }
    }

    func all() throws(StateError) -> [(info: SectionInfo, draft: SectionDraft)?] {
        var all: [Draft?] = []
        for index in stores.indices { all.append(try results[index]?.get() ?? nil) }
        return all
    }
}
