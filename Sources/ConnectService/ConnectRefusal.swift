import Diagnostics
import Formats
import HTTP

/// An answer that is an error: `{"error_code": 404, "message": "…"}`.
struct ConnectRefusal: Error {
    let status: Int
    let message: String

    init(_ status: Int, _ message: String) {
        self.status = status
        self.message = message
    }

    static let notFound = ConnectRefusal(404, "HTTP 404 Not Found")
    static let wrongMethod = ConnectRefusal(405, "HTTP 405 Method Not Allowed")

    static func unknown(_ connector: String) -> ConnectRefusal {
        ConnectRefusal(404, "Connector \(connector) not found")
    }

    static func badRequest(_ message: String) -> ConnectRefusal { ConnectRefusal(400, message) }

    /// Something that was asked of the engine and could not be done.
    init(_ diagnostic: Diagnostic) {
        let status: Int
        switch diagnostic.code {
        case .unknownConnector: status = 404
        case .duplicateSource, .conflict: status = 409
        case .io, .outOfSpace, .state, .internalError, .unavailable, .corrupt: status = 500
        default: status = 400
        }
        self.init(status, diagnostic.withoutPlace)
    }

    var response: HTTPResponse {
        let body: JSONValue = ["error_code": .number(status), "message": .string(message)]
        let headers: [(name: String, value: String)] =
            status == 401 ? [("WWW-Authenticate", "Basic realm=\"connect\"")] : []
        return HTTPResponse(
            status: status, contentType: "application/json", headers: headers, text: body.text)
    }
}

extension Diagnostic {
    /// In one line; a request has no lines that could be named.
    var withoutPlace: String {
        var told = self
        told.location = nil
        return told.oneLine
    }
}
