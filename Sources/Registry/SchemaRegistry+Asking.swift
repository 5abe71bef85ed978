import Diagnostics
import Formats

// What is there.
extension SchemaRegistry {
    /// The schema with this id, as long as a version has it, deleted softly or not; nil when there is none.
    public func schema(id: Int32) -> RegisteredSchema? { contents.withLock { $0.schemas[id] } }

    /// The highest id that was ever given; 0 before the first.
    public var highestID: Int32 { contents.withLock { $0.lastID } }

    /// The schema of the subject's latest version; nil when it has none.
    public func latest(_ subject: String) -> RegisteredSchema? {
        contents.withLock { held in held.live(subject).last.flatMap { held.schemas[$0.schemaID] } }
    }

    public func version(_ subject: String, _ number: Int) -> SubjectVersion? {
        contents.withLock { $0.live(subject).first { $0.version == number } }
    }

    /// A version with its schema; throws what of it is missing.
    public func version(
        _ subject: String, _ number: VersionNumber, includingDeleted: Bool = false
    ) throws(RegistryError) -> (version: SubjectVersion, schema: RegisteredSchema) {
        let held = contents.withLock { $0 }
        let version = try Self.find(subject, number, includingDeleted: includingDeleted, held)
        guard let schema = held.schemas[version.schemaID] else { throw .schemaNotFound }
        return (version, schema)
    }

    static func find(
        _ subject: String, _ number: VersionNumber, includingDeleted: Bool, _ held: RegistryContents
    ) throws(RegistryError) -> SubjectVersion {
        let versions = includingDeleted ? held.versions[subject] ?? [] : held.live(subject)
        switch number {
        case .latest:
            guard let last = versions.last else { throw .subjectNotFound(subject) }
            return last
        case .number(let number):
            if let found = versions.first(where: { $0.version == number }) { return found }
            throw versions.isEmpty ? .subjectNotFound(subject) : .versionNotFound(subject, number)
        }
    }

    /// Ascending.
    public func versions(_ subject: String, includingDeleted: Bool = false) -> [SubjectVersion] {
        contents.withLock { includingDeleted ? $0.versions[subject] ?? [] : $0.live(subject) }
    }

    /// In the order of their names.
    public func subjects(includingDeleted: Bool = false) -> [String] {
        contents.withLock { held in
            held.versions.keys.filter { includingDeleted || !held.live($0).isEmpty }.sorted()
        }
    }

    /// Versions that have the schema with this id.
    public func uses(of id: Int32, includingDeleted: Bool = false) -> [SubjectVersion] {
        contents.withLock { held in
            held.versions.keys.sorted().flatMap { held.versions[$0] ?? [] }
                .filter { $0.schemaID == id && (includingDeleted || !$0.isDeleted) }
        }
    }

    /// All versions in the order of subjects, with their schemas.
    public func all(
        prefix: String = "", includingDeleted: Bool = false, latestOnly: Bool = false
    ) -> [(version: SubjectVersion, schema: RegisteredSchema)] {
        contents.withLock { held in
            held.versions.keys.filter { $0.hasPrefix(prefix) }.sorted().flatMap { subject in
                let versions = includingDeleted ? held.versions[subject] ?? [] : held.live(subject)
                return (latestOnly ? Array(versions.suffix(1)) : versions).compactMap { version in
                    held.schemas[version.schemaID].map { (version, $0) }
                }
            }
        }
    }

    /// Ids of the schemas of live versions that refer to one.
    public func references(to subject: String, _ number: VersionNumber) throws(RegistryError) -> [Int32] {
        let held = contents.withLock { $0 }
        let version = try Self.find(subject, number, includingDeleted: true, held)
        return Set(held.users(of: version).filter { !$0.isDeleted }.map(\.schemaID)).sorted()
    }

    /// The version under which a subject has this schema; nil when it has not.
    public func lookup(
        _ text: String, type: SchemaType = .avro, subject: String
    ) throws(Diagnostic) -> SubjectVersion? {
        do throws(RegistryError) {
            return try lookup(SchemaDefinition(text, type: type), subject: subject)
        } catch {
            switch error {
            case .schemaNotFound, .subjectNotFound: return nil
            default: throw error.diagnostic
            }
        }
    }

    /// The same; throws `subjectNotFound` or `schemaNotFound` when it has not.
    public func lookup(
        _ definition: SchemaDefinition, subject: String, normalizes: Bool? = nil,
        includingDeleted: Bool = false
    ) throws(RegistryError) -> SubjectVersion {
        let held = contents.withLock { $0 }
        let normalizes = normalizes ?? held.normalizing[subject] ?? held.normalizes
        let definition = try Self.kept(definition, normalizes, held)
        let versions = includingDeleted ? held.versions[subject] ?? [] : held.live(subject)
        guard !versions.isEmpty else { throw .subjectNotFound(subject) }
        if let id = held.ids[definition], let found = versions.last(where: { $0.schemaID == id }) {
            return found
        }
        // What is no schema is told as that.
        _ = try Self.parsed(definition, held)
        throw .schemaNotFound
    }
}
