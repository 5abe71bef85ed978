import Runtime

extension PipelineStatus {
    /// Rows that came too late, over all queries: a row that is too late for two of them counts twice.
    var late: Int64 { relations.reduce(0) { $0 + $1.late } }

    /// Records that were set aside: rows of the pipeline's own stream of dead letters where it has one, as
    /// that holds those of all its sources.
    var setAside: Int64 {
        relations.first { $0.name.lowercased() == "dead_letters" && !$0.isTable }?.rows ?? deadLetters
    }

    var duplicates: Int64 { relations.reduce(0) { $0 + $1.duplicates } }

    /// The event time up to which all inputs have come; nil before the first record of any.
    var watermark: Int64? { sources.compactMap(\.watermark).min() }
}
