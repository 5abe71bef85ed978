/// An open file of a `SimulatedFileSystem`.
final class SimulatedWritableFile: WritableFile {
    private let path: String
    private let node: SimulatedNode
    private let fileSystem: SimulatedFileSystem
    private var isClosed = false

    init(_ path: String, _ node: SimulatedNode, _ fileSystem: SimulatedFileSystem) {
        self.path = path
        self.node = node
        self.fileSystem = fileSystem
    }

    var size: Int { fileSystem.size(of: node) }

    func write(_ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        try checkOpen()
        try fileSystem.write(bytes, to: node, path)
    }

    func synchronise() throws(StorageError) {
        try checkOpen()
        try fileSystem.synchronise(node, path)
    }

    func close() { isClosed = true }

    private func checkOpen() throws(StorageError) {
        if isClosed { throw .unavailable(path: path, reason: "bad file descriptor") }
    }
}
