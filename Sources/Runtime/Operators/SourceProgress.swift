/// How far a source has come in event time.
struct SourceProgress: Sendable {
    let delay: Int64
    /// The largest event time of each partition that has given anything.
    private(set) var maxima: [Int64] = []
    /// Behind all records so far; `Int64.min` when nothing has come yet. Never falls back.
    private(set) var watermark = Int64.min
    /// The number of the next record.
    private(set) var nextSequence: Int64 = 0

    init(delay: Int64) { self.delay = delay }

    /// The same with what a checkpoint has kept.
    func resumed(from saved: SourceProgress) -> SourceProgress {
        SourceProgress(
            delay: delay, maxima: saved.maxima, watermark: saved.watermark, nextSequence: saved.nextSequence)
    }

    init(delay: Int64, maxima: [Int64], watermark: Int64, nextSequence: Int64) {
        self.delay = delay
        self.maxima = maxima
        self.watermark = watermark
        self.nextSequence = nextSequence
    }

    mutating func place(_ time: ChunkTime) {
        // A partition that has given no usable time yet holds nobody up.
        while maxima.count <= time.partition { maxima.append(.min) }
        var others = Int64.max
        for (partition, maximum) in maxima.enumerated() where partition != time.partition && maximum > .min {
            others = min(others, maximum)
        }
        time.place(
            before: maxima[time.partition], others: others, delay: delay, reached: watermark,
            firstSequence: nextSequence)
        maxima[time.partition] = max(maxima[time.partition], time.maximum)
        watermark = time.finalWatermark
        if time.isNumbered { nextSequence += Int64(time.count) }
    }

    /// Gives rows that a query has made the next numbers.
    mutating func number(_ time: ChunkTime) {
        time.number(from: nextSequence)
        nextSequence += Int64(time.count)
    }
}
