import Diagnostics
import Runtime
import Storage

/// Between the thread that reads a table of a database and the task that takes what it has read.
final class TableFeed: @unchecked Sendable {
    private let monitor = Monitor()
    /// Held while the journal is written to.
    private let writer = Monitor()
    private let waker: TopicWaker
    // All below only with the monitor's lock.
    private var ranges: [TableRange] = []
    private var waitingBytes = 0
    /// Set where the last look ended without a range of its own.
    private var cursor: TableCursor?
    private var move: (generation: Int64, end: Int)?
    private var looks = (begun: 0, done: 0)
    private var isLookWanted = false
    private var isEnded = false
    private var failure: Diagnostic?
    private var trouble: SourceTrouble?

    /// Bytes that may wait to be taken; they lie in the journal, not in memory.
    private static let waitingLimit = 256 << 20

    init(_ waker: TopicWaker) { self.waker = waker }

    // MARK: The task's side

    /// What has been read since, as far as it fits.
    func take(maximumBytes: Int, into position: inout TablePosition) throws(Diagnostic) -> [TableRange] {
        let (taken, failure) = monitor.withLock { () -> ([TableRange], Diagnostic?) in
            var taken: [TableRange] = []
            var left = maximumBytes
            while let next = ranges.first, taken.isEmpty || next.byteCount <= left {
                left -= next.byteCount
                waitingBytes -= next.byteCount
                taken.append(ranges.removeFirst())
                position.take(next)
            }
            if ranges.isEmpty {
                if let cursor { position.cursor = cursor }
                if let move { (position.generation, position.end) = move }
                cursor = nil
                move = nil
            }
            if !taken.isEmpty { monitor.signalAll() }
            return (taken, taken.isEmpty ? self.failure : nil)
        }
        if let failure { throw failure }
        return taken
    }

    /// Has the table looked at once more; returns the number of the first look that begins from now on.
    func requestLook() -> Int {
        monitor.withLock {
            isLookWanted = true
            monitor.signalAll()
            return looks.begun + 1
        }
    }

    func isDone(look: Int) -> Bool { monitor.withLock { looks.done >= look } }

    var currentTrouble: SourceTrouble? { monitor.withLock { trouble } }

    var bytes: Int { monitor.withLock { waitingBytes } }

    /// Nobody takes anything any more. When it returns, the journal is another's.
    func end() {
        monitor.withLock {
            isEnded = true
            monitor.signalAll()
        }
        writer.withLock {}
    }

    // MARK: The reader's side

    var hasEnded: Bool { monitor.withLock { isEnded } }

    /// Waits until a look is due or wanted; false when there is to be none.
    func wait(milliseconds: Int) -> Bool {
        let end = Self.now() + Int64(milliseconds)
        return monitor.withLock {
            while !isEnded, !isLookWanted {
                let left = end - Self.now()
                if left <= 0 { break }
                monitor.wait(milliseconds: Int(min(left, 60_000)))
            }
            return !isEnded
        }
    }

    /// Waits for some time, whatever is wanted; false when it has ended.
    func pause(milliseconds: Int) -> Bool {
        let end = Self.now() + Int64(milliseconds)
        return monitor.withLock {
            while !isEnded {
                let left = end - Self.now()
                if left <= 0 { return true }
                monitor.wait(milliseconds: Int(left))
            }
            return false
        }
    }

    private static func now() -> Int64 { KafkaSource.now() }

    func beginLook() {
        monitor.withLock {
            isLookWanted = false
            looks.begun += 1
        }
    }

    /// Writes to the journal unless it has ended; while that goes on, it does not end. False when it has.
    func writing(_ body: () throws(StorageError) -> Void) throws(StorageError) -> Bool {
        writer.lock()
        defer { writer.unlock() }
        guard !hasEnded else { return false }
        try body()
        return true
    }

    /// Hands over a range; waits while too much waits already. False when nobody takes it any more.
    func add(_ range: TableRange) -> Bool {
        let isTaken = monitor.withLock { () -> Bool in
            while !isEnded, waitingBytes > Self.waitingLimit { monitor.wait() }
            guard !isEnded else { return false }
            ranges.append(range)
            waitingBytes += range.byteCount
            cursor = nil
            move = nil
            return true
        }
        if isTaken { waker.notify() }
        return isTaken
    }

    /// - Parameter move: where the journal goes on, in a new file.
    func endLook(_ cursor: TableCursor, move: (generation: Int64, end: Int)?) {
        monitor.withLock {
            self.cursor = cursor
            if let move { self.move = move }
            looks.done = looks.begun
            trouble = nil
        }
        waker.notify()
    }

    func report(_ reason: Diagnostic) {
        monitor.withLock {
            let since = trouble?.sinceMilliseconds ?? Self.now()
            trouble = SourceTrouble(reason: reason, sinceMilliseconds: since)
        }
        waker.notify()
    }

    func clearTrouble() { monitor.withLock { trouble = nil } }

    func fail(_ reason: Diagnostic) {
        monitor.withLock { failure = reason }
        waker.notify()
    }
}
