import Broker
import Columnar
import Diagnostics
import Formats
import Kafka
import Runtime
import Synchronization

/// Reads a topic of a Kafka cluster, all partitions, from where it was told to start.
///
/// Partitions are read from the offsets of the checkpoint, and nobody else assigns any: a range is a run of
/// offsets of one partition, which gives the same records when it is read again, since only what is committed
/// is read. What has come is handed out as the library holds it and copied once, into the chunks that
/// decoders read. What was deleted before it was read is told and never skipped in silence.
public final class KafkaSource: Source {
    public let settings: KafkaSourceSettings
    let waker: TopicWaker
    let report: @Sendable (Diagnostic) -> Void
    /// The task is to stop.
    private let isGivenUp = Atomic<Bool>(false)
    /// For other threads.
    private let shared = Mutex<KafkaConsumer?>(nil)
    // All below belongs to the task's thread.
    var consumer: KafkaConsumer?
    var identity = TopicIdentity(high: 0, low: 0)
    /// The next offset of each partition.
    var next: [Int64] = []
    /// Whether the partitions are being read from `next` on.
    var isAssigned = false
    /// Messages of ranges that were handed out and not yet asked for.
    var pending: [TopicRange.Place: KafkaMessages] = [:]
    var watch: KafkaWatch?
    /// Where a final reading ends.
    private var targets: [Int64]?
    /// Whether the cluster has said that the topic is not there.
    var isGone = false
    /// The offsets of the epoch that is being committed.
    private let marked = Mutex<[Int64]>([])
    private var taken = (records: 0, bytes: 0)
    /// While a topic is begun, or looked at whether it is the one that it was.
    var beginning: KafkaBeginning?
    /// The last record that was taken of each partition, or logged.
    var marks: [Int: RecordMark] = [:]
    var review = MarkReview()

    /// - Parameters:
    ///   - onInput: called whenever there is more to read, by a thread of the library: it must not block.
    ///   - report: told of what was lost, or passed.
    public init(
        _ settings: KafkaSourceSettings, onInput: (@Sendable () -> Void)? = nil,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        self.settings = settings
        self.report = report
        waker = TopicWaker(onInput: onInput)
    }

    deinit { watch?.end() }

    var problems: TopicProblems { TopicProblems(topic: settings.topic, relation: settings.relation) }

    func ready() -> KafkaConsumer {
        guard let consumer else { preconditionFailure("a source is read after it is restored") }
        return consumer
    }

    var hasGivenUp: Bool { isGivenUp.load(ordering: .relaxed) }

    public func giveUp() { isGivenUp.store(true, ordering: .relaxed) }

    public var trouble: SourceTrouble? {
        shared.withLock { $0?.trouble }.map {
            SourceTrouble(reason: $0.reason, sinceMilliseconds: $0.since)
        }
    }

    // MARK: Positions

    public func restore(_ position: [UInt8]?) throws(Diagnostic) {
        let known = try position.map { bytes throws(Diagnostic) in try TopicPosition(bytes) }
        let made = try connect()
        watch?.end()
        watch = nil
        consumer = made
        shared.withLock { $0 = made }
        isAssigned = false
        targets = nil
        pending = [:]
        let count = try partitionCount()
        try checkCount(count)
        identity = KafkaSource.identity(
            of: settings.topic, in: made.clusterID(milliseconds: Self.answerMilliseconds) ?? "")
        if let known, known.topic != identity { throw problems.elsewhere }
        beginning = nil
        review = MarkReview()
        marks = known?.marks ?? [:]
        next = try starts(count, known?.next)
        if known == nil {
            beginning = KafkaBeginning(
                try bounds(next.indices.filter(isOwn)), from: next, now: KafkaSource.now())
        }
        marked.withLock { $0 = next }
    }

    /// A topic of the same name in another cluster is another topic.
    static func identity(of topic: String, in cluster: String) -> TopicIdentity {
        let text = Array((cluster + "/" + topic).utf8)
        let print = text.withUnsafeBytes { bytes -> Fingerprint in
            guard let base = bytes.baseAddress else { return Fingerprint(low: 0, high: 0) }
            return Fingerprint.of(
                base, bytes.count,
                seed: Fingerprint(low: 0x6B61_666B, high: 0x6D69_6C6C))
        }
        return TopicIdentity(high: print.high, low: print.low)
    }

