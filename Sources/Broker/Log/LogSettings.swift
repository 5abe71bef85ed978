/// How the log of a partition is kept: a topic's configuration, in the units of Kafka's settings.
struct LogSettings: Equatable, Sendable {
    /// When written bytes are made durable.
    enum Flush: Equatable, Sendable {
        /// Before an append returns; appends that wait together share one call.
        case everyAppend
        /// After so many bytes or so much time: a loss of power, not of the process, takes what is younger.
        case after(bytes: Int, milliseconds: Int64)
    }

    var flush = Flush.everyAppend
    var segmentBytes = 1 << 30
    var segmentMilliseconds: Int64 = 7 * 86_400_000
    /// Bytes between two entries of a segment's index.
    var indexIntervalBytes = 4096
    /// Bytes of one batch, at most.
    var maxMessageBytes = 1_048_588
    /// Bytes that one batch may take unpacked.
    var maxUnpackedBytes = RecordBatch.unpackedLimit
    /// nil: for ever.
    var retentionMilliseconds: Int64? = 7 * 86_400_000
    /// nil: without bound.
    var retentionBytes: Int?
    var isDeleted = true
    var isCompacted = false
    var deleteRetentionMilliseconds: Int64 = 86_400_000
    var minCompactionLagMilliseconds: Int64 = 0
    /// The share of the log that must be uncleaned before it is cleaned again.
    var minCleanableRatio = 0.5
    /// Bytes for the map of keys while cleaning; when it is full, the segments behind wait for the next pass.
    var cleanerMapBytes = 128 << 20
    var usesLogAppendTime = false
    /// How long a producer without a transaction is remembered after its last batch.
    var producerExpirationMilliseconds: Int64 = 86_400_000
    /// Bytes appended between two checkpoints: what a start after a crash has to read, about.
    var checkpointBytes = 256 << 20
    /// Bytes of a writer's epoch that are written in one call, about.
    var epochPieceBytes = 8 << 20

    init() {}
}
