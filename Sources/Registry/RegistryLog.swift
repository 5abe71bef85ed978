import Diagnostics
import Formats
import Storage
import Synchronization

/// A registry's changes in a file that only grows.
///
/// One line for what was changed together: a checksum, a blank, and a JSON array with an object for each
/// change. What a crash left of a last line is cut off. Any other line that is damaged keeps the registry
/// from opening: without it a schema would be missing, and its id be given to another one.
public final class RegistryLog: RegistryStorage {
    private struct State {
        var size = 0
        var cut: Diagnostic?
    }

    public let path: String
    private let files: any FileSystem
    private let state = Mutex(State())
    private let read: [RegistryChange]

    /// Reads the file, or begins one. One program at a time may have it open.
    public init(_ path: String, _ files: any FileSystem) throws(Diagnostic) {
        self.path = path
        self.files = files
        var bytes: [UInt8] = []
        do throws(StorageError) {
            try files.createDirectory(Path.directory(of: path))
            if try files.status(path) != nil { bytes = try files.read(path) }
        } catch { throw Self.failure(error, "read") }
        let (changes, size) = try Self.changes(in: bytes, path)
        read = changes
        guard size < bytes.count else {
            state.withLock { $0.size = size }
            return
        }
        do throws(StorageError) { try files.truncate(path, to: size) } catch {
            throw Self.failure(error, "mended")
        }
        let cut = Diagnostic(
            .state, "the last line of \(path) was not whole and was cut off",
            hint: "register its schema again if one is missing")
        state.withLock { $0 = State(size: size, cut: cut) }
    }

    /// What a crash had left, if anything; it is gone.
    public var damage: Diagnostic? { state.withLock { $0.cut } }

    public func changes() throws(Diagnostic) -> [RegistryChange] { read }

    public func append(_ changes: [RegistryChange]) throws(Diagnostic) {
        let line = Self.line(changes)
        let failed = state.withLock { state -> StorageError? in
            do throws(StorageError) {
                try write(line, after: state.size)
                state.size += line.count
                return nil
            } catch {
                // The next line must not stand behind half of this one.
                try? files.truncate(path, to: state.size)
                return error
            }
        }
        if let failed { throw Self.failure(failed, "written") }
    }

    private func write(_ line: [UInt8], after size: Int) throws(StorageError) {
        let status = try files.status(path)
        if let status, status.size > size { try files.truncate(path, to: size) }
        let file = status == nil ? try files.create(path) : try files.append(to: path)
        defer { file.close() }
        var outcome: Result<Void, StorageError> = .success(())
        line.withUnsafeBytes { bytes in
            do throws(StorageError) { try file.write(bytes) } catch { outcome = .failure(error) }
        }
        try outcome.get()
        try file.synchronise()
        if size == 0 { try files.synchroniseDirectory(Path.directory(of: path)) }
    }

    private static func failure(_ error: StorageError, _ verb: String) -> Diagnostic {
        Diagnostic(
            .state, "the registry's log can't be \(verb): \(error.reason) (\(error.path))",
            hint: "make room on the disk or mend its permissions, and try again")
    }

    // MARK: Lines

    private static let checksumDigits = 16

    private static func line(_ changes: [RegistryChange]) -> [UInt8] {
        let body = Array(JSONValue.array(changes.map(\.json)).text.utf8)
        return Array(checksum(body[...]).utf8) + [UInt8(ascii: " ")] + body + [UInt8(ascii: "\n")]
    }

    private static func checksum(_ bytes: ArraySlice<UInt8>) -> String {
        // FNV-1a: against torn writes and slips of an editor, not against anybody's intent.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: checksumDigits - digits.utf8.count) + digits
    }

    /// The changes, and where the last whole line ends.
    private static func changes(
        in bytes: [UInt8], _ path: String
    ) throws(Diagnostic) -> ([RegistryChange], Int) {
        var changes: [RegistryChange] = []
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            if end < bytes.count, let line = Self.changes(of: bytes[start..<end]) {
                changes += line
            } else if end + 1 >= bytes.count {
                return (changes, start)
            } else {
                throw Diagnostic(
                    .corrupt, "line \(number) of the registry's log \(path) is damaged",
                    hint: "put a copy of the file in its place; without the line its schemas are lost")
            }
            start = end + 1
        }
        return (changes, bytes.count)
    }

    private static func changes(of line: ArraySlice<UInt8>) -> [RegistryChange]? {
        guard line.count > checksumDigits + 1 else { return nil }
        let body = line.dropFirst(checksumDigits + 1)
        guard String(decoding: line.prefix(checksumDigits), as: UTF8.self) == checksum(body),
            let list = (try? JSONValue(parsing: Array(body)))?.array
        else { return nil }
        let changes = list.compactMap { RegistryChange($0) }
        return changes.count == list.count ? changes : nil
    }
}