    public func position() -> [UInt8] {
        marked.withLock { $0 = next }
        return TopicPosition(topic: identity, next: next, marks: marks).encoded
    }

    /// Commits what the last checkpoint has in the group, for those who watch it.
    public func acknowledge() throws(Diagnostic) {
        let offsets = marked.withLock { $0 }
        consumer?.commit(offsets.enumerated().filter { isOwn($0.offset) }.map { ($0.offset, $0.element) })
    }

    /// Whether the partition is read here, and by no other task.
    func isOwn(_ partition: Int) -> Bool { settings.share?.has(partition) ?? true }

    /// Throws where the topic has become another for those who share it by keys.
    private func checkCount(_ count: Int) throws(Diagnostic) {
        guard let expected = settings.share?.partitionCount, expected != count else { return }
        throw problems.repartitioned(count, expected)
    }

    public func replay(_ range: InputRange) throws(Diagnostic) {
        let logged = try logged(range)
        while next.count <= logged.partition { next.append(0) }
        next[logged.partition] = logged.offsets.upperBound
        if let mark = logged.mark {
            // It is looked at when the range is read again.
            forgetMark(logged.partition)
            marks[logged.partition] = mark
        }
        beginning?.hear(logged.partition)
    }

    private func logged(_ range: InputRange) throws(Diagnostic) -> TopicRange {
        let logged = try TopicRange(range.encoded)
        guard logged.topic == identity else { throw problems.elsewhere }
        return logged
    }

    // MARK: Reading

