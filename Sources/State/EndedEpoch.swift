import Storage
import Synchronization

/// The file of an epoch that has ended, complete and on its way to the disk.
///
/// For one thread at a time, whichever that is; `writeRest` for any number of them.
final class EndedEpoch: PendingFile, @unchecked Sendable {
    let file: SegmentFile
    let sectionStarts: [Int]
    let directoryChecksum: UInt64
    let byteCount: Int
    private let writer: SegmentWriter
    private let path: String
    private let directory: String
    private let finalPath: String
    private let fileSystem: any FileSystem
    // Guards what is left to be written.
    private let writing = Mutex(())
    private var isSynchronised = false
    private var isRenamed = false

    init(
        writer: SegmentWriter, file: SegmentFile, sectionStarts: [Int], directoryChecksum: UInt64,
        path: String, directory: String, name: String, _ fileSystem: any FileSystem
    ) {
        self.writer = writer
        self.file = file
        self.sectionStarts = sectionStarts
        self.directoryChecksum = directoryChecksum
        self.path = path
        self.directory = directory
        finalPath = Path.join(directory, name)
        self.fileSystem = fileSystem
        byteCount = writer.offset
        file.awaits(self)
    }

    func writeRest() throws(StateError) {
        writing._unsafeLock()
        defer { writing._unsafeUnlock() }
        try writer.writeQueue()
        file.wasCompleted()
    }

    /// Makes the file durable under its name. May be called again after it threw; but once a synchronisation
    /// has failed, nobody knows which bytes will reach the disk, and it throws for ever.
    func makeDurable() throws(StateError) {
        if writer.hasFailedToSynchronise {
            throw .storage(
                .invalid(path: path, reason: "an earlier write was lost; start again from the last epoch"))
        }
        try writeRest()
        if !isSynchronised { try writer.synchronise() }
        isSynchronised = true
        writer.close()
        try onDisk { () throws(StorageError) in
            if !isRenamed { try fileSystem.rename(path, to: finalPath) }
            isRenamed = true
            file.wasRenamed(to: finalPath)
            try fileSystem.synchroniseDirectory(directory)
        }
    }
}
