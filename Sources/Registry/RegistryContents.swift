import Diagnostics
import Formats

/// Everything that a registry holds, as its changes have made it.
struct RegistryContents {
    private(set) var schemas: [Int32: RegisteredSchema] = [:]
    /// Ids by definitions as they are kept.
    private(set) var ids: [SchemaDefinition: Int32] = [:]
    private(set) var versions: [String: [SubjectVersion]] = [:]
    /// How many versions have the schema, by its id.
    private var uses: [Int32: Int] = [:]
    private(set) var levels: [String: CompatibilityLevel] = [:]
    private(set) var modes: [String: RegistryMode] = [:]
    private(set) var normalizing: [String: Bool] = [:]
    private(set) var level = CompatibilityLevel.backward
    private(set) var mode = RegistryMode.readWrite
    private(set) var normalizes = false
    private(set) var lastID: Int32 = 0

    func nextVersion(_ subject: String) -> Int { (versions[subject]?.last?.version ?? 0) + 1 }

    /// - Parameter content: the schema of the change where somebody has parsed it already.
    mutating func apply(
        _ change: RegistryChange, _ content: RegisteredSchema.Content? = nil
    ) throws(Diagnostic) {
        switch change {
        case .schema(let id, let definition):
            let parsed: RegisteredSchema.Content
            if let content { parsed = content } else { parsed = try parse(definition) }
            schemas[id] = RegisteredSchema(id: id, definition: definition, content: parsed)
            ids[definition] = id
            lastID = max(lastID, id)
        case .version(let version):
            let list = versions[version.subject] ?? []
            if !list.contains(where: { $0.version == version.version }) {
                uses[version.schemaID, default: 0] += 1
            }
            let others = list.filter { $0.version != version.version }
            versions[version.subject] = (others + [version]).sorted { $0.version < $1.version }
        case .erased(let subject, let version): erase(subject, version)
        case .level(let level, nil): self.level = level ?? .backward
        case .level(let level, let subject?): levels[subject] = level
        case .mode(let mode, nil): self.mode = mode ?? .readWrite
        case .mode(let mode, let subject?): modes[subject] = mode
        case .normalizing(let normalizes, nil): self.normalizes = normalizes ?? false
        case .normalizing(let normalizes, let subject?): normalizing[subject] = normalizes
        }
    }

    /// A schema goes with its last version; its id is not given again.
    private mutating func erase(_ subject: String, _ number: Int) {
        guard let version = versions[subject]?.first(where: { $0.version == number }) else { return }
        versions[subject]?.removeAll { $0.version == number }
        if versions[subject]?.isEmpty == true { versions[subject] = nil }
        let left = (uses[version.schemaID] ?? 1) - 1
        uses[version.schemaID] = left == 0 ? nil : left
        guard left == 0, let schema = schemas.removeValue(forKey: version.schemaID) else { return }
        if ids[schema.definition] == schema.id { ids[schema.definition] = nil }
    }

    // MARK: Asking

    func live(_ subject: String) -> [SubjectVersion] {
        (versions[subject] ?? []).filter { !$0.isDeleted }
    }

    /// The version, deleted or not; nil is the latest that is not deleted.
    func version(_ subject: String, _ number: Int?) -> SubjectVersion? {
        guard let number else { return live(subject).last }
        return versions[subject]?.first { $0.version == number }
    }

    /// Versions whose schema refers to one.
    func users(of version: SubjectVersion) -> [SubjectVersion] {
        versions.keys.sorted().flatMap { versions[$0] ?? [] }.filter { user in
            schemas[user.schemaID]?.references.contains {
                $0.subject == version.subject && $0.version == version.version
            } ?? false
        }
    }

    // MARK: Parsing

    func parse(_ definition: SchemaDefinition) throws(Diagnostic) -> RegisteredSchema.Content {
        try definition.parsed(try sources(of: definition.references))
    }

    /// The definition with its references by version.
    func resolved(_ definition: SchemaDefinition) throws(Diagnostic) -> SchemaDefinition {
        var resolved = definition
        resolved.references = []
        for reference in definition.references {
            guard let version = version(reference.subject, reference.version == -1 ? nil : reference.version)
            else { throw Self.missing(reference) }
            resolved.references.append(
                SchemaReference(
                    name: reference.name, subject: reference.subject, version: version.version))
        }
        return resolved
    }

    /// The schemas that are referred to, each once and behind those that it refers to itself.
    private func sources(
        of references: [SchemaReference]
    ) throws(Diagnostic) -> [(name: String, text: String)] {
        var sources: [(name: String, text: String)] = []
        var seen: Set<SchemaReference> = []
        try collect(references, &sources, &seen)
        return sources
    }

    private func collect(
        _ references: [SchemaReference], _ sources: inout [(name: String, text: String)],
        _ seen: inout Set<SchemaReference>
    ) throws(Diagnostic) {
        for reference in references {
            guard let version = version(reference.subject, reference.version),
                let schema = schemas[version.schemaID]
            else { throw Self.missing(reference) }
            // The same schema under two names is two to JSON Schema and one to Avro.
            let name = schema.type == .avro ? "" : reference.name
            let key = SchemaReference(name: name, subject: "", version: Int(schema.id))
            guard seen.insert(key).inserted else { continue }
            // References lead to what was registered before: there are no circles.
            try collect(schema.references, &sources, &seen)
            sources.append((reference.name, schema.text))
        }
    }

    private static func missing(_ reference: SchemaReference) -> Diagnostic {
        Diagnostic(
            .notFound,
            "the schema refers to '\(reference.name)': the subject '\(reference.subject)' has no version "
                + "\(reference.version)",
            hint: "register that schema first")
    }
}
