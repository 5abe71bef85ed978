/// A request's body that the handler takes piece by piece, while it may already be answering.
///
/// The client sends no more than fits into what waits here, which is bounded; more when pieces are taken.
/// Over HTTP/1.1 the whole body is one piece.
public final class HTTPUpload: @unchecked Sendable {
    /// What comes next.
    public enum Piece: Sendable {
        case bytes([UInt8], isLast: Bool)
        /// The client has gone before the end.
        case broken
    }

    private let execute: HTTPServer.Executor
    private let mutex = HTTPLock()
    // Guarded by `mutex`.
    private var waiting: [UInt8] = []
    private var hasEnded = false
    private var isBroken = false
    private var taker: (@Sendable (Piece) -> Void)?
    private var whenTaken: (@Sendable (Int) -> Void)?

    /// A body that grows.
    ///
    /// - Parameter whenTaken: told how many bytes the handler has taken.
    init(execute: @escaping HTTPServer.Executor, whenTaken: @escaping @Sendable (Int) -> Void) {
        self.execute = execute
        self.whenTaken = whenTaken
    }

    /// A body that is there.
    init(_ bytes: [UInt8], execute: @escaping HTTPServer.Executor) {
        self.execute = execute
        waiting = bytes
        hasEnded = true
    }

    /// Calls once, on a thread that may wait, with what has come by then, or as soon as something comes.
    ///
    /// The next piece is asked for when this one has been dealt with. Behind the last one there are empty
    /// ones.
    public func next(_ body: @escaping @Sendable (Piece) -> Void) {
        mutex.withLock { taker = body }
        deliver()
    }

    // MARK: The server's side

    func append(_ bytes: UnsafeRawBufferPointer) {
        mutex.withLock { if !isBroken { waiting += bytes } }
        deliver()
    }

    func finish() {
        mutex.withLock { hasEnded = true }
        deliver()
    }

    /// The request is over, whether it has come whole or not.
    func detach() {
        mutex.withLock {
            whenTaken = nil
            if !hasEnded { isBroken = true }
        }
        deliver()
    }

    private func deliver() {
        typealias Delivery = (taker: @Sendable (Piece) -> Void, piece: Piece)
        var note: (@Sendable (Int) -> Void)?
        let delivery = mutex.withLock { () -> Delivery? in
            guard let taker, hasEnded || isBroken || !waiting.isEmpty else { return nil }
            self.taker = nil
            note = whenTaken
            defer { waiting = [] }
            return (taker, isBroken ? .broken : .bytes(waiting, isLast: hasEnded))
        }
        guard let delivery else { return }
        if let note, case .bytes(let bytes, _) = delivery.piece { note(bytes.count) }
        execute { delivery.taker(delivery.piece) }
    }
}
