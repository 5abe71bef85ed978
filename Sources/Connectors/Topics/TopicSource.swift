import Broker
import Columnar
import Diagnostics
import Formats
import Runtime

/// Reads a topic of the process, all partitions, from where it was told to start.
///
/// A range is a run of offsets of one partition, so it can be read again as long as the topic keeps it; what
/// was deleted, or lost with the machine's power, is told and never skipped.
public final class TopicSource: Source {
    /// Where reading starts when there is no checkpoint.
    public enum Start: Sendable {
        /// With what the topic still has.
        case earliest
        /// By partition; those that are not named start with what they still have.
        case offsets([Int: Int64])
    }

    public let topic: String
    private let store: TopicStore
    private let relation: String
    private let start: Start
    private let waker: TopicWaker
    // Belong to the task's thread.
    private var reader: TopicReader?
    private var subscription: TopicSubscription?
    private var next: [Int64] = []
    /// The partition that comes first in the next poll.
    private var turn = 0
    /// What is handed out first of a topic that was never read.
    private var beginning: ArraySlice<(partition: Int, records: Int)> = []

    /// - Parameters:
    ///   - relation: that is read from it, for messages.
    ///   - onInput: called whenever there is more to read, by the thread that has appended it: it must not
    ///     block.
    public init(
        topic: String, store: TopicStore, relation: String, start: Start = .earliest,
        onInput: (@Sendable () -> Void)? = nil
    ) {
        self.topic = topic
        self.store = store
        self.relation = relation
        self.start = start
        waker = TopicWaker(onInput: onInput)
    }

    private var problems: TopicProblems { TopicProblems(topic: topic, relation: relation) }

    // MARK: Positions

    public func restore(_ position: [UInt8]?) throws(Diagnostic) {
        let reader = try problems.telling { () throws(TopicStoreError) in try store.reader(topic) }
        self.reader = reader
        let waker = waker
        subscription = reader.onInput { waker.notify() }
        next = []
        let known = try position.map { bytes throws(Diagnostic) in try TopicPosition(bytes) }
        if let known, known.topic != reader.topic.identity { throw problems.replaced }
        for partition in 0..<reader.topic.partitionCount {
            let bounds = try problems.telling { () throws(TopicStoreError) in try reader.bounds(partition) }
            var offset = bounds.start
            if let known {
                if partition < known.next.count { offset = known.next[partition] }
            } else if case .offsets(let offsets) = start, let given = offsets[partition] {
                offset = given
            }
            guard offset >= bounds.start else {
                throw problems.deleted(partition, from: offset, bounds.start)
            }
            guard offset <= bounds.end else { throw problems.truncated(partition, from: offset, bounds.end) }
            next.append(offset)
        }
        beginning = []
        guard known == nil else { return }
        let waiting = try waiting()
        if waiting.count > 1 { beginning = BeginningTurns.order(of: waiting)[...] }
    }

    /// Partitions with records that were not read, from the one whose turn it is.
    private func waiting() throws(Diagnostic) -> [Int] {
        let reader = ready()
        var waiting: [Int] = []
        for index in next.indices {
            let partition = (turn + index) % next.count
            let bounds = try problems.telling { () throws(TopicStoreError) in try reader.bounds(partition) }
            if bounds.end > next[partition] { waiting.append(partition) }
        }
        return waiting
    }

    private func ready() -> TopicReader {
        guard let reader else { preconditionFailure("a source is read after it is restored") }
        return reader
    }

    public func position() -> [UInt8] { TopicPosition(topic: ready().topic.identity, next: next).encoded }

    /// The next offset of each partition, as a position has it.
    public static func offsets(at position: [UInt8]) throws(Diagnostic) -> [Int: Int64] {
        let next = try TopicPosition(position).next
        return Dictionary(uniqueKeysWithValues: next.enumerated().map { ($0.offset, $0.element) })
    }

    // MARK: Reading

