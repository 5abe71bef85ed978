import Columnar
import Diagnostics

/// Turns a definition into the metadata of a table that is to be made.
enum NewTable {
    /// Throws for a name that no column may have.
    static func checkName(_ name: String, at location: String) throws(DeltaError) {
        guard name.isEmpty || name.utf8.contains(where: { " ,;{}()\n\t=".utf8.contains($0) }) else { return }
        throw .refused(
            Diagnostic(
                .invalidValue, "a column of the table at \(location) would be named \"\(name)\"",
                expected: "a name without blanks and any of , ; { } ( ) =", hint: "rename it with AS"))
    }

    static func metadata(
        _ definition: TableDefinition, _ environment: TableEnvironment, at location: String
    ) throws(DeltaError) -> TableMetadata {
        let schema = TableSchema(definition.schema)
        var seen: Set<String> = []
        for field in schema.fields {
            guard seen.insert(field.name.lowercased()).inserted else {
                throw .refused(
                    Diagnostic(
                        .duplicateColumn, "the table at \(location) would have two columns \(field.name)",
                        hint: "names in Delta tables differ in more than case: rename one with AS"))
            }
            try checkName(field.name, at: location)
        }
        var partitions: [String] = []
        for name in definition.partitionColumns {
            guard let index = schema.index(of: name) else {
                let near = NearestName.suggestion(for: name, among: schema.fields.map(\.name))
                throw .refused(
                    Diagnostic(
                        .unknownColumn, "the partition column \(name) is none of the table's at \(location)",
                        expected: "one of " + schema.fields.map(\.name).joined(separator: ", "),
                        hint: near.map { "did you mean \($0)?" }))
            }
            switch definition.schema[index].type {
            case .array, .map, .structure:
                throw .refused(
                    Diagnostic(
                        .typeMismatch,
                        "the table at \(location) cannot be partitioned by \(name), which is "
                            + definition.schema[index].type.sql,
                        expected: "a column of a flat type"))
            default: partitions.append(schema.fields[index].name)
            }
        }
        guard partitions.count < schema.fields.count else {
            throw .refused(
                Diagnostic(
                    .invalidValue,
                    "the table at \(location) would have no columns beside its partition columns",
                    expected: "at least one column that is not in 'partition.by'"))
        }
        return TableMetadata(
            id: environment.identifier(), name: definition.name, comment: definition.comment, schema: schema,
            partitionColumns: partitions, configuration: definition.properties,
            createdTime: environment.clock())
    }
}
