import Diagnostics
import Runtime

/// What an `InputRange` of files says.
struct FileRange: Hashable, Sendable {
    enum Kind: UInt8, Sendable {
        /// Records from `start` to `end`.
        case records = 0
        /// The file cannot be read on from `start`; `start ..< end` is a torn record in front of the damage.
        case damaged = 1
        /// The file is gone, with what was behind `start`.
        case lost = 2
        /// The file was cut to `end` bytes.
        case shrunk = 3
    }

    var kind = Kind.records
    var fileID: Int
    var path: String
    var key: FileKey
    var fingerprint: HeadFingerprint
    var compression: Compression
    /// Offsets in the decompressed file.
    var start: Int
    var end: Int
    /// Bytes of the file itself that are used up once the range is taken.
    var consumed: Int
    /// Nothing was behind `end` when the range was fixed.
    var isFinished = false
    /// The last record lacks its line end.
    var isUnterminated = false
    /// For all kinds but `records`.
    var problem: Problem?

    /// What is wrong, in full: after a crash it must be told in the same words.
    struct Problem: Hashable, Sendable {
        var code: String
        var message: String
        var expected: String
        var hint: String
        /// Bytes that cannot be read; -1 where nobody can tell.
        var byteCount: Int

        init(_ reason: Diagnostic, byteCount: Int) {
            code = reason.code.rawValue
            message = reason.message
            expected = reason.expected ?? ""
            hint = reason.hint ?? ""
            self.byteCount = byteCount
        }

        var reason: Diagnostic {
            Diagnostic(
                DiagnosticCode(code), message, expected: expected.isEmpty ? nil : expected,
                hint: hint.isEmpty ? nil : hint)
        }

        func encode(into encoder: inout ByteEncoder) {
            for text in [code, message, expected, hint] { encoder.text(text) }
            encoder.number(byteCount + 1)
        }

        init?(_ decoder: inout ByteDecoder) {
            guard let code = decoder.text(), let message = decoder.text(), let expected = decoder.text(),
                let hint = decoder.text(), let count = decoder.count()
            else { return nil }
            (self.code, self.message, self.expected, self.hint) = (code, message, expected, hint)
            byteCount = count - 1
        }
    }

    private static let version: UInt8 = 1

    var inputRange: InputRange {
        var encoder = ByteEncoder()
        encoder.byte(Self.version)
        encoder.byte(kind.rawValue)
        encoder.byte((isFinished ? 1 : 0) | (isUnterminated ? 2 : 0) | compression.rawValue << 2)
        encoder.number(fileID)
        encoder.text(path)
        encoder.number(key.device)
        encoder.number(key.inode)
        encoder.number(fingerprint.length)
        encoder.word(fingerprint.hash)
        encoder.number(start)
        encoder.number(end)
        encoder.number(consumed)
        problem?.encode(into: &encoder)
        return InputRange(encoded: encoder.bytes, byteCount: kind == .records ? end - start : 0)
    }

    init(
        fileID: Int, path: String, key: FileKey, fingerprint: HeadFingerprint, compression: Compression,
        start: Int, end: Int, consumed: Int
    ) {
        self.fileID = fileID
        self.path = path
        self.key = key
        self.fingerprint = fingerprint
        self.compression = compression
        self.start = start
        self.end = end
        self.consumed = consumed
    }

    init(_ range: InputRange) throws(Diagnostic) {
        var decoder = ByteDecoder(range.encoded)
        guard let version = decoder.byte() else { throw Self.malformed }
        guard version == Self.version else {
            throw Diagnostic(
                .incompatibleVersion, "a logged range of files has format version \(version)",
                expected: "version \(Self.version)", hint: "use the version of Millrace that wrote the log")
        }
        guard let kindByte = decoder.byte(), let kind = Kind(rawValue: kindByte), let flags = decoder.byte(),
            let compression = Compression(rawValue: flags >> 2), let fileID = decoder.count(),
            let path = decoder.text(), let device = decoder.number(), let inode = decoder.number(),
            let length = decoder.count(), length <= HeadFingerprint.longest, let hash = decoder.word(),
            let start = decoder.count(), let end = decoder.count(), start <= end || kind == .shrunk,
            let consumed = decoder.count()
        else { throw Self.malformed }
        self.init(
            fileID: fileID, path: path, key: FileKey(device: device, inode: inode),
            fingerprint: HeadFingerprint(length: length, hash: hash), compression: compression,
            start: start, end: end, consumed: consumed)
        self.kind = kind
        isFinished = flags & 1 != 0
        isUnterminated = flags & 2 != 0
        if kind != .records {
            guard let problem = Problem(&decoder) else { throw Self.malformed }
            self.problem = problem
        }
        guard decoder.isAtEnd else { throw Self.malformed }
    }

    private static let malformed = Diagnostic(
        .corrupt, "a logged range of files is malformed", hint: "the write-ahead log is damaged")
}
