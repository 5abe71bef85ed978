/// Puts runs of rows into the order in which the pipeline took their records.
///
/// Epochs come one after another, by their clocks. Within an epoch:
/// - the records of one file come in the order of their offsets;
/// - rows of one data file come as they lie there, which is how they were written;
/// - what these rules leave open, as data files do that were written side by side, is decided by the order in
///   which the source's files were discovered.
struct BronzeRunOrder {
    /// The offsets of a run's records, for runs that reach into one another.
    typealias Offsets<Failure: Error> = (BronzeRun) throws(Failure) -> ArraySlice<Int64>

    /// By the number of a source's file: its place among all in the order of discovery.
    let places: [Int]

    /// - Parameter files: the runs of each data file as they lie there.
    func arranged<Failure: Error>(
        _ files: [[BronzeRun]], offsets: Offsets<Failure>
    ) throws(Failure) -> [BronzeRun] {
        var epochs: [Int64: [[BronzeRun]]] = [:]
        for runs in files {
            var own: [Int64: [BronzeRun]] = [:]
            for run in runs { own[run.clock, default: []].append(run) }
            for (clock, part) in own { epochs[clock, default: []].append(part) }
        }
        var result: [BronzeRun] = []
        for clock in epochs.keys.sorted() {
            result += try epoch(epochs[clock] ?? [], offsets)
        }
        return result
    }

    private func epoch<Failure: Error>(
        _ files: [[BronzeRun]], _ offsets: Offsets<Failure>
    ) throws(Failure) -> [BronzeRun] {
        guard files.allSatisfy(isInOrder) else { return try bySource(files.flatMap { $0 }, offsets) }
        if files.count == 1 { return files[0] }
        return try merged(files, offsets)
    }

    /// Whether the records of each file come in the order of their offsets.
    private func isInOrder(_ runs: [BronzeRun]) -> Bool {
        var lasts: [Int32: Int64] = [:]
        for run in runs {
            if let last = lasts[run.source], last >= run.first { return false }
            lasts[run.source] = run.last
        }
        return true
    }

    private func merged<Failure: Error>(
        _ files: [[BronzeRun]], _ offsets: Offsets<Failure>
    ) throws(Failure) -> [BronzeRun] {
        var heads = files.map { $0[...] }
        var waiting: [Int32: SourceQueue] = [:]
        for (index, runs) in files.enumerated() {
            for run in runs { waiting[run.source, default: SourceQueue()].add(run.first, index) }
        }
        for source in waiting.keys { waiting[source]?.sort() }
        var result: [BronzeRun] = []
        while true {
            var best: Int?
            for index in heads.indices {
                guard let head = heads[index].first, waiting[head.source]?.first == index else { continue }
                if let now = best, let other = heads[now].first, !isBefore(head, other) { continue }
                best = index
            }
            guard let best, let head = heads[best].first else { break }
            let next = waiting[head.source]?.take()
            if let next, next <= head.last, head.count > 1 {
                let (own, rest) = try split(head, at: next, offsets)
                result.append(own)
                heads[best][heads[best].startIndex] = rest
                waiting[head.source]?.insert(rest.first, best)
            } else {
                result.append(head)
                heads[best].removeFirst()
            }
        }
        // Rules that contradict each other: somebody else has written the table anew.
        let rest = heads.flatMap { $0 }
        return rest.isEmpty ? result : result + (try bySource(rest, offsets))
    }

    private func isBefore(_ left: BronzeRun, _ right: BronzeRun) -> Bool {
        let (a, b) = (places[Int(left.source)], places[Int(right.source)])
        return a == b ? left.first < right.first : a < b
    }

    /// File by file of the source, each by its offsets.
    private func bySource<Failure: Error>(
        _ runs: [BronzeRun], _ offsets: Offsets<Failure>
    ) throws(Failure) -> [BronzeRun] {
        // The next one last.
        var waiting = runs.sorted { isBefore($1, $0) }
        var result: [BronzeRun] = []
        while let run = waiting.popLast() {
            guard let next = waiting.last, next.source == run.source, next.first <= run.last, run.count > 1
            else {
                result.append(run)
                continue
            }
            let (own, rest) = try split(run, at: next.first, offsets)
            result.append(own)
            let place = waiting.lastIndex { isBefore(rest, $0) } ?? -1
            waiting.insert(rest, at: place + 1)
        }
        return result
    }

    /// The records before an offset, at least one, and the others, at least one.
    private func split<Failure: Error>(
        _ run: BronzeRun, at offset: Int64, _ offsets: Offsets<Failure>
    ) throws(Failure) -> (BronzeRun, BronzeRun) {
        let all = try offsets(run)
        let base = all.startIndex
        var low = 1
        var high = Int(run.count) - 1
        while low < high {
            let middle = (low + high) / 2
            if all[base + middle] < offset { low = middle + 1 } else { high = middle }
        }
        var (own, rest) = (run, run)
        own.count = Int32(low)
        own.last = all[base + low - 1]
        rest.row += Int32(low)
        rest.count -= Int32(low)
        rest.first = all[base + low]
        return (own, rest)
    }
}

/// The runs of one file of the source that wait: their first offsets, and which data files they are in.
private struct SourceQueue {
    private var entries: [(offset: Int64, file: Int)] = []
    private var next = 0

    mutating func add(_ offset: Int64, _ file: Int) { entries.append((offset, file)) }

    mutating func sort() { entries.sort { ($0.offset, $0.file) < ($1.offset, $1.file) } }

    /// The data file with the lowest offset.
    var first: Int? { next < entries.count ? entries[next].file : nil }

    /// Takes the first one out; returns the offset of the one behind it.
    mutating func take() -> Int64? {
        next += 1
        return next < entries.count ? entries[next].offset : nil
    }

    mutating func insert(_ offset: Int64, _ file: Int) {
        let place = entries[next...].firstIndex { ($0.offset, $0.file) > (offset, file) } ?? entries.count
        entries.insert((offset, file), at: place)
    }
}
