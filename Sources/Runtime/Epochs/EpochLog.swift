import Columnar
import Diagnostics
import Storage

/// The write-ahead log of one epoch: what it reads and by which clock, fixed before any sink commits.
///
/// ```
/// file  <directory>/<epoch, 20 digits>.wal
/// entry | length: UInt32 | checksum: UInt64 of kind and payload | kind: UInt8 | payload |
/// ```
/// Entries: one `begin`, one `idle` if sources were, any number of `range`, then `sealed` (no more ranges,
/// sinks may commit), then `done`.
/// A torn last entry is cut off: nothing can have depended on it, because sinks commit only after `sealed` is
/// durable.
struct EpochLog {
    /// What the log of an epoch holds.
    struct Content: Equatable {
        var epoch: Int64
        /// Milliseconds since the epoch of time, UTC: the clock that all rows of this epoch see.
        var clock: Int64
        var planFingerprint: UInt64
        /// Sources that had nothing for so long that their time goes on, before any range.
        var idle: [IdleTime] = []
        /// In the order in which they were taken: the source's number and its range.
        var ranges: [(source: Int, range: InputRange)] = []
        var isSealed = false
        var isDone = false

        static func == (left: Content, right: Content) -> Bool {
            left.epoch == right.epoch && left.clock == right.clock
                && left.planFingerprint == right.planFingerprint && left.isSealed == right.isSealed
                && left.isDone == right.isDone && left.ranges.map(\.source) == right.ranges.map(\.source)
                && left.ranges.map(\.range) == right.ranges.map(\.range) && left.idle == right.idle
        }
    }

    private enum Kind: UInt8 {
        case begin = 1
        case range = 2
        case sealed = 3
        case done = 4
        /// Since version 2.
        case idle = 5
    }

    static let formatVersion: UInt32 = 2

    let fileSystem: any FileSystem
    let directory: String

    func path(of epoch: Int64) -> String {
        let digits = String(epoch)
        let zeros = String(repeating: "0", count: max(0, 20 - digits.utf8.count))
        return Path.join(directory, zeros + digits + ".wal")
    }

    /// The epochs that have a log, ascending.
    func epochs() throws(StorageError) -> [Int64] {
        try fileSystem.list(directory).compactMap { entry in
            guard entry.name.hasSuffix(".wal") else { return nil }
            return Int64(entry.name.dropLast(4))
        }.sorted()
    }

    /// Reads the log of an epoch; nil when it does not even hold its first entry.
    ///
    /// Also cuts a torn tail off the file, so that entries can be appended.
    func load(_ epoch: Int64) throws(Diagnostic) -> Content? {
        let file = path(of: epoch)
        do throws(StorageError) {
            let bytes = try fileSystem.read(file)
            let (content, intact) = Self.parse(bytes)
            // First: what a later version wrote looks torn to this one, and is not to be cut.
            if let version = Self.version(bytes), version > Self.formatVersion {
                throw StorageError.invalid(path: file, reason: "its format version is \(version)")
            }
            if intact < bytes.count { try fileSystem.truncate(file, to: intact) }
            return content
        } catch {
            throw Diagnostic(
                .state, "the write-ahead log \(error.path) can't be read: \(error.reason)",
                hint: "use the Millrace version that wrote it, or start over with another --state directory")
        }
    }

    /// The whole entries of a log, and how many bytes they are.
    static func parse(_ bytes: [UInt8]) -> (content: Content?, intactBytes: Int) {
        var reader = BinaryDecoder(bytes)
        var content: Content?
        var intact = 0
        while let entry = entry(&reader) {
            guard apply(entry.kind, entry.payload, to: &content) else { break }
            intact = reader.position
        }
        return (content, intact)
    }

    private static func entry(_ reader: inout BinaryDecoder) -> (kind: Kind, payload: [UInt8])? {
        guard let length = try? reader.number(UInt32.self), length >= 1,
            let checksum = try? reader.number(UInt64.self), let body = try? reader.bytes(Int(length)),
            Self.checksum(body) == checksum, let kind = Kind(rawValue: body[0])
        else { return nil }
        return (kind, Array(body.dropFirst()))
    }

    private static func version(_ bytes: [UInt8]) -> UInt32? {
        var reader = BinaryDecoder(bytes)
        guard let first = entry(&reader), first.kind == .begin else { return nil }
        var payload = BinaryDecoder(first.payload)
        return try? payload.number(UInt32.self)
    }

