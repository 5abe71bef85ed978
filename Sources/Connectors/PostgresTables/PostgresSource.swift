import Columnar
import Diagnostics
import Formats
import Runtime
import Storage

/// Reads a table of a PostgreSQL database: all of its rows at first, then what has changed.
///
/// A database does not keep what a row was, so what is read is journaled before anybody sees it: a range is a
/// block of the journal. Each row comes once for each content that a look has found, and as a tombstone when
/// it is gone. A database that is away is waited for.
final class PostgresSource: Source {
    private let settings: PostgresSourceSettings
    private let fileSystem: any FileSystem
    private let directory: String
    private let waker: TopicWaker
    private let feed: TableFeed
    private let journal: TableJournal
    // Belong to the task's thread.
    private var current = TablePosition()
    /// What the journal says up to there; the watch has it once it is at work.
    private var image = TableImage()
    private var isWatching = false
    /// The look that a final reading waits for.
    private var awaited: Int?
    /// The journal's file as the last checkpoint has it.
    private var marked: Int64 = 0

    /// - Parameters:
    ///   - directory: of the journal; this source's own.
    ///   - onInput: called whenever there is more to read, by another thread: it must not block.
    init(
        _ settings: PostgresSourceSettings, fileSystem: any FileSystem, directory: String,
        onInput: (@Sendable () -> Void)?
    ) {
        self.settings = settings
        self.fileSystem = fileSystem
        self.directory = directory
        waker = TopicWaker(onInput: onInput)
        feed = TableFeed(waker)
        journal = TableJournal(fileSystem, directory: directory, relation: settings.relation)
    }

    deinit { feed.end() }

    var trouble: SourceTrouble? { feed.currentTrouble }

    func giveUp() { feed.end() }

    /// Until the table is there as a whole.
    var comesFirst: Bool {
        !current.cursor.isComplete || current.cursor.identity != settings.identity
    }

    // MARK: Positions

    func restore(_ position: [UInt8]?) throws(Diagnostic) {
        current = try position.map { bytes throws(Diagnostic) in try TablePosition(bytes) } ?? TablePosition()
        image = try journal.image(current.generation, upTo: current.end)
        marked = current.generation
    }

    func position() -> [UInt8] {
        marked = current.generation
        return current.encoded
    }

    /// Files before the one that the committed checkpoint names are of no more use.
    func acknowledge() throws(Diagnostic) {
        do throws(StorageError) { try journal.remove(before: marked) } catch {
            throw Diagnostic(
                .io, "the journal in \(directory) can't be tidied up: \(error.reason)",
                hint: "check its permissions")
        }
    }

    func replay(_ range: InputRange) throws(Diagnostic) {
        let logged = try TableRange(range.encoded, byteCount: range.byteCount)
        if logged.generation != current.generation || logged.place.lowerBound != current.end {
            image = try journal.image(logged.generation, upTo: logged.place.lowerBound)
        }
        let block = try journal.block(logged.generation, logged.place)
        try journal.apply(
            UnsafeRawBufferPointer(start: block.pointer, count: logged.place.count),
            at: logged.place.lowerBound, to: &image)
        current.take(logged)
    }

    // MARK: Reading

    func poll(maximumBytes: Int, isFinal: Bool) throws(Diagnostic) -> [InputRange] {
        watch()
        if !isFinal { awaited = nil }
        guard isFinal else { return try take(maximumBytes) }
        let look = awaited ?? feed.requestLook()
        awaited = look
        let since = KafkaSource.now()
        while true {
            let isDone = feed.isDone(look: look)
            let ranges = try take(maximumBytes)
            if !ranges.isEmpty || isDone || feed.hasEnded { return ranges }
            if let trouble = feed.currentTrouble, let patience = settings.patience,
                KafkaSource.now() - max(since, trouble.sinceMilliseconds) > Int64(patience)
            {
                throw trouble.reason
            }
            waker.wait(milliseconds: 100)
        }
    }

    private func watch() {
        guard !isWatching else { return }
        isWatching = true
        let watch = TableWatch(
            settings, feed, TableJournal(fileSystem, directory: directory, relation: settings.relation),
            image: image, position: current)
        image = TableImage()
        watch.start()
    }

    private func take(_ maximumBytes: Int) throws(Diagnostic) -> [InputRange] {
        try feed.take(maximumBytes: maximumBytes, into: &current).map {
            InputRange(encoded: $0.encoded, byteCount: $0.byteCount)
        }
    }

    func chunks(of range: InputRange, targetBytes: Int) throws(Diagnostic) -> [ChunkLoader] {
        let logged = try TableRange(range.encoded, byteCount: range.byteCount)
        let journal = journal
        let name = settings.target.name.description
        return [
            ChunkLoader(byteCount: range.byteCount) { () throws(Diagnostic) in
                try PostgresSource.load(logged, of: journal, name)
            }
        ]
    }

    private static func load(
        _ range: TableRange, of journal: TableJournal, _ name: String
    ) throws(Diagnostic) -> [Chunk] {
        let buffer = try journal.block(range.generation, range.place)
        let bytes = UnsafeRawBufferPointer(start: buffer.pointer, count: range.place.count)
        let messages = MessageBlock(count: range.count, byteCount: range.place.count)
        let place = messages.place
        var count = 0
        var end = 0
        let isWhole = TableBlock.read(bytes) { entry in
            guard count < range.count else { return }
            for (part, starts, lengths) in [
                (entry.key, place.keyStarts, place.keyLengths),
                (entry.value, place.valueStarts, place.valueLengths),
            ] {
                UnsafeMutableRawBufferPointer(start: place.bytes + end, count: part.count).copyMemory(
                    from: part)
                starts[count] = UInt32(truncatingIfNeeded: end)
                lengths[count] = UInt32(truncatingIfNeeded: part.count)
                end += part.count
            }
            if entry.kind == .removal { place.valueLengths[count] = RecordFrames.absent }
            place.timestamps[count] = entry.time
            place.offsets[count] = range.firstNumber + Int64(count)
            count += 1
        }
        guard isWhole, count == range.count else {
            throw journal.damaged("a block of its file is not as it was written")
        }
        return messages.chunks(of: count, headers: [], sourceName: name, partition: 0)
    }

    // MARK: Waiting

    func wait(milliseconds: Int) { waker.wait(milliseconds: milliseconds) }

    func wake() { waker.wake() }

    func lag() -> Int { feed.bytes }
}
