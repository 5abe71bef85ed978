import Diagnostics
import Formats
import Registry
import Synchronization

/// A remote registry in which statements are tried: what they register or delete stays here.
///
/// Schemas that the registry does not have yet get ids below zero.
final class RemoteTrial: SchemaDirectory {
    private struct Changes {
        var schemas: [Int32: RegisteredSchema] = [:]
        /// The latest of a subject that is different here; nil is deleted.
        var latest: [String: RegisteredSchema?] = [:]
        var lastID: Int32 = 0
    }

    private let base: RemoteRegistry
    private let changes: Mutex<Changes>

    convenience init(_ base: RemoteRegistry) { self.init(base, Changes()) }

    private init(_ base: RemoteRegistry, _ changes: Changes) {
        self.base = base
        self.changes = Mutex(changes)
    }

    func schema(id: Int32) throws(Diagnostic) -> RegisteredSchema? {
        if id < 0 { return changes.withLock { $0.schemas[id] } }
        return try base.schema(id: id)
    }

    func latest(_ subject: String) throws(Diagnostic) -> RegisteredSchema? {
        if let changed = changes.withLock({ $0.latest[subject] }) { return changed }
        return try base.latest(subject)
    }

    func subjectNames() throws(Diagnostic) -> [String] {
        let (made, gone) = changes.withLock { changes in
            (
                changes.latest.filter { $0.value != nil }.map(\.key),
                changes.latest.filter { $0.value == nil }.map(\.key)
            )
        }
        return Set(try base.subjectNames()).subtracting(gone).union(made).sorted()
    }

    func schemaIDs(of subject: String) throws(Diagnostic) -> [Int32] {
        switch changes.withLock({ $0.latest[subject] }) {
        case .some(.none): return []
        case .some(.some(let schema)): return try base.schemaIDs(of: subject) + [schema.id]
        case .none: return try base.schemaIDs(of: subject)
        }
    }

    func add(
        _ definition: SchemaDefinition, to subject: String, takesProperties: Bool
    ) throws(Diagnostic) -> Int32 {
        if let id = try base.lookup(definition, in: subject) { return id }
        try base.check(definition, for: subject)
        let content = try definition.parsed([])
        return changes.withLock { changes in
            changes.lastID -= 1
            let schema = RegisteredSchema(id: changes.lastID, definition: definition, content: content)
            changes.schemas[changes.lastID] = schema
            changes.latest[subject] = .some(schema)
            return changes.lastID
        }
    }

    func remove(_ subject: String) throws(Diagnostic) {
        changes.withLock { $0.latest[subject] = .some(nil) }
    }

    func trial() throws(Diagnostic) -> any SchemaDirectory { RemoteTrial(base, changes.withLock { $0 }) }

    func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema {
        if let schema = changes.withLock({ $0.schemas[id] }) { return try schema.avro() }
        return try base.avroSchema(id: id)
    }

    func checkJSONSchema(id: Int32) throws(DecodeError) {
        if let schema = changes.withLock({ $0.schemas[id] }) { return try schema.checkJSON() }
        try base.checkJSONSchema(id: id)
    }
}
