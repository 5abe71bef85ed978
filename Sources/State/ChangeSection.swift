import Columnar

/// What an epoch changed in a store that is whole in memory, as a section without order: nobody looks for a
/// single record in it before it was merged or sorted.
final class ChangeSection {
    private static let blockBytes = 64 << 10

    private let format: RecordFormat
    private let buffer: ByteBuffer
    private var info = SectionInfo()
    private var samples = ExpirySamples()
    /// Where the open block begins, and how many records it has.
    private var blockStart = 0
    private var blockRecords: UInt32 = 0

    /// - Parameters:
    ///   - count: about as many as there will be records.
    init(store: UInt32, count: Int, _ format: RecordFormat) {
        self.format = format
        let bytes = count * (24 + format.payloadBytes)
        buffer = ByteBuffer(capacity: bytes + bytes / ChangeSection.blockBytes * 16 + 64)
        info.store = store
        info.isOrdered = false
    }

    func add(_ entry: UnsafeRawPointer, word: Int64, withPayload: Bool, _ blobs: BlobHeap) {
        if blockRecords == 0 { _ = buffer.extend(by: StateFormat.blockHeaderBytes) }
        format.append(entry, word: word, withPayload: withPayload, blobs, to: buffer)
        blockRecords += 1
        info.recordCount += 1
        if withPayload {
            let expiry = EntryWord.expiry(word)
            info.lastExpiry = max(info.lastExpiry, expiry)
            samples.add(expiry, record: info.recordCount)
        } else {
            info.tombstoneCount += 1
        }
        if buffer.count - blockStart > ChangeSection.blockBytes { closeBlock() }
    }

    /// The section; nil if it has no records.
    func finish() -> SectionDraft? {
        closeBlock()
        guard info.recordCount > 0 else { return nil }
        info.byteCount = buffer.count
        info.timerOffset = buffer.count
        info.indexOffset = buffer.count
        info.filterOffset = buffer.count
        info.sampledExpiries = samples.ascending
        return SectionDraft(info: info, bytes: buffer, index: nil)
    }

    private func closeBlock() {
        guard blockRecords > 0 else { return }
        let header = buffer.pointer + blockStart
        let bytes = buffer.count - blockStart - StateFormat.blockHeaderBytes
        let checksum = StateFormat.blockChecksum(header + StateFormat.blockHeaderBytes, blockRecords, bytes)
        header.storeBytes(of: UInt32(bytes), as: UInt32.self)
        header.storeBytes(of: blockRecords, toByteOffset: 4, as: UInt32.self)
        header.storeBytes(of: checksum, toByteOffset: 8, as: UInt64.self)
        blockStart = buffer.count
        blockRecords = 0
    }
}
