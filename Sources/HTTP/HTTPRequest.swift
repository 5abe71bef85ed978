/// A request with its whole body, or one whose body is still to come.
public struct HTTPRequest: Sendable {
    /// Such as `POST`, as it came.
    public let method: String
    /// Decoded, without the query: `/query-stream`.
    public let path: String
    /// Decoded, in the order in which they came; a name may come twice.
    public let query: [(name: String, value: String)]
    /// Names in lower case; values of one name are joined by `, `.
    public let headers: [String: String]
    public let body: [UInt8]
    /// The body where the server was made to hand it on as it comes; `body` is empty then.
    public let upload: HTTPUpload?

    public init(
        method: String, path: String, query: [(name: String, value: String)] = [],
        headers: [String: String] = [:], body: [UInt8] = [], upload: HTTPUpload? = nil
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
        self.upload = upload
    }

    /// The first value of a name in the query.
    public func query(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// The media type of the body without its parameters, in lower case.
    public var contentType: String? {
        headers["content-type"].map { Self.mediaType($0) }
    }

    /// Whether the client takes a media type, by its `Accept` header; without one it takes all.
    public func accepts(_ mediaType: String) -> Bool {
        guard let accept = headers["accept"] else { return true }
        let group = mediaType.prefix { $0 != "/" }
        return accept.split(separator: ",").contains { part in
            let offered = Self.mediaType(String(part))
            return offered == mediaType || offered == "*/*" || offered == group + "/*"
        }
    }

    private static func mediaType(_ text: String) -> String {
        let type = text.prefix { $0 != ";" }
        return String(type.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed()).lowercased()
    }
}
