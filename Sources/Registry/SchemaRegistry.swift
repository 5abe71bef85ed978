import Diagnostics
import Formats
import Synchronization

/// Schemas under subjects and versions, each with an id that messages carry.
///
/// The rules are those of Confluent's Schema Registry: ids are global and a schema has one; a subject's
/// versions count from 1 and are never used twice; a new version must be compatible with the ones before, as
/// the subject's level asks; what is deleted softly still reads old messages. Safe to use from any thread.
public final class SchemaRegistry: Sendable {
    private let contents: Mutex<RegistryContents>
    private let storage: any RegistryStorage

    /// Throws when what the storage holds can't be read.
    public init(storage: any RegistryStorage) throws(Diagnostic) {
        self.storage = storage
        var read = RegistryContents()
        for change in try storage.changes() { try read.apply(change) }
        contents = Mutex(read)
    }

    /// In memory, and empty.
    public init() {
        storage = MemoryRegistryStorage()
        contents = Mutex(RegistryContents())
    }

    /// Works on the contents and keeps the changes that come of it.
    private func change<Answer>(
        _ body: (RegistryContents) throws(Diagnostic) -> (Answer, [RegistryChange])
    ) throws(Diagnostic) -> Answer {
        let result = contents.withLock { held -> Result<Answer, Diagnostic> in
            do throws(Diagnostic) {
                let (answer, changes) = try body(held)
                if changes.isEmpty { return .success(answer) }
                var next = held
                for change in changes { try next.apply(change) }
                try storage.append(changes)
                held = next
                return .success(answer)
            } catch {
                return .failure(error)
            }
        }
        return try result.get()
    }

    /// A registry in memory that holds the same, to try things in.
    public func copy() throws(Diagnostic) -> SchemaRegistry {
        SchemaRegistry(contents.withLock { $0 }, MemoryRegistryStorage(try storage.changes()))
    }

    private init(_ contents: RegistryContents, _ storage: any RegistryStorage) {
        self.contents = Mutex(contents)
        self.storage = storage
    }

    // MARK: Registering

    /// Registers a schema under a subject and returns its id; the same schema again is the same id.
    ///
    /// - Parameters:
    ///   - id: the id that it must get, for schemas that come from another registry.
    ///   - takesProperties: a JSON schema may have properties that the last one leaves to chance.
    /// Throws `syntax` or `invalidValue` for what is no schema, `unsupported` for types and references that
    /// this registry does not keep, `conflict` with the reasons for one that is not compatible.
    @discardableResult
    public func register(
        _ text: String, type: SchemaType = .avro, subject: String, id: Int32? = nil,
        references: [String] = [], takesProperties: Bool = false
    ) throws(Diagnostic) -> Int32 {
        if let reference = references.first {
            throw Diagnostic(
                .unsupported, "the schema refers to '\(reference)', and this registry has no references",
                expected: "a schema that stands alone", hint: "put the types that it refers to into it")
        }
        let content = try RegisteredSchema.parse(text, type)
        return try change { held throws(Diagnostic) in
            let identity = RegisteredSchema.identity(text, type)
            let live = held.live(subject)
            if let known = held.ids[identity], id == nil || id == known,
                live.contains(where: { $0.schemaID == known })
            {
                return (known, [])
            }
            if let id, let other = held.schemas[id],
                RegisteredSchema.identity(other.text, other.type) != identity
            {
                throw Diagnostic(
                    .conflict, "the schema id \(id) stands for another schema",
                    hint: "leave the id out, or give another")
            }
            let reasons = Self.refusals(of: content, by: live, held, subject).filter {
                !takesProperties || $0.difference.kind != .propertyAddedToOpen
            }
            if !reasons.isEmpty { throw Self.incompatible(reasons, held, subject) }
            let chosen = id ?? held.ids[identity] ?? held.nextID
            var changes: [RegistryChange] = []
            if held.schemas[chosen] == nil { changes.append(.schema(id: chosen, type: type, text: text)) }
            changes.append(
                .version(
                    SubjectVersion(
                        subject: subject, version: held.nextVersion(subject), schemaID: chosen)))
            return (chosen, changes)
        }
    }

    private static func refusals(
        of content: RegisteredSchema.Content, by live: [SubjectVersion], _ held: RegistryContents,
        _ subject: String
    ) -> [Incompatibility] {
        let level = held.levels[subject] ?? held.level
        let versions = level.isTransitive ? live.reversed() : Array(live.suffix(1))
        return versions.flatMap { version -> [Incompatibility] in
            guard let old = held.schemas[version.schemaID] else { return [] }
            return Compatibility.refusals(
                of: content, with: old.content, version: version.version, level: level)
        }
    }

    private static func incompatible(
        _ reasons: [Incompatibility], _ held: RegistryContents, _ subject: String
    ) -> Diagnostic {
        let level = held.levels[subject] ?? held.level
        let list = reasons.prefix(5).map(\.description).joined(separator: "; ")
        let more = reasons.count > 5 ? "; and \(reasons.count - 5) more" : ""
        return Diagnostic(
            .conflict,
            "the schema is not compatible with those of the subject '\(subject)' (\(level.rawValue)): "
                + list + more,
            hint: "give fields that come or go a default, or register under another subject")
    }

