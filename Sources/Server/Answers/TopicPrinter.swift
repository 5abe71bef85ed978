import Broker
import Columnar
import Diagnostics
import Runtime
import Synchronization

/// PRINT at work: each record of a topic as a line of text.
///
/// A topic has no schema of its own, so keys and values are shown as what their bytes look like.
final class TopicPrinter: @unchecked Sendable {
    private let reader: TopicReader
    private let receiver: any AnswerReceiver
    private let interval: Int
    private let isCancelled = Atomic<Bool>(false)
    private let subscription = Mutex<TopicSubscription?>(nil)
    private let wakeUp = Mutex<(@Sendable () -> Void)?>(nil)
    // The job's own.
    private var left: Int?
    private var next: [Int64]
    private var seen = 0

    private static let stepBytes = 256 << 10
    private static let restMilliseconds = 20

    /// - Parameters:
    ///   - interval: shows every so-many-th record.
    ///   - limit: ends behind so many lines.
    init(
        _ reader: TopicReader, _ receiver: any AnswerReceiver, fromBeginning: Bool, interval: Int, limit: Int?
    ) throws(TopicStoreError) {
        self.reader = reader
        self.receiver = receiver
        self.interval = interval
        left = limit
        next = []
        for partition in 0..<reader.topic.partitionCount {
            let bounds = try reader.bounds(partition)
            next.append(fromBeginning ? bounds.start : bounds.end)
        }
    }

    /// - Parameter whenOver: called once when it has ended, by whatever reason.
    func start(on scheduler: TaskScheduler, whenOver: @escaping @Sendable () -> Void) {
        let job = scheduler.add { [self] in
            let next = step()
            if case .end = next {
                subscription.withLock { $0 = nil }
                whenOver()
            }
            return next
        }
        let made = reader.onInput { scheduler.wake(job) }
        subscription.withLock { $0 = made }
        wakeUp.withLock { $0 = { scheduler.wake(job) } }
        scheduler.wake(job)
    }

    func cancel() {
        isCancelled.store(true, ordering: .relaxed)
        wakeUp.withLock { $0 }?()
    }

    func step() -> TaskScheduler.Next {
        if isCancelled.load(ordering: .relaxed) {
            receiver.end(nil)
            return .end
        }
        guard receiver.hasRoom else { return .wait(milliseconds: Self.restMilliseconds) }
        do throws(TopicStoreError) {
            var found = false
            for partition in next.indices {
                let fetched = try reader.read(
                    partition, from: next[partition], maximumBytes: Self.stepBytes)
                found = found || fetched.nextOffset > next[partition]
                next[partition] = fetched.nextOffset
                let lines = try fetched.records().compactMap { line($0.record, partition) }
                guard give(lines) else { return .end }
            }
            return found ? .again : .wait(milliseconds: nil)
        } catch {
            receiver.end(error.diagnostic)
            return .end
        }
    }

    /// False when that was all.
    private func give(_ lines: [String]) -> Bool {
        let lines = left.map { Array(lines.prefix($0)) } ?? lines
        if !lines.isEmpty {
            let builder = ColumnBuilder(type: .string, capacity: lines.count)
            for line in lines { builder.append(.string(line)) }
            guard receiver.receive([builder.finish()], count: lines.count, deleted: nil) else { return false }
        }
        left = left.map { $0 - lines.count }
        guard left == 0 else { return true }
        receiver.end(nil)
        return false
    }

    private func line(_ record: TopicRecord, _ partition: Int) -> String? {
        seen += 1
        guard interval <= 1 || (seen - 1) % interval == 0 else { return nil }
        let time = Civil.timestampText(milliseconds: record.timestamp)
        let headers = record.headers.map { "\($0.name): \(RecordText.of($0.value))" }
        return "rowtime: \(time), key: \(RecordText.of(record.key)), value: \(RecordText.of(record.value)), "
            + "partition: \(partition)"
            + (headers.isEmpty ? "" : ", headers: [\(headers.joined(separator: ", "))]")
    }
}