    public func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        let consumer = ready()
        try lookForPartitions()
        if !isFinal, targets != nil {
            // What lay behind them was dropped, and is asked for again.
            targets = nil
            isAssigned = false
        }
        if !isAssigned { try assign() }
        guard isFinal else { return try take(maximumBytes) }
        if targets == nil {
            let bounds = try bounds(Array(next.indices))
            targets = next.indices.map { bounds[$0]?.upperBound ?? next[$0] }
        }
        let since = KafkaSource.now()
        while true {
            // What was not there any more is read from another place.
            try lookForPartitions()
            if !isAssigned { try assign() }
            let ranges = try take(maximumBytes)
            if !ranges.isEmpty || hasGivenUp { return ranges }
            guard let targets,
                next.indices.contains(where: { $0 < targets.count && next[$0] < targets[$0] })
                    || isReviewing
            else { return ranges }
            if let trouble = consumer.trouble, let patience = settings.patience,
                KafkaSource.now() - max(since, trouble.since) > Int64(patience)
            {
                throw trouble.reason
            }
            waker.wait(milliseconds: 100)
        }
    }

    private func take(_ maximumBytes: Int) throws(Diagnostic) -> [InputRange] {
        let take = try arrived(maximumBytes)
        var ranges: [InputRange] = []
        for messages in take.messages {
            let partition = messages.partition
            guard partition < next.count else { continue }
            let end = targets.map { partition < $0.count ? $0[partition] : .max } ?? .max
            guard next[partition] < end else { continue }
            messages.trim(to: next[partition]..<end)
            guard messages.count > 0 else { continue }
            let mark = messages.lastRecord.map { RecordMark($0) }
            let range = TopicRange(
                topic: identity, partition: partition, offsets: next[partition]..<messages.endOffset,
                print: mark?.print)
            next[partition] = messages.endOffset
            marks[partition] = mark
            pending[range.place] = messages
            taken = (taken.records + messages.count, taken.bytes + messages.byteCount)
            ranges.append(InputRange(encoded: range.encoded, byteCount: max(1, messages.byteCount)))
        }
        // Marks, and what was taken back, are no input.
        for (partition, offset) in take.ends where partition < next.count {
            // Not past the end of a final reading: what was trimmed there is read by the next run.
            let end = targets.map { partition < $0.count ? $0[partition] : .max } ?? .max
            next[partition] = max(next[partition], min(offset, end))
        }
        for failure in take.failures { try handle(failure) }
        return ranges
    }

    /// What has come, as far as it may be handed out yet.
    private func arrived(_ maximumBytes: Int) throws(Diagnostic) -> KafkaTake {
        // Another topic may have the name by now: that is looked at first.
        if isGone { return KafkaTake() }
        let wanted = beginning?.wanted(maximumBytes) ?? maximumBytes
        var take = wanted > 0 ? ready().take(maximumBytes: wanted) : KafkaTake()
        compare(&take)
        var settled = KafkaTake()
        settled.failures = take.failures
        if isReplaced, settings.reset == .fail || !isReviewing {
            try settleReplacement()
            return settled
        }
        guard
            let admitted = beginning?.admit(take, maximumBytes: maximumBytes, now: KafkaSource.now())
        else { return take }
        if isReplaced, !admitted.messages.isEmpty {
            try settleReplacement()
            return settled
        }
        if beginning?.isOver == true { beginning = nil }
        return admitted
    }

    public func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        let logged = try logged(range)
        let messages: KafkaMessages
        if let found = pending.removeValue(forKey: logged.place) {
            messages = found
        } else {
            do throws(Diagnostic) {
                messages = try readAgain(logged, byteCount: range.byteCount)
            } catch {
                if error.code == .cancelled { throw error }
                return [ChunkLoader(byteCount: range.byteCount) { () throws(Diagnostic) in throw error }]
            }
        }
        let name = settings.topic
        return messages.split(bytes: max(1, targetBytes), messages: Batch.rowLimit).map { part in
            ChunkLoader(byteCount: part.byteCount) { () throws(Diagnostic) in
                KafkaSource.chunks(part, name)
            }
        }
    }

    private static func chunks(_ messages: KafkaMessages, _ topic: String) -> [Chunk] {
        let block = MessageBlock(count: messages.count, byteCount: messages.byteCount)
        let place = block.place
        messages.fill(
            KafkaMessages.Target(
                bytes: place.bytes, keyStarts: place.keyStarts, keyLengths: place.keyLengths,
                valueStarts: place.valueStarts, valueLengths: place.valueLengths,
                timestamps: place.timestamps, offsets: place.offsets))
        return block.chunks(
            of: messages.count, headers: messages.headers.map { $0.map { MessageHeader($0.name, $0.value) } },
            sourceName: topic, partition: messages.partition)
    }

    // MARK: Partitions

    /// Takes up partitions that have come since.
    private func lookForPartitions() throws(Diagnostic) {
        if watch == nil {
            watch = KafkaWatch(
                ready(), every: settings.discoveryInterval, known: next.count, notify: waker.notify)
        }
        guard let watch else { return }
        if watch.takeAbsence() { isGone = true }
        guard let count = watch.news() else { return }
        if count > next.count {
            try checkCount(count)
            report(
                Diagnostic(
                    .state,
                    "topic \(settings.topic) has \(count) partitions now, and had \(next.count): "
                        + "\(settings.relation) reads the new ones from their start"))
            next += [Int64](repeating: 0, count: count - next.count)
            isAssigned = false
        }
        if isGone {
            isGone = false
            try checkOffsets()
            isAssigned = false
        }
    }

    private func assign() throws(Diagnostic) {
        let offsets = next.enumerated().filter { isOwn($0.offset) }
            .map { (partition: $0.offset, offset: firstOffset($0.offset)) }
        beginning?.drop()
        try telling { () throws(KafkaError) in try ready().assign(offsets) }
        isAssigned = true
    }

    // MARK: Waiting

    public func wait(milliseconds: Int) { waker.wait(milliseconds: milliseconds) }

    public func wake() { waker.wake() }

    /// Estimated from the mean size of the records so far.
    public func lag() -> Int {
        let mean = taken.records == 0 ? 0 : taken.bytes / taken.records
        return recordLag() * max(1, mean)
    }

    /// Records that are there and not yet taken, with marks of transactions.
    public func recordLag() -> Int {
        guard let consumer, isAssigned else { return 0 }
        return next.indices.reduce(0) { sum, partition in
            sum + Int(max(0, (consumer.end(of: partition) ?? 0) - next[partition]))
        }
    }
}
