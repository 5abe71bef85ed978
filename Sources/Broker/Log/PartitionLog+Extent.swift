import Storage

extension PartitionLog {
    /// A run of records, without them.
    struct Extent: Equatable, Sendable {
        /// Behind the last of them, and behind what nobody is to see.
        var nextOffset: Int64
        /// As they lie in the log.
        var byteCount = 0
        var recordCount = 0
    }

    /// What a `committed` reader finds from an offset on, by the headers of batches: whole batches up to
    /// `maxBytes`, one record at least if there is any.
    ///
    /// `nextOffset` is `offset` where there is nothing.
    func extent(from offset: Int64, maxBytes: Int) throws(LogError) -> Extent {
        var extent = Extent(nextOffset: offset)
        while extent.byteCount < max(maxBytes, 1) {
            let (from, left) = (extent.nextOffset, maxBytes - extent.byteCount)
            let (found, _) = try search(from: from, .committed) { place, upper throws(StorageError) in
                try self.extent(
                    place, from: from, before: upper, maxBytes: left, needsOne: extent.recordCount == 0)
            }
            guard let found, found.nextOffset > from else { break }
            extent.nextOffset = found.nextOffset
            extent.byteCount += found.byteCount
            extent.recordCount += found.recordCount
        }
        return extent
    }

    /// nil where the segment has nothing at or behind the offset.
    private func extent(
        _ place: Place, from offset: Int64, before upper: Int64, maxBytes: Int, needsOne: Bool
    ) throws(StorageError) -> Extent? {
        var scan = SegmentScan(place.file, from: place.position, to: place.end, pieceByteCount: 64 << 10)
        var start = place.position
        guard
            var header = try scan.skip(until: { $0.lastOffset >= offset }, start: &start),
            header.baseOffset < upper
        else { return nil }
        var extent = Extent(nextOffset: offset)
        while true {
            if isVisible(header, from: offset) {
                let fits = extent.byteCount + header.byteCount <= maxBytes
                let isFirst = needsOne && extent.recordCount == 0
                guard fits || isFirst else { return extent }
                var part = Extent(
                    nextOffset: header.nextOffset, byteCount: header.byteCount,
                    recordCount: Int(header.recordCount))
                if !fits || header.baseOffset < offset {
                    part = try self.part(place, header, start, from: offset, maxBytes) ?? part
                }
                extent.byteCount += part.byteCount
                extent.recordCount += part.recordCount
                extent.nextOffset = part.nextOffset
                if part.nextOffset < header.nextOffset { return extent }
            }
            extent.nextOffset = header.nextOffset
            start = scan.position
            guard let next = try scan.nextHeader(), next.baseOffset < upper else { return extent }
            header = next
        }
    }

    private func isVisible(_ header: RecordBatchHeader, from offset: Int64) -> Bool {
        !header.attributes.isControl && header.recordCount > 0
            && !abortedTransactions(from: offset, before: header.nextOffset).contains { $0.covers(header) }
    }

    /// The records of a batch from an offset on, as many as are wanted but one at least; nil where it is
    /// damaged, which its reader finds out.
    private func part(
        _ place: Place, _ header: RecordBatchHeader, _ start: Int, from offset: Int64, _ maxBytes: Int
    ) throws(StorageError) -> Extent? {
        let bytes = try place.file.read(at: start, count: header.byteCount)
        var extent = Extent(nextOffset: header.nextOffset)
        var isWhole = true
        bytes.withUnsafeBytes { bytes in
            do throws(RecordError) {
                let batch = try RecordBatch(at: bytes, checkingChecksum: false)
                try batch.forEachRecord { record throws(RecordError) in
                    guard record.offset >= offset, extent.nextOffset == header.nextOffset else { return }
                    let size =
                        (record.key?.count ?? 0) + (record.value?.count ?? 0) + record.headerBytes.count
                    guard extent.recordCount == 0 || extent.byteCount + size <= maxBytes else {
                        extent.nextOffset = record.offset
                        return
                    }
                    extent.byteCount += max(size, 1)
                    extent.recordCount += 1
                }
            } catch {
                isWhole = false
            }
        }
        return isWhole ? extent : nil
    }
}

extension AbortedTransaction {
    /// Whether the batch was taken back with it.
    func covers(_ header: RecordBatchHeader) -> Bool {
        header.attributes.isTransactional && header.producerID == producerID
            && header.baseOffset >= firstOffset && header.baseOffset <= lastOffset
    }
}
