/// How a transaction ended, as the control record in a partition says it.
///
/// Key: version i16, type i16 (0 abort, 1 commit). Value: version i16, coordinator epoch i32.
struct TransactionMark: Equatable {
    let isCommit: Bool
    let coordinatorEpoch: Int32

    init(isCommit: Bool, coordinatorEpoch: Int32) {
        self.isCommit = isCommit
        self.coordinatorEpoch = coordinatorEpoch
    }

    /// The mark in a control batch; nil for control records of other types, which later versions may add.
    init?(_ batch: RecordBatch) throws(RecordError) {
        var found: TransactionMark?
        var isFirst = true
        try batch.forEachRecord { record throws(RecordError) in
            guard isFirst else { return }
            isFirst = false
            found = try TransactionMark(key: record.key, value: record.value)
        }
        guard let found else { return nil }
        self = found
    }

    init?(key: UnsafeRawBufferPointer?, value: UnsafeRawBufferPointer?) throws(RecordError) {
        guard let key else { throw .corrupt("a control record without a key") }
        do throws(RecordError) {
            var keyReader = ByteReader(key)
            guard try keyReader.number(Int16.self) >= 0 else { throw .corrupt("a control record's version") }
            let type = try keyReader.number(Int16.self)
            guard type == 0 || type == 1 else { return nil }
            guard let value else { throw .corrupt("a transaction's mark without a value") }
            var valueReader = ByteReader(value)
            guard try valueReader.number(Int16.self) >= 0 else { throw .corrupt("a mark's version") }
            isCommit = type == 1
            coordinatorEpoch = try valueReader.number(Int32.self)
        } catch .incomplete {
            throw .corrupt("a control record that breaks off")
        }
    }

    var key: [UInt8] { [0, 0, 0, isCommit ? 1 : 0] }

    var value: [UInt8] {
        var writer = ByteWriter()
        writer.number(Int16(0))
        writer.number(coordinatorEpoch)
        return writer.bytes
    }

    /// The control batch that ends the transaction of a producer.
    func batch(producerID: Int64, producerEpoch: Int16, timestamp: Int64) throws(RecordError) -> [UInt8] {
        var builder = RecordBatchBuilder(baseOffset: 0)
        builder.header.attributes.isTransactional = true
        builder.header.attributes.isControl = true
        builder.header.producerID = producerID
        builder.header.producerEpoch = producerEpoch
        builder.add(timestamp: timestamp, key: key, value: value)
        return try builder.finish()
    }
}
