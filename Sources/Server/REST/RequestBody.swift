import Formats
import Language

/// The JSON object that requests for statements and queries bring.
struct RequestBody {
    /// The statements.
    let text: String
    var session: Session
    /// The statement that must have been done before.
    let commandSequence: Int64?

    /// - Throws: what is missing or no JSON.
    init(_ bytes: [UInt8]) throws(ErrorReply) {
        let body = try Self.object(bytes)
        guard let text = (body["ksql"] ?? body["sql"])?.string else {
            throw ErrorReply(
                .badRequest,
                "the request's object lacks the statements: \"ksql\" or, for /query-stream, \"sql\"")
        }
        self.text = text
        session = Session()
        let properties = body["streamsProperties"] ?? body["properties"]
        session.properties = try Self.texts(properties, "streamsProperties")
        for (name, value) in try Self.texts(body["sessionVariables"], "sessionVariables") {
            session.variables.define(name, as: value)
        }
        commandSequence = body["commandSequenceNumber"]?.int64
    }

    static func object(_ bytes: [UInt8]) throws(ErrorReply) -> JSONValue {
        do throws(JSONSyntaxError) {
            let body = try JSONValue(parsing: bytes)
            if body.members != nil { return body }
        } catch {
            throw ErrorReply(.badRequest, "the request's body is no JSON: \(error)")
        }
        throw ErrorReply(.badRequest, "the request's body is no JSON object")
    }

    /// Names with scalar values; one that is null is left out.
    static func texts(_ value: JSONValue?, _ name: String) throws(ErrorReply) -> [String: String] {
        guard let value, !value.isNull else { return [:] }
        guard let members = value.members else {
            throw ErrorReply(.badRequest, "\"\(name)\" is no JSON object")
        }
        var texts: [String: String] = [:]
        for member in members {
            switch member.value {
            case .string(let text), .number(let text): texts[member.name] = text
            case .boolean(let value): texts[member.name] = value ? "true" : "false"
            case .null: break
            case .array, .object:
                throw ErrorReply(.badRequest, "the value of \(member.name) in \"\(name)\" is no single value")
            }
        }
        return texts
    }
}