    private static func apply(_ kind: Kind, _ payload: [UInt8], to content: inout Content?) -> Bool {
        var reader = BinaryDecoder(payload)
        switch kind {
        case .begin:
            guard let version = try? reader.number(UInt32.self), version <= formatVersion,
                let epoch = try? reader.number(Int64.self), let clock = try? reader.number(Int64.self),
                let fingerprint = try? reader.number(UInt64.self)
            else { return false }
            content = Content(epoch: epoch, clock: clock, planFingerprint: fingerprint)
        case .range:
            guard content != nil, let source = try? reader.number(UInt32.self),
                let count = try? reader.number(Int64.self)
            else { return false }
            let range = InputRange(encoded: reader.rest(), byteCount: Int(count))
            content?.ranges.append((Int(source), range))
        case .idle:
            guard content != nil, let idle = idleTimes(&reader) else { return false }
            content?.idle = idle
        case .sealed: content?.isSealed = true
        case .done: content?.isDone = true
        }
        return content != nil
    }

    private static func idleTimes(_ reader: inout BinaryDecoder) -> [IdleTime]? {
        try? reader.list { entry throws(BinaryDecoder.Failure) in
            IdleTime(
                source: Int(try entry.number(UInt32.self)), isWhole: try entry.flag(),
                partitions: try entry.list { part throws(BinaryDecoder.Failure) in
                    .init(number: Int(try part.number(UInt32.self)), passed: try part.number(Int64.self))
                })
        }
    }

    static func checksum(_ bytes: [UInt8]) -> UInt64 {
        bytes.withUnsafeBytes { raw in
            guard let base = raw.baseAddress else { return 0 }
            return Fingerprint.of(base, raw.count, seed: Fingerprint(low: 0x6D69_6C6C, high: 0x7261_6365)).low
        }
    }

    /// Starts the log of an epoch. A log of that name is from an epoch in which nothing was read: it is
    /// replaced.
    func begin(_ content: Content) throws(StorageError) -> Writer {
        let file = try fileSystem.create(path(of: content.epoch))
        var payload = BinaryEncoder()
        payload.add(Self.formatVersion)
        payload.add(content.epoch)
        payload.add(content.clock)
        payload.add(content.planFingerprint)
        let writer = Writer(log: self, epoch: content.epoch, file: file)
        try writer.append(Kind.begin.rawValue, payload.bytes)
        return writer
    }

    /// Goes on with the log of an epoch that was loaded.
    func resume(_ epoch: Int64) throws(StorageError) -> Writer {
        Writer(log: self, epoch: epoch, file: try fileSystem.append(to: path(of: epoch)))
    }

    func remove(_ epoch: Int64) throws(StorageError) { try fileSystem.remove(path(of: epoch)) }

    /// Appends entries to the log of one epoch.
    final class Writer {
        private let log: EpochLog
        private let epoch: Int64
        private var file: any WritableFile

        init(log: EpochLog, epoch: Int64, file: any WritableFile) {
            self.log = log
            self.epoch = epoch
            self.file = file
        }

        func append(source: Int, _ range: InputRange) throws(StorageError) {
            var payload = BinaryEncoder()
            payload.add(UInt32(source))
            payload.add(Int64(range.byteCount))
            payload.add(contentsOf: range.encoded)
            try append(Kind.range.rawValue, payload.bytes)
        }

        func append(_ idle: [IdleTime]) throws(StorageError) {
            var payload = BinaryEncoder()
            payload.add(UInt32(idle.count))
            for entry in idle {
                payload.add(UInt32(entry.source))
                payload.add(entry.isWhole)
                payload.add(UInt32(entry.partitions.count))
                for partition in entry.partitions {
                    payload.add(UInt32(partition.number))
                    payload.add(partition.passed)
                }
            }
            try append(Kind.idle.rawValue, payload.bytes)
        }

        /// No more ranges. Durable when it returns, with all entries before it.
        func seal() throws(StorageError) {
            try append(Kind.sealed.rawValue, [])
            try file.synchronise()
            try log.fileSystem.synchroniseDirectory(log.directory)
        }

        func finish() throws(StorageError) {
            try append(Kind.done.rawValue, [])
            try file.synchronise()
            file.close()
        }

        func append(_ kind: UInt8, _ payload: [UInt8]) throws(StorageError) {
            let body = [kind] + payload
            var entry = BinaryEncoder()
            entry.add(UInt32(body.count))
            entry.add(EpochLog.checksum(body))
            entry.add(contentsOf: body)
            let start = file.size
            do throws(StorageError) {
                try entry.write(to: file)
            } catch {
                // A full disk took a part of the entry: cut it off, so that it can be written again.
                file.close()
                let path = log.path(of: epoch)
                try? log.fileSystem.truncate(path, to: start)
                file = try log.fileSystem.append(to: path)
                throw error
            }
        }
    }
}
