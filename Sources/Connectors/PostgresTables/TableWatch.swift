import Columnar
import Diagnostics
import Glibc
import Postgres
import Storage

/// Looks at a table of a database again and again, and journals what has changed. Has a thread of its own.
///
/// ```
/// look ─► rows of one snapshot ─► those that differ from the image ─► journal (durable) ─► feed
///   └─ all rows: at the start, when a comparison is due, or always without `updated_at`;
///      then keys that were not met are removals
/// ```
final class TableWatch: @unchecked Sendable {
    private let settings: PostgresSourceSettings
    private let feed: TableFeed
    private let journal: TableJournal
    private let reader: TableReader
    // All below belongs to the thread.
    private var image: TableImage
    private var cursor: TableCursor
    private var nextNumber: Int64
    private var comparison: UInt32 = 0
    private var block = TableBlock()
    /// What the block does to the image once it is durable; a row without a print is gone.
    private var pending: [(key: Fingerprint, place: Int, print: UInt64?)] = []
    /// Behind what the journal holds of us; what lies there else is of a failed attempt.
    private var place: (generation: Int64, end: Int)

    private static let firstPause = 100
    private static let longestPause = 5_000
    /// The journal may be so much longer than what it stands for.
    private static let outdatedBytes = 64 << 20
    private static let rowBytes = 64

    /// - Parameter position: behind what the task has taken; `image` is what the journal says there.
    init(
        _ settings: PostgresSourceSettings, _ feed: TableFeed, _ journal: TableJournal, image: TableImage,
        position: TablePosition
    ) {
        self.settings = settings
        self.feed = feed
        self.journal = journal
        self.image = image
        cursor = position.cursor
        nextNumber = position.nextNumber
        place = (position.generation, position.end)
        reader = TableReader(
            settings.address, settings.target, statementMilliseconds: settings.statementMilliseconds)
        if cursor.identity != settings.identity {
            // Another table, or other columns: the whole of it is compared.
            cursor = TableCursor()
            cursor.identity = settings.identity
        }
    }

