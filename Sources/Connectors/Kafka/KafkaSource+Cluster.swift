import Diagnostics
import Glibc
import Kafka
import Runtime

// What a source asks the cluster and waits for.
extension KafkaSource {
    /// How long an answer is waited for before it is asked again.
    static let answerMilliseconds = 5_000
    private static let firstPause = 100
    private static let longestPause = 5_000

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    func telling<Answer>(_ body: () throws(KafkaError) -> Answer) throws(Diagnostic) -> Answer {
        do throws(KafkaError) { return try body() } catch { throw error.diagnostic }
    }

    func connect() throws(Diagnostic) -> KafkaConsumer {
        try telling { () throws(KafkaError) in
            let waker = waker
            return try KafkaConsumer(
                settings.cluster, topic: settings.topic, group: settings.group,
                queueBytes: settings.queueBytes, onInput: { waker.notify() })
        }
    }

    /// A call that is made again while the cluster is away.
    private func patiently<Answer>(
        _ body: (KafkaConsumer) throws(KafkaError) -> Answer
    ) throws(Diagnostic) -> Answer {
        let consumer = ready()
        let since = Self.now()
        var pause = Self.firstPause
        while true {
            do throws(KafkaError) {
                let answer = try body(consumer)
                consumer.clearTrouble()
                return answer
            } catch {
                consumer.serve()
                guard error.isPassing else { throw error.diagnostic }
                if let refusal = consumer.refusal { throw refusal.diagnostic }
                if hasGivenUp {
                    throw Diagnostic(.cancelled, "stopped before Kafka answered")
                }
                if let patience = settings.patience, Self.now() - since > Int64(patience) {
                    throw error.diagnostic
                }
                consumer.setTrouble(error.diagnostic)
                waker.wait(milliseconds: pause)
                pause = min(pause * 2, Self.longestPause)
            }
        }
    }

    /// How many partitions there are; makes the topic if the relation says how.
    func partitionCount() throws(Diagnostic) -> Int {
        try patiently { consumer throws(KafkaError) in
            do throws(KafkaError) {
                return try consumer.partitions(milliseconds: Self.answerMilliseconds).count
            } catch {
                guard case .absent = error else { throw error }
                let topics = try KafkaTopics(settings.cluster, milliseconds: Self.answerMilliseconds)
                do throws(KafkaError) {
                    _ = try topics.topic(settings.topic)
                } catch {
                    guard case .absent = error, let creation = settings.creation else { throw error }
                    try topics.createUnlessThere(creation)
                }
                // Once this client has heard of it too.
                throw .unavailable(
                    Diagnostic(.unavailable, "the topic \(settings.topic) has just been created"))
            }
        }
    }

    /// Of those that are read here.
    func bounds(_ partitions: [Int]) throws(Diagnostic) -> [Int: Range<Int64>] {
        let partitions = partitions.filter(isOwn)
        if partitions.isEmpty { return [:] }
        return try patiently { consumer throws(KafkaError) in
            try consumer.bounds(partitions, milliseconds: Self.answerMilliseconds)
        }
    }

    /// Where each partition is read from.
    ///
    /// - Parameter known: the offsets of a checkpoint; partitions behind those are new, and read whole.
    func starts(_ count: Int, _ known: [Int64]?) throws(Diagnostic) -> [Int64] {
        let partitions = Array(0..<count)
        let own = partitions.filter(isOwn)
        let bounds = try bounds(partitions)
        if let known {
            var starts = try partitions.map { partition throws(Diagnostic) -> Int64 in
                let there = bounds[partition] ?? 0..<0
                guard partition < known.count, isOwn(partition) else { return there.lowerBound }
                return try checked(known[partition], partition, there)
            }
            // Fewer than there were: the topic is another one.
            if known.count > count { throw problems.replacedInCluster }
            while starts.count < known.count { starts.append(known[starts.count]) }
            next = starts
            reviewMarks(bounds)
            return starts
        }
        switch settings.start {
        case .earliest: return partitions.map { bounds[$0]?.lowerBound ?? 0 }
        case .latest: return partitions.map { bounds[$0]?.upperBound ?? 0 }
        case .time(let time):
            let found = try patiently { consumer throws(KafkaError) in
                try consumer.offsets(own, since: time, milliseconds: Self.answerMilliseconds)
            }
            return partitions.map { found[$0] ?? 0 }
        case .committed:
            let found = try patiently { consumer throws(KafkaError) in
                try consumer.committed(own, milliseconds: Self.answerMilliseconds)
            }
            return try partitions.map { partition throws(Diagnostic) -> Int64 in
                let there = bounds[partition] ?? 0..<0
                guard isOwn(partition), let offset = found[partition] else {
                    return settings.reset == .latest ? there.upperBound : there.lowerBound
                }
                return try checked(offset, partition, there)
            }
        }
    }

