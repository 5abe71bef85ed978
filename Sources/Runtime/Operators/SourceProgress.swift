/// How far a source has come in event time.
struct SourceProgress: Sendable {
    let delay: Int64
    /// How far each partition that has given anything has come: the largest event time of its records, and
    /// beyond it what has passed while it was idle.
    private(set) var maxima: [Int64] = []
    /// The largest event time of each partition's records.
    private(set) var newest: [Int64] = []
    /// Behind all records so far; `Int64.min` when nothing has come yet. Never falls back.
    private(set) var watermark = Int64.min
    /// The number of the next record.
    private(set) var nextSequence: Int64 = 0
    /// Partitions with records since they were last forgotten; kept by no checkpoint.
    private(set) var heard: Set<Int> = []

    init(delay: Int64) { self.delay = delay }

    /// The same with what a checkpoint has kept.
    ///
    /// - Parameter newest: where that is not how far the partitions have come.
    func resumed(from saved: SourceProgress, newest: [Int64]? = nil) -> SourceProgress {
        var resumed = SourceProgress(
            delay: delay, maxima: saved.maxima, watermark: saved.watermark, nextSequence: saved.nextSequence)
        if let newest { resumed.newest = newest }
        return resumed
    }

    init(delay: Int64, maxima: [Int64], watermark: Int64, nextSequence: Int64) {
        self.delay = delay
        self.maxima = maxima
        newest = maxima
        self.watermark = watermark
        self.nextSequence = nextSequence
    }

    mutating func place(_ time: ChunkTime) {
        let partition = time.partition
        // A partition that has given no usable time yet holds nobody up.
        while maxima.count <= partition {
            maxima.append(.min)
            newest.append(.min)
        }
        var others = Int64.max
        for (other, maximum) in maxima.enumerated() where other != partition && maximum > .min {
            others = min(others, maximum)
        }
        time.place(
            before: maxima[partition], others: others, delay: delay, reached: watermark,
            firstSequence: nextSequence)
        maxima[partition] = max(maxima[partition], time.maximum)
        newest[partition] = max(newest[partition], time.maximum)
        watermark = time.finalWatermark
        heard.insert(partition)
        if time.isNumbered { nextSequence += Int64(time.count) }
    }

    /// Gives rows that a query has made the next numbers.
    mutating func number(_ time: ChunkTime) {
        time.number(from: nextSequence)
        nextSequence += Int64(time.count)
    }

    // MARK: Time without records

    /// The partitions that have given a usable time.
    var begun: [Int] { maxima.indices.filter { maxima[$0] > .min } }

    /// Moves idle partitions on by the time that has passed, and at least as far as those that are not idle,
    /// which they no longer hold up. Where all are idle, all go as far as the one that is furthest.
    mutating func pass(_ idle: [IdleTime.Partition]) {
        let idle = idle.filter { $0.number < maxima.count && maxima[$0.number] > .min }
        guard !idle.isEmpty else { return }
        for entry in idle { maxima[entry.number] = maxima[entry.number] &+ entry.passed }
        let isIdle = Set(idle.map(\.number))
        let others = begun.filter { !isIdle.contains($0) }.map { maxima[$0] }.min()
        let least = others ?? begun.map { maxima[$0] }.max() ?? .min
        for number in isIdle { maxima[number] = max(maxima[number], least) }
        if let slowest = begun.map({ maxima[$0] }).min() { reach(slowest &- delay) }
    }

    /// Moves the watermark alone.
    mutating func reach(_ watermark: Int64) { self.watermark = max(self.watermark, watermark) }

    mutating func forgetHeard() { heard.removeAll(keepingCapacity: true) }
}
