/// What a request is answered with.
public struct HTTPResponse: Sendable {
    /// Whole, or as it comes.
    public enum Body: Sendable {
        case bytes([UInt8])
        /// Comes piece by piece, until it is finished.
        case stream(HTTPStream)
    }

    public let status: Int
    public let headers: [(name: String, value: String)]
    public let body: Body

    public init(
        status: Int = 200, contentType: String? = nil, headers: [(name: String, value: String)] = [],
        body: Body = .bytes([])
    ) {
        self.status = status
        self.headers = (contentType.map { [("Content-Type", $0)] } ?? []) + headers
        self.body = body
    }

    public init(
        status: Int = 200, contentType: String, headers: [(name: String, value: String)] = [], text: String
    ) {
        self.init(
            status: status, contentType: contentType, headers: headers, body: .bytes(Array(text.utf8)))
    }
}
