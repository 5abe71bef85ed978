import Formats

/// `assert_schema`: ASSERT SCHEMA that holds.
struct AssertedSchema: Entity {
    let subject: String?
    let id: Int?
    let exists: Bool

    var type: String { "assert_schema" }

    var members: [JSONValue.Member] {
        [
            .init("subject", subject.map { .string($0) } ?? .null),
            .init("id", id.map { .number($0) } ?? .null), .init("exists", .boolean(exists)),
        ]
    }
}
