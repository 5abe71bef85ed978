import Storage

extension StateCheckpoint {
    /// The epochs that can be loaded, ascending, as far as their own files tell.
    public static func epochs(in directory: String, _ fileSystem: any FileSystem) throws(StateError) -> [Int]
    {
        try onDisk { () throws(StorageError) in
            guard try fileSystem.status(directory) != nil else { return [] }
            return try fileSystem.list(directory).compactMap {
                if case .epoch(let number)? = StateFileName($0.name) { return number }
                return nil
            }.sorted()
        }
    }

    /// Begins without any state, and removes what an earlier run may have left.
    public func startEmpty() throws(StateError) {
        try onDisk { () throws(StorageError) in try fileSystem.createDirectory(directory) }
        try removeLeftovers()
    }

    /// Brings back the state at the end of `epoch`, into memory as far as the budget goes.
    ///
    /// Once it was called, `epoch` is the only one that can be loaded. Refuses what is damaged, was written
    /// by a newer version, or has other payloads than the stores that were added.
    public func load(epoch: Int) throws(StateError) -> StateLoad {
        precondition(self.epoch == nil, "state is loaded once")
        let name = StateFileName.epoch(epoch).text
        let own = try SegmentContents(path(name), in: fileSystem)
        let manifest = try Manifest(own.manifest, path: own.file.path)
        guard manifest.epoch == epoch else {
            throw .corrupt(path: own.file.path, reason: "it is the state of epoch \(manifest.epoch)")
        }
        var contents: [SegmentContents] = []
        for file in manifest.files {
            let found = try SegmentContents(path(file.name), in: fileSystem)
            guard found.byteCount == file.byteCount, found.directoryChecksum == file.directoryChecksum else {
                throw .corrupt(
                    path: found.file.path, reason: "it is not the file that epoch \(epoch) refers to")
            }
            contents.append(found)
        }
        contents.append(own)
        retained = [(epoch, Set(manifest.files.map(\.name) + [name]))]
        try removeLeftovers()
        let report = try fill(from: manifest, contents)
        files = zip(contents, manifest.files + [entry(name, own)]).filter { !$0.0.sections.isEmpty }.map {
            LiveFile(file: $0.0.file, entry: $0.1, sectionStarts: $0.0.sections.map(\.start))
        }
        attachments = manifest.attachments
        nextFileNumber = manifest.nextFileNumber
        self.epoch = epoch
        return report
    }

    private func entry(_ name: String, _ contents: SegmentContents) -> Manifest.File {
        Manifest.File(
            name: name, byteCount: contents.byteCount, directoryChecksum: contents.directoryChecksum)
    }

    private func removeLeftovers() throws(StateError) {
        try removeAllUnneeded()
        try onDisk { () throws(StorageError) in
            for entry in try fileSystem.list(directory) {
                guard case .temporary? = StateFileName(entry.name) else { continue }
                do throws(StorageError) { try fileSystem.remove(path(entry.name)) } catch .missing {}
            }
        }
    }

    private func fill(from manifest: Manifest, _ contents: [SegmentContents]) throws(StateError) -> StateLoad
    {
        var sections: [UInt32: [(SegmentFile, SectionInfo)]] = [:]
        let unused = manifest.files.map { Set($0.unused) } + [[]]
        for (file, unused) in zip(contents, unused) {
            for info in file.sections where !unused.contains(info.start) {
                sections[info.store, default: []].append((file.file, info))
            }
        }
        let known = Dictionary(manifest.stores.map { ($0.name, $0) }) { first, _ in first }
        let all = contents.reduce(1) { $0 + $1.sections.reduce(0) { $0 + $1.byteCount } }
        var added: [String] = []
        // Stores of the plan that are new get numbers behind all that were ever used.
        nextStoreNumber = manifest.nextStoreNumber
        for store in stores {
            guard let disk = store.disk else { continue }
            guard let old = known[store.layout.name] else {
                disk.number = nextStoreNumber
                nextStoreNumber += 1
                added.append(store.layout.name)
                continue
            }
            try check(old, store.layout)
            disk.number = old.number
            let parts = sections[old.number] ?? []
            // Each store gets its part of the memory, with room to breathe.
            let bytes = parts.reduce(0) { $0 + $1.1.byteCount }
            let share = Double(memory.budgetBytes) * 0.75 * Double(bytes) / Double(all)
            try store.load(
                parts.map { Section($0.0, $0.1, store.recordFormat) }, retired: old.retiredWatermark,
                limitBytes: max(Int(share), KeyedStateStore.floorBytes), disk)
        }
        let wanted = Set(stores.map(\.layout.name))
        return StateLoad(added: added, dropped: manifest.stores.map(\.name).filter { !wanted.contains($0) })
    }

    private func check(_ old: Manifest.Store, _ layout: StateLayout) throws(StateError) {
        guard old.payloadBytes == layout.payloadBytes, old.blobOffsets == layout.blobOffsets,
            old.tracksExpiryOrder == layout.tracksExpiryOrder
        else {
            let reason =
                "the entries of '\(layout.name)' have \(old.payloadBytes) bytes and \(old.blobOffsets.count)"
                + " references, where this plan needs \(layout.payloadBytes) and \(layout.blobOffsets.count)"
            throw .incompatible(path: directory, reason: reason)
        }
    }
}
