import Columnar
import Glibc

/// How a store's entries are written, and read back.
struct RecordFormat: Sendable {
    let payloadBytes: Int
    let blobOffsets: [Int]

    init(_ layout: StateLayout) {
        payloadBytes = layout.payloadBytes
        blobOffsets = layout.blobOffsets
    }

    /// Appends a record of the entry, with its payload or without.
    func append(
        _ entry: UnsafeRawPointer, word: Int64, withPayload: Bool, _ blobs: BlobHeap, to out: ByteBuffer
    ) {
        let kept = word & ~EntryWord.flags | word & StateFormat.recordFlags
        let start = out.extend(by: withPayload ? 24 + payloadBytes : 24)
        memcpy(start, entry, withPayload ? 24 + payloadBytes : 16)
        start.storeBytes(
            of: withPayload ? kept | EntryWord.used : kept & ~EntryWord.used, toByteOffset: 16, as: Int64.self
        )
        guard withPayload, !blobOffsets.isEmpty else { return }
        let position = out.count - 24 - payloadBytes
        for offset in blobOffsets {
            let blob = blobs.bytes(at: entry + 24 + offset)
            (out.pointer + position + 24 + offset).storeBytes(
                of: blob.map { UInt64($0.count) + 1 } ?? 0, as: UInt64.self)
            if let blob, let base = blob.baseAddress { out.append(base, blob.count) }
        }
    }

    /// The record's bytes; nil if it does not end within `limit`.
    @inline(__always)
    func size(of record: UnsafeRawPointer, limit: Int) -> Int? {
        guard limit >= 24 else { return nil }
        if record.loadUnaligned(fromByteOffset: 16, as: Int64.self) & EntryWord.used == 0 { return 24 }
        var size = 24 + payloadBytes
        guard size <= limit else { return nil }
        for offset in blobOffsets {
            let length = record.loadUnaligned(fromByteOffset: 24 + offset, as: UInt64.self)
            guard length <= UInt64(limit) else { return nil }
            size += max(0, Int(length) - 1)
        }
        return size <= limit ? size : nil
    }

    /// Copies the record's payload and blobs to `payload`, which holds neither.
    func read(_ record: UnsafeRawPointer, to payload: UnsafeMutableRawPointer, _ blobs: BlobHeap) {
        guard record.loadUnaligned(fromByteOffset: 16, as: Int64.self) & EntryWord.used != 0 else { return }
        memcpy(payload, record + 24, payloadBytes)
        var blob = record + 24 + payloadBytes
        for offset in blobOffsets {
            let reference = payload + offset
            let length = reference.load(as: UInt64.self)
            reference.storeBytes(of: 0, as: UInt64.self)
            guard length > 0 else { continue }
            let bytes = UnsafeRawBufferPointer(start: blob, count: Int(length) - 1)
            blobs.replace(at: reference, with: bytes)
            blob += bytes.count
        }
    }
}

/// A record in memory that somebody else owns.
struct Record {
    let pointer: UnsafeRawPointer
    let size: Int

    var key: Fingerprint { pointer.loadUnaligned(as: Fingerprint.self) }
    var word: Int64 { pointer.loadUnaligned(fromByteOffset: 16, as: Int64.self) }

    func isDead(_ bound: Int64) -> Bool {
        let word = word
        return word & EntryWord.removed != 0 || word <= bound
    }

    /// Whether an older version may expire later than this one.
    var mayMask: Bool { word & (EntryWord.removed | EntryWord.masks) != 0 }
}
