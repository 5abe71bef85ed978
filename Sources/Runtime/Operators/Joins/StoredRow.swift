import Columnar

/// What is kept of a row in a blob: its event time, then its encoded values.
struct StoredRow {
    let bytes: UnsafeRawBufferPointer
    let time: Int64

    init(bytes: UnsafeRawBufferPointer, time: Int64) {
        self.bytes = bytes
        self.time = time
    }

    /// nil when there is no blob.
    init?(_ blob: UnsafeRawBufferPointer?) {
        guard let blob, blob.count >= 8 else { return nil }
        time = blob.loadUnaligned(as: Int64.self)
        bytes = UnsafeRawBufferPointer(rebasing: blob[8...])
    }
}

extension BlobHeap {
    /// Replaces a blob by a row that `StoredRow` reads.
    func replace(at reference: UnsafeMutableRawPointer, with row: UnsafeRawBufferPointer, time: Int64) {
        withUnsafeTemporaryAllocation(byteCount: row.count + 8, alignment: 8) { room in
            room.storeBytes(of: time, as: Int64.self)
            UnsafeMutableRawBufferPointer(rebasing: room[8...]).copyMemory(from: row)
            replace(at: reference, with: UnsafeRawBufferPointer(room))
        }
    }
}

extension [UInt8]? {
    /// The bytes while `body` runs; nil of nil.
    func withBytes(_ body: (UnsafeRawBufferPointer?) -> Void) {
        guard let self else { return body(nil) }
        self.withUnsafeBytes { body($0) }
    }
}
