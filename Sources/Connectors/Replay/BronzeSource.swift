import Diagnostics
import Runtime
import Storage

/// The records of a source, read again from the bronze table that keeps them: each with its bytes, its file,
/// its place and the clock of its first epoch, in the order in which they first came.
///
/// For a rebuild, which begins anew after a crash: so positions are told but never taken up. `poll` waits for
/// what is being read, since there is nothing else to do meanwhile; without ranges it is at the end, until
/// `catchUp` finds more.
final class BronzeSource: Source, @unchecked Sendable {
    private let table: BronzeTable
    private let workers: WorkerPool
    private let headers: FileHeaders?
    /// Records that come from dead letters, and are to be in bronze if they fit now.
    let returned = ReturnedRecords()
    /// Gives the place of a file of the source among all, in the order of discovery; nil where that is not
    /// known.
    typealias Ranks = () -> (String) -> Int?

    private let rank: Ranks
    private var reader: BronzeReader?
    private var waiting: BronzePiece?
    private var handedOut: [Int: BronzePiece] = [:]
    private var nextPiece = 0
    /// Rows that were handed out, and all that were found.
    private(set) var rowsTaken = 0
    private(set) var rowsFound = 0
    /// Those found in the bronze table, rather than among dead letters.
    private(set) var rowsOfBronze = 0
    private var bytesTaken = 0

    init(
        _ table: BronzeTable, workers: WorkerPool, headers: FileHeaders?, rank: @escaping Ranks
    ) {
        self.table = table
        self.workers = workers
        self.headers = headers
        self.rank = rank
    }

    /// Looks for rows that have come since the last call, and goes on with them.
    ///
    /// - Parameters:
    ///   - application: the pipeline's name in the table.
    ///   - done: the last epoch that all sinks have.
    /// - Returns: how many there are.
    func catchUp(application: String, done: Int64) throws(Diagnostic) -> Int {
        precondition(waiting == nil && handedOut.isEmpty, "all rows so far were taken")
        let files = try table.find(application: application, done: done)
        let runs = try LettersBesideBronze(table, returned).kept(try table.runs(of: files, workers))
        let places = places()
        let ordered = try BronzeRunOrder(places: places).arranged(runs) { run throws(Diagnostic) in
            try table.offsets(of: run)
        }
        let count = ordered.reduce(0) { $0 + Int($1.count) }
        rowsFound += count
        rowsOfBronze += ordered.reduce(0) { $0 + (table.isOfBronze($1) ? Int($1.count) : 0) }
        reader = count > 0 ? BronzeReader(table, ordered, headers: headers) : nil
        return count
    }

    func abandon() { reader?.abandon() }

    /// By the number of a source's file: those whose discovery is known first, the others by name.
    private func places() -> [Int] {
        let rank = rank()
        let ranks = table.sources.map { rank($0) ?? .max }
        let sorted = table.sources.indices.sorted {
            (ranks[$0], table.sources[$0]) < (ranks[$1], table.sources[$1])
        }
        var places = [Int](repeating: 0, count: sorted.count)
        for (place, source) in sorted.enumerated() { places[source] = place }
        return places
    }

    // MARK: Source

    func restore(_ position: [UInt8]?) throws(Diagnostic) {
        guard position == nil else { throw Self.isNotResumed }
    }

    func position() -> [UInt8] { Array(String(rowsTaken).utf8) }

    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        var ranges: [InputRange] = []
        var bytes = 0
        while let piece = try nextWaiting() {
            if !ranges.isEmpty, bytes + piece.byteCount > maximumBytes {
                waiting = piece
                break
            }
            bytes += piece.byteCount
            rowsTaken += piece.rowCount
            bytesTaken += piece.byteCount
            var encoder = BinaryEncoder()
            encoder.add(nextPiece)
            handedOut[nextPiece] = piece
            nextPiece += 1
            ranges.append(InputRange(encoded: encoder.bytes, byteCount: piece.byteCount))
        }
        return ranges
    }

    private func nextWaiting() throws(Diagnostic) -> BronzePiece? {
        if let waiting {
            self.waiting = nil
            return waiting
        }
        return try reader?.next()
    }

    func replay(_ range: InputRange) throws(Diagnostic) { throw Self.isNotResumed }

    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        var decoder = BinaryDecoder(range.encoded)
        guard let number = try? decoder.int(), let piece = handedOut.removeValue(forKey: number) else {
            throw Self.isNotResumed
        }
        return [piece.loader]
    }

    func wait(milliseconds: Int) {}

    func wake() {}

    func acknowledge() throws(Diagnostic) {}

    /// About: what rows had on average so far.
    func lag() -> Int { rowsTaken == 0 ? 0 : (rowsFound - rowsTaken) * (bytesTaken / rowsTaken) }

    private static let isNotResumed = Diagnostic(
        .internalError, "a rebuild begins anew after a crash", hint: "replay again")
}
