/// A request to a server.
public struct HTTPCall: Sendable {
    public var url: String
    /// nil is POST with a body, GET without.
    public var method: String?
    public var body: String?
    public var contentType = "application/json"
    public var accept = "application/json"
    /// For the whole answer; nil is without end.
    public var timeoutMilliseconds: Int?

    public init(url: String, method: String? = nil, body: String? = nil) {
        self.url = url
        self.method = method
        self.body = body
    }
}
