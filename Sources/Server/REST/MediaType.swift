import HTTP

/// The media types of requests and answers.
enum MediaType {
    static let json = "application/json"
    static let ksql = "application/vnd.ksql.v1+json"
    static let delimited = "application/vnd.ksqlapi.delimited.v1"
    static let text = "text/plain; charset=utf-8"
    static let metrics = "text/plain; version=0.0.4; charset=utf-8"

    /// The JSON type that a request names: ksqlDB's own, or the common one.
    static func json(for request: HTTPRequest) -> String {
        request.headers["accept"]?.contains(ksql) == true ? ksql : json
    }
}
