import Diagnostics
import Formats
import Glibc
import Registry
import Synchronization

/// A registry somewhere else, asked over HTTP as Confluent's are.
///
/// Schemas never change under their ids, so each is fetched once. That an id is unknown is believed for a few
/// seconds. Nothing is asked before it is needed.
public final class RemoteRegistry: SchemaDirectory {
    private struct Known {
        var schemas: [Int32: RegisteredSchema] = [:]
        /// Until when an id is known to be missing, in seconds.
        var missing: [Int32: Int] = [:]
    }

    private let requests: RegistryRequests
    private let known = Mutex(Known())
    private static let limit = 10_000
    private static let missingLimit = 1024
    private static let missingSeconds = 5
    private static let referenceDepth = 32

    public init(_ connection: RegistryConnection) { requests = RegistryRequests(connection) }

    // MARK: By id

    public func schema(id: Int32) throws(Diagnostic) -> RegisteredSchema? {
        let (schema, isMissing) = known.withLock {
            ($0.schemas[id], $0.missing[id].map { $0 > Self.seconds })
        }
        if let schema { return schema }
        if isMissing == true { return nil }
        guard let json = try value("/schemas/ids/\(id)", missing: [40403]) else {
            known.withLock { known in
                if known.missing.count >= Self.missingLimit { known.missing = [:] }
                known.missing[id] = Self.seconds + Self.missingSeconds
            }
            return nil
        }
        return try keep(id, json)
    }

