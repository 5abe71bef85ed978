import Storage
import Synchronization

/// The log of one partition: records in the order of their offsets, in segments.
///
/// ```
/// deleted │ segment │ segment │ active segment
///      log start         last stable ≤ high watermark ≤ log end
/// ```
/// Readers see what lies before the high watermark: what is durable, if appends are to be durable before
/// they return, else all; `read_committed` readers what lies before the last stable offset, where the
/// first open transaction begins. Thread-safe. Reads wait neither for the disk nor for maintenance.
/// The lock of writing is taken before the lock of state; state changes under both.
final class PartitionLog: @unchecked Sendable {
    let directory: String
    let pool: OpenFiles
    /// What opening it found wrong.
    let report: RecoveryReport

    let writing = Mutex(())
    let state = Mutex(())
    /// Retention, deletion and compaction, one at a time.
    let maintenance = Mutex(())

    // Changed under both locks; read under either.
    var settings: LogSettings
    /// By base offset; the last is the active one, which is written to.
    var segments: [Segment]
    /// What the log knows, as of its end.
    var live: LogCheckpoint
    var durableEnd: Int64
    /// After a failed fsync nobody knows what is durable.
    var stopReason: String?

    /// Told when readers see more than before. Set before the log is used.
    var listeners: TopicListeners?

    // Changed under both locks; read under either.
    var dirtyBytes = 0
    var dirtySince: Int64?

    // Under the lock of writing.
    var bytesSinceCheckpoint = 0
    /// The log's end when its checkpoint and its active index were last written; -1 before that.
    var checkpointedOffset: Int64 = -1
    /// The log's end at the last tick.
    var offsetAtTick: Int64 = -1

    init(
        _ directory: String, _ pool: OpenFiles, _ settings: LogSettings, segments: [Segment],
        live: LogCheckpoint, report: RecoveryReport
    ) {
        precondition(!segments.isEmpty, "a log has an active segment")
        self.directory = directory
        self.pool = pool
        self.settings = settings
        self.segments = segments
        self.live = live
        self.report = report
        durableEnd = live.offset
    }

    var files: any FileSystem { pool.files }
    var active: Segment { segments[segments.count - 1] }

    func whileWriting<Result>(_ body: () throws(LogError) -> Result) throws(LogError) -> Result {
        writing._unsafeLock()
        defer { writing._unsafeUnlock() }
        return try body()
    }

    func withState<Result, Failure: Error>(_ body: () throws(Failure) -> Result) throws(Failure) -> Result {
        state._unsafeLock()
        defer { state._unsafeUnlock() }
        return try body()
    }
}

/// Where the log begins and ends.
extension PartitionLog {
    struct Bounds: Equatable, Sendable {
        let logStart: Int64
        let lastStable: Int64
        let highWatermark: Int64
        let logEnd: Int64
    }

    var bounds: Bounds { withState { boundsLocked } }

    var boundsLocked: Bounds {
        let isDurableFirst = settings.flush == .everyAppend
        let high = max(isDurableFirst ? durableEnd : live.offset, live.logStartOffset)
        return Bounds(
            logStart: live.logStartOffset, lastStable: min(live.producers.firstUnstableOffset ?? high, high),
            highWatermark: high, logEnd: live.offset)
    }

    /// Bytes of all segments, without their indexes.
    var byteCount: Int { withState { segments.reduce(0) { $0 + $1.byteCount } } }

    var currentSettings: LogSettings { withState { settings } }

    var segmentCount: Int { withState { segments.count } }

    /// The producers that the log knows, for `DescribeProducers`.
    var producers: ProducerTable { withState { live.producers } }

    /// Transactions of clients that have no end yet, by producer and epoch.
    var openTransactions: [(producerID: Int64, epoch: Int16)] { withState { live.producers.openClients } }

    /// Takes over a changed configuration; what is written already stays as it is.
    func configure(_ settings: LogSettings) {
        writing.withLock { _ in withState { self.settings = settings } }
    }

    /// The epoch `epoch`, or the greatest one before it, and where it ended; nil where the log knows of none
    /// (`OffsetForLeaderEpoch`).
    func endOffset(ofLeaderEpoch epoch: Int32) -> (epoch: Int32, endOffset: Int64)? {
        withState {
            guard let index = live.epochs.lastIndex(where: { $0.epoch <= epoch }) else { return nil }
            let end = index + 1 < live.epochs.count ? live.epochs[index + 1].startOffset : live.offset
            return (live.epochs[index].epoch, end)
        }
    }
}
