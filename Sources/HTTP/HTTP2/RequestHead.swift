/// A request's head as its fields come.
struct RequestHead {
    private(set) var method = ""
    private(set) var target = RequestTarget("/")
    /// Names in lower case; values of one name are joined.
    private(set) var headers: [String: String] = [:]
    /// As HTTP/2 counts: names, values, and 32 bytes for each field.
    private(set) var size = 0

    /// Adds a field; those that come behind the limit are counted and forgotten.
    mutating func add(_ name: String, _ value: String, limit: Int) {
        size += name.utf8.count + value.utf8.count + 32
        guard size <= limit else { return }
        switch name {
        case ":method": method = value
        case ":path": target = RequestTarget(value)
        case ":authority": headers["host"] = headers["host"] ?? value
        case _ where name.hasPrefix(":"): break
        case "cookie": headers[name] = headers[name].map { $0 + "; " + value } ?? value
        default: headers[name] = headers[name].map { $0 + ", " + value } ?? value
        }
    }
}
