import Formats
import HTTP
import Registry

/// An answer that is an error: `{"error_code": 40401, "message": "…"}`.
struct RegistryRefusal: Error {
    let status: Int
    /// The documented number, whose first three digits are the status.
    let code: Int
    let message: String

    init(_ status: Int, _ code: Int, _ message: String) {
        self.status = status
        self.code = code
        self.message = message
    }

    init(_ error: RegistryError, definition: String? = nil) {
        switch error {
        case .subjectNotFound(let subject): self.init(404, 40401, "Subject '\(subject)' not found.")
        case .versionNotFound(_, let version): self.init(404, 40402, "Version \(version) not found.")
        case .schemaNotFound: self.init(404, 40403, "Schema not found")
        case .subjectDeletedSoftly(let subject):
            self.init(
                404, 40404,
                "Subject '\(subject)' was soft deleted. Set permanent=true to delete permanently")
        case .subjectNotDeleted(let subject):
            self.init(
                404, 40405,
                "Subject '\(subject)' was not deleted first before being permanently deleted")
        case .versionDeletedSoftly(let subject, let version):
            self.init(
                404, 40406,
                "Subject '\(subject)' Version \(version) was soft deleted. Set permanent=true to delete "
                    + "permanently")
        case .versionNotDeleted(let subject, let version):
            self.init(
                404, 40407,
                "Subject '\(subject)' Version \(version) was not deleted first before being permanently "
                    + "deleted")
        case .referenced(let subject, let version, let ids):
            let list = ids.map(String.init).joined(separator: ", ")
            self.init(
                422, 42206,
                "One or more references exist to version \(version) of '\(subject)': schemas \(list)")
        case .incompatible(let subject, let level, let reasons):
            let list = reasons.map { IncompatibilityText.of($0) } + ["{compatibility: '\(level.rawValue)'}"]
            self.init(
                409, 409,
                "Schema being registered is incompatible with an earlier schema for subject "
                    + "\"\(subject)\", details: [\(list.joined(separator: ", "))]")
        case .invalidSchema(let reason):
            let expected = reason.expected.map { ", expected \($0)" } ?? ""
            self.init(422, 42201, "Invalid schema: \(reason.message)\(expected)")
        case .notPermitted(let reason): self.init(422, 42205, reason)
        case .storage(let reason):
            self.init(500, 50001, "Error in the backend data store: \(reason.message)")
        }
    }

    static func badRequest(_ message: String) -> RegistryRefusal { RegistryRefusal(400, 400, message) }

    static func unprocessable(_ message: String) -> RegistryRefusal { RegistryRefusal(422, 422, message) }

    func response(_ mediaType: String) -> HTTPResponse {
        let body: JSONValue = ["error_code": .number(code), "message": .string(message)]
        var headers: [(name: String, value: String)] = []
        if status == 401 { headers.append(("WWW-Authenticate", "Basic realm=\"SchemaRegistry-Props\"")) }
        return HTTPResponse(status: status, contentType: mediaType, headers: headers, text: body.text)
    }
}
