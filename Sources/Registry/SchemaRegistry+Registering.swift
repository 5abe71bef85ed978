import Diagnostics
import Formats

// Schemas that come.
extension SchemaRegistry {
    /// Registers a schema under a subject and returns its id; the same schema again is the same id.
    ///
    /// - Parameter id: the id that it must get, for schemas that come from another registry, whatever the
    ///   subject's mode.
    /// Throws `syntax` or `invalidValue` for what is no schema, `unsupported` for types that this registry
    /// does not keep, `conflict` with the reasons for one that is not compatible.
    @discardableResult
    public func register(
        _ text: String, type: SchemaType = .avro, subject: String, id: Int32? = nil
    ) throws(Diagnostic) -> Int32 {
        do throws(RegistryError) {
            return try register(
                SchemaDefinition(text, type: type), subject: subject, id: id, needsImportMode: false
            ).schemaID
        } catch { throw error.diagnostic }
    }

    /// Registers a schema under a subject; one that a live version has already is that version.
    ///
    /// - Parameters:
    ///   - id, version: those that it must get, in mode IMPORT.
    ///   - normalizes: nil leaves it to the configuration.
    ///   - takesProperties: a JSON schema may have properties that the last one leaves to chance.
    ///   - needsImportMode: whether an id may be given only in mode IMPORT.
    @discardableResult
    public func register(
        _ definition: SchemaDefinition, subject: String, id: Int32? = nil, version: Int? = nil,
        normalizes: Bool? = nil, needsImportMode: Bool = true, takesProperties: Bool = false
    ) throws(RegistryError) -> SubjectVersion {
        try change { held throws(RegistryError) in
            let normalizes = normalizes ?? held.normalizing[subject] ?? held.normalizes
            let definition = try Self.kept(definition, normalizes, held)
            let live = held.live(subject)
            if let known = held.ids[definition], id == nil || id == known,
                let there = live.last(where: { $0.schemaID == known })
            {
                return Outcome(answer: there)
            }
            let mode = Self.mode(subject, held)
            try Self.check(mode, subject, id: needsImportMode ? id : nil, isImport: id != nil)
            let content = try Self.parsed(definition, held)
            if let id, let other = held.schemas[id], other.definition != definition {
                throw .notPermitted("the schema id \(id) stands for another schema")
            }
            if mode != .importing {
                let level = held.levels[subject] ?? held.level
                let reasons = Self.refusals(of: content, by: live, held, level).filter {
                    !takesProperties || $0.difference.kind != .propertyAddedToOpen
                }
                if !reasons.isEmpty { throw .incompatible(subject, level, reasons) }
            }
            guard let chosen = id ?? held.ids[definition] ?? Self.next(held.lastID) else {
                throw .notPermitted("there is no schema id left")
            }
            let made = SubjectVersion(
                subject: subject, version: version ?? held.nextVersion(subject), schemaID: chosen)
            if let other = held.version(subject, made.version), other.schemaID != chosen {
                throw .notPermitted("version \(made.version) of '\(subject)' is another schema")
            }
            guard held.schemas[chosen] == nil else {
                return Outcome(answer: made, changes: [.version(made)])
            }
            return Outcome(
                answer: made, changes: [.schema(id: chosen, definition), .version(made)], content: content)
        }
    }

    private static func next(_ last: Int32) -> Int32? { last < .max ? last + 1 : nil }

    static func mode(_ subject: String, _ held: RegistryContents) -> RegistryMode {
        held.mode == .readOnlyOverride ? held.mode : held.modes[subject] ?? held.mode
    }

    private static func check(
        _ mode: RegistryMode, _ subject: String, id: Int32?, isImport: Bool
    ) throws(RegistryError) {
        try checkWritable(mode, subject)
        if id != nil, mode != .importing {
            throw .notPermitted("Subject \(subject) is not in import mode")
        }
        if mode == .importing, !isImport {
            throw .notPermitted("Subject \(subject) is in import mode, and the request has no schema id")
        }
    }

    static func checkWritable(_ mode: RegistryMode, _ subject: String) throws(RegistryError) {
        if mode == .readOnly || mode == .readOnlyOverride {
            throw .notPermitted("Subject \(subject) is in read-only mode")
        }
    }

    static func kept(
        _ definition: SchemaDefinition, _ normalizes: Bool, _ held: RegistryContents
    ) throws(RegistryError) -> SchemaDefinition {
        do throws(Diagnostic) {
            // What is no schema has no text to be kept.
            if definition.text.allSatisfy(\.isWhitespace) {
                throw Diagnostic(.syntax, "the schema is empty")
            }
            return try held.resolved(definition.kept(normalizes: normalizes))
        } catch { throw .invalidSchema(error) }
    }

    static func parsed(
        _ definition: SchemaDefinition, _ held: RegistryContents
    ) throws(RegistryError) -> RegisteredSchema.Content {
        do throws(Diagnostic) { return try held.parse(definition) } catch { throw .invalidSchema(error) }
    }

    private static func refusals(
        of content: RegisteredSchema.Content, by versions: [SubjectVersion], _ held: RegistryContents,
        _ level: CompatibilityLevel
    ) -> [Incompatibility] {
        let compared = level.isTransitive ? versions.reversed() : Array(versions.suffix(1))
        return compared.flatMap { version -> [Incompatibility] in
            guard let old = held.schemas[version.schemaID] else { return [] }
            return Compatibility.refusals(
                of: content, with: old.content, version: version.version, level: level)
        }
    }

    /// Whether a schema could be registered under a subject now, and if not, why: all reasons.
    public func incompatibilities(
        of text: String, type: SchemaType = .avro, subject: String
    ) throws(Diagnostic) -> [Incompatibility] {
        do throws(RegistryError) {
            return try incompatibilities(of: SchemaDefinition(text, type: type), subject: subject)
        } catch { throw error.diagnostic }
    }

    /// The same, compared with one version of the subject, or with those that its level asks for.
    public func incompatibilities(
        of definition: SchemaDefinition, subject: String, with number: VersionNumber? = nil,
        normalizes: Bool = false
    ) throws(RegistryError) -> [Incompatibility] {
        let held = contents.withLock { $0 }
        let content = try Self.parsed(try Self.kept(definition, normalizes, held), held)
        let level = held.levels[subject] ?? held.level
        guard let number else { return Self.refusals(of: content, by: held.live(subject), held, level) }
        let version = try Self.find(subject, number, includingDeleted: false, held)
        return Self.refusals(of: content, by: [version], held, level)
    }
}
