import Storage

/// What a log knows of the producers that write into it: what repeats, what is missing, what is unfinished.
///
/// Rules (KIP-98): a producer's epoch never goes back; within an epoch sequences follow one another, and one
/// of the last five batches sent again is answered with its old offset. A transaction lasts from the first
/// transactional batch to the mark.
struct ProducerTable: Equatable {
    /// A batch that came, so that it is known again.
    struct Batch: Equatable {
        let firstSequence: Int32
        let lastSequence: Int32
        let firstOffset: Int64
        let lastOffset: Int64
        let timestamp: Int64
    }

    struct Producer: Equatable {
        var epoch: Int16
        /// The last five at most, oldest first.
        var batches: [Batch] = []
        var transactionOffset: Int64?
        /// The greatest time of its records, which is the client's.
        var lastTimestamp: Int64
        /// When something of it was last written, by the broker's clock: its records may be years old.
        var lastHeard: Int64
        var coordinatorEpoch: Int32 = -1
        /// Of the last data batch, which compaction must keep.
        var lastDataOffset: Int64 = -1
        /// Of a writer of the process: the last of its epochs that is here whole; -1 before the first.
        var writerEpoch: Int64 = -1
    }

    /// The first producer id of writers in the process, above all that clients are ever given.
    ///
    /// Their batches carry the number of an epoch instead of sequences, and they are never forgotten.
    static let firstWriterID: Int64 = 1 << 62

    static let rememberedBatches = 5

    private(set) var producers: [Int64: Producer] = [:]
    /// Producers with an open transaction, which are few, and where it begins.
    private var open: [Int64: Int64] = [:]

    /// The first offset that belongs to a transaction without an end.
    var firstUnstableOffset: Int64? { open.values.min() }

    subscript(producerID: Int64) -> Producer? { producers[producerID] }

    /// nil: may be appended. A batch: it was, as that one. Throws what the producer is to hear.
    func duplicate(of header: RecordBatchHeader) throws(LogError) -> Batch? {
        guard header.hasProducer, let known = producers[header.producerID] else { return nil }
        guard header.producerEpoch >= known.epoch else { throw .fencedProducer(epoch: known.epoch) }
        guard header.baseSequence >= 0 else { return nil }
        guard header.producerEpoch == known.epoch else {
            guard header.baseSequence == 0 else {
                throw .outOfOrderSequence(expected: 0, found: header.baseSequence)
            }
            return nil
        }
        let repeated = known.batches.first {
            $0.firstSequence == header.baseSequence && $0.lastSequence == header.lastSequence
        }
        if let repeated { return repeated }
        guard let last = known.batches.last else { return nil }
        let expected = RecordBatchHeader.sequence(last.lastSequence, after: 1)
        guard header.baseSequence == expected else {
            throw .outOfOrderSequence(expected: expected, found: header.baseSequence)
        }
        return nil
    }

    /// Throws where a mark comes too late: the producer or its coordinator has moved on.
    func checkMark(_ mark: TransactionMark, _ header: RecordBatchHeader) throws(LogError) {
        guard let known = producers[header.producerID] else { return }
        guard header.producerEpoch >= known.epoch else { throw .fencedProducer(epoch: known.epoch) }
        guard mark.coordinatorEpoch >= known.coordinatorEpoch else {
            throw .fencedCoordinator(epoch: known.coordinatorEpoch)
        }
    }

