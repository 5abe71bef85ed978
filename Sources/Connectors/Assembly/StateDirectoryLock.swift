import Diagnostics
import Glibc

/// Keeps a state directory for one process, as long as the value lives; the kernel lets go of it when the
/// process ends.
public final class StateDirectoryLock: Sendable {
    private let descriptor: Int32

    /// Makes the directory if it is not there. Throws when another process has it.
    public convenience init(_ directory: String) throws(Diagnostic) {
        let (descriptor, owner) = try Self.take(directory)
        guard let descriptor else {
            throw Diagnostic(
                .conflict, "the state directory \(directory) is in use by another process\(owner)",
                hint: "stop that process, or give another directory with --state")
        }
        self.init(descriptor: descriptor)
    }

    /// The same, but nil when another process has it.
    ///
    /// - Parameter owner: set to that process, for people: ` (pid 12)`, or nothing where it is not known.
    public static func ifFree(
        _ directory: String, owner: inout String
    ) throws(Diagnostic) -> StateDirectoryLock? {
        let (descriptor, found) = try take(directory)
        owner = found
        return descriptor.map { StateDirectoryLock(descriptor: $0) }
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    private static func take(_ directory: String) throws(Diagnostic) -> (descriptor: Int32?, owner: String) {
        var made = ""
        for part in directory.split(separator: "/", omittingEmptySubsequences: false) {
            made += part + "/"
            if part.isEmpty || mkdir(made, 0o777) == 0 || errno == EEXIST { continue }
            throw failure(directory, String(cString: strerror(errno)))
        }
        let path = directory + "/lock"
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw failure(directory, String(cString: strerror(errno))) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let owner = owner(descriptor)
            close(descriptor)
            return (nil, owner)
        }
        ftruncate(descriptor, 0)
        let text = "\(getpid()) on \(hostName)\n"
        _ = text.withCString { pwrite(descriptor, $0, strlen($0), 0) }
        return (descriptor, "")
    }

    /// Processes in containers have one number in many of them.
    static var hostName: String {
        var name = [CChar](repeating: 0, count: 256)
        gethostname(&name, 255)
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    deinit { close(descriptor) }

    private static func owner(_ descriptor: Int32) -> String {
        var bytes = [CChar](repeating: 0, count: 24)
        guard pread(descriptor, &bytes, 20, 0) > 0 else { return "" }
        let digits = bytes.prefix { $0 >= 48 && $0 <= 57 }.map { UInt8(bitPattern: $0) }
        return digits.isEmpty ? "" : " (pid \(String(decoding: digits, as: UTF8.self)))"
    }

    private static func failure(_ directory: String, _ reason: String) -> Diagnostic {
        Diagnostic(
            .state, "the state directory \(directory) can't be used: \(reason.lowercased())",
            hint: "check its permissions, or give another one with --state")
    }
}
