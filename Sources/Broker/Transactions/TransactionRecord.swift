/// What the log of transactions holds: transactional ids in Kafka's form, and up to where producer ids have
/// been given out.
enum TransactionRecord {
    case transaction(String, Transaction?)
    case nextProducerID(Int64)

    /// Kafka has no such record: its controller counts producer ids.
    private static let nextProducerIDVersion: Int16 = 0x4D52

    init?(key: [UInt8], value: [UInt8]?) {
        do throws(MessageError) {
            guard let read = try TransactionRecord.read(key, value) else { return nil }
            self = read
        } catch {
            return nil
        }
    }

    private static func read(
        _ key: [UInt8], _ value: [UInt8]?
    ) throws(MessageError) -> TransactionRecord? {
        try MessageReader.reading(key) { key throws(MessageError) -> TransactionRecord? in
            switch try key.number(Int16.self) {
            case 0:
                let name = try key.string(false)
                return .transaction(
                    name, try value.map { value throws(MessageError) in try transaction(name, value) })
            case nextProducerIDVersion:
                guard let value else { return nil }
                return .nextProducerID(
                    try MessageReader.reading(value) { value throws(MessageError) in try value.number() })
            default: return nil
            }
        }
    }

    private static func transaction(_ name: String, _ value: [UInt8]) throws(MessageError) -> Transaction {
        try MessageReader.reading(value) { value throws(MessageError) in
            let version = try value.number(Int16.self)
            guard version == 0 else { throw .malformed("version \(version) of a transaction") }
            let producerID = try value.number(Int64.self)
            let epoch = try value.number(Int16.self)
            let timeout = try value.number(Int32.self)
            guard let state = Transaction.State(rawValue: try value.number()) else {
                throw .malformed("a transaction's state")
            }
            let topics = try value.nullableArray(false) { value throws(MessageError) in
                let topic = try value.string(false)
                return try value.array(false) { value throws(MessageError) in
                    TopicPartition(topic: topic, partition: try value.number())
                }
            }
            let updatedAt = try value.number(Int64.self)
            var transaction = Transaction(
                name, producerID: producerID, timeoutMilliseconds: timeout, now: updatedAt)
            transaction.epoch = epoch
            transaction.state = state
            transaction.partitions = Set((topics ?? []).joined())
            transaction.startedAt = try value.number()
            return transaction
        }
    }

    var key: [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .transaction(let name, _):
            writer.number(Int16(0))
            writer.string(name, false)
        case .nextProducerID: writer.number(TransactionRecord.nextProducerIDVersion)
        }
        return writer.bytes
    }

    var value: [UInt8]? {
        switch self {
        case .transaction(_, let transaction): return transaction.map(TransactionRecord.encoded)
        case .nextProducerID(let next):
            var writer = MessageWriter()
            writer.number(next)
            return writer.bytes
        }
    }

    private static func encoded(_ transaction: Transaction) -> [UInt8] {
        var writer = MessageWriter()
        writer.number(Int16(0))
        writer.number(transaction.producerID)
        writer.number(transaction.epoch)
        writer.number(transaction.timeoutMilliseconds)
        writer.number(transaction.state.rawValue)
        let byTopic = Dictionary(grouping: transaction.partitions, by: \.topic).sorted { $0.key < $1.key }
        writer.array(transaction.state == .empty ? nil : byTopic, false) { writer, topic in
            writer.string(topic.key, false)
            writer.array(topic.value.map(\.partition).sorted(), false) { $0.number($1) }
        }
        writer.number(transaction.updatedAt)
        writer.number(transaction.startedAt)
        return writer.bytes
    }
}
