import Planning
import Runtime

/// What has gone through a stream or table since its query or source began, as lines for people.
struct RelationStatistics {
    private var rows: Int64 = 0
    private var late: Int64 = 0
    private var duplicates: Int64 = 0
    private var deadLetters: Int64 = 0

    init(_ relation: Relation, _ snapshot: EngineSnapshot) {
        // Each query that reads a relation counts it for itself: the one that has got farthest tells most.
        for standing in snapshot.queries + snapshot.connectors {
            for count in standing.status.relations where count.name == relation.name {
                rows = max(rows, count.rows)
                late = max(late, count.late)
                duplicates = max(duplicates, count.duplicates)
            }
            for source in standing.status.sources where source.name == relation.name {
                rows = max(rows, source.records)
                deadLetters = max(deadLetters, source.deadLetters)
            }
        }
    }

    var text: String { "total-messages: \(rows)  late: \(late)  duplicates: \(duplicates)" }

    var errorText: String { deadLetters == 0 ? "" : "dead-letters: \(deadLetters)" }
}
