import Columnar
import Storage

/// Writes what several neighbouring files hold into one, without what is dead.
struct MergeJob: Sendable {
    let inputs: [SectionMerge]
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
            let builder = store.makeBuilder(writer)
            try store.run(builder)
            if builder.recordCount > 0 { sections.append(try builder.finish()) }
        }
        try writer.flush()
        let checksum = writer.complete(sections, manifest: [])
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
}
