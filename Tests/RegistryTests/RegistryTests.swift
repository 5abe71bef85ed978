import Diagnostics
import Formats
import Registry
import Testing

@Suite struct RegistryTests {
    private static func record(_ fields: String) -> String {
        #"{"type": "record", "name": "User", "fields": [\#(fields)]}"#
    }

    private static let id = #"{"name": "id", "type": "long"}"#
    private static let user = record(id)
    private static let named = record(id + #", {"name": "name", "type": "string", "default": "-"}"#)
    private static let strict = record(id + #", {"name": "name", "type": "string"}"#)

    @Test func aSchemaHasOneIDAndASubjectCountsVersions() throws {
        let registry = SchemaRegistry()
        let first = try registry.register(Self.user, subject: "users-value")
        #expect(first == 1)
        #expect(try registry.register(Self.user, subject: "users-value") == first)
        #expect(try registry.register(Self.user.replacing(" ", with: ""), subject: "users-value") == first)
        #expect(try registry.register(Self.user, subject: "people-value") == first)
        #expect(try registry.register(Self.named, subject: "users-value") == 2)
        #expect(registry.versions("users-value").map(\.version) == [1, 2])
        #expect(registry.latest("users-value")?.text == AvroSchemaText.of(Self.named))
        #expect(registry.subjects() == ["people-value", "users-value"])
        #expect(registry.uses(of: first).map(\.subject) == ["people-value", "users-value"])
        #expect(try registry.lookup(Self.user, subject: "users-value")?.version == 1)
        #expect(try registry.lookup(Self.strict, subject: "users-value") == nil)
        #expect(registry.schema(id: 3) == nil)
    }

    @Test func anIDThatIsGivenIsKeptUnlessItIsTaken() throws {
        let registry = SchemaRegistry()
        #expect(try registry.register(Self.user, subject: "a", id: 100) == 100)
        #expect(try registry.register(Self.named, subject: "a") == 101)
        let error = #expect(throws: Diagnostic.self) {
            try registry.register(Self.strict, subject: "b", id: 100)
        }
        #expect(error?.code == .conflict)
    }

    @Test func aVersionThatIsDeletedSoftlyStillReadsAndItsNumberIsNotUsedAgain() throws {
        let registry = SchemaRegistry()
        let id = try registry.register(Self.user, subject: "s")
        #expect(throws: Diagnostic.self) { try registry.delete("s", version: 1, forGood: true) }
        try registry.delete("s", version: 1)
        #expect(registry.latest("s") == nil)
        #expect(registry.subjects() == [])
        #expect(registry.subjects(includingDeleted: true) == ["s"])
        #expect(registry.schema(id: id)?.text == AvroSchemaText.of(Self.user))
        #expect(throws: Diagnostic.self) { try registry.delete("s", version: 1) }
        #expect(try registry.register(Self.user, subject: "s") == id)
        #expect(registry.versions("s").map(\.version) == [2])
        try registry.delete("s", version: 1, forGood: true)
        #expect(try registry.delete("s") == [2])
        #expect(try registry.delete("s", forGood: true) == [2])
        #expect(registry.schema(id: id) == nil)
        #expect(try registry.register(Self.user, subject: "s") == id + 1)
        #expect(throws: Diagnostic.self) { try registry.delete("nobody") }
    }

    @Test func aRegistryIsReadBackFromItsStorage() throws {
        let storage = MemoryRegistryStorage()
        let registry = try SchemaRegistry(storage: storage)
        try registry.register(Self.user, subject: "s")
        try registry.register(Self.named, subject: "s")
        try registry.register(#"{"type": "object"}"#, type: .json, subject: "j")
        try registry.setLevel(.fullTransitive, subject: "s")
        try registry.setLevel(.forward)
        try registry.delete("s", version: 1)
        let again = try SchemaRegistry(storage: storage)
        #expect(again.subjects() == registry.subjects())
        #expect(again.versions("s") == registry.versions("s"))
        #expect(again.level("s") == .fullTransitive)
        #expect(again.level() == .forward)
        #expect(try again.register(Self.named, subject: "other") == 2)
        let copy = again.copy()
        try copy.register(Self.user, subject: "copy")
        #expect(again.latest("copy") == nil)
    }

    @Test func aLevelSaysWhoMustReadWhom() throws {
        for (level, schema, isTaken) in [
            (CompatibilityLevel.none, Self.strict, true), (.backward, Self.strict, false),
            (.forward, Self.strict, true), (.full, Self.strict, false), (.backward, Self.named, true),
            (.full, Self.named, true), (.fullTransitive, Self.named, true),
        ] {
            let registry = SchemaRegistry()
            try registry.setLevel(level)
            try registry.register(Self.user, subject: "s")
            #expect(
                try registry.incompatibilities(of: schema, subject: "s").isEmpty == isTaken, "\(level)")
            #expect(((try? registry.register(schema, subject: "s")) != nil) == isTaken, "\(level)")
        }
    }

    @Test func aTransitiveLevelLooksAtAllVersions() throws {
        // Each reads what the one before wrote, and the last not what the first wrote.
        let versions = [
            Self.record(#"{"name": "a", "type": "int"}"#),
            Self.record(#"{"name": "a", "type": "int"}, {"name": "b", "type": "int", "default": 0}"#),
            Self.record(#"{"name": "a", "type": "int"}, {"name": "b", "type": "int"}"#),
        ]
        let registry = SchemaRegistry()
        for version in versions.prefix(2) { try registry.register(version, subject: "s") }
        #expect(try registry.incompatibilities(of: versions[2], subject: "s") == [])
        try registry.setLevel(.backwardTransitive, subject: "s")
        let reasons = try registry.incompatibilities(of: versions[2], subject: "s")
        #expect(reasons.map(\.version) == [1])
        #expect(reasons.map(\.difference.kind) == [.fieldWithoutDefault])
        let error = #expect(throws: Diagnostic.self) { try registry.register(versions[2], subject: "s") }
        #expect(error?.code == .conflict)
        #expect(error?.message.contains("READER_FIELD_MISSING_DEFAULT_VALUE at /fields/1") == true)
        try registry.clearLevel(subject: "s")
        #expect(registry.level("s") == .backward)
        try registry.register(versions[2], subject: "s")
    }

    @Test func whatTheRegistryDoesNotKeepIsRefusedByName() throws {
        let registry = SchemaRegistry()
        let protobuf = #expect(throws: Diagnostic.self) {
            try registry.register("syntax = \"proto3\";", type: .protobuf, subject: "s")
        }
        #expect(protobuf?.code == .unsupported)
        #expect(throws: Diagnostic.self) { try registry.register("{}", subject: "s") }
        #expect(throws: Diagnostic.self) { try registry.register("[1", type: .json, subject: "s") }
        #expect(registry.subjects() == [])
    }
}
