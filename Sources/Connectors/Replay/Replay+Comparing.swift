import DeltaLake
import Diagnostics
import Planning
import Runtime
import Storage

extension Replay {
    /// Each table as it is and as it was rebuilt by now.
    ///
    /// Where the pipeline is at work, its tables are taken as of the epoch up to which bronze was replayed.
    public func tables() throws(Diagnostic) -> [ReplayedTable] {
        let epoch = bronzeEpoch
        var found: [ReplayedTable] = []
        for sink in rebuilt {
            let options = try DeltaSinkOptions(sink)
            let columns = DeltaSinkSchema(sink.from, options.columnCase)
            let application = application(of: sink)
            let sides = try ReplayFailure.told {
                () throws(DeltaError) -> (live: ReplayedTable.Side?, rebuilt: ReplayedTable.Side) in
                let live = try DeltaTable.openIfPresent(
                    LocalObjectStore(options.path, in: fileSystem), environment: tableEnvironment)
                let made = try DeltaTable.open(
                    LocalObjectStore(ReplayPlaces.rebuilt(options.path), in: fileSystem),
                    environment: tableEnvironment)
                return (
                    try live.map { table throws(DeltaError) in
                        ReplayedTable.Side(
                            table: table, snapshot: try table.snapshot(at: application, step: epoch))
                    },
                    ReplayedTable.Side(table: made, snapshot: made.snapshot)
                )
            }
            let named = plan.namingColumns(of: sink.from) ?? []
            let key =
                sink.from.kind == .table ? columns.keyNames : named.map { columns.schema.fields[$0].name }
            found.append(
                ReplayedTable(
                    sink: sink.name.lowercased(), path: options.path, live: sides.live,
                    rebuilt: sides.rebuilt, key: key))
        }
        return found
    }

    /// The last epoch of the pipeline that bronze had when it was looked at last; `max` where it has none.
    private var bronzeEpoch: Int64 {
        sources.compactMap { source in
            source.table.table.lastCommitted(application(of: source.table.plan.sink))
        }.min() ?? .max
    }
}
