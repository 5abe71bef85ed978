import Formats
import Registry

// Subjects and their versions.
extension RegistryAnswering {
    func subjects(_ question: RegistryQuestion) -> JSONValue {
        var prefix = question.request.query("subjectPrefix") ?? ""
        if prefix.hasPrefix(":.:") { prefix = String(prefix.dropFirst(3)) }
        if prefix == ":*:" { prefix = "" }
        let onlyDeleted = question.isSet("deletedOnly")
        var names = registry.subjects(includingDeleted: question.includesDeleted || onlyDeleted)
        if onlyDeleted {
            let live = Set(registry.subjects())
            names.removeAll { live.contains($0) }
        }
        return .array(names.filter { $0.hasPrefix(prefix) }.map { .string($0) })
    }

    /// Looking a schema up, and deleting a subject.
    func ofSubject(
        _ method: String, _ subject: String, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue? {
        switch method {
        case "POST":
            let definition = try RegistryQuestion.definition(in: try question.object())
            let version = try asking { () throws(RegistryError) in
                try registry.lookup(
                    definition, subject: subject, normalizes: question.flag("normalize"),
                    includingDeleted: question.includesDeleted)
            }
            guard let schema = registry.schema(id: version.schemaID) else {
                throw RegistryRefusal(.schemaNotFound)
            }
            return Self.object(version, schema)
        case "DELETE":
            let forGood = question.isSet("permanent")
            let versions = try asking { () throws(RegistryError) in
                try registry.erase(subject, forGood: forGood)
            }
            return .array(versions.map { .number($0) })
        default: return nil
        }
    }

    /// Listing versions, and registering one.
    func versions(
        _ method: String, _ subject: String, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue? {
        switch method {
        case "GET":
            let onlyDeleted = question.isSet("deletedOnly")
            var versions = registry.versions(
                subject, includingDeleted: question.includesDeleted || onlyDeleted)
            if onlyDeleted { versions.removeAll { !$0.isDeleted } }
            if versions.isEmpty { throw RegistryRefusal(.subjectNotFound(subject)) }
            return .array(versions.map { .number($0.version) })
        case "POST":
            let body = try question.object()
            let definition = try RegistryQuestion.definition(in: body)
            // -1 is how some clients write that they give none.
            let id = try RegistryQuestion.number("id", in: body, from: -1).flatMap { $0 > 0 ? $0 : nil }
            let number = try RegistryQuestion.number("version", in: body, from: -1)
                .flatMap { $0 > 0 ? $0 : nil }
            let version = try asking { () throws(RegistryError) in
                try registry.register(
                    definition, subject: subject, id: id.map { Int32(clamping: $0) }, version: number,
                    normalizes: question.flag("normalize"))
            }
            return ["id": .number(version.schemaID)]
        default: return nil
        }
    }

    func ofVersion(
        _ method: String, _ subject: String, _ number: VersionNumber, _ question: RegistryQuestion
    ) throws(RegistryRefusal) -> JSONValue? {
        switch method {
        case "GET":
            let (version, schema) = try found(subject, number, question)
            return Self.object(version, schema)
        case "DELETE":
            let forGood = question.isSet("permanent")
            let erased = try asking { () throws(RegistryError) in
                try registry.erase(subject, number, forGood: forGood)
            }
            return .number(erased)
        default: return nil
        }
    }
}
