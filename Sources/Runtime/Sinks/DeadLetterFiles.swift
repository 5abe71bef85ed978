import Columnar
import Diagnostics
import Storage

/// Keeps dead letters as files of JSON lines, one file for an epoch that has any.
///
/// ```
/// <directory>/<epoch, 20 digits>-<source>.jsonl
/// {"source":"…","partition":0,"offset":123,"code":"wrong_type","reason":"…","time":1763…,"raw":"…"}
/// ```
/// Bytes that are no UTF-8 stand in `raw_base64` instead of `raw`. The file is written whole under its
/// epoch's name, so a repeated epoch writes the same file again.
public final class DeadLetterFiles: DeadLetterKeeper, @unchecked Sendable {
    private let fileSystem: any FileSystem
    private let directory: String
    private let sourceName: String
    private var letters: [(letter: DeadLetter, clock: Int64)] = []
    private var clock: Int64 = 0

    /// - Parameter sourceName: the source or sink that they are of; a part of the files' names.
    public init(fileSystem: any FileSystem, directory: String, sourceName: String) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.sourceName = sourceName
    }

    /// An epoch begins, at this wall-clock time in milliseconds.
    public func begin(clock: Int64) {
        self.clock = clock
        letters.removeAll()
    }

    /// Adds letters to the epoch.
    ///
    /// - Parameter clock: that the records have seen, where it is not the epoch's.
    public func append(_ more: [DeadLetter], clock: Int64?) {
        letters += more.map { ($0, clock ?? self.clock) }
    }

    /// Ends the epoch: what is returned makes its dead letters durable, by any thread, and may be called
    /// again.
    public func end(epoch: Int64) -> @Sendable () throws(StorageError) -> Void {
        defer { letters = [] }
        return { [self, letters] () throws(StorageError) in
            if !letters.isEmpty { try write(letters, epoch: epoch) }
        }
    }

    public func open(instance: String, openEpoch: Int64, directory: String) throws(SinkError) {}

    public func finish(epoch: Int64) -> @Sendable () throws(SinkError) -> Void {
        let write = end(epoch: epoch)
        return { () throws(SinkError) in
            do throws(StorageError) { try write() } catch {
                let message = "the dead letters can't be written: \(error.reason) (\(error.path))"
                if case .unavailable = error {
                    throw .unavailable(
                        Diagnostic(
                            .unavailable, message,
                            hint: "make room on the disk or mend its permissions: the pipeline goes on by "
                                + "itself"))
                }
                throw .refused(
                    Diagnostic(.io, message, hint: "check the path and start again: nothing is lost"))
            }
        }
    }

    /// Takes away what an attempt at the epoch that failed has left.
    public func discard(epoch: Int64) throws(StorageError) {
        if try fileSystem.status(path(of: epoch)) != nil { try fileSystem.remove(path(of: epoch)) }
    }

    private func path(of epoch: Int64) -> String {
        let digits = String(epoch)
        let zeros = String(repeating: "0", count: max(0, 20 - digits.utf8.count))
        return Path.join(directory, zeros + digits + "-" + sourceName.lowercased() + ".jsonl")
    }

    private func write(
        _ letters: [(letter: DeadLetter, clock: Int64)], epoch: Int64
    ) throws(StorageError) {
        var text: [UInt8] = []
        for (letter, clock) in letters { Self.append(letter, clock, to: &text) }
        try fileSystem.createDirectory(directory)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: text.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: text)
        try fileSystem.writeAtomically(UnsafeRawBufferPointer(copy), to: path(of: epoch))
    }

    private static func append(_ letter: DeadLetter, _ clock: Int64, to text: inout [UInt8]) {
        var line = "{\"source\":" + JSONText.quoted(letter.source)
        line += ",\"partition\":\(letter.partition),\"offset\":\(letter.offset)"
        line += ",\"code\":" + JSONText.quoted(letter.code) + ",\"reason\":" + JSONText.quoted(letter.reason)
        line += ",\"time\":\(clock)"
        if let raw = String(validating: letter.bytes, as: UTF8.self) {
            line += ",\"raw\":" + JSONText.quoted(raw) + "}\n"
        } else {
            line += ",\"raw_base64\":\"" + base64(letter.bytes) + "\"}\n"
        }
        text.append(contentsOf: line.utf8)
    }

    private static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let word = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for position in 0..<4 {
                let isData = position <= group.count
                text.append(
                    isData ? alphabet[Int(word >> UInt32(18 - 6 * position)) & 63] : UInt8(ascii: "="))
            }
        }
        return String(decoding: text, as: UTF8.self)
    }
}
