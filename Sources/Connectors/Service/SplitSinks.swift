import Diagnostics
import Planning
import Postgres
import Storage

/// Sinks of pipelines whose work several tasks share.
public enum SplitSinks {
    /// Throws where two tasks could write the same row: then the last of them would win, whichever that is.
    public static func check(
        _ plan: PipelinePlan, _ split: PlanSplit, fileSystem: any FileSystem
    ) throws(Diagnostic) {
        for sink in plan.sinks
        where ["postgres", ConnectClass.jdbcSink].contains(sink.connectorClass) {
            let target = try PostgresSinkOptions(sink, fileSystem, readsSecrets: false).target
            guard target.mode != .append, let key = split.key(of: sink.from.name),
                !key.isCovered(byColumns: target.key, of: sink.from)
            else { continue }
            throw Diagnostic(
                .unsupported,
                "the sink \(sink.name.lowercased()) writes one row for each "
                    + "\(target.key.joined(separator: ", ")), which does not follow the \(key.text): rows of "
                    + "several tasks would replace each other",
                at: sink.properties.location(of: "pk.fields"),
                hint: "have the topic's key among 'pk.fields', append ('insert.mode' = 'insert'), or run one "
                    + "process, without --service")
        }
    }
}
