import Columnar
import Glibc

/// A blob that is a list of entries.
///
/// ```
/// entry | bytes: UInt32 | tag: UInt32 | number: Int64 | the bytes |
/// ```
/// What tag and number mean is the function's affair.
struct EntryList {
    struct Entry {
        /// Where the entry begins in the blob.
        let start: Int
        let tag: Int
        let number: Int64
        let bytes: UnsafeRawBufferPointer

        var end: Int { start + EntryList.headerBytes + bytes.count }
    }

    static let headerBytes = 16

    let blobs: BlobHeap
    /// Where the reference to the blob stands.
    let reference: UnsafeMutableRawPointer

    /// Calls `body` with each entry in order until it says false.
    func forEach(_ body: (Entry) -> Bool) {
        guard let blob = blobs.bytes(at: reference) else { return }
        var position = 0
        while position < blob.count {
            let count = Int(blob.loadUnaligned(fromByteOffset: position, as: UInt32.self))
            let start = position + EntryList.headerBytes
            let entry = Entry(
                start: position, tag: Int(blob.loadUnaligned(fromByteOffset: position + 4, as: UInt32.self)),
                number: blob.loadUnaligned(fromByteOffset: position + 8, as: Int64.self),
                bytes: UnsafeRawBufferPointer(rebasing: blob[start..<start + count]))
            guard body(entry) else { return }
            position = entry.end
        }
    }

    func find(_ bytes: [UInt8]) -> Entry? {
        var found: Entry?
        forEach { entry in
            guard entry.bytes.count == bytes.count, let base = entry.bytes.baseAddress,
                memcmp(base, bytes, bytes.count) == 0
            else { return true }
            found = entry
            return false
        }
        return found
    }

    static func encoded(_ bytes: [UInt8], tag: Int = 0, number: Int64 = 0) -> [UInt8] {
        var entry: [UInt8] = []
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: bytes.count)) { entry += $0 }
        withUnsafeBytes(of: UInt32(truncatingIfNeeded: tag)) { entry += $0 }
        withUnsafeBytes(of: number) { entry += $0 }
        return entry + bytes
    }

    func append(_ bytes: [UInt8], tag: Int = 0, number: Int64 = 0) {
        EntryList.encoded(bytes, tag: tag, number: number).withUnsafeBytes {
            blobs.append(at: reference, $0)
        }
    }

    /// Puts an entry in front of what begins at `position`.
    func insert(_ bytes: [UInt8], tag: Int = 0, at position: Int) {
        var all = Array(blobs.bytes(at: reference) ?? UnsafeRawBufferPointer(start: nil, count: 0))
        all.insert(contentsOf: EntryList.encoded(bytes, tag: tag), at: position)
        all.withUnsafeBytes { blobs.replace(at: reference, with: $0) }
    }

    func setNumber(_ number: Int64, of entry: Entry) {
        guard let blob = blobs.mutableBytes(at: reference) else { return }
        blob.storeBytes(of: number, toByteOffset: entry.start + 8, as: Int64.self)
    }

    func remove(_ entry: Entry) {
        guard let blob = blobs.bytes(at: reference) else { return }
        var all = Array(blob)
        all.removeSubrange(entry.start..<entry.end)
        all.withUnsafeBytes { blobs.replace(at: reference, with: $0) }
    }

    /// Leaves out what begins at `position` and behind.
    func truncate(to position: Int) {
        guard let blob = blobs.bytes(at: reference) else { return }
        Array(blob[..<position]).withUnsafeBytes { blobs.replace(at: reference, with: $0) }
    }
}