    // MARK: Offsets that are not there

    /// The offset, or where the relation goes on when it is not there: reported, or an error.
    private func checked(
        _ offset: Int64, _ partition: Int, _ there: Range<Int64>
    ) throws(Diagnostic) -> Int64 {
        if offset >= there.lowerBound, offset <= there.upperBound { return offset }
        let problem =
            offset < there.lowerBound
            ? problems.deleted(partition, from: offset, there.lowerBound)
            : problems.truncated(partition, from: offset, there.upperBound)
        guard settings.reset != .fail else { throw problem }
        let next = settings.reset == .earliest ? there.lowerBound : there.upperBound
        let lost = offset < next ? "; \(next - offset) offsets are lost" : ""
        report(
            Diagnostic(
                problem.code, problem.message + ": it goes on at offset \(next)\(lost)",
                hint: "'auto.offset.reset' says so; 'none' would stop instead"))
        return next
    }

    /// Sees whether what is read next is there (still).
    func checkOffsets() throws(Diagnostic) {
        let bounds = try bounds(Array(next.indices))
        for partition in next.indices {
            guard let there = bounds[partition] else { continue }
            next[partition] = try checked(next[partition], partition, there)
        }
        reviewMarks(bounds)
    }

    func handle(_ failure: KafkaTake.Failure) throws(Diagnostic) {
        switch failure.kind {
        case .passing: ready().setTrouble(failure.reason)
        case .refused: throw failure.reason
        case .gone:
            isGone = true
            watch?.miss()
            ready().setTrouble(problems.gone)
        case .outOfRange:
            guard failure.partition >= 0, failure.partition < next.count else { throw failure.reason }
            isAssigned = false
            let bounds = try bounds([failure.partition])
            let there = bounds[failure.partition] ?? 0..<0
            let before = next[failure.partition]
            next[failure.partition] = try checked(before, failure.partition, there)
            if let mark = marks[failure.partition], !there.contains(mark.offset) {
                forgetMark(failure.partition)
            }
            // Others may have more than was read of them, and be other ones too.
            if before > there.upperBound { try checkOffsets() }
        }
    }

    // MARK: Reading again

    /// The messages of a range that was taken before a crash.
    func readAgain(_ range: TopicRange, byteCount: Int) throws(Diagnostic) -> KafkaMessages {
        let consumer = ready()
        // The epoch's own records: without them it can't be what it was.
        let bounds = try bounds([range.partition])
        let there = bounds[range.partition] ?? 0..<0
        if range.offsets.lowerBound < there.lowerBound {
            throw problems.deleted(range.partition, from: range.offsets.lowerBound, there.lowerBound)
        }
        if range.offsets.upperBound > there.upperBound {
            throw problems.truncated(range.partition, from: range.offsets.upperBound, there.upperBound)
        }
        isAssigned = false
        try telling { () throws(KafkaError) in
            try consumer.assign([(range.partition, range.offsets.lowerBound)])
        }
        var found: KafkaMessages?
        var reached = range.offsets.lowerBound
        let since = Self.now()
        while reached < range.offsets.upperBound {
            let take = consumer.take(maximumBytes: 1 << 20)
            for messages in take.messages where messages.partition == range.partition {
                reached = messages.endOffset
                if let found { found.take(from: messages) } else { found = messages }
            }
            for (partition, offset) in take.ends where partition == range.partition {
                reached = max(reached, offset)
            }
            for failure in take.failures where failure.kind != .passing { throw failure.reason }
            guard take.isEmpty else { continue }
            if hasGivenUp { throw Diagnostic(.cancelled, "stopped before Kafka answered") }
            if let patience = settings.patience, Self.now() - since > Int64(patience) {
                throw consumer.trouble?.reason
                    ?? Diagnostic(.unavailable, "Kafka at \(settings.cluster) does not answer in time")
            }
            waker.wait(milliseconds: 100)
        }
        found?.trim(to: range.offsets)
        guard let found, found.count > 0 else {
            throw problems.compacted(range.partition, range.offsets)
        }
        if let mark = range.mark, let last = found.lastRecord, last.offset == mark.offset,
            RecordMark(last) != mark
        {
            throw problems.replacedInCluster
        }
        if max(1, found.byteCount) != byteCount { report(problems.compacted(range.partition, range.offsets)) }
        return found
    }
}
