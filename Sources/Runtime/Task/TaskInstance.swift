import Columnar
import Diagnostics
import Storage

/// Who a task is: made with its state directory, kept for ever, and part of every target's record of epochs.
struct TaskInstance: Equatable {
    /// Sixteen hexadecimal digits.
    let id: String
    /// Seeds the fingerprints of keys, which are in the state.
    let seed: Fingerprint

    static let fileName = "instance"

    static func load(
        from directory: String, _ environment: TaskEnvironment
    ) throws(StorageError) -> TaskInstance {
        let path = Path.join(directory, fileName)
        if try environment.fileSystem.status(path) != nil {
            return try read(from: directory, environment.fileSystem)
        }
        let (id, low, high) = (environment.entropy(), environment.entropy(), environment.entropy())
        let instance = TaskInstance(id: hexadecimal(id), seed: Fingerprint(low: low, high: high))
        try instance.write(to: directory, environment.fileSystem)
        return instance
    }

    /// Makes the instance with a name that somebody else has chosen, unless it is there.
    static func make(
        named id: String, in directory: String, _ environment: TaskEnvironment
    ) throws(StorageError) {
        try environment.fileSystem.createDirectory(directory)
        guard try environment.fileSystem.status(Path.join(directory, fileName)) == nil else { return }
        let (low, high) = (environment.entropy(), environment.entropy())
        try TaskInstance(id: id, seed: Fingerprint(low: low, high: high))
            .write(to: directory, environment.fileSystem)
    }

    static func read(
        from directory: String, _ fileSystem: any FileSystem
    ) throws(StorageError) -> TaskInstance {
        let path = Path.join(directory, fileName)
        let words = String(decoding: try fileSystem.read(path), as: UTF8.self)
            .split(whereSeparator: { $0 == " " || $0 == "\n" })
        guard words.count == 3, let low = UInt64(words[1], radix: 16), let high = UInt64(words[2], radix: 16)
        else { throw .invalid(path: path, reason: "it does not name an instance") }
        return TaskInstance(id: String(words[0]), seed: Fingerprint(low: low, high: high))
    }

    func write(to directory: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let (low, high) = (Self.hexadecimal(seed.low), Self.hexadecimal(seed.high))
        let text = Array("\(id) \(low) \(high)\n".utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: text)
        try fileSystem.writeAtomically(
            UnsafeRawBufferPointer(copy), to: Path.join(directory, Self.fileName))
    }

    private static func hexadecimal(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }
}

extension PipelineTask {
    /// Makes a task's state directory with the name that it has in targets, unless it is there.
    ///
    /// A task of a service is called `<service>-<number>`: targets hold epochs of each of them.
    public static func makeDirectory(
        _ directory: String, instance id: String, _ environment: TaskEnvironment
    ) throws(Diagnostic) {
        do throws(StorageError) {
            try TaskInstance.make(named: id, in: directory, environment)
        } catch {
            throw Diagnostic(
                .state, "the state directory \(directory) can't be made: \(error.reason) (\(error.path))",
                hint: "check its permissions, or give another one with --state")
        }
    }
}
