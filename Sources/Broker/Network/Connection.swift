import CEpoll
import Glibc
import Synchronization

/// One client's connection: takes requests one after another, and sends the answers in their order.
///
/// ```
/// socket → input → frame → handler ─→ slot ─→ output → socket
/// ```
/// At any time one thread at most reads and handles (the runner); answers come from any thread. It stops
/// reading while a request must be answered first, too many wait, or answers are not fetched.
final class Connection: @unchecked Sendable {
    private struct Slot {
        var pieces: [[UInt8]]?
        var closes = false
    }

    let number: UInt64
    /// The client's address.
    let host: String
    /// What the handler knows of the client; of the runner alone.
    var session = ConnectionSession()

    private let loop: EventLoop
    private let limits: ConnectionLimits
    private let lock = Mutex(())

    // Under the lock.
    private let transport: Transport
    private var isClosed = false
    private var isRunning = false
    private var runsAgain = false
    private var hasMore = false
    private var slots: [Slot] = []
    private var firstSlot: UInt64 = 0
    /// The request that must be answered before the next is taken.
    private var blockingSlot: UInt64?
    private var output: [[UInt8]] = []
    private var outputStart = 0
    private var outputByteCount = 0
    private var closesWhenSent = false
    private var isStarved = false
    private var peerHasClosed = false
    private var lastUse = SteadyClock.milliseconds
    private var frameBegan: Int64?
    private var whenLeft: (@Sendable () -> Void)?

    // Of the runner alone.
    private var input = ByteBlock(capacity: Connection.inputByteCount)
    private var consumed = 0
    private var reserved = 0

    private static let inputByteCount = 16 << 10
    private static let keptInputByteCount = 2 << 20

    init(_ transport: Transport, number: UInt64, host: String, _ loop: EventLoop, _ limits: ConnectionLimits)
    {
        self.transport = transport
        self.number = number
        self.host = host
        self.loop = loop
        self.limits = limits
    }

    var descriptor: CInt { transport.descriptor }

    var peerName: String? { lock.withLock { _ in transport.peerName } }

    // MARK: Running

