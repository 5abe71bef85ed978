import Diagnostics

/// What a configuration of Kafka Connect's JDBC sink says about one topic, beside the sink's properties.
public struct ConnectSink: Sendable {
    /// The topic's name.
    public let topic: String
    /// Settings that were given and make no difference here.
    public let withoutEffect: [String]

    /// What the relation's records are to the sink.
    public func record(of relation: Relation) -> ConnectRecord { ConnectRecord(relation, topic: topic) }
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
