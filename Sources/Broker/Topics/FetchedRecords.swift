/// Records that were read, in the order of their offsets, in the memory of whole batches.
///
/// Marks, and what was taken back, are not in it.
public struct FetchedRecords: Sendable {
    /// A part of the records of one batch, unpacked.
    private struct Part: Sendable {
        let header: RecordBatchHeader
        let bytes: Bytes
    }

    private enum Bytes: Sendable {
        /// In what was read.
        case stored(Range<Int>)
        case unpacked(Unpacked)
    }

    /// A block that nobody writes to any more.
    private struct Unpacked: @unchecked Sendable { let block: ByteBlock }

    /// Where the fields of each record are put.
    public struct Target {
        let bytes: UnsafeMutableRawPointer
        let keyStarts: UnsafeMutablePointer<UInt32>
        let keyLengths: UnsafeMutablePointer<UInt32>
        let valueStarts: UnsafeMutablePointer<UInt32>
        let valueLengths: UnsafeMutablePointer<UInt32>
        let timestamps: UnsafeMutablePointer<Int64>
        let offsets: UnsafeMutablePointer<Int64>

        /// - Parameters:
        ///   - bytes: `byteCount` bytes; starts count from here.
        ///   - keyStarts: as all that follow, `recordLimit` elements.
        public init(
            bytes: UnsafeMutableRawPointer, keyStarts: UnsafeMutablePointer<UInt32>,
            keyLengths: UnsafeMutablePointer<UInt32>, valueStarts: UnsafeMutablePointer<UInt32>,
            valueLengths: UnsafeMutablePointer<UInt32>, timestamps: UnsafeMutablePointer<Int64>,
            offsets: UnsafeMutablePointer<Int64>
        ) {
            self.bytes = bytes
            self.keyStarts = keyStarts
            self.keyLengths = keyLengths
            self.valueStarts = valueStarts
            self.valueLengths = valueLengths
            self.timestamps = timestamps
            self.offsets = offsets
        }
    }

    /// Where reading goes on: behind the last record, or at the offset where the reader said to stop.
    public let nextOffset: Int64
    /// Bytes that all records take.
    public private(set) var byteCount = 0
    /// Records at most: some may lie outside of what was asked for.
    public private(set) var recordLimit = 0
    private let stored: [UInt8]
    private let range: Range<Int64>
    private var parts: [Part] = []

    /// - Parameter end: records from there on are left out.
    init(_ fetched: PartitionLog.Fetched, from offset: Int64, upTo end: Int64) throws(RecordError) {
        stored = fetched.bytes
        nextOffset = max(offset, min(fetched.nextOffset, end))
        range = offset..<max(offset, end)
        var position = 0
        while position < stored.count {
            let (header, part) = try FetchedRecords.part(stored, at: position, fetched.aborted)
            position += header.byteCount
            guard let part, header.lastOffset >= offset, header.baseOffset < end else { continue }
            parts.append(part.0)
            byteCount += part.byteCount
            recordLimit += Int(header.recordCount)
        }
    }

    /// nil where nothing of the batch is to be seen.
    private static func part(
        _ stored: [UInt8], at position: Int, _ aborted: [AbortedTransaction]
    ) throws(RecordError) -> (RecordBatchHeader, (Part, byteCount: Int)?) {
        var result: Result<(RecordBatchHeader, (Part, byteCount: Int)?), RecordError> =
            .failure(.incomplete(needed: 0))
        stored.withUnsafeBytes { bytes in
            do throws(RecordError) {
                let batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                let header = batch.header
                guard !header.attributes.isControl, header.recordCount > 0,
                    !aborted.contains(where: { $0.covers(header) })
                else {
                    result = .success((header, nil))
                    return
                }
                let start = position + RecordBatchHeader.byteCount
                guard let compression = header.attributes.compression else {
                    throw .unsupported("compression \(header.attributes.rawValue & 0b111)")
                }
                if compression == .none {
                    let range = start..<position + header.byteCount
                    result = .success((header, (Part(header: header, bytes: .stored(range)), range.count)))
                } else {
                    let block = try compression.unpack(batch.payload, limit: RecordBatch.unpackedLimit)
                    let part = Part(header: header, bytes: .unpacked(Unpacked(block: block)))
                    result = .success((header, (part, block.count)))
                }
            } catch {
                result = .failure(error)
            }
        }
        return try result.get()
    }

