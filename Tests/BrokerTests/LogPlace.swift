import Storage

@testable import Broker

/// A log on a simulated disk, with segments so small that every test meets many.
final class LogPlace {
    var files: SimulatedFileSystem
    var pool: OpenFiles
    var log: PartitionLog
    var settings: LogSettings

    static var smallSettings: LogSettings {
        var settings = LogSettings()
        settings.segmentBytes = 2000
        settings.indexIntervalBytes = 300
        settings.checkpointBytes = 1500
        settings.retentionMilliseconds = nil
        return settings
    }

    init(_ settings: LogSettings = LogPlace.smallSettings, _ files: SimulatedFileSystem = .init()) throws {
        self.files = files
        self.settings = settings
        pool = OpenFiles(files, directory: "/", limit: 3)
        log = try PartitionLog.open("/p-0", pool, settings)
    }

    /// What another process finds, after this one has ended without saying so.
    func reopen() throws {
        pool = OpenFiles(files, directory: "/", limit: 3)
        log = try PartitionLog.open("/p-0", pool, settings)
    }

    func losePower(seed: UInt64) throws {
        files = files.crash(seed: seed)
        try reopen()
    }

    /// All that a reader sees, fetched in pieces.
    func all(
        _ isolation: PartitionLog.Isolation = .uncommitted, maxBytes: Int = 700
    ) throws -> [(offset: Int64, record: SampleRecord)] {
        var offset = log.bounds.logStart
        var records: [(offset: Int64, record: SampleRecord)] = []
        while true {
            let fetched = try log.fetch(from: offset, maxBytes: maxBytes, isolation: isolation)
            if fetched.bytes.isEmpty { return records }
            records += try visible(fetched, from: offset)
            offset = fetched.nextOffset
        }
    }

    /// As a client does it: without what lies before the offset, and what was taken back.
    private func visible(
        _ fetched: PartitionLog.Fetched, from offset: Int64
    ) throws -> [(offset: Int64, record: SampleRecord)] {
        var open = fetched.aborted.sorted { $0.firstOffset < $1.firstOffset }
        var aborting: Set<Int64> = []
        var records: [(offset: Int64, record: SampleRecord)] = []
        try fetched.bytes.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count {
                let batch = try RecordBatch(at: UnsafeRawBufferPointer(rebasing: bytes[position...]))
                position += batch.header.byteCount
                while let first = open.first, first.firstOffset <= batch.header.lastOffset {
                    aborting.insert(open.removeFirst().producerID)
                }
                if batch.header.attributes.isControl {
                    if try TransactionMark(batch)?.isCommit == false {
                        aborting.remove(batch.header.producerID)
                    }
                    continue
                }
                if batch.header.attributes.isTransactional, aborting.contains(batch.header.producerID) {
                    continue
                }
                try batch.forEachRecord {
                    if $0.offset >= offset { records.append(($0.offset, SampleRecord($0))) }
                }
            }
        }
        return records
    }

    @discardableResult
    func append(_ values: [String], time: Int64 = 1000, key: String? = "k") throws -> PartitionLog.Appended {
        let records = values.map {
            SampleRecord(timestamp: time, key: key.map { Array($0.utf8) }, value: Array($0.utf8))
        }
        return try log.append(try sampleBatch(records), now: time)
    }

    @discardableResult
    func append(
        _ values: [String], producer: Int64, epoch: Int16 = 0, sequence: Int32, isTransactional: Bool = false
    ) throws -> PartitionLog.Appended {
        let records = values.map { SampleRecord(timestamp: 1000, key: nil, value: Array($0.utf8)) }
        return try log.append(
            try sampleBatch(
                records, producer: producer, epoch: epoch, sequence: sequence,
                isTransactional: isTransactional),
            now: 1000)
    }

    @discardableResult
    func end(_ producer: Int64, epoch: Int16 = 0, isCommit: Bool) throws -> PartitionLog.Appended {
        try log.append(
            TransactionMark(isCommit: isCommit, coordinatorEpoch: 0), producerID: producer,
            producerEpoch: epoch,
            now: 1000)
    }

    func values(_ isolation: PartitionLog.Isolation = .uncommitted) throws -> [String] {
        try all(isolation).map { String(decoding: $0.record.value ?? [], as: UTF8.self) }
    }
}
