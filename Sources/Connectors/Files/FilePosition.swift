import Diagnostics

/// The position of a file source: every file of which something was taken and that is still known.
struct FilePosition {
    struct Entry: Equatable {
        var id: Int
        var key: FileKey
        var fingerprint: HeadFingerprint
        var compression: Compression
        var taken: Int
        var consumed: Int
        var modified: UInt32
        var isSetAside: Bool
        /// Set where there was more to be read; else the file is known by its identity alone.
        var path = ""
        var size = 0
    }

    /// Device of the root directory: device numbers may change with a restart of the machine.
    var device: UInt64
    var nextID: Int
    var entries: [Entry] = []

    private static let version: UInt8 = 1

    init(device: UInt64, nextID: Int) {
        self.device = device
        self.nextID = nextID
    }

    /// What stands in front of the entries.
    func encodedHead() -> [UInt8] {
        var encoder = ByteEncoder()
        encoder.byte(Self.version)
        encoder.number(device)
        encoder.number(nextID)
        return encoder.bytes
    }

    /// An entry; of several with one id the last one counts.
    static func encoded(_ entry: Entry, rootDevice: UInt64) -> [UInt8] {
        var encoder = ByteEncoder()
        let hasMore = !entry.path.isEmpty
        let isElsewhere = entry.key.device != rootDevice
        encoder.byte(
            (hasMore ? 1 : 0) | (isElsewhere ? 2 : 0) | (entry.isSetAside ? 4 : 0)
                | (entry.consumed == entry.taken ? 0 : 8) | entry.compression.rawValue << 4)
        encoder.number(entry.id)
        if isElsewhere { encoder.number(entry.key.device) }
        encoder.number(entry.key.inode)
        encoder.number(entry.fingerprint.length)
        encoder.word(entry.fingerprint.hash)
        encoder.number(entry.taken)
        if entry.consumed != entry.taken { encoder.number(entry.consumed) }
        encoder.number(UInt64(entry.modified))
        if hasMore {
            encoder.text(entry.path)
            encoder.number(entry.size)
        }
        return encoder.bytes
    }

    /// Says that the file with this id is not known any more.
    static func encodedRemoval(_ id: Int) -> [UInt8] {
        var encoder = ByteEncoder()
        encoder.byte(0x80)
        encoder.number(id)
        return encoder.bytes
    }

    /// The number that the next file will get.
    static func encodedNextID(_ id: Int) -> [UInt8] {
        var encoder = ByteEncoder()
        encoder.byte(0xC0)
        encoder.number(id)
        return encoder.bytes
    }

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = ByteDecoder(bytes)
        guard let version = decoder.byte() else { throw Self.malformed }
        guard version == Self.version else {
            throw Diagnostic(
                .incompatibleVersion, "the position of a file source has format version \(version)",
                expected: "version \(Self.version)",
                hint: "use the version of Millrace that wrote the checkpoint")
        }
        guard let device = decoder.number(), let nextID = decoder.count() else { throw Self.malformed }
        self.init(device: device, nextID: nextID)
        var byID: [Int: Entry] = [:]
        while !decoder.isAtEnd {
            guard let flags = decoder.byte(), let id = decoder.count() else { throw Self.malformed }
            if flags == 0xC0 {
                self.nextID = max(self.nextID, id)
            } else if flags == 0x80 {
                byID[id] = nil
            } else {
                guard let entry = Self.entry(&decoder, flags, id, device) else { throw Self.malformed }
                byID[id] = entry
            }
        }
        entries = byID.values.sorted { $0.id < $1.id }
    }

    private static func entry(
        _ decoder: inout ByteDecoder, _ flags: UInt8, _ id: Int, _ root: UInt64
    ) -> Entry? {
        var device = root
        if flags & 2 != 0 {
            guard let elsewhere = decoder.number() else { return nil }
            device = elsewhere
        }
        guard let compression = Compression(rawValue: flags >> 4 & 7), let inode = decoder.number(),
            let length = decoder.count(), length <= HeadFingerprint.longest, let hash = decoder.word(),
            let taken = decoder.count()
        else { return nil }
        var consumed = taken
        if flags & 8 != 0 {
            guard let used = decoder.count() else { return nil }
            consumed = used
        }
        guard let modified = decoder.number() else { return nil }
        var entry = Entry(
            id: id, key: FileKey(device: device, inode: inode),
            fingerprint: HeadFingerprint(length: length, hash: hash), compression: compression, taken: taken,
            consumed: consumed, modified: UInt32(truncatingIfNeeded: modified), isSetAside: flags & 4 != 0)
        if flags & 1 != 0 {
            guard let path = decoder.text(), let size = decoder.count() else { return nil }
            entry.path = path
            entry.size = size
        }
        return entry
    }

    private static let malformed = Diagnostic(
        .corrupt, "the position of a file source is malformed", hint: "the checkpoint is damaged")
}