    /// Takes note of a batch that is in the log; gives the transaction that it took back.
    ///
    /// - Parameter time: when it was written.
    mutating func note(
        _ header: RecordBatchHeader, _ mark: TransactionMark?, at time: Int64
    ) -> AbortedTransaction? {
        guard header.hasProducer else { return nil }
        var producer =
            producers[header.producerID]
            ?? Producer(epoch: header.producerEpoch, lastTimestamp: header.maxTimestamp, lastHeard: time)
        if header.producerEpoch > producer.epoch {
            producer.epoch = header.producerEpoch
            producer.batches = []
        }
        producer.lastTimestamp = max(producer.lastTimestamp, header.maxTimestamp)
        producer.lastHeard = max(producer.lastHeard, time)
        var aborted: AbortedTransaction?
        if header.attributes.isControl {
            if let mark {
                producer.coordinatorEpoch = max(producer.coordinatorEpoch, mark.coordinatorEpoch)
                if let first = producer.transactionOffset, !mark.isCommit {
                    aborted = AbortedTransaction(
                        producerID: header.producerID, firstOffset: first, lastOffset: header.lastOffset)
                }
                if header.isOfWriter, mark.isCommit { producer.writerEpoch = header.writerEpoch }
                producer.transactionOffset = nil
            }
        } else {
            producer.lastDataOffset = header.lastOffset
            if header.isOfWriter {
                if !header.attributes.isTransactional { producer.writerEpoch = header.writerEpoch }
            } else if header.baseSequence >= 0 {
                if producer.batches.count == ProducerTable.rememberedBatches {
                    producer.batches.removeFirst()
                }
                producer.batches.append(
                    Batch(
                        firstSequence: header.baseSequence, lastSequence: header.lastSequence,
                        firstOffset: header.baseOffset, lastOffset: header.lastOffset,
                        timestamp: header.maxTimestamp))
            }
            if header.attributes.isTransactional, producer.transactionOffset == nil {
                producer.transactionOffset = header.baseOffset
            }
        }
        producers[header.producerID] = producer
        open[header.producerID] = producer.transactionOffset
        return aborted
    }

    /// Forgets producers that have been silent since before `time`, unless a transaction of theirs is open.
    mutating func forget(silentSince time: Int64) {
        func isSilent(_ identifier: Int64, _ producer: Producer) -> Bool {
            identifier < ProducerTable.firstWriterID && producer.transactionOffset == nil
                && producer.lastHeard < time
        }
        guard producers.contains(where: { isSilent($0.key, $0.value) }) else { return }
        producers = producers.filter { !isSilent($0.key, $0.value) }
    }

    /// Producers that are clients, with an open transaction, and their epochs.
    var openClients: [(producerID: Int64, epoch: Int16)] {
        open.keys.filter { $0 < ProducerTable.firstWriterID }.sorted().compactMap { producerID in
            producers[producerID].map { (producerID, $0.epoch) }
        }
    }

    /// Writers of the process with an open transaction: where this begins a log, they ended before it did.
    var openWriters: [Int64] { open.keys.filter { $0 >= ProducerTable.firstWriterID }.sorted() }
}

extension ProducerTable {
    func write(to encoder: inout BinaryEncoder) {
        encoder.add(UInt32(producers.count))
        for (identifier, producer) in producers.sorted(by: { $0.key < $1.key }) {
            encoder.add(identifier)
            encoder.add(producer.epoch)
            encoder.add(producer.transactionOffset ?? -1)
            encoder.add(producer.lastTimestamp)
            encoder.add(producer.lastHeard)
            encoder.add(producer.coordinatorEpoch)
            encoder.add(producer.lastDataOffset)
            encoder.add(producer.writerEpoch)
            encoder.add(UInt32(producer.batches.count))
            for batch in producer.batches {
                encoder.add(batch.firstSequence)
                encoder.add(batch.lastSequence)
                encoder.add(batch.firstOffset)
                encoder.add(batch.lastOffset)
                encoder.add(batch.timestamp)
            }
        }
    }

    /// - Parameter hasTimes: false for the form before this one, which does not tell when it was heard of a
    ///   producer.
    init(_ decoder: inout BinaryDecoder, hasTimes: Bool) throws(BinaryDecoder.Failure) {
        let pairs = try decoder.list { decoder throws(BinaryDecoder.Failure) in
            let identifier = try decoder.number(Int64.self)
            let epoch = try decoder.number(Int16.self)
            let transaction = try decoder.number(Int64.self)
            let lastTimestamp = try decoder.number(Int64.self)
            var producer = Producer(
                epoch: epoch, lastTimestamp: lastTimestamp,
                lastHeard: hasTimes ? try decoder.number(Int64.self) : lastTimestamp)
            producer.transactionOffset = transaction < 0 ? nil : transaction
            producer.coordinatorEpoch = try decoder.number(Int32.self)
            producer.lastDataOffset = try decoder.number(Int64.self)
            producer.writerEpoch = try decoder.number(Int64.self)
            producer.batches = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                Batch(
                    firstSequence: try decoder.number(Int32.self),
                    lastSequence: try decoder.number(Int32.self),
                    firstOffset: try decoder.number(Int64.self), lastOffset: try decoder.number(Int64.self),
                    timestamp: try decoder.number(Int64.self))
            }
            return (identifier, producer)
        }
        producers = Dictionary(pairs, uniquingKeysWith: { $1 })
        open = producers.compactMapValues(\.transactionOffset)
    }
}