    /// What epoll has told; called by any of its threads.
    func run(_ events: UInt32) {
        let runs = lock.withLock { _ in
            if isClosed { return false }
            if events & (EPOLLRDHUP.rawValue | EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0 {
                peerHasClosed = true
                tellLeft()
                // Nobody is there to be answered; without this the event would come again and again, as it is
                // told whatever is waited for. Where something can be read, that tells of the end.
                if events & (EPOLLHUP.rawValue | EPOLLERR.rawValue) != 0, !canTake || isStarved {
                    closeLocked()
                    return false
                }
            }
            if isRunning {
                runsAgain = true
                return false
            }
            isRunning = true
            return true
        }
        guard runs else { return }
        repeat { runOnce() } while rests() == false
    }

    /// Ends the run, unless there is more to do.
    private func rests() -> Bool {
        lock.withLock { _ in
            if runsAgain, !isClosed {
                runsAgain = false
                return false
            }
            isRunning = false
            arm(atOnce: hasMore)
            hasMore = false
            return true
        }
    }

    private func runOnce() {
        lock.withLock { _ in
            isStarved = false
            flush()
        }
        // A fast sender must not keep a thread to itself.
        var rounds = 16
        while takeFrames(), rounds > 0 {
            rounds -= 1
            guard readSome() else { return }
        }
        // What TLS has unpacked already is not told of either.
        if rounds == 0 { lock.withLock { _ in hasMore = true } }
    }

    /// Under the lock: whether another request may be handled.
    private var canTake: Bool {
        !isClosed && !closesWhenSent && blockingSlot == nil && slots.count < limits.waitingRequests
            && outputByteCount < limits.waitingAnswerBytes
    }

    /// Handles the whole requests that are there; whether more may be read.
    private func takeFrames() -> Bool {
        while true {
            let slot: UInt64? = lock.withLock { _ in canTake ? firstSlot + UInt64(slots.count) : nil }
            guard let slot else { return false }
            guard let size = frameByteCount() else { return true }
            guard size >= 8, size <= requestByteLimit else {
                close()
                return false
            }
            if input.count - consumed - 4 < size { return prepare(for: size) }
            lock.withLock { _ in
                slots.append(Slot())
                frameBegan = nil
            }
            let start = consumed + 4
            let goesOn = input.withBytes {
                loop.handler.handle(
                    UnsafeRawBufferPointer(rebasing: $0[start..<start + size]),
                    Reply(connection: self, number: slot))
            }
            consumed += size + 4
            if !goesOn { block(on: slot) }
            settleInput()
        }
    }

    private var requestByteLimit: Int {
        let isStranger = limits.needsUser && session.user == nil
        return isStranger ? min(limits.strangerByteCount, limits.requestByteCount) : limits.requestByteCount
    }

    private func block(on slot: UInt64) {
        lock.withLock { _ in
            let index = slot &- firstSlot
            // It may have been answered already.
            if slot >= firstSlot, index < slots.count, slots[Int(index)].pieces == nil { blockingSlot = slot }
        }
    }

    /// The length of the next request; nil where it is not there yet.
    private func frameByteCount() -> Int? {
        guard input.count - consumed >= 4 else { return nil }
        return input.withBytes {
            Int(Int32(bigEndian: $0.loadUnaligned(fromByteOffset: consumed, as: Int32.self)))
        }
    }

    /// Makes room for what is coming; false where the memory of all connections is taken.
    private func prepare(for size: Int) -> Bool {
        if size > ConnectionLimits.smallByteCount, reserved == 0 {
            let isTaken = loop.budget.take(size) { [weak self, queue = loop.queue] in
                // Not here: who gives memory back holds the lock of a connection.
                queue.run { [self] in self?.wake() }
            }
            guard isTaken else {
                lock.withLock { _ in isStarved = true }
                return false
            }
            reserved = size
        }
        lock.withLock { _ in if frameBegan == nil { frameBegan = SteadyClock.milliseconds } }
        compact()
        // As it comes, and not at the client's word.
        let wanted = min(size + 4, max(input.capacity, input.count * 2))
        do throws(RecordError) {
            try input.reserve(wanted, limit: max(wanted, input.capacity))
        } catch {
            close()
            return false
        }
        return true
    }

    private func settleInput() {
        if reserved > 0 {
            loop.budget.giveBack(reserved)
            reserved = 0
        }
        guard consumed == input.count else { return }
        consumed = 0
        input.count = 0
        if input.capacity > Connection.keptInputByteCount {
            input = ByteBlock(capacity: Connection.inputByteCount)
        }
    }

    private func compact() {
        guard consumed > 0 else { return }
        input.removeFirst(consumed)
        consumed = 0
    }

    /// Whether something came.
    private func readSome() -> Bool {
        if input.room.isEmpty { compact() }
        if input.room.isEmpty {
            // Only small requests lie here whole: a large one has made its room.
            do throws(RecordError) { try input.grow(limit: input.capacity * 2) } catch { return false }
        }
        let read = lock.withLock { _ in
            lastUse = SteadyClock.milliseconds
            return isClosed ? .ended : transport.read(into: input.room)
        }
        switch read {
        case .bytes(let count):
            input.count += count
            return true
        case .again: return false
        case .ended:
            close()
            return false
        }
    }

    // MARK: Answers

    func answer(_ slot: UInt64, _ pieces: [[UInt8]], closes: Bool) {
        lock.withLock { _ in
            guard !isClosed, slot >= firstSlot, slot - firstSlot < slots.count else { return }
            let index = Int(slot - firstSlot)
            guard slots[index].pieces == nil else { return }
            let couldTake = canTake
            slots[index] = Slot(pieces: pieces, closes: closes)
            if blockingSlot == slot { blockingSlot = nil }
            guard index == 0 else { return }
            takeAnswers()
            flush()
            guard !isClosed else { return }
            // Requests may lie in the input, which no event would tell of.
            let goesOn = canTake && !couldTake
            if isRunning {
                if goesOn { runsAgain = true }
            } else {
                arm(atOnce: goesOn)
            }
        }
    }

    private func takeAnswers() {
        var count = 0
        for slot in slots {
            guard let pieces = slot.pieces else { break }
            count += 1
            for piece in pieces where !piece.isEmpty {
                output.append(piece)
                outputByteCount += piece.count
                if piece.count > ConnectionLimits.smallByteCount { loop.budget.take(piece.count) }
            }
            if slot.closes {
                closesWhenSent = true
                break
            }
        }
        slots.removeFirst(count)
        firstSlot += UInt64(count)
    }

    /// Writes what the socket takes. Under the lock.
    private func flush() {
        guard !isClosed else { return }
        var first = 0
        let isBroken = write(&first)
        output.removeFirst(first)
        if isBroken || closesWhenSent && output.isEmpty { closeLocked() }
    }

    /// - Parameter first: pieces that have gone.
    private func write(_ first: inout Int) -> Bool {
        while first < output.count {
            switch transport.write(output[first...], from: outputStart) {
            case .bytes(var count):
                lastUse = SteadyClock.milliseconds
                outputByteCount -= count
                while first < output.count, count >= output[first].count - outputStart {
                    count -= output[first].count - outputStart
                    giveBack(output[first])
                    outputStart = 0
                    first += 1
                }
                outputStart += count
            case .again: return false
            case .ended: return true
            }
        }
        return false
    }

    private func giveBack(_ piece: [UInt8]) {
        if piece.count > ConnectionLimits.smallByteCount { loop.budget.giveBack(piece.count) }
    }

    // MARK: Waiting and closing

    /// Tells epoll what to wait for. Under the lock.
    private func arm(atOnce: Bool = false) {
        guard !isClosed else { return }
        var events = EPOLLONESHOT.rawValue
        if canTake, !isStarved { events |= EPOLLIN.rawValue }
        // A socket can nearly always be written to: so somebody comes at once.
        if !output.isEmpty || atOnce || transport.needsWritable { events |= EPOLLOUT.rawValue }
        if !peerHasClosed { events |= EPOLLRDHUP.rawValue }
        loop.arm(self, events)
    }

    /// Has it looked at again, as soon as a thread is free.
    func wake() { lock.withLock { _ in isRunning ? (runsAgain = true) : arm(atOnce: true) } }

    func close() { lock.withLock { _ in closeLocked() } }

    /// Calls once, by a thread of the queue, when the client has gone, or will send nothing more; a later
    /// call takes the place of an earlier one.
    func onLeave(_ body: @escaping @Sendable () -> Void) {
        lock.withLock { _ in
            whenLeft = body
            if isClosed || peerHasClosed { tellLeft() }
        }
    }

    /// Under the lock.
    private func tellLeft() {
        if let whenLeft { loop.queue.run(whenLeft) }
        whenLeft = nil
    }

    private func closeLocked() {
        guard !isClosed else { return }
        isClosed = true
        tellLeft()
        transport.end()
        loop.remove(self)
        Glibc.close(transport.descriptor)
        for piece in output { giveBack(piece) }
        output = []
        outputByteCount = 0
        slots = []
    }

    /// Closes it where nothing has come or gone for long, or a request does not come to its end.
    func closeIfIdle(now: Int64) {
        lock.withLock { _ in
            // Nothing is asked, or nobody fetches the answers: a consumer may be at work for minutes.
            let isIdle = (slots.isEmpty || !output.isEmpty) && now - lastUse >= limits.idleMilliseconds
            let isSlow = frameBegan.map { now - $0 >= limits.requestMilliseconds } ?? false
            if isIdle || isSlow && !isStarved { closeLocked() }
        }
    }

    deinit { loop.budget.giveBack(reserved) }
}