    private static var seconds: Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }

    private func keep(_ id: Int32, _ json: JSONValue) throws(Diagnostic) -> RegisteredSchema {
        let definition = try Self.definition(json)
        let schema = RegisteredSchema(
            id: id, definition: definition,
            content: try definition.parsed(try sources(of: definition.references)))
        known.withLock { known in
            if known.schemas.count >= Self.limit { known.schemas = [:] }
            known.schemas[id] = schema
            known.missing[id] = nil
        }
        return schema
    }

    private static func definition(_ json: JSONValue) throws(Diagnostic) -> SchemaDefinition {
        let name = json["schemaType"]?.string ?? SchemaType.avro.rawValue
        guard let type = SchemaType(rawValue: name), let text = json["schema"]?.string else {
            throw Diagnostic(.unsupported, "the schema registry has a schema of type \(name)")
        }
        let references = (json["references"]?.array ?? []).compactMap { SchemaReference($0) }
        return SchemaDefinition(text, type: type, references: references)
    }

    /// The schemas that are referred to, each behind those that it refers to itself.
    private func sources(
        of references: [SchemaReference]
    ) throws(Diagnostic) -> [(name: String, text: String)] {
        var sources: [(name: String, text: String)] = []
        var seen: Set<SchemaReference> = []
        try collect(references, &sources, &seen, depth: 0)
        return sources
    }

    private func collect(
        _ references: [SchemaReference], _ sources: inout [(name: String, text: String)],
        _ seen: inout Set<SchemaReference>, depth: Int
    ) throws(Diagnostic) {
        for reference in references {
            let path =
                "/subjects/\(Self.encoded(reference.subject))/versions/\(reference.version)?deleted=true"
            guard depth < Self.referenceDepth, let json = try value(path, missing: [40401, 40402]) else {
                throw Diagnostic(
                    .notFound,
                    "the schema registry has no version \(reference.version) of "
                        + "'\(reference.subject)', to which a schema refers")
            }
            let definition = try Self.definition(json)
            let isAvro = definition.type == .avro
            let key = SchemaReference(
                name: isAvro ? "" : reference.name, subject: reference.subject, version: reference.version)
            guard seen.insert(key).inserted else { continue }
            try collect(definition.references, &sources, &seen, depth: depth + 1)
            sources.append((reference.name, definition.text))
        }
    }

    // MARK: By subject

    public func latest(_ subject: String) throws(Diagnostic) -> RegisteredSchema? {
        let path = "/subjects/\(Self.encoded(subject))/versions/latest"
        guard let json = try value(path, missing: [40401, 40402]) else { return nil }
        guard let id = json["id"]?.int64.flatMap({ Int32(exactly: $0) }) else {
            throw Self.strange(path)
        }
        if let known = known.withLock({ $0.schemas[id] }) { return known }
        return try keep(id, json)
    }

    public func subjectNames() throws(Diagnostic) -> [String] {
        (try value("/subjects", missing: [])?.array ?? []).compactMap(\.string).sorted()
    }

    public func schemaIDs(of subject: String) throws(Diagnostic) -> [Int32] {
        let path = "/subjects/\(Self.encoded(subject))/versions"
        let versions = (try value(path, missing: [40401])?.array ?? []).compactMap(\.int)
        var ids: [Int32] = []
        for version in versions {
            let json = try value("\(path)/\(version)", missing: [40401, 40402])
            if let id = json?["id"]?.int64.flatMap({ Int32(exactly: $0) }) { ids.append(id) }
        }
        return ids
    }

    public func add(
        _ definition: SchemaDefinition, to subject: String, takesProperties: Bool
    ) throws(Diagnostic) -> Int32 {
        let path = "/subjects/\(Self.encoded(subject))/versions"
        guard let id = try value(path, missing: [], Self.body(definition))?["id"]?.int64,
            let id = Int32(exactly: id)
        else { throw Self.strange(path) }
        return id
    }

    /// The id that a schema has under a subject already.
    func lookup(_ definition: SchemaDefinition, in subject: String) throws(Diagnostic) -> Int32? {
        let path = "/subjects/\(Self.encoded(subject))"
        let json = try value(path, missing: [40401, 40403], Self.body(definition))
        return json?["id"]?.int64.flatMap { Int32(exactly: $0) }
    }

    /// Throws `conflict` where a schema can't become the subject's next version.
    func check(_ definition: SchemaDefinition, for subject: String) throws(Diagnostic) {
        let path = "/compatibility/subjects/\(Self.encoded(subject))/versions?verbose=true"
        let json = try value(path, missing: [40401, 40402], Self.body(definition))
        guard json?["is_compatible"]?.boolean == false else { return }
        let reasons = (json?["messages"]?.array ?? []).compactMap(\.string).prefix(5)
        throw Diagnostic(
            .conflict,
            "the schema is not compatible with those of the subject '\(subject)': "
                + reasons.joined(separator: "; "),
            hint: "give fields that come or go a default, or register under another subject")
    }

    public func remove(_ subject: String) throws(Diagnostic) {
        _ = try value("/subjects/\(Self.encoded(subject))", missing: [40401, 40404], method: "DELETE")
    }

    public func trial() throws(Diagnostic) -> any SchemaDirectory { RemoteTrial(self) }

    // MARK: For decoders

    public func avroSchema(id: Int32) throws(DecodeError) -> AvroSchema { try found(id).avro() }

    public func checkJSONSchema(id: Int32) throws(DecodeError) { try found(id).checkJSON() }

    private func found(_ id: Int32) throws(DecodeError) -> RegisteredSchema {
        let schema: RegisteredSchema?
        do throws(Diagnostic) {
            schema = try self.schema(id: id)
        } catch {
            switch error.code {
            case .unavailable, .permission, .config:
                throw DecodeError(.registryUnavailable, error.message)
            default: throw DecodeError(.noSchema, error.message)
            }
        }
        guard let schema else { throw RegisteredSchema.missing(id) }
        return schema
    }

    // MARK: Requests

    /// The answer; nil for a refusal that says that there is no such thing.
    private func value(
        _ path: String, missing: [Int], _ body: JSONValue? = nil, method: String? = nil
    ) throws(Diagnostic) -> JSONValue? {
        switch try requests.ask(path, method: method, body: body) {
        case .value(let json): return json
        case .refused(let status, let code, let message):
            if missing.contains(code) { return nil }
            throw Diagnostic(
                status == 409 ? .conflict : status == 422 ? .invalidValue : .unavailable,
                "the schema registry answers: \(message)",
                // Confluent's code for what is incompatible.
                hint: status == 409
                    ? "keep the types of the columns that are there, or write to another topic"
                    : nil)
        }
    }

    private static func body(_ definition: SchemaDefinition) -> JSONValue {
        var members: [JSONValue.Member] = [.init("schema", .string(definition.text))]
        if definition.type != .avro {
            members.append(.init("schemaType", .string(definition.type.rawValue)))
        }
        if !definition.references.isEmpty {
            let references = definition.references.map { reference -> JSONValue in
                [
                    "name": .string(reference.name), "subject": .string(reference.subject),
                    "version": .number(reference.version),
                ]
            }
            members.append(.init("references", .array(references)))
        }
        return .object(members)
    }

    private static func strange(_ path: String) -> Diagnostic {
        Diagnostic(.unavailable, "the schema registry's answer to \(path) has no schema id")
    }

    /// A path's part: all but letters, digits and `-._~` as `%XX`.
    static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            let isLetter = (byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A) || (byte >= 0x30 && byte <= 0x39)
            if isLetter || "-._~".utf8.contains(byte) {
                out.append(byte)
            } else {
                out += [0x25, digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }
}
