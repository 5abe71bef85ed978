import Diagnostics
import Formats
import Synchronization

/// What a statement found in a registry and put there, so that it can be planned again and mean the same.
///
/// The first time it asks the registry and notes the answers. Planned again with what was noted, it gets
/// them once more, whatever has been registered or deleted since, and changes nothing.
public final class NotedSchemas: SchemaDirectory {
    /// An answer: a schema and its id.
    public struct Note: Hashable, Sendable {
        public let id: Int32
        public let definition: SchemaDefinition

        public init(id: Int32, definition: SchemaDefinition) {
            self.id = id
            self.definition = definition
        }

        public var json: JSONValue { RegistryChange.schema(id: id, definition).json }

        /// nil for what is no note.
        public init?(_ json: JSONValue) {
            guard case .schema(let id, let definition) = RegistryChange(json) else { return nil }
            self.init(id: id, definition: definition)
        }
    }

    private let base: any SchemaDirectory
    private let known: [String: Note]?
    private let noted = Mutex<[String: Note]>([:])

    /// - Parameter known: what was noted before, to be answered again; nil asks the registry.
    public init(_ base: any SchemaDirectory, known: [String: Note]?) {
        self.base = base
        self.known = known
    }

    /// By subject; a schema that was asked for by its id stands under `#id`.
    public var notes: [String: Note] { known ?? noted.withLock { $0 } }

    private func note(_ schema: RegisteredSchema?, _ name: String) -> RegisteredSchema? {
        if let schema {
            noted.withLock { $0[name] = Note(id: schema.id, definition: schema.definition) }
        }
        return schema
    }

    private func known(_ name: String) throws(Diagnostic) -> RegisteredSchema? {
        guard let note = known?[name] else { return nil }
        // One with references is not whole without them.
        if !note.definition.references.isEmpty {
            if let schema = try base.schema(id: note.id) { return schema }
            // Another version would give the statement other columns than it had.
            throw Diagnostic(
                .notFound,
                "schema \(note.id), with which the statement was made (\(name)), is not in the registry",
                hint: "register it again under its id, or drop what uses it and create that anew")
        }
        return RegisteredSchema(
            id: note.id, definition: note.definition, content: try note.definition.parsed([]))
    }

    public func schema(id: Int32) throws(Diagnostic) -> RegisteredSchema? {
        if let known = try known("#\(id)") { return known }
        return note(try base.schema(id: id), "#\(id)")
    }

    public func latest(_ subject: String) throws(Diagnostic) -> RegisteredSchema? {
        if let known = try known(subject) { return known }
        return note(try base.latest(subject), subject)
    }

    public func subjectNames() throws(Diagnostic) -> [String] { try base.subjectNames() }

    public func schemaIDs(of subject: String) throws(Diagnostic) -> [Int32] {
        try base.schemaIDs(of: subject)
    }

    public func add(
        _ definition: SchemaDefinition, to subject: String, takesProperties: Bool
    ) throws(Diagnostic) -> Int32 {
        if let note = known?[subject] { return note.id }
        let id = try base.add(definition, to: subject, takesProperties: takesProperties)
        noted.withLock { $0[subject] = Note(id: id, definition: definition) }
        return id
    }

    public func remove(_ subject: String) throws(Diagnostic) {
        if known == nil { try base.remove(subject) }
    }

    public func trial() throws(Diagnostic) -> any SchemaDirectory { try base.trial() }

    public func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema { try base.avroSchema(id: id) }

    public func checkJSONSchema(id: Int32) throws(DecodeError) { try base.checkJSONSchema(id: id) }
}
