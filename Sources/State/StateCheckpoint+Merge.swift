extension StateCheckpoint {
    /// Work that keeps the files few and small, to be run once, on any thread; nil when there is none.
    ///
    /// Its outcome is taken up by the next `write`. If nobody asks for it, `write` does it when it becomes
    /// pressing. An error leaves the state as it is.
    public func pendingMerge() -> (@Sendable () throws(StateError) -> Void)? {
        guard merging.isIdle, let range = MergePolicy.choose(mergeFiles()) else { return nil }
        let replaced = files[range].map(\.file)
        let name = StateFileName.merge(nextFileNumber).text
        nextFileNumber += 1
        let job = MergeJob(
            inputs: mergeInputs(Set(replaced.map(\.serial))), replaced: replaced,
            directory: directory, outputName: name, fileSystem: fileSystem)
        merging.begin(job)
        return { [merging] () throws(StateError) in
            do throws(StateError) {
                merging.finish(try job.run())
            } catch {
                merging.finish(nil)
                throw error
            }
        }
    }

    private func mergeFiles() -> [MergePolicy.File] {
        var bytes: [UInt64: (all: Int, dead: Int)] = [:]
        for store in stores {
            let sections = store.disk?.sections ?? []
            let all = sections.reduce(0) { $0 + $1.info.byteCount }
            let records = sections.reduce(1) { $0 + $1.info.recordCount }
            for section in sections {
                let file = section.file.serial
                // A tombstone has killed a record elsewhere, as large as they are on average.
                let dead =
                    section.info.deadBytes(at: store.retiredWatermark)
                    + section.info.tombstoneCount * (24 + all / records)
                bytes[file, default: (0, 0)].all += section.info.byteCount
                bytes[file, default: (0, 0)].dead += dead
            }
        }
        return files.map {
            let file = bytes[$0.file.serial] ?? (0, 0)
            return MergePolicy.File(bytes: file.all, deadBytes: file.dead)
        }
    }

    private func mergeInputs(_ replaced: Set<UInt64>) -> [SectionMerge] {
        stores.compactMap { store in
            guard let disk = store.disk else { return nil }
            let sections = disk.sections.filter { replaced.contains($0.file.serial) }
            guard let first = sections.first else { return nil }
            return SectionMerge(
                store: disk.number, format: store.recordFormat, tracksExpiry: store.layout.tracksExpiryOrder,
                retiredWatermark: store.retiredWatermark, isBottom: first === disk.sections.first,
                sections: sections.map { SectionMerge.Input(file: $0.file, info: $0.info) })
        }
    }

    /// Lets the stores use a merged file, if one is ready, in the place of those that it was made from.
    func installMerge() throws(StateError) {
        guard let result = merging.take() else { return }
        let replaced = Set(result.job.replaced.map(\.serial))
        guard let position = files.firstIndex(where: { replaced.contains($0.file.serial) }) else {
            return
        }
        var sections: [UInt32: Section] = [:]
        for store in stores {
            guard let disk = store.disk,
                let info = result.sections.first(where: { $0.store == disk.number })
            else { continue }
            let section = Section(result.file, info, store.recordFormat)
            if disk.isPartial { try section.open() }
            sections[disk.number] = section
        }
        for store in stores {
            guard let disk = store.disk else { continue }
            store.lock?.lock()
            defer { store.lock?.unlock() }
            let first = disk.sections.firstIndex { replaced.contains($0.file.serial) }
            disk.sections.removeAll { replaced.contains($0.file.serial) }
            // Where none is left, all was dead, or has been put in order meanwhile.
            if let first, let section = sections[disk.number] { disk.sections.insert(section, at: first) }
        }
        for file in files where replaced.contains(file.file.serial) { obsolete.insert(file.entry.name) }
        files.removeAll { replaced.contains($0.file.serial) }
        if !result.sections.isEmpty {
            let entry = Manifest.File(
                name: result.job.outputName, byteCount: result.byteCount,
                directoryChecksum: result.directoryChecksum)
            files.insert(
                LiveFile(file: result.file, entry: entry, sectionStarts: result.sections.map(\.start)),
                at: position)
        }
    }
}