    /// Puts the records into the target; returns how many they are, and their headers if any has some.
    public func fill(
        _ target: Target
    ) throws(TopicStoreError) -> (count: Int, headers: [[TopicRecord.Header]]) {
        try TopicStoreError.records { () throws(RecordError) in
            var place = 0
            var count = 0
            var headers: [[TopicRecord.Header]] = []
            for part in parts {
                let size = withBytes(of: part) { bytes in
                    (target.bytes + place).copyMemory(
                        from: bytes.baseAddress ?? UnsafeRawPointer(target.bytes),
                        byteCount: bytes.count)
                    return bytes.count
                }
                let copy = UnsafeRawBufferPointer(start: target.bytes + place, count: size)
                try walk(part.header, copy, target, &count, &headers)
                place += size
            }
            return (count, headers)
        }
    }

    private func withBytes<Answer>(of part: Part, _ body: (UnsafeRawBufferPointer) -> Answer) -> Answer {
        switch part.bytes {
        case .stored(let range):
            return stored.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0[range])) }
        case .unpacked(let unpacked): return unpacked.block.withBytes(body)
        }
    }

    private func walk(
        _ header: RecordBatchHeader, _ bytes: UnsafeRawBufferPointer, _ target: Target, _ count: inout Int,
        _ headers: inout [[TopicRecord.Header]]
    ) throws(RecordError) {
        var reader = ByteReader(bytes)
        var lastDelta: Int32 = -1
        for _ in 0..<header.recordCount {
            let record: Record
            do throws(RecordError) {
                record = try RecordBatch.record(&reader, header, &lastDelta)
            } catch .incomplete {
                throw .corrupt("a record that breaks off")
            }
            guard range.contains(record.offset) else { continue }
            put(record.key, target.keyStarts + count, target.keyLengths + count, target)
            put(record.value, target.valueStarts + count, target.valueLengths + count, target)
            target.timestamps[count] = record.timestamp
            target.offsets[count] = record.offset
            if record.headerCount > 0 || !headers.isEmpty {
                while headers.count < count { headers.append([]) }
                headers.append(FetchedRecords.headers(record))
            }
            count += 1
        }
        guard reader.isAtEnd else { throw .corrupt("\(reader.remaining) bytes behind the last record") }
    }

    @inline(__always)
    private func put(
        _ field: UnsafeRawBufferPointer?, _ start: UnsafeMutablePointer<UInt32>,
        _ length: UnsafeMutablePointer<UInt32>, _ target: Target
    ) {
        guard let field, let base = field.baseAddress else {
            start.pointee = 0
            length.pointee = field == nil ? RecordColumns.absent : 0
            return
        }
        start.pointee = UInt32(truncatingIfNeeded: base - UnsafeRawPointer(target.bytes))
        length.pointee = UInt32(truncatingIfNeeded: field.count)
    }

    private static func headers(_ record: Record) -> [TopicRecord.Header] {
        record.headers.map {
            TopicRecord.Header(String(decoding: $0.key, as: UTF8.self), $0.value.map { Array($0) })
        }
    }

    /// Each record by itself, with its offset: for statements, tests and whoever wants few of them.
    public func records() throws(TopicStoreError) -> [(offset: Int64, record: TopicRecord)] {
        try TopicStoreError.records { () throws(RecordError) in
            var records: [(offset: Int64, record: TopicRecord)] = []
            for part in parts {
                let copy = withBytes(of: part) { Array($0) }
                var failure: RecordError?
                copy.withUnsafeBytes { bytes in
                    var reader = ByteReader(bytes)
                    var lastDelta: Int32 = -1
                    do throws(RecordError) {
                        for _ in 0..<part.header.recordCount {
                            let record = try RecordBatch.record(&reader, part.header, &lastDelta)
                            guard range.contains(record.offset) else { continue }
                            records.append((record.offset, FetchedRecords.copy(record)))
                        }
                    } catch {
                        failure = error
                    }
                }
                if let failure { throw failure }
            }
            return records
        }
    }

    private static func copy(_ record: Record) -> TopicRecord {
        TopicRecord(
            key: record.key.map { Array($0) }, value: record.value.map { Array($0) },
            timestamp: record.timestamp, headers: headers(record))
    }
}