    /// Whether a schema could be registered under a subject now, and if not, why: all reasons.
    public func incompatibilities(
        of text: String, type: SchemaType = .avro, subject: String, version: Int? = nil
    ) throws(Diagnostic) -> [Incompatibility] {
        let content = try RegisteredSchema.parse(text, type)
        let held = contents.withLock { $0 }
        var live = held.live(subject)
        if let version { live = live.filter { $0.version == version } }
        return Self.refusals(of: content, by: live, held, subject)
    }

    // MARK: Asking

    /// The schema with this id; nil when there is none.
    public func schema(id: Int32) -> RegisteredSchema? { contents.withLock { $0.schemas[id] } }

    /// The subject's latest version with its schema; nil when it has none.
    public func latest(_ subject: String) -> (version: SubjectVersion, schema: RegisteredSchema)? {
        contents.withLock { held in
            guard let version = held.live(subject).last, let schema = held.schemas[version.schemaID] else {
                return nil
            }
            return (version, schema)
        }
    }

    public func version(_ subject: String, _ number: Int) -> SubjectVersion? {
        contents.withLock { $0.live(subject).first { $0.version == number } }
    }

    /// Ascending.
    public func versions(_ subject: String) -> [SubjectVersion] { contents.withLock { $0.live(subject) } }

    /// In the order of their names.
    public func subjects(includingDeleted: Bool = false) -> [String] {
        contents.withLock { held in
            held.versions.keys.filter { includingDeleted || !held.live($0).isEmpty }.sorted()
        }
    }

    /// Versions that have the schema with this id.
    public func uses(of id: Int32) -> [SubjectVersion] {
        contents.withLock { held in
            held.versions.keys.sorted().flatMap { held.live($0) }.filter { $0.schemaID == id }
        }
    }

    /// The version under which a subject has this schema; nil when it has not.
    public func lookup(
        _ text: String, type: SchemaType = .avro, subject: String
    ) throws(Diagnostic) -> SubjectVersion? {
        _ = try RegisteredSchema.parse(text, type)
        return contents.withLock { held in
            guard let id = held.ids[RegisteredSchema.identity(text, type)] else { return nil }
            return held.live(subject).last { $0.schemaID == id }
        }
    }

    // MARK: Levels

    /// The level of a subject, or of all subjects that have none of their own.
    public func level(_ subject: String? = nil) -> CompatibilityLevel {
        contents.withLock { held in subject.flatMap { held.levels[$0] } ?? held.level }
    }

    public func setLevel(_ level: CompatibilityLevel, subject: String? = nil) throws(Diagnostic) {
        try change { _ throws(Diagnostic) in ((), [.level(level, subject: subject)]) }
    }

    /// Takes a subject's own level away, or sets the registry's back to BACKWARD.
    public func clearLevel(subject: String? = nil) throws(Diagnostic) {
        try change { _ throws(Diagnostic) in ((), [.level(nil, subject: subject)]) }
    }

    // MARK: Deleting

    /// Deletes a version, softly first; `forGood` needs that to have been done. Throws `notFound`, or
    /// `invalidStatement` for a version that is not deleted softly.
    public func delete(_ subject: String, version number: Int, forGood: Bool = false) throws(Diagnostic) {
        try change { held throws(Diagnostic) in
            guard let version = held.versions[subject]?.first(where: { $0.version == number }),
                forGood || !version.isDeleted
            else {
                throw Diagnostic(.notFound, "the subject '\(subject)' has no version \(number)")
            }
            return ((), [try Self.deletion(of: version, forGood)])
        }
    }

    /// Deletes all versions of a subject; returns their numbers.
    @discardableResult
    public func delete(_ subject: String, forGood: Bool = false) throws(Diagnostic) -> [Int] {
        try change { held throws(Diagnostic) in
            let versions = (held.versions[subject] ?? []).filter { forGood || !$0.isDeleted }
            guard !versions.isEmpty else {
                throw Diagnostic(.notFound, "there is no subject '\(subject)'")
            }
            var changes: [RegistryChange] = []
            for version in versions { changes.append(try Self.deletion(of: version, forGood)) }
            return (versions.map(\.version), changes)
        }
    }

    private static func deletion(
        of version: SubjectVersion, _ forGood: Bool
    ) throws(Diagnostic) -> RegistryChange {
        if !forGood {
            var deleted = version
            deleted.isDeleted = true
            return .version(deleted)
        }
        guard version.isDeleted else {
            throw Diagnostic(
                .invalidStatement,
                "version \(version.version) of '\(version.subject)' is not deleted softly yet",
                hint: "delete it softly first")
        }
        return .erased(subject: version.subject, version: version.version)
    }
}

extension SchemaRegistry: SchemaSource {
    public func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema {
        guard let schema = schema(id: id) else { throw Self.missing(id) }
        guard case .avro(let avro) = schema.content else {
            throw DecodeError(.noSchema, "schema \(id) is a JSON Schema, and the format is AVRO")
        }
        return avro
    }

    public func checkJSONSchema(id: Int32) throws(DecodeError) {
        guard let schema = schema(id: id) else { throw Self.missing(id) }
        guard case .json = schema.content else {
            throw DecodeError(.noSchema, "schema \(id) is an Avro schema, and the format is JSON_SR")
        }
    }

    private static func missing(_ id: Int32) -> DecodeError {
        DecodeError(.noSchema, "the registry has no schema with the id \(id)")
    }
}
