/// An open file of a `SimulatedFileSystem`, which touches the node only under that one's lock.
final class SimulatedReadableFile: ReadableFile, @unchecked Sendable {
    private let path: String
    private let node: SimulatedNode
    private let fileSystem: SimulatedFileSystem

    init(_ path: String, _ node: SimulatedNode, _ fileSystem: SimulatedFileSystem) {
        self.path = path
        self.node = node
        self.fileSystem = fileSystem
    }

    func size() throws(StorageError) -> Int { try status().size }

    func status() throws(StorageError) -> FileStatus { try fileSystem.currentStatus(of: node) }

    func read(at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws(StorageError) -> Int {
        try fileSystem.read(node, at: offset, into: buffer)
    }

    func close() {}
}
