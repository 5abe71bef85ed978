import Diagnostics
import Formats
import HTTP

/// What a request is refused with: an HTTP status and ksqlDB's error object.
struct ErrorReply: Error {
    /// ksqlDB's error codes: the HTTP status and two digits.
    enum Code: Int {
        case badRequest = 40000
        case badStatement = 40001
        /// A SELECT or PRINT where only other statements go.
        case queryEndpoint = 40002
        case unauthorized = 40100
        case notFound = 40400
        case methodNotAllowed = 40500
        case notAcceptable = 40600
        case server = 50000
        case unavailable = 50300
        /// An earlier statement, which the request waits for, did not come.
        case commandTimeout = 50301
        /// The server is on its way out.
        case stopping = 50303

        var status: Int { rawValue / 100 }
    }

    let code: Code
    let message: String
    /// The statement that is wrong, or the whole text where none could be told apart.
    var statementText: String?
    /// What came of the statements before it.
    var entities: [JSONValue] = []
    /// What programs may read instead of the message.
    var diagnostic: Diagnostic?

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// What is wrong with a statement.
    init(_ diagnostic: Diagnostic, statementText: String, entities: [JSONValue] = []) {
        self.init(Self.code(of: diagnostic), diagnostic.answer)
        self.statementText = statementText
        self.entities = entities
        self.diagnostic = diagnostic
    }

    /// What is wrong with a request that is no statement.
    init(_ diagnostic: Diagnostic) {
        let code = Self.code(of: diagnostic)
        self.init(code == .badStatement ? .badRequest : code, diagnostic.answer)
        self.diagnostic = diagnostic
    }

    private static let serverFaults: Set<DiagnosticCode> = [
        .io, .outOfSpace, .permission, .state, .corrupt, .incompatibleVersion, .internalError,
    ]

    private static func code(of diagnostic: Diagnostic) -> Code {
        if diagnostic.code == .unavailable { return .unavailable }
        return serverFaults.contains(diagnostic.code) ? .server : .badStatement
    }

    /// ksqlDB's object, and behind its members those that tell the place.
    var json: JSONValue {
        var members: [JSONValue.Member] = [
            .init("@type", .string(statementText == nil ? "generic_error" : "statement_error")),
            .init("error_code", .number(code.rawValue)),
            .init("message", .string(message)),
        ]
        if let statementText {
            members.append(.init("statementText", .string(statementText)))
            members.append(.init("entities", .array(entities)))
        }
        if let diagnostic { members += diagnostic.answerMembers }
        return .object(members)
    }

    func response(_ mediaType: String) -> HTTPResponse {
        let headers: [(name: String, value: String)] =
            code == .unauthorized ? [("WWW-Authenticate", "Basic realm=\"millrace\"")] : []
        return HTTPResponse(
            status: code.status, contentType: mediaType, headers: headers,
            body: .bytes(Array(json.text.utf8)))
    }
}

extension Diagnostic {
    /// What ksqlDB's error objects do not have: reason, place and advice one by one.
    fileprivate var answerMembers: [JSONValue.Member] {
        var members: [JSONValue.Member] = [
            .init("code", .string(code.rawValue)), .init("reason", .string(message)),
        ]
        if let location {
            members.append(.init("line", .number(location.line)))
            members.append(.init("column", .number(location.column)))
            members.append(.init("length", .number(location.length)))
            if let source = location.sourceLine {
                members.append(.init("source", .string(source)))
                let text = source.dropFirst(location.column - 1).utf8.prefix(location.length)
                members.append(.init("offending", .string(String(decoding: text, as: UTF8.self))))
            }
        }
        if let expected { members.append(.init("expected", .string(expected))) }
        if let hint { members.append(.init("hint", .string(hint))) }
        return members
    }
}
