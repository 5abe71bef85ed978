import Glibc

/// One request and its answer on a connection of HTTP/2; the loop's thread alone.
final class HTTP2Stream {
    enum Answer {
        case none
        /// Bytes, and how many of them were sent.
        case bytes([UInt8], Int)
        case stream(HTTPStream)
    }

    let id: Int32
    var head = RequestHead()
    var body: [UInt8] = []
    /// Of the body, counted among those of all connections.
    var keptBytes = 0
    var upload: HTTPUpload?
    /// From when the handler is asked.
    var exchange: HTTP2Exchange?
    /// Whether the request has come whole.
    var hasEnded = false
    var isAnswered = false
    var answer = Answer.none

    init(_ id: Int32) { self.id = id }

    /// Whether it is the server's turn: the client may wait as long as it wants.
    var isServersTurn: Bool {
        if exchange != nil, !isAnswered { return true }
        guard case .stream(let stream) = answer else { return false }
        return stream.isSleeping
    }

    /// Bytes of a whole answer that were not sent yet.
    var unsentBytes: Int {
        if case .bytes(let bytes, let sent) = answer { return bytes.count - sent }
        return 0
    }

    /// Takes bytes of the answer; as of a stream: none for now, or one of the server's ends.
    func read(_ target: UnsafeMutablePointer<UInt8>, _ room: Int) -> Int {
        switch answer {
        case .none: return HTTPServer.endWithError
        case .bytes(let bytes, let sent):
            let count = min(room, bytes.count - sent)
            guard count > 0 else { return HTTPServer.endOfStream }
            bytes.withUnsafeBytes { if let start = $0.baseAddress { memcpy(target, start + sent, count) } }
            answer = .bytes(bytes, sent + count)
            return count
        case .stream(let stream):
            return target.withMemoryRebound(to: CChar.self, capacity: room) { stream.read($0, room) }
        }
    }

    /// The stream is over.
    func end() {
        upload?.detach()
        if case .stream(let stream) = answer { stream.detach() }
        answer = .none
        body = []
    }
}
