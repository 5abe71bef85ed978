import Glibc

/// The body of a response that comes piece by piece: an unbounded result, or events as they happen.
///
/// Any thread writes, the server's threads send. What a slow client has not taken yet waits in memory, up to
/// a bound that the writer minds: nobody is held up by a client.
public final class HTTPStream: @unchecked Sendable {
    /// What came of a write.
    public enum Outcome: Sendable, Equatable {
        case taken
        /// The client is too far behind: nothing was taken.
        case full
        /// The client has gone, or the stream is finished.
        case closed
    }

    public let limit: Int
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var waiting: [UInt8] = []
    private var taken = 0
    private var isFinished = false
    private var isGone = false
    private var carrier: (any StreamCarrier)?
    private var isSuspended = false
    private var whenGone: (@Sendable () -> Void)?
    private var whenRoom: (@Sendable () -> Void)?
    private var roomLevel = 0

    /// - Parameter limit: how many bytes may wait for the client.
    public init(limit: Int = 1 << 20) { self.limit = limit }

    /// Adds bytes to what the client gets.
    ///
    /// One write is taken even above the limit when nothing waits, so that a large piece is no error.
    @discardableResult
    public func write(_ bytes: [UInt8]) -> Outcome {
        mutex.withLock {
            guard !isFinished, !isGone else { return .closed }
            let left = waiting.count - taken
            guard left == 0 || left + bytes.count <= limit else { return .full }
            if taken > 0, taken == waiting.count || taken > 1 << 16 {
                waiting.removeFirst(taken)
                taken = 0
            }
            waiting += bytes
            resume()
            return .taken
        }
    }

    @discardableResult
    public func write(_ text: String) -> Outcome { write(Array(text.utf8)) }

    /// The client gets what waits, these bytes whatever the limit says, and then the end.
    public func finish(with last: [UInt8] = []) {
        mutex.withLock {
            if !isFinished, !isGone { waiting += last }
            isFinished = true
            resume()
        }
    }

    /// Whether the client has gone away.
    public var isClosed: Bool { mutex.withLock { isGone } }

    /// Bytes that wait for the client.
    public var waitingBytes: Int { mutex.withLock { waiting.count - taken } }

    /// Called once when the client has gone before the end, by a thread of the server; at once if it has.
    public func onClose(_ body: @escaping @Sendable () -> Void) {
        let isLate = mutex.withLock {
            if !isGone { whenGone = body }
            return isGone
        }
        if isLate { body() }
    }

    /// Called once when no more than so many bytes wait for the client, or when it has gone; at once if that
    /// is so, else by a thread of the server, which is not to be held up. A later call takes the place of an
    /// earlier one.
    public func onRoom(below level: Int, _ body: @escaping @Sendable () -> Void) {
        let isNow = mutex.withLock {
            if isGone || waiting.count - taken <= level { return true }
            whenRoom = body
            roomLevel = level
            return false
        }
        if isNow { body() }
    }

    // MARK: The server's side

    func attach(_ carrier: any StreamCarrier) { mutex.withLock { self.carrier = carrier } }

    /// Whether all that was written has been read, and the end has not come.
    var isSleeping: Bool { mutex.withLock { isSuspended } }

    /// Gives bytes to the server; without any its carrier sleeps until there are.
    func read(_ target: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        let (count, note) = mutex.withLock { () -> (Int, (@Sendable () -> Void)?) in
            let count = take(target, room)
            guard whenRoom != nil, waiting.count - taken <= roomLevel else { return (count, nil) }
            defer { whenRoom = nil }
            return (count, whenRoom)
        }
        note?()
        return count
    }

    /// The mutex is held.
    private func take(_ target: UnsafeMutablePointer<CChar>, _ room: Int) -> Int {
        let count = min(room, waiting.count - taken)
        if count > 0 {
            waiting.withUnsafeBytes { bytes in
                if let start = bytes.baseAddress { memcpy(target, start + taken, count) }
            }
            taken += count
            if taken == waiting.count {
                waiting.removeAll(keepingCapacity: taken <= 1 << 16)
                taken = 0
            }
            return count
        }
        if isFinished { return HTTPServer.endOfStream }
        if isGone { return HTTPServer.endWithError }
        if let carrier {
            isSuspended = true
            carrier.sleep()
        }
        return 0
    }

    /// The request is over: its carrier is not to be touched any more.
    func detach() {
        leave {
            carrier = nil
            isSuspended = false
        }
    }

    /// Wakes a sleeping carrier whose client has gone, so that it ends.
    func abandon() { leave { resume() } }

    private func leave(_ change: () -> Void) {
        let notes = mutex.withLock { () -> [@Sendable () -> Void] in
            let isFirst = !isGone
            isGone = true
            if isFirst {
                waiting = []
                taken = 0
            }
            change()
            guard isFirst else { return [] }
            defer {
                whenGone = nil
                whenRoom = nil
            }
            return [isFinished ? nil : whenGone, whenRoom].compactMap(\.self)
        }
        for note in notes { note() }
    }

    /// The mutex is held.
    private func resume() {
        guard isSuspended, let carrier else { return }
        isSuspended = false
        carrier.wake()
    }
}
