/// A request that is to be answered: who asked, in which version, and the place of the answer.
struct Call: Sendable {
    let key: APIKey
    let version: Int16
    let correlationID: Int32
    let clientID: String
    let reply: Reply

    var connection: Connection { reply.connection }

    /// Records from this size on are not copied into the answer.
    private static let wholeByteCount = 4096

    func answer<Response: Message>(_ response: Response) { reply.send(pieces(of: response)) }

    /// Answers, and closes the connection behind the answer.
    func answerLast<Response: Message>(_ response: Response) { reply.sendLast(pieces(of: response)) }

    /// - Parameter version: the request's, unless the client cannot read that.
    func pieces<Response: Message>(of response: Response, version other: Int16? = nil) -> [[UInt8]] {
        let version = other ?? self.version
        var writer = MessageWriter(splittingAt: Call.wholeByteCount)
        writer.number(Int32(0))
        writer.number(correlationID)
        if key.responseHeaderVersion(version) > 0 { writer.tags([]) }
        response.write(to: &writer, version: version)
        writer.overwriteStart(Int32(truncatingIfNeeded: writer.byteCount - 4))
        return writer.pieces
    }
}
