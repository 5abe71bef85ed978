import Formats
import Registry

// Schemas by their ids, and whether they go together.
extension RegistryAnswering {
    func schemas(_ route: RegistryRoute, _ question: RegistryQuestion) throws(RegistryRefusal) -> String? {
        switch route {
        case .schemas: return try all(question).text
        case .schema(let id):
            let schema = try schema(id)
            var members = Self.members(schema)
            if question.isSet("fetchMaxId") {
                members.append(.init("maxId", .number(registry.highestID)))
            }
            return JSONValue.object(members).text
        case .schemaText(let id): return try schema(id).text
        case .schemaSubjects(let id):
            var names: [String] = []
            for use in try uses(id, question) where names.last != use.subject { names.append(use.subject) }
            return JSONValue.array(names.map { .string($0) }).text
        case .schemaVersions(let id):
            let pairs = try uses(id, question).map { use -> JSONValue in
                ["subject": .string(use.subject), "version": .number(use.version)]
            }
            return JSONValue.array(pairs).text
        default: return nil
        }
    }

    private func schema(_ text: String) throws(RegistryRefusal) -> RegisteredSchema {
        guard let id = Int32(text) else { throw RegistryRefusal(404, 404, "HTTP 404 Not Found") }
        guard let schema = registry.schema(id: id) else {
            throw RegistryRefusal(404, 40403, "Schema \(id) not found")
        }
        return schema
    }

    private func uses(
        _ text: String, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> [SubjectVersion] {
        let uses = registry.uses(of: try schema(text).id, includingDeleted: question.includesDeleted)
        guard let subject = question.request.query("subject") else { return uses }
        return uses.filter { $0.subject == subject }
    }

    private func all(_ question: RegistryQuestion) throws(RegistryRefusal) -> JSONValue {
        var prefix = question.request.query("subjectPrefix") ?? ""
        if prefix.hasPrefix(":.:") { prefix = String(prefix.dropFirst(3)) }
        if prefix == ":*:" { prefix = "" }
        let found = registry.all(
            prefix: prefix, includingDeleted: question.includesDeleted,
            latestOnly: question.isSet("latestOnly"))
        let offset = max(0, try question.number("offset", standard: 0))
        let limit = try question.number("limit", standard: -1)
        let page = found.dropFirst(offset).prefix(limit < 0 ? .max : limit)
        return .array(page.map { Self.object($0.version, $0.schema) })
    }

    func compatibility(
        _ subject: String, _ version: String?, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue {
        let definition = try RegistryQuestion.definition(in: try question.object())
        let number = try version.map { text throws(RegistryRefusal) in try Self.number(text) }
        let reasons = try asking { () throws(RegistryError) in
            try registry.incompatibilities(
                of: definition, subject: subject, with: number, normalizes: question.isSet("normalize"))
        }
        var members: [JSONValue.Member] = [.init("is_compatible", .boolean(reasons.isEmpty))]
        if question.isSet("verbose") {
            var messages = reasons.map { JSONValue.string(IncompatibilityText.of($0)) }
            if !reasons.isEmpty {
                messages.append(.string("{compatibility: '\(registry.level(subject).rawValue)'}"))
            }
            members.append(.init("messages", .array(messages)))
        }
        return .object(members)
    }
}
