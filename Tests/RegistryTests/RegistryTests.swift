import Diagnostics
import Registry
import Testing

@Suite struct RegistryTests {
    private static let user =
        #"{"type": "record", "name": "User", "fields": [{"name": "id", "type": "long"}]}"#

    @Test func theSameSchemaHasOneIDAndANewOneANewVersion() throws {
        let registry = SchemaRegistry()
        let first = try registry.register(Self.user, subject: "users-value")
        #expect(first == 1)
        #expect(try registry.register(Self.user, subject: "users-value") == first)
        #expect(try registry.register(Self.user, subject: "people-value") == first)
        #expect(registry.versions("users-value").map(\.version) == [1])
        #expect(registry.subjects() == ["people-value", "users-value"])
        #expect(registry.uses(of: first).map(\.subject) == ["people-value", "users-value"])
    }
}
