import Formats

/// Compares a new schema with an old one, as a level asks.
enum Compatibility {
    static func refusals(
        of new: RegisteredSchema.Content, with old: RegisteredSchema.Content, version: Int,
        level: CompatibilityLevel
    ) -> [Incompatibility] {
        var found: [Incompatibility] = []
        if level.looksBackward {
            found += differences(reader: new, writer: old).map {
                Incompatibility(reader: .new, version: version, difference: $0)
            }
        }
        if level.looksForward {
            found += differences(reader: old, writer: new).map {
                Incompatibility(reader: .old, version: version, difference: $0)
            }
        }
        return found
    }

    private static func differences(
        reader: RegisteredSchema.Content, writer: RegisteredSchema.Content
    ) -> [SchemaDifference] {
        switch (reader, writer) {
        case (.avro(let reader), .avro(let writer)):
            return AvroCompatibility.differences(reader: reader, writer: writer)
        case (.json(let reader), .json(let writer)):
            return JSONSchemaCompatibility.differences(reader: reader, writer: writer)
        default:
            return [
                SchemaDifference(.typeChanged, at: "", "the schemas are of two types, Avro and JSON Schema")
            ]
        }
    }
}
