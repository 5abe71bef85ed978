/// Records on their way into the partitions of a topic, already in the form in which they are stored.
public struct TopicRecords: Sendable {
    /// Bytes of one batch, about.
    private let batchByteCount: Int

    /// By partition.
    private(set) var batches: [[RecordBatchBuilder]]

    /// What goes to one partition in an epoch is one batch up to a MB.
    public init(partitionCount: Int) { self.init(partitionCount: partitionCount, batchByteCount: 1_000_000) }

    init(partitionCount: Int, batchByteCount: Int) {
        self.batchByteCount = batchByteCount
        batches = [[RecordBatchBuilder]](repeating: [], count: partitionCount)
    }

    public var isEmpty: Bool { batches.allSatisfy(\.isEmpty) }

    /// Adds records in their order.
    ///
    /// One with a key goes where Kafka's clients put it; `keyless` is the partition of the others.
    ///
    /// - Parameter skipping: rows that are left out, ascending.
    public mutating func add(_ columns: RecordColumns, keyless: Int, skipping: [Int] = []) {
        precondition(keyless < batches.count, "a topic has the partition")
        var skipped = 0
        for row in 0..<columns.count {
            if skipped < skipping.count, skipping[skipped] == row {
                skipped += 1
                continue
            }
            let key = columns.keys.bytes(row)
            var partition = keyless
            if let key, batches.count > 1 {
                partition = KafkaPartitioner.partition(of: key, among: batches.count)
            }
            let value = columns.values.bytes(row)
            let last = room(in: partition, for: (key?.count ?? 0) + (value?.count ?? 0))
            let time = columns.timestamps[row]
            if columns.headers.isEmpty {
                batches[partition][last].add(timestamp: time, key: key, value: value)
            } else {
                let headers = columns.headers[row].map { ($0.name, $0.value) }
                batches[partition][last].add(timestamp: time, key: key, value: value, headers: headers)
            }
        }
    }

    /// Adds a record to a partition, or to the one of its key.
    public mutating func add(_ record: TopicRecord, partition: Int? = nil) {
        var place = partition ?? 0
        if partition == nil, let key = record.key {
            place = key.withUnsafeBytes { KafkaPartitioner.partition(of: $0, among: batches.count) }
        }
        let last = room(in: place, for: (record.key?.count ?? 0) + (record.value?.count ?? 0))
        batches[place][last].add(
            timestamp: record.timestamp, key: record.key, value: record.value,
            headers: record.headers.map { ($0.name, $0.value) })
    }

    /// The batch that a record of so many bytes goes into.
    @inline(__always)
    private mutating func room(in partition: Int, for byteCount: Int) -> Int {
        let last = batches[partition].count - 1
        if last >= 0, batches[partition][last].unpackedByteCount + byteCount <= batchByteCount {
            return last
        }
        batches[partition].append(RecordBatchBuilder(baseOffset: 0))
        return last + 1
    }
}
