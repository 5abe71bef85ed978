/// What connections may take.
struct ConnectionLimits: Sendable {
    var connections = 2000
    var requestByteCount = 100 << 20
    /// Whether clients must say who they are, and how large a request may be before they have (Kafka's
    /// `sasl.server.max.receive.size`): memory is taken at the word of who sends it.
    var needsUser = false
    var strangerByteCount = 512 << 10
    /// Requests of one connection that wait for their answers.
    var waitingRequests = 256
    /// Bytes of answers that a connection holds before it takes another request.
    var waitingAnswerBytes = 1 << 20
    /// Bytes of requests and answers of all connections.
    var totalBytes = 512 << 20
    var idleMilliseconds: Int64 = 600_000
    /// A request that has begun must be here whole by then.
    var requestMilliseconds: Int64 = 60_000
    /// Below this a request or an answer is not counted into the total.
    static let smallByteCount = 64 << 10
}
