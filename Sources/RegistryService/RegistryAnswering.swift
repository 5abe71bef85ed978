import Formats
import HTTP
import Registry

/// Answers requests by asking the registry.
struct RegistryAnswering: Sendable {
    let registry: SchemaRegistry
    private let version: String

    init(_ registry: SchemaRegistry, version: String) {
        self.registry = registry
        self.version = version
    }

    func answer(_ request: HTTPRequest) throws(RegistryRefusal) -> HTTPResponse {
        guard let mediaType = RegistryMediaType.answer(to: request) else {
            throw RegistryRefusal(406, 406, "HTTP 406 Not Acceptable")
        }
        guard let route = RegistryRoute(request.path) else {
            throw RegistryRefusal(404, 404, "HTTP 404 Not Found")
        }
        let question = RegistryQuestion(request: request)
        let method = request.method == "HEAD" ? "GET" : request.method
        guard let body = try answer(method, route, question) else {
            throw RegistryRefusal(405, 405, "HTTP 405 Method Not Allowed")
        }
        return HTTPResponse(contentType: mediaType, text: body)
    }

    /// nil where the method does not go with the path.
    private func answer(
        _ method: String, _ route: RegistryRoute, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> String? {
        switch (method, route) {
        case ("GET", .root): return "{}"
        case ("GET", .contexts): return "[\".\"]"
        case ("GET", .metadataID): return Self.identity.text
        case ("GET", .metadataVersion):
            let body: JSONValue = ["version": .string(version), "commitId": ""]
            return body.text
        case ("GET", .schemaTypes): return "[\"JSON\",\"AVRO\"]"
        default: break
        }
        switch route {
        case .config(let subject): return try config(method, try name(subject), question)?.text
        case .mode(let subject): return try mode(method, try name(subject), question)?.text
        case .schemas, .schema, .schemaText, .schemaSubjects, .schemaVersions:
            return method == "GET" ? try schemas(route, question) : nil
        case .compatibility(let subject, let version):
            guard method == "POST" else { return nil }
            return try compatibility(try name(subject), version, question).text
        case .subjects: return method == "GET" ? subjects(question).text : nil
        case .subject(let subject): return try ofSubject(method, try name(subject), question)?.text
        case .versions(let subject): return try versions(method, try name(subject), question)?.text
        case .version(let subject, let version):
            let number = try Self.number(version)
            return try ofVersion(method, try name(subject), number, question)?.text
        case .versionSchema(let subject, let version):
            guard method == "GET" else { return nil }
            return try found(try name(subject), try Self.number(version), question).schema.text
        case .referencedBy(let subject, let version):
            guard method == "GET" else { return nil }
            let (name, number) = (try name(subject), try Self.number(version))
            let ids = try asking { () throws(RegistryError) in try registry.references(to: name, number) }
            return JSONValue.array(ids.map { .number($0) }).text
        case .root, .contexts, .metadataID, .metadataVersion, .schemaTypes: return nil
        }
    }

    private static let identity: JSONValue = [
        "scope": [
            "path": [],
            "clusters": ["kafka-cluster": "millrace", "schema-registry-cluster": "schema-registry"],
        ],
        "id": "",
    ]

    // MARK: What requests name

    func asking<Answer>(
        _ body: () throws(RegistryError) -> Answer
    ) throws(RegistryRefusal) -> Answer {
        do throws(RegistryError) { return try body() } catch { throw RegistryRefusal(error) }
    }

    static func number(_ text: String) throws(RegistryRefusal) -> VersionNumber {
        guard let number = VersionNumber(text) else {
            throw RegistryRefusal(
                422, 42202,
                "The specified version '\(text)' is not a valid version id. Allowed values are between "
                    + "[1, 2^31-1] and the string \"latest\"")
        }
        return number
    }

    private func name(_ subject: String?) throws(RegistryRefusal) -> String? {
        guard let subject else { return nil }
        return try name(subject) as String
    }

    /// The subject without the name of the one context that is here.
    private func name(_ subject: String) throws(RegistryRefusal) -> String {
        var name = subject
        if subject.hasPrefix(":.") {
            guard subject.hasPrefix(":.:") else {
                throw RegistryRefusal(
                    422, 42208,
                    "The specified subject '\(subject)' is in a context that is not here: this "
                        + "registry has the default one alone")
            }
            name = String(subject.dropFirst(3))
        }
        let isStrange = name.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F }
        if name.isEmpty || isStrange || name == "__GLOBAL" || name == "__EMPTY" {
            throw RegistryRefusal(422, 42208, "The specified subject '\(subject)' is not a valid.")
        }
        return name
    }

    func found(
        _ subject: String, _ number: VersionNumber, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> (version: SubjectVersion, schema: RegisteredSchema) {
        try asking { () throws(RegistryError) in
            try registry.version(subject, number, includingDeleted: question.includesDeleted)
        }
    }

    // MARK: Schemas as JSON

    /// Members that tell the schema itself; those of an Avro schema do not name its type.
    static func members(_ schema: RegisteredSchema) -> [JSONValue.Member] {
        var members: [JSONValue.Member] = []
        if schema.type != .avro { members.append(.init("schemaType", .string(schema.type.rawValue))) }
        if !schema.references.isEmpty {
            let references = schema.references.map { reference -> JSONValue in
                [
                    "name": .string(reference.name), "subject": .string(reference.subject),
                    "version": .number(reference.version),
                ]
            }
            members.append(.init("references", .array(references)))
        }
        members.append(.init("schema", .string(schema.text)))
        return members
    }

    static func object(_ version: SubjectVersion, _ schema: RegisteredSchema) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("subject", .string(version.subject)), .init("version", .number(version.version)),
            .init("id", .number(version.schemaID)),
        ]
        members += Self.members(schema)
        if version.isDeleted { members.append(.init("deleted", true)) }
        return .object(members)
    }
}
