import Storage
import Synchronization

/// The file of the epoch that has not ended: what leaves memory before its end, and at last its changes.
///
/// Nothing else refers to the file until the epoch is written; a run that ends before that leaves it as
/// rubbish. Safe to use from many threads.
final class OpenEpoch: @unchecked Sendable {
    static let name = "open.state.tmp"

    private let fileSystem: any FileSystem
    let directory: String
    // Guards all that follows.
    private let lock = Mutex(())
    private var writer: SegmentWriter?
    private var file: SegmentFile?
    private var evictedSections: [SectionInfo] = []
    private var isRenamed = false
    /// After a failed synchronisation nobody knows which bytes will reach the disk.
    private var isLost = false

    init(_ directory: String, _ fileSystem: any FileSystem) {
        self.directory = directory
        self.fileSystem = fileSystem
    }

    var path: String { Path.join(directory, OpenEpoch.name) }

    /// Appends a section, whose records `body` adds, so that it can be read at once.
    ///
    /// - Parameters:
    ///   - count: at least as many as there will be records.
    ///   - isEvicted: whether the section stands for itself, also if the epoch's end is tried again.
    func appendSection(
        store: UInt32, count: Int, tracksExpiry: Bool, isEvicted: Bool,
        _ body: (SectionBuilder) throws(StateError) -> Void
    ) throws(StateError) -> (file: SegmentFile, info: SectionInfo) {
        try locked { () throws(StateError) in
            let (writer, file) = try openFile()
            do throws(StateError) {
                let builder = SectionBuilder(writer, store: store, count: count, tracksExpiry: tracksExpiry)
                try body(builder)
                let info = try builder.finish()
                try writer.flush()
                if isEvicted { evictedSections.append(info) }
                return (file, info)
            } catch {
                writer.dropBuffer()
                throw error
            }
        }
    }

    /// Makes the file durable under its name, with the epoch's `sections` behind those that stood for
    /// themselves.
    func finish(
        as name: String, _ sections: [SectionInfo], manifest: [UInt8]
    ) throws(StateError) -> (file: SegmentFile, sections: [SectionInfo], byteCount: Int, checksum: UInt64) {
        try locked { () throws(StateError) in
            let (writer, file) = try openFile()
            let all = evictedSections + sections
            let checksum: UInt64
            do throws(StateError) {
                checksum = try writer.finish(all, manifest: manifest)
            } catch {
                writer.dropBuffer()
                // A write that failed can be made again, a synchronisation cannot.
                if writer.hasFailedToSynchronise { isLost = true }
                throw error
            }
            let finalPath = Path.join(directory, name)
            if !isRenamed {
                try onDisk { () throws(StorageError) in try fileSystem.rename(path, to: finalPath) }
                isRenamed = true
                file.wasRenamed(to: finalPath)
            }
            try onDisk { () throws(StorageError) in try fileSystem.synchroniseDirectory(directory) }
            return (file, all, writer.offset, checksum)
        }
    }

    /// Begins the next epoch. Readers keep the file that was.
    func reset() {
        lock._unsafeLock()
        defer { lock._unsafeUnlock() }
        writer?.close()
        writer = nil
        file = nil
        evictedSections = []
        isRenamed = false
        isLost = false
    }

    private func openFile() throws(StateError) -> (SegmentWriter, SegmentFile) {
        if isLost {
            throw .storage(
                .unavailable(
                    path: path, reason: "an earlier write was lost; load the last epoch and run again"))
        }
        if let writer, let file { return (writer, file) }
        let created = try SegmentWriter(path, in: fileSystem)
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
