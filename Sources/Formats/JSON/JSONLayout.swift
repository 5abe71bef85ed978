import Glibc

/// The field order and spelling that a decoder has seen so far and expects of the next record.
///
/// A key's prefix is all bytes from behind the `{` or `,` before it to its value: `"price":`. Keys keep the
/// order of the records; one that some records leave out stands where it is when it comes. Comparing a prefix
/// with the bytes of a record takes two masked words for most keys. What is expected never changes a result,
/// only its price.
final class JSONLayout {
    struct Key {
        /// The first 16 bytes of the prefix, and which of them count.
        let head: UInt64
        let next: UInt64
        let headMask: UInt64
        let nextMask: UInt64
        let length: Int32
        /// The wanted field or `unwanted`.
        let field: Int32
        /// Where the bytes behind the first 16 lie in `tails`.
        let tail: Int32
    }

    /// Nobody asked for this key.
    static let unwanted: Int32 = -1
    /// The key stands for several fields or for one that another key stands for too: not a matter of
    /// prediction.
    static let ambiguous: Int32 = -2
    static let keyLimit = 256
    static let lengthLimit = 128

    /// The layout as the decoder's loop sees it, until the next change.
    struct Expectation {
        let keys: UnsafeMutablePointer<Key>
        let count: Int
        let tails: UnsafeMutablePointer<UInt8>
        /// Wanted fields for which no key is expected.
        let unseen: UnsafeMutablePointer<Int32>
        let unseenCount: Int

        /// No record fits it.
        var nothing: Expectation {
            Expectation(keys: keys, count: 0, tails: tails, unseen: unseen, unseenCount: 0)
        }
    }

    private let keys: UnsafeMutablePointer<Key>
    private var count = 0
    private var prefixes: [[UInt8]] = []
    private let tails: UnsafeMutablePointer<UInt8>
    private var tailCount: Int32 = 0
    private let unseen: UnsafeMutablePointer<Int32>
    private var unseenCount = 0
    private let fieldCount: Int

    init(fieldCount: Int) {
        self.fieldCount = fieldCount
        keys = .allocate(capacity: JSONLayout.keyLimit)
        tails = .allocate(capacity: JSONLayout.keyLimit * JSONLayout.lengthLimit)
        unseen = .allocate(capacity: max(1, fieldCount))
        removeAll()
    }

    deinit {
        keys.deallocate()
        tails.deallocate()
        unseen.deallocate()
    }

    var expectation: Expectation {
        Expectation(keys: keys, count: count, tails: tails, unseen: unseen, unseenCount: unseenCount)
    }

    func removeAll() {
        count = 0
        tailCount = 0
        prefixes = []
        for field in 0..<fieldCount { unseen[field] = Int32(field) }
        unseenCount = fieldCount
    }

    /// Whether the prefix is that of an expected key but for white space behind its colon.
    ///
    /// Of two such prefixes the shorter would match in place of the longer, so only one is expected.
    private func holdsVariant(of prefix: UnsafeRawBufferPointer) -> Bool {
        prefixes.contains { known in
            let common = min(known.count, prefix.count)
            return known.prefix(common).elementsEqual(prefix.prefix(common))
        }
    }

    func index(of prefix: UnsafeRawBufferPointer) -> Int? {
        prefixes.firstIndex { $0.count == prefix.count && $0.elementsEqual(prefix) }
    }

    /// Expects `prefix` at place `place`, before what is expected there now. False when there is no room or
    /// when it is not a matter of prediction.
    func insert(_ prefix: UnsafeRawBufferPointer, field: Int32, at place: Int) -> Bool {
        guard count < JSONLayout.keyLimit, prefix.count <= JSONLayout.lengthLimit,
            field != JSONLayout.ambiguous, !holdsVariant(of: prefix),
            field < 0 || !(0..<count).contains(where: { keys[$0].field == field })
        else { return false }
        var padded = Array(prefix.prefix(16))
        padded += [UInt8](repeating: 0, count: 16 - padded.count)
        let (head, next) = padded.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        let key = Key(
            head: head, next: next, headMask: JSONLayout.mask(prefix.count),
            nextMask: JSONLayout.mask(prefix.count - 8), length: Int32(prefix.count), field: field,
            tail: tailCount)
        for byte in prefix.dropFirst(16) {
            tails[Int(tailCount)] = byte
            tailCount += 1
        }
        for index in stride(from: count, to: place, by: -1) { keys[index] = keys[index - 1] }
        keys[place] = key
        prefixes.insert(Array(prefix), at: place)
        count += 1
        if let place = (0..<unseenCount).first(where: { unseen[$0] == field }) {
            unseenCount -= 1
            unseen[place] = unseen[unseenCount]
        }
        return true
    }

    private static func mask(_ bytes: Int) -> UInt64 {
        if bytes <= 0 { return 0 }
        return bytes >= 8 ? .max : (1 << UInt64(bytes * 8)) - 1
    }
}
