import Runtime

extension PipelineStatus {
    /// Rows that came too late, over all queries: a row that is too late for two of them counts twice.
    var late: Int64 { relations.reduce(0) { $0 + $1.late } }

    var duplicates: Int64 { relations.reduce(0) { $0 + $1.duplicates } }

    /// The event time up to which all inputs have come; nil before the first record of any.
    var watermark: Int64? { sources.compactMap(\.watermark).min() }
}
