import Storage
import Synchronization

/// The file of the epoch that has not ended: what leaves memory before its end, and at last its changes.
///
/// Nothing else refers to the file until the epoch is written; a run that ends before that leaves it as
/// rubbish. Safe to use from many threads.
final class OpenEpoch: @unchecked Sendable {
    private let fileSystem: any FileSystem
    let directory: String
    // Guards all that follows.
    private let lock = Mutex(())
    private var writer: SegmentWriter?
    private var file: SegmentFile?
    private var evictedSections: [SectionInfo] = []
    /// Epochs that ended: the file of the one before may still be on its way to the disk.
    private var endedCount = 0

    init(_ directory: String, _ fileSystem: any FileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    private var path: String { Path.join(directory, StateFileName.temporary(endedCount).text) }

    /// Appends a section, whose records `body` adds, so that it can be read at once. It stands for itself,
    /// also if the epoch's end is tried again.
    ///
    /// - Parameters:
    ///   - count: at least as many as there will be records.
    func appendSection(
        store: UInt32, count: Int, tracksExpiry: Bool,
        _ body: (SectionBuilder) throws(StateError) -> Void
    ) throws(StateError) -> (file: SegmentFile, info: SectionInfo) {
        try locked { () throws(StateError) in
            let (writer, file) = try openFile()
            do throws(StateError) {
                let builder = SectionBuilder(writer, store: store, count: count, tracksExpiry: tracksExpiry)
                try body(builder)
                let info = try builder.finish()
                try writer.flush()
                evictedSections.append(info)
                return (file, info)
            } catch {
                writer.dropBuffer()
                throw error
            }
        }
    }

    /// Ends the file, and begins the next epoch. Nothing is durable yet, what was not appended before is not
    /// even written, and the file does not have its name; readers keep it.
    ///
    /// - Parameters:
    ///   - name: of the file once it is durable.
    ///   - drafts: sections behind those that stood for themselves; called when nothing can fail any more.
    ///   - manifest: called after that.
    /// - Returns: with the epoch, where the drafts' sections are.
    func end(
        as name: String, _ drafts: () -> [SectionDraft], manifest: () -> [UInt8]
    ) throws(StateError) -> (epoch: EndedEpoch, sections: [SectionInfo]) {
        try locked { () throws(StateError) in
            let (writer, file) = try openFile()
            var sections: [SectionInfo] = []
            for draft in drafts() {
                var info = draft.info
                info.start = writer.offset
                writer.enqueue(draft.bytes)
                sections.append(info)
            }
            let all = evictedSections + sections
            let checksum = writer.complete(all, manifest: manifest())
            let ended = EndedEpoch(
                writer: writer, file: file, sectionStarts: all.map(\.start),
                directoryChecksum: checksum, path: path, directory: directory, name: name, fileSystem)
            self.writer = nil
            self.file = nil
            evictedSections = []
            endedCount += 1
            return (ended, sections)
        }
    }

    private func openFile() throws(StateError) -> (SegmentWriter, SegmentFile) {
        if let writer, let file { return (writer, file) }
        let created = try SegmentWriter(path, in: fileSystem)
        try created.flush()
        let readable = try onDisk { () throws(StorageError) in try fileSystem.open(path) }
        let opened = SegmentFile(path, readable)
        writer = created
        file = opened
        return (created, opened)
    }

    private func locked<Result>(_ body: () throws(StateError) -> Result) throws(StateError) -> Result {
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        return try body()
    }
}
