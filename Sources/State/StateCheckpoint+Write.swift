import Storage

extension StateCheckpoint {
    /// Makes the state at the end of `epoch` durable: what changed since the epoch before, and `attachments`.
    ///
    /// The changes are forgotten then: read them before. After `StateError.storage` the state in memory is as
    /// it was, the epoch before can still be loaded, and the call can be made again. The epochs before stay
    /// loadable until `discard`.
    public func write(epoch: Int) throws(StateError) {
        precondition(self.epoch.map { epoch > $0 } ?? true, "epochs ascend")
        try installMerge()
        if files.count > MergePolicy.inlineFrom, let merge = pendingMerge() { try merge() }
        try installMerge()
        var written: [(store: KeyedStateStore, disk: StoreDisk, section: Section?)] = []
        for store in stores {
            guard let disk = store.disk else { continue }
            disk.dropDeadSections(store.retiredWatermark)
            written.append((store, disk, try store.writeChanges(disk)))
        }
        dropUnusedFiles()
        let entries = files.map(\.entry)
        let name = StateFileName.epoch(epoch).text
        let done = try open.finish(
            as: name, written.compactMap { $0.section?.info }, manifest: manifest(epoch, entries).encoded)
        open.reset()
        for (store, disk, section) in written { store.didPersist(section, disk) }
        if !done.sections.isEmpty {
            let entry = Manifest.File(name: name, byteCount: done.byteCount, directoryChecksum: done.checksum)
            files.append(LiveFile(file: done.file, entry: entry))
        }
        self.epoch = epoch
        retained.append((epoch, Set(entries.map(\.name) + [name])))
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
        files.removeAll { !used.contains($0.file.serial) }
    }
}
