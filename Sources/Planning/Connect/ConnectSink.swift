import Diagnostics

/// What a configuration of Kafka Connect's JDBC sink says about one topic, beside the sink's properties.
public struct ConnectSink: Sendable {
    /// The topic's name.
    public let topic: String
    /// In the order in which they are applied, by their names in the configuration.
    let transforms: [(name: String, transform: ConnectTransform)]
    /// Settings that were given and make no difference here.
    public let withoutEffect: [String]

    /// What the relation's records are to the sink.
    ///
    /// - Throws: which transform can't be applied to them.
    public func record(
        of relation: Relation, _ properties: ConnectorProperties
    ) throws(Diagnostic) -> ConnectRecord {
        var record = ConnectRecord(relation, topic: topic)
        for (name, transform) in transforms {
            do throws(TransformFault) {
                try transform.apply(to: &record)
            } catch {
                throw Diagnostic(
                    .invalidValue,
                    "the transform \(name) of \(properties.owner) can't be applied to \(relation.name): "
                        + error.reason,
                    at: properties.location(of: "transforms.\(name.lowercased()).type"))
            }
        }
        let isKey: (ConnectRecord.Field) -> Bool = { field in
            if case .column(let column) = field.content { column < relation.keyCount } else { false }
        }
        // A record without a value has nothing to make such a key of.
        if try properties.boolean("delete.enabled", default: false), record.passesDeletions,
            !record.key.allSatisfy(isKey)
        {
            throw properties.invalid(
                "delete.enabled", "true",
                expected: "'false', where the key is made of the value: a record that deletes has none")
        }
        return record
    }
}

extension PipelinePlan {
    /// A line for each connector that was given settings which make no difference.
    public var connectorNotes: [String] {
        var notes: [String] = []
        var told: Set<String> = []
        for sink in sinks where told.insert(sink.connector).inserted {
            if let note = sink.note { notes.append(note) }
        }
        return notes
    }
}

extension SinkPlan {
    /// What is told of settings that make no difference; nil where there are none.
    public var note: String? {
        guard let names = connect?.withoutEffect, !names.isEmpty else { return nil }
        return "connector \(connector): " + names.joined(separator: ", ")
            + (names.count == 1 ? " is taken and has" : " are taken and have") + " no effect here"
    }
}