    public func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        let reader = ready()
        let first = try begin(maximumBytes)
        if !first.isEmpty { return first }
        let waiting = try waiting()
        turn = (turn + 1) % max(1, next.count)
        var ranges: [InputRange] = []
        var left = maximumBytes
        for (index, partition) in waiting.enumerated() {
            // What others leave goes to those behind them.
            let share = left / (waiting.count - index)
            if share <= 0, !ranges.isEmpty { continue }
            let from = next[partition]
            let extent = try problems.telling(partition, from) { () throws(TopicStoreError) in
                try reader.extent(partition, from: from, maximumBytes: max(1, share))
            }
            if extent.byteCount > left, !ranges.isEmpty { continue }
            if let range = take(extent, of: partition) { ranges.append(range) }
            left -= extent.byteCount
        }
        return ranges
    }

    /// nil for marks, and what was taken back: these are no input.
    private func take(_ extent: TopicExtent, of partition: Int) -> InputRange? {
        let from = next[partition]
        next[partition] = extent.nextOffset
        guard extent.recordCount > 0 else { return nil }
        let range = TopicRange(
            topic: ready().topic.identity, partition: partition, offsets: from..<extent.nextOffset)
        return InputRange(encoded: range.encoded, byteCount: extent.byteCount)
    }

    /// What comes first of a topic that was never read: a few records of each partition by turns.
    private func begin(_ maximumBytes: Int) throws(Diagnostic) -> [InputRange] {
        let reader = ready()
        var ranges: [InputRange] = []
        var left = maximumBytes
        while let (partition, records) = beginning.first {
            let from = next[partition]
            func extent(_ bytes: Int) throws(Diagnostic) -> TopicExtent {
                try problems.telling(partition, from) { () throws(TopicStoreError) in
                    try reader.extent(partition, from: from, maximumBytes: bytes)
                }
            }
            var found = try extent(1)
            if records > 1 { found = try extent(max(1, found.byteCount * records)) }
            if found.byteCount > left {
                if !ranges.isEmpty { return ranges }
                found = try extent(max(1, left))
            }
            beginning.removeFirst()
            if let range = take(found, of: partition) { ranges.append(range) }
            left -= found.byteCount
        }
        return ranges
    }

    public func replay(_ range: InputRange) throws(Diagnostic) {
        let logged = try logged(range)
        try check(logged, ready())
        next[logged.partition] = logged.offsets.upperBound
    }

    private func logged(_ range: InputRange) throws(Diagnostic) -> TopicRange {
        let logged = try TopicRange(range.encoded)
        guard logged.topic == ready().topic.identity, logged.partition < next.count else {
            throw problems.replaced
        }
        return logged
    }

    /// Throws where the range is not there whole.
    private func check(_ range: TopicRange, _ reader: TopicReader) throws(Diagnostic) {
        let bounds = try problems.telling { () throws(TopicStoreError) in
            try reader.bounds(range.partition)
        }
        if range.offsets.lowerBound < bounds.start {
            throw problems.deleted(range.partition, from: range.offsets.lowerBound, bounds.start)
        }
        if range.offsets.upperBound > bounds.end {
            throw problems.truncated(range.partition, from: range.offsets.upperBound, bounds.end)
        }
    }

    public func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        let reader = ready()
        let logged = try logged(range)
        let chunks = TopicChunks(reader: reader, partition: logged.partition, problems: problems)
        do throws(Diagnostic) {
            try check(logged, reader)
        } catch {
            return [ChunkLoader(byteCount: range.byteCount) { () throws(Diagnostic) in throw error }]
        }
        var loaders: [ChunkLoader] = []
        var from = logged.offsets.lowerBound
        while from < logged.offsets.upperBound {
            let extent = try problems.telling(logged.partition, from) { () throws(TopicStoreError) in
                try reader.extent(logged.partition, from: from, maximumBytes: max(1, targetBytes))
            }
            guard extent.nextOffset > from else { break }
            let part = from..<min(extent.nextOffset, logged.offsets.upperBound)
            loaders.append(
                ChunkLoader(byteCount: extent.byteCount) { () throws(Diagnostic) in try chunks.load(part) })
            from = part.upperBound
        }
        return loaders
    }

    // MARK: Waiting

    public func wait(milliseconds: Int) { waker.wait(milliseconds: milliseconds) }

    public func wake() { waker.wake() }

    public func acknowledge() throws(Diagnostic) {}

    /// Estimated from the mean size of the records that the topic has.
    public func lag() -> Int {
        guard let reader else { return 0 }
        var bytes = 0
        for partition in next.indices {
            guard let bounds = try? reader.bounds(partition), bounds.end > next[partition] else { continue }
            let records = Double(bounds.end - next[partition])
            bytes += max(1, Int(Double(bounds.byteCount) * records / Double(max(1, bounds.count))))
        }
        return bytes
    }

    /// Records that are there and not yet taken, with marks of large epochs.
    public func recordLag() -> Int {
        guard let reader else { return 0 }
        return next.indices.reduce(0) { sum, partition in
            sum + Int(max(0, ((try? reader.bounds(partition).end) ?? 0) - next[partition]))
        }
    }
}
