import Diagnostics
import Formats

/// The registry as a pipeline sees it: in the process, or somewhere else over HTTP.
///
/// The contract: methods may wait for another machine, but for those of ``SchemaSource``, which decoders
/// call once for each id that they meet. `schema(id:)` and `latest` answer nil for what is not there and
/// throw when that can't be told. Safe to use from any thread.
public protocol SchemaDirectory: SchemaSource {
    func schema(id: Int32) throws(Diagnostic) -> RegisteredSchema?
    /// The schema of the subject's latest version.
    func latest(_ subject: String) throws(Diagnostic) -> RegisteredSchema?
    /// In the order of their names.
    func subjectNames() throws(Diagnostic) -> [String]
    /// Ids of the schemas of a subject's versions; empty when there is no such subject.
    func schemaIDs(of subject: String) throws(Diagnostic) -> [Int32]
    /// Registers a schema and returns its id; throws `conflict` for one that is not compatible.
    ///
    /// - Parameter takesProperties: a JSON schema may have properties that the last one leaves to chance,
    ///   where the registry is one that can be told so.
    func add(
        _ definition: SchemaDefinition, to subject: String, takesProperties: Bool
    ) throws(Diagnostic) -> Int32
    /// Deletes a subject softly; no error if it is not there.
    func remove(_ subject: String) throws(Diagnostic)
    /// A directory of the same whose changes nobody else sees, to try statements in.
    func trial() throws(Diagnostic) -> any SchemaDirectory
}

extension SchemaDirectory {
    /// Registers a schema that is compatible by all rules.
    public func add(_ definition: SchemaDefinition, to subject: String) throws(Diagnostic) -> Int32 {
        try add(definition, to: subject, takesProperties: false)
    }
}

extension SchemaRegistry: SchemaDirectory {
    public func subjectNames() throws(Diagnostic) -> [String] { subjects() }

    public func schemaIDs(of subject: String) throws(Diagnostic) -> [Int32] {
        versions(subject).map(\.schemaID)
    }

    public func add(
        _ definition: SchemaDefinition, to subject: String, takesProperties: Bool
    ) throws(Diagnostic) -> Int32 {
        do throws(RegistryError) {
            return try register(definition, subject: subject, takesProperties: takesProperties).schemaID
        } catch { throw error.diagnostic }
    }

    public func remove(_ subject: String) throws(Diagnostic) {
        do throws(RegistryError) {
            _ = try erase(subject, forGood: false)
        } catch {
            switch error {
            case .subjectNotFound, .subjectDeletedSoftly: return
            default: throw error.diagnostic
            }
        }
    }

    public func trial() throws(Diagnostic) -> any SchemaDirectory { copy() }

    public func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema {
        guard let schema = schema(id: id) else { throw RegisteredSchema.missing(id) }
        return try schema.avro()
    }

    public func checkJSONSchema(id: Int32) throws(DecodeError) {
        guard let schema = schema(id: id) else { throw RegisteredSchema.missing(id) }
        try schema.checkJSON()
    }
}

extension RegisteredSchema {
    /// Throws when it is no Avro schema.
    public func avro() throws(DecodeError) -> AvroSchema {
        guard case .avro(let avro) = content else {
            throw DecodeError(.noSchema, "schema \(id) is a JSON Schema, and the format is AVRO")
        }
        return avro
    }

    /// Throws when it is no JSON Schema.
    public func checkJSON() throws(DecodeError) {
        guard case .json = content else {
            throw DecodeError(.noSchema, "schema \(id) is an Avro schema, and the format is JSON_SR")
        }
    }

    public static func missing(_ id: Int32) -> DecodeError {
        DecodeError(.noSchema, "the registry has no schema with the id \(id)")
    }
}
