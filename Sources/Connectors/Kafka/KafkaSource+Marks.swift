import Diagnostics
import Kafka

// A topic that was deleted and made anew has the name of the old one and other records. The library (before
// 2.6) tells no topic's identity, so the last record of each partition is read again and compared. Reading
// begins with it, so that costs no request of its own.
extension KafkaSource {
    /// What the look at the partitions' last records has found so far.
    struct MarkReview {
        /// Records that are to be seen again.
        var awaited: [Int: RecordMark] = [:]
        /// Whether one is as it was.
        var isConfirmed = false
        /// Partitions that have another record in its place.
        var replaced: Set<Int> = []
    }

    /// Has the last record of each partition looked at again, as far as it is there.
    ///
    /// One that was deleted or compacted away tells nothing.
    func reviewMarks(_ bounds: [Int: Range<Int64>]) {
        review = MarkReview()
        for (partition, mark) in marks
        where partition < next.count && mark.offset < next[partition] && isOwn(partition) {
            if bounds[partition]?.contains(mark.offset) == true { review.awaited[partition] = mark }
        }
        guard !review.awaited.isEmpty else { return }
        isAssigned = false
        if beginning == nil { beginning = KafkaBeginning(takesTurns: false, now: KafkaSource.now()) }
        // Nothing is handed out before.
        beginning?.await(Set(review.awaited.keys), now: KafkaSource.now())
    }

    /// Where a partition is read from: its last record is looked at first.
    func firstOffset(_ partition: Int) -> Int64 { review.awaited[partition]?.offset ?? next[partition] }

    /// Passes over the last record of a partition: it is not there any more.
    func forgetMark(_ partition: Int) {
        marks[partition] = nil
        if review.awaited.removeValue(forKey: partition) != nil { beginning?.hear(partition) }
    }

    /// Compares what has come with what is known of it, and leaves out what was read before.
    func compare(_ take: inout KafkaTake) {
        if review.awaited.isEmpty { return }
        for messages in take.messages {
            let partition = messages.partition
            guard let mark = review.awaited[partition], let first = messages.firstRecord else { continue }
            review.awaited[partition] = nil
            beginning?.hear(partition)
            // A later one: it was compacted away meanwhile.
            if first.offset == mark.offset {
                if RecordMark(first) == mark {
                    review.isConfirmed = true
                } else {
                    review.replaced.insert(partition)
                }
            }
            messages.trim(to: next[partition]..<Int64.max)
        }
        take.messages.removeAll { $0.count == 0 }
        for end in take.ends where review.awaited.removeValue(forKey: end.partition) != nil {
            beginning?.hear(end.partition)
        }
    }

    /// Whether another topic has the name: nothing of it may be handed out before it is known what is to be
    /// done.
    var isReplaced: Bool { !review.replaced.isEmpty }

    /// Whether partitions are waited for that have not been compared yet.
    var isReviewing: Bool {
        !review.awaited.isEmpty && beginning?.isWaiting(now: KafkaSource.now()) == true
    }

    /// Goes on with what is there now, as the relation says, or throws.
    ///
    /// Where one partition's record is as it was, the topic is the same, and only others have lost their end
    /// and got another one.
    func settleReplacement() throws(Diagnostic) {
        let partitions = review.isConfirmed ? review.replaced.sorted() : next.indices.filter(isOwn)
        let problem =
            review.isConfirmed
            ? problems.rewritten(partitions[0], from: marks[partitions[0]]?.offset ?? 0)
            : problems.replacedInCluster
        guard settings.reset != .fail else { throw problem }
        let bounds = try bounds(partitions)
        for partition in partitions {
            guard let there = bounds[partition] else { continue }
            next[partition] = settings.reset == .earliest ? there.lowerBound : there.upperBound
            marks[partition] = nil
        }
        review = MarkReview()
        isAssigned = false
        // None of it has been heard of.
        beginning = KafkaBeginning(bounds, from: next, now: KafkaSource.now())
        let place = settings.reset == .earliest ? "its first records" : "what comes from now on"
        report(
            Diagnostic(
                problem.code, problem.message + ": it goes on with \(place)",
                hint: "'auto.offset.reset' says so; 'none' would stop instead"))
    }
}

extension RecordMark {
    init(_ record: KafkaRecord) {
        self.init(offset: record.offset, key: record.key, value: record.value, time: record.timestamp)
    }
}
