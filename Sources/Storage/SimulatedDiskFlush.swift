/// Makes all of a `SimulatedFileSystem` durable; an operation, which can fail and then is not believed again.
final class SimulatedDiskFlush: DiskFlush {
    let device: UInt64 = SimulatedFileSystem.device
    private let fileSystem: SimulatedFileSystem

    init(_ fileSystem: SimulatedFileSystem) { self.fileSystem = fileSystem }

    func synchronise() -> Bool { fileSystem.synchroniseAll() }
}
