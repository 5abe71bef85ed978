import Formats

// As a line of the log has it: `{"change": "version", …}`.
extension RegistryChange {
    var json: JSONValue {
        switch self {
        case .schema(let id, let definition):
            let references = definition.references.map { reference -> JSONValue in
                [
                    "name": .string(reference.name), "subject": .string(reference.subject),
                    "version": .number(reference.version),
                ]
            }
            return [
                "change": "schema", "id": .number(id), "type": .string(definition.type.rawValue),
                "text": .string(definition.text), "references": .array(references),
            ]
        case .version(let version):
            return [
                "change": "version", "subject": .string(version.subject),
                "version": .number(version.version), "id": .number(version.schemaID),
                "deleted": .boolean(version.isDeleted),
            ]
        case .erased(let subject, let version):
            return ["change": "erased", "subject": .string(subject), "version": .number(version)]
        case .level(let level, let subject):
            return Self.setting("level", level.map { .string($0.rawValue) }, subject)
        case .mode(let mode, let subject):
            return Self.setting("mode", mode.map { .string($0.rawValue) }, subject)
        case .normalizing(let normalizes, let subject):
            return Self.setting("normalizing", normalizes.map { .boolean($0) }, subject)
        }
    }

    private static func setting(_ name: String, _ value: JSONValue?, _ subject: String?) -> JSONValue {
        [
            "change": .string(name), "value": value ?? .null,
            "subject": subject.map { .string($0) } ?? .null,
        ]
    }

    /// nil for what no line has.
    init?(_ json: JSONValue) {
        let subject = json["subject"]?.string
        let value = json["value"] ?? .null
        switch json["change"]?.string {
        case "schema":
            guard let id = json["id"]?.int64.flatMap({ Int32(exactly: $0) }), let text = json["text"]?.string,
                let type = json["type"]?.string.flatMap({ SchemaType(rawValue: $0) }),
                let list = json["references"]?.array
            else { return nil }
            let references = list.compactMap { SchemaReference($0) }
            guard references.count == list.count else { return nil }
            self = .schema(id: id, SchemaDefinition(text, type: type, references: references))
        case "version":
            guard let subject, let version = json["version"]?.int,
                let id = json["id"]?.int64.flatMap({ Int32(exactly: $0) }),
                let isDeleted = json["deleted"]?.boolean
            else { return nil }
            self = .version(
                SubjectVersion(subject: subject, version: version, schemaID: id, isDeleted: isDeleted))
        case "erased":
            guard let subject, let version = json["version"]?.int else { return nil }
            self = .erased(subject: subject, version: version)
        case "level":
            let level = value.string.flatMap { CompatibilityLevel(rawValue: $0) }
            guard level != nil || value.isNull else { return nil }
            self = .level(level, subject: subject)
        case "mode":
            let mode = value.string.flatMap { RegistryMode(rawValue: $0) }
            guard mode != nil || value.isNull else { return nil }
            self = .mode(mode, subject: subject)
        case "normalizing":
            guard value.boolean != nil || value.isNull else { return nil }
            self = .normalizing(value.boolean, subject: subject)
        default: return nil
        }
    }
}

extension SchemaReference {
    /// Reads `{"name": …, "subject": …, "version": …}`; nil for anything else.
    public init?(_ json: JSONValue) {
        guard let name = json["name"]?.string, let subject = json["subject"]?.string,
            let version = json["version"]?.int, version == -1 || version > 0
        else { return nil }
        self.init(name: name, subject: subject, version: version)
    }
}
