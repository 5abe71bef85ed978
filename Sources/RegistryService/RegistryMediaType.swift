import HTTP

/// The media types of the interface.
enum RegistryMediaType {
    static let standard = "application/vnd.schemaregistry.v1+json"
    /// The first is what is answered with where all are welcome.
    private static let answers = [
        standard, "application/vnd.schemaregistry+json", "application/json", "application/octet-stream",
    ]

    /// What an answer is written in; nil where the client takes none of them.
    static func answer(to request: HTTPRequest) -> String? {
        let accepted = answers.first { request.accepts($0) }
        return accepted == "application/octet-stream" ? "application/json" : accepted
    }

    /// Whether a body of this type is read as JSON. Clients often send none, or curl's own.
    static func isRead(_ type: String?) -> Bool {
        guard let type else { return true }
        return answers.contains(type) || type == "application/x-www-form-urlencoded"
    }
}
