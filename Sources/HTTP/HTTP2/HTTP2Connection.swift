/// A connection that speaks HTTP/2: brings bytes from its channel to its session and back.
final class HTTP2Connection: SocketHandler, OpenConnection, @unchecked Sendable {
    private static let blockBytes = 64 << 10
    /// What an idle connection may keep.
    private static let keptBytes = 4 << 10
    /// Reads in a row; others want their turn too.
    private static let readLimit = 16
    /// Blocks that are written in a row.
    private static let writeLimit = 32

    private let channel: any ByteChannel
    private let acceptor: Acceptor
    private let loop: EventLoop
    private let session: HTTP2Session
    private let idleMilliseconds: Int64
    private var token: EventLoop.Token?
    private var isClosed = false
    private var isFlushing = false
    private var isTerminated = false
    private var lastActivity = EventLoop.now()
    // What the channel has not taken yet.
    private var out: [UInt8] = []
    private var sent = 0
    private var isBlocked = false

    /// - Returns: nil without memory.
    init?(_ channel: any ByteChannel, _ acceptor: Acceptor, _ loop: EventLoop, _ dispatch: RequestDispatch) {
        guard let session = HTTP2Session(dispatch, schedule: { loop.post($0) }) else { return nil }
        self.channel = channel
        self.acceptor = acceptor
        self.loop = loop
        self.session = session
        idleMilliseconds = Int64(dispatch.configuration.idleSeconds) * 1000
    }

    func begin() {
        token = loop.add(channel.descriptor, .reading, self)
        acceptor.add(self)
        guard token != nil else { return end() }
        session.onOutput = { [weak self] in self?.flush() }
        isReady(.reading)
    }

    func isReady(_ events: SocketEvents) {
        if !events.isDisjoint(with: [.reading, .broken]) { take() }
        if !isClosed { flush() }
    }

    private func take() {
        for _ in 0..<Self.readLimit {
            let (outcome, isWell) = loop.withBlock { block -> (ChannelOutcome, Bool) in
                let outcome = channel.read(into: block)
                guard case .bytes(let count) = outcome else { return (outcome, true) }
                return (outcome, session.receive(UnsafeRawBufferPointer(rebasing: block[..<count])))
            }
            switch outcome {
            case .bytes: lastActivity = EventLoop.now()
            case .wait: return
            case .closed: return end()
            }
            guard isWell else { return end() }
        }
        // A channel behind TLS may hold bytes of which the socket knows nothing.
        loop.post { [self] in if !isClosed { isReady(.reading) } }
    }

    private func flush() {
        guard !isFlushing, !isClosed else { return }
        isFlushing = true
        defer { isFlushing = false }
        for _ in 0..<Self.writeLimit {
            if sent == out.count {
                out.removeAll(keepingCapacity: out.count <= Self.keptBytes)
                sent = 0
                guard session.send(to: &out, limit: Self.blockBytes) else { return end() }
                guard !out.isEmpty else { return rest() }
            }
            switch out.withUnsafeBytes({ channel.write(UnsafeRawBufferPointer(rebasing: $0[sent...])) }) {
            case .bytes(let count):
                sent += count
                lastActivity = EventLoop.now()
            case .wait: return wait(forWriting: true)
            case .closed: return end()
            }
        }
        // Others want their turn.
        loop.post { [weak self] in self?.flush() }
    }

    /// All is sent that there was.
    private func rest() {
        wait(forWriting: false)
        session.hasSent()
        if session.isOver { end() }
    }

    private func wait(forWriting isBlocked: Bool) {
        guard isBlocked != self.isBlocked, let token else { return }
        self.isBlocked = isBlocked
        loop.change(channel.descriptor, isBlocked ? [.reading, .writing] : .reading, token)
    }

    // MARK: The acceptor's side

    func tick(_ now: Int64) {
        guard isIdle(now) else { return }
        // A stream that was written to a moment ago is neither asleep nor awake; it wakes before this is
        // done.
        loop.post { [weak self] in self?.leave(now) }
    }

    private func isIdle(_ now: Int64) -> Bool {
        now - lastActivity >= idleMilliseconds && (isBlocked || session.isIdle)
    }

    private func leave(_ now: Int64) {
        guard !isClosed, isIdle(now) else { return }
        // A client that takes nothing does not take a good-bye either.
        if isTerminated || isBlocked { return end() }
        isTerminated = true
        lastActivity = now
        session.terminate()
        flush()
    }

    func finish() {
        session.finish()
        flush()
    }

    func end() {
        guard !isClosed else { return }
        isClosed = true
        if let token { loop.remove(channel.descriptor, token) }
        token = nil
        session.close()
        channel.close()
        acceptor.remove(self)
    }
}