    func start() {
        let box = Unmanaged.passRetained(self)
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<TableWatch>.fromOpaque(context).takeRetainedValue().work()
                return nil
            }, box.toOpaque())
        if code == 0 {
            pthread_detach(thread)
        } else {
            box.release()
            feed.fail(Diagnostic(.state, "there is no thread to read \(settings.relation) by"))
        }
    }

    private enum Outcome: Error {
        case again(Diagnostic)
        case never(Diagnostic)
        /// Nobody takes anything any more.
        case ended
    }

    private func work() {
        var pause = Self.firstPause
        var isOpen = false
        while !feed.hasEnded {
            feed.beginLook()
            do throws(Outcome) {
                if !isOpen {
                    try storing { () throws(StorageError) in try journal.open(place.generation, at: place.end)
                    }
                    place = (journal.generation, journal.end)
                    isOpen = true
                }
                try look()
                pause = Self.firstPause
                // A session that nobody needs for long is not kept.
                if settings.pollMilliseconds > 60_000 { reader.close() }
                if !feed.wait(milliseconds: settings.pollMilliseconds) { break }
            } catch {
                journal.close()
                isOpen = false
                block = TableBlock()
                pending = []
                switch error {
                case .ended: break
                case .never(let reason): return feed.fail(reason)
                case .again(let reason):
                    feed.report(reason)
                    if !feed.pause(milliseconds: pause) { break }
                    pause = min(pause * 2, Self.longestPause)
                }
            }
        }
        journal.close()
    }

    // MARK: Looking

    private func look() throws(Outcome) {
        var next = cursor
        let isWhole = isComparisonDue()
        let since = isWhole ? nil : cursor.start(overlap: settings.overlapMicroseconds)
        let now = try asking { () throws(PostgresError) in try reader.begin(since: since) }
        feed.clearTrouble()
        next.lookedAt = now
        comparison &+= 1
        var hasMore = true
        while hasMore {
            hasMore = try asking { () throws(PostgresError) in
                try reader.next { row in
                    if let time = row.updatedAt { next.newest = max(next.newest ?? .min, time) }
                    self.compare(row, now)
                }
            }
            if feed.hasEnded { throw .ended }
            if block.bytes.count >= TableJournal.blockBytes { try flush(cursor) }
        }
        if isWhole {
            try remove(now)
            next.isComplete = true
            next.comparedAt = now
        }
        // The last block says that the look is over.
        try flush(next)
        cursor = next
        feed.endLook(next, move: try renewedJournal())
    }

    private func isComparisonDue() -> Bool {
        guard cursor.isComplete, settings.target.updatedAt != nil, cursor.newest != nil else { return true }
        guard settings.compareMilliseconds > 0 else { return false }
        // By this machine's clock; which one does not matter, nor does how exact it is.
        return KafkaSource.now() - cursor.comparedAt / 1000 >= settings.compareMilliseconds
    }

    private func compare(_ row: ReadRow, _ now: Int64) {
        let key = TableImage.fingerprint(of: row.key)
        let known = image[key]
        let time = (row.updatedAt ?? now) / 1000
        guard let value = row.value else {
            if known != nil { add(.removal, key, time, row.key, nil) }
            return
        }
        let print = TableImage.print(of: value)
        if known?.print == print {
            image.meet(key, in: comparison)
        } else {
            add(.row, key, time, row.key, value)
        }
    }

    private func add(
        _ kind: TableBlock.Kind, _ key: Fingerprint, _ time: Int64, _ keyBytes: UnsafeRawBufferPointer,
        _ value: UnsafeRawBufferPointer?
    ) {
        let value = value ?? UnsafeRawBufferPointer(start: nil, count: 0)
        let place = block.add(kind, time: time, key: keyBytes, value: value)
        pending.append((key, place, kind == .row ? TableImage.print(of: value) : nil))
    }

    /// Rows that the whole table has not shown are gone.
    private func remove(_ now: Int64) throws(Outcome) {
        try flush(cursor)
        for (key, place) in image.keys(notMetBy: comparison) {
            let bytes: [UInt8]
            do throws(Diagnostic) { bytes = try journal.key(at: place) } catch { throw .never(error) }
            bytes.withUnsafeBytes { add(.removal, key, now / 1000, $0, nil) }
            if block.bytes.count >= TableJournal.blockBytes { try flush(cursor) }
        }
    }

    /// Makes the block durable and hands it over.
    private func flush(_ cursor: TableCursor) throws(Outcome) {
        guard !block.isEmpty else { return }
        let (count, byteCount) = (block.count, max(1, block.contentBytes))
        let bytes = block.finished()
        var written = 0..<0
        try storing { () throws(StorageError) in written = try journal.append(bytes) }
        for change in pending {
            image[change.key] = change.print.map {
                TableImage.Row(print: $0, place: written.lowerBound + change.place, comparison: comparison)
            }
        }
        let range = TableRange(
            generation: journal.generation, place: written, firstNumber: nextNumber, count: count,
            cursor: cursor, byteCount: byteCount)
        nextNumber += Int64(count)
        place = (journal.generation, journal.end)
        block = TableBlock()
        pending = []
        if !feed.add(range) { throw .ended }
    }

    /// Begins a new file where the journal is mostly outdated.
    private func renewedJournal() throws(Outcome) -> (generation: Int64, end: Int)? {
        guard journal.end > Self.outdatedBytes, journal.end > 4 * Self.rowBytes * image.count else {
            return nil
        }
        try storing { () throws(StorageError) in try journal.beginGeneration(&image) }
        place = (journal.generation, journal.end)
        return place
    }

    // MARK: What is away

    private func asking<Answer>(
        _ body: () throws(PostgresError) -> Answer
    ) throws(Outcome) -> Answer {
        do throws(PostgresError) { return try body() } catch {
            if case .unavailable(let reason) = error { throw .again(reason) }
            throw .never(error.diagnostic)
        }
    }

    private func storing(_ body: () throws(StorageError) -> Void) throws(Outcome) {
        let isWanted: Bool
        do throws(StorageError) { isWanted = try feed.writing(body) } catch {
            let message =
                "the journal of \(settings.relation) can't be written: \(error.reason) (\(error.path))"
            if case .unavailable = error {
                throw .again(
                    Diagnostic(
                        .unavailable, message,
                        hint: "make room on the disk or mend its permissions: the pipeline goes on by itself")
                )
            }
            throw .never(Diagnostic(.io, message, hint: "check the path and start again: nothing is lost"))
        }
        if !isWanted { throw .ended }
    }
}
