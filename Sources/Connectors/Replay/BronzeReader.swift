import Columnar
import DeltaLake
import Diagnostics
import Runtime

/// Reads the rows of a bronze table in the order in which their records first came, ahead of whoever takes
/// them.
///
/// A thread of its own decodes row groups, each once where rows lie about in that order; what it has decoded
/// and nobody has taken yet is bounded in bytes.
final class BronzeReader: @unchecked Sendable {
    private let table: BronzeTable
    private let runs: [BronzeRun]
    private let headers: FileHeaders?
    private let threads = WorkerPool(threads: 2)
    private let monitor = Monitor()

    // Guarded by `monitor`.
    private var queue: [BronzePiece] = []
    private var queuedBytes = 0
    private var hasEnded = false
    private var isAbandoned = false
    private var failure: Diagnostic?

    // The reading thread's own.
    private var groups: [GroupKey: [Batch]] = [:]
    /// The keys of `groups`, the one used last at the end.
    private var recent: [GroupKey] = []
    private var opened: [Int32: BronzeFileReader] = [:]
    /// Rows that are still to be taken: what has none left is let go at once.
    private var rowsLeft: [GroupKey: Int] = [:]
    private var rowsLeftOfFile: [Int32: Int] = [:]
    private var piece: BronzePiece?

    private struct GroupKey: Hashable {
        let file: Int32
        let group: Int32
    }

    /// Bytes of records that are decoded and not yet taken.
    private static let queueLimit = 64 << 20
    /// Row groups that are held decoded at most.
    private static let groupLimit = 6
    /// Files that are held open: each holds its compressed bytes.
    private static let fileLimit = 6
    /// Bytes of a piece.
    private static let pieceBytes = 1 << 20
    private static let smallestPiece = 64 << 10
    /// An epoch is cut into so many pieces at the least, so that all threads have a part of it.
    private static let piecesOfEpoch = 8

    init(_ table: BronzeTable, _ runs: [BronzeRun], headers: FileHeaders?) {
        self.table = table
        self.runs = runs
        self.headers = headers
        for run in runs {
            rowsLeft[GroupKey(file: run.file, group: run.group), default: 0] += Int(run.count)
            rowsLeftOfFile[run.file, default: 0] += Int(run.count)
        }
        threads.enqueue(bytes: 0) { [self] in
            do throws(Diagnostic) {
                try readAll()
                finish(nil)
            } catch {
                finish(error)
            }
        }
    }

    deinit { threads.stop() }

    /// The next piece; waits for it. nil behind the last one.
    func next() throws(Diagnostic) -> BronzePiece? {
        monitor.lock()
        defer { monitor.unlock() }
        while queue.isEmpty, !hasEnded { monitor.wait() }
        guard !queue.isEmpty else {
            if let failure { throw failure }
            return nil
        }
        let piece = queue.removeFirst()
        queuedBytes -= piece.byteCount
        monitor.signalAll()
        return piece
    }

    /// Ends the thread before its time.
    func abandon() {
        monitor.withLock {
            isAbandoned = true
            queue = []
            queuedBytes = 0
            monitor.signalAll()
        }
    }

    // MARK: The reading thread

    private func finish(_ failure: Diagnostic?) {
        (groups, opened) = ([:], [:])
        monitor.withLock {
            self.failure = failure
            hasEnded = true
            monitor.signalAll()
        }
    }

    private func readAll() throws(Diagnostic) {
        var start = 0
        while start < runs.count {
            var end = start
            var rows = 0
            while end < runs.count, runs[end].clock == runs[start].clock {
                rows += Int(runs[end].count)
                end += 1
            }
            for run in runs[start..<end] {
                guard try read(run, rowsOfEpoch: rows) else { return }
            }
            guard handOver() else { return }
            start = end
        }
    }

    /// False when nobody wants more.
    private func read(_ run: BronzeRun, rowsOfEpoch: Int) throws(Diagnostic) -> Bool {
        let batches = try batches(GroupKey(file: run.file, group: run.group))
        let source = table.sources[Int(run.source)]
        let header = try headers?.header(of: source)
        var first = 0
        for batch in batches {
            let lower = max(Int(run.row) - first, 0)
            let upper = min(Int(run.row) + Int(run.count) - first, batch.count)
            if lower < upper {
                let part = BronzePiece.Part(
                    records: Array(batch.columns.dropLast()), offsets: batch.columns[batch.columns.count - 1],
                    rows: lower..<upper, source: source, header: header)
                guard add(part, clock: table.plan.clock == nil ? nil : run.clock, rowsOfEpoch) else {
                    return false
                }
            }
            first += batch.count
        }
        letGo(run)
        return true
    }

    private func letGo(_ run: BronzeRun) {
        let key = GroupKey(file: run.file, group: run.group)
        let (left, leftOfFile) = (
            (rowsLeft[key] ?? 0) - Int(run.count), (rowsLeftOfFile[run.file] ?? 0) - Int(run.count)
        )
        rowsLeft[key] = left
        rowsLeftOfFile[run.file] = leftOfFile
        if left == 0 {
            groups[key] = nil
            recent.removeAll { $0 == key }
        }
        if leftOfFile == 0 { opened[run.file] = nil }
    }

    /// Adds rows to pieces, which are handed over when they are full.
    private func add(_ part: BronzePiece.Part, clock: Int64?, _ rowsOfEpoch: Int) -> Bool {
        var start = part.rows.lowerBound
        while start < part.rows.upperBound {
            var piece = self.piece ?? BronzePiece(clock: clock)
            var end = start
            var bytes = 0
            let average = piece.rowCount > 0 ? piece.byteCount / piece.rowCount : 256
            let limit = max(
                Self.smallestPiece, min(Self.pieceBytes, rowsOfEpoch * average / Self.piecesOfEpoch))
            while end < part.rows.upperBound, end == start || piece.byteCount + bytes < limit {
                bytes += (part.record(end)?.count ?? 0) + 1
                end += 1
            }
            piece.parts.append(
                BronzePiece.Part(
                    records: part.records, offsets: part.offsets, rows: start..<end, source: part.source,
                    header: part.header))
            piece.rowCount += end - start
            piece.byteCount += bytes
            self.piece = piece
            if piece.byteCount >= limit, !handOver() { return false }
            start = end
        }
        return true
    }

    private func handOver() -> Bool {
        guard let piece else { return true }
        self.piece = nil
        return monitor.withLock {
            while queuedBytes > Self.queueLimit, !isAbandoned { monitor.wait() }
            queue.append(piece)
            queuedBytes += piece.byteCount
            monitor.signalAll()
            return !isAbandoned
        }
    }

    private func batches(_ key: GroupKey) throws(Diagnostic) -> [Batch] {
        if let known = groups[key] {
            if recent.last != key {
                recent.removeAll { $0 == key }
                recent.append(key)
            }
            return known
        }
        if groups.count >= Self.groupLimit { groups[recent.removeFirst()] = nil }
        let reader = try reader(of: key.file)
        let decoded = try reader.read(Int(key.group))
        groups[key] = decoded
        recent.append(key)
        return decoded
    }

    private func reader(of file: Int32) throws(Diagnostic) -> BronzeFileReader {
        if let known = opened[file] { return known }
        if opened.count >= Self.fileLimit {
            // Those of which nothing is decoded any more.
            let used = Set(recent.map(\.file))
            for other in opened.keys where !used.contains(other) { opened[other] = nil }
            if opened.count >= Self.fileLimit { opened = [:] }
        }
        let made = try table.reader(of: Int(file), columns: table.plan.recordColumns + [table.plan.offset])
        opened[file] = made
        return made
    }
}
