import Columnar
import DeltaLake
import Diagnostics
import Runtime
import Storage

/// The Delta table that a sink writes to, and what both kinds of sink do alike.
struct DeltaTarget: Sendable {
    let store: any ObjectStore
    let partitionColumns: [String]
    let options: WriteOptions
    let compacts: Bool
    let evolves: Bool
    let properties: DeltaTableProperties
    /// Milliseconds; nil for ever.
    let rowRetention: Int64?
    let environment: TableEnvironment

    /// The table, made when it is not there; one that is there gets the properties that were asked for.
    func table(_ schema: Schema) throws(DeltaError) -> DeltaTable {
        let table = try DeltaTable.openOrCreate(
            store,
            TableDefinition(
                schema: schema, partitionColumns: partitionColumns, properties: properties.ofNewTable),
            environment: environment)
        try table.set(properties: properties.asked)
        if evolves { try table.evolve(to: schema) }
        return table
    }

    /// Merges small files once enough of them have gathered.
    func compact(_ table: DeltaTable) throws(SinkError) {
        _ = try Self.attempting { () throws(DeltaError) in
            try Compaction(table, options: options).runIfDue()
        }
    }

    /// Takes days out of the table that are too old.
    func expireRows(_ table: DeltaTable) throws(SinkError) {
        guard let rowRetention else { return }
        _ = try Self.attempting { () throws(DeltaError) in
            try RowRetention(table, age: rowRetention).run()
        }
    }

    /// Deletes a bounded number of the files that nobody needs any more.
    func cleanUp(_ housekeeping: Housekeeping?) throws(SinkError) {
        guard let housekeeping else { return }
        _ = try Self.attempting { () throws(DeltaError) in try housekeeping.run() }
    }

    /// From `<instance>/<sink>`.
    static func identity(_ applicationID: String) -> SinkIdentity {
        let parts = applicationID.split(separator: "/", maxSplits: 1).map(String.init)
        return SinkIdentity(instance: parts.first ?? "", sink: parts.count > 1 ? parts[1] : "")
    }

    static func attempting<Result>(_ step: () throws(DeltaError) -> Result) throws(SinkError) -> Result {
        do throws(DeltaError) { return try step() } catch { throw sinkError(error) }
    }

    static func sinkError(_ error: DeltaError) -> SinkError {
        switch error {
        case .unavailable(let diagnostic), .conflict(let diagnostic): return .unavailable(diagnostic)
        case .missing(let diagnostic), .refused(let diagnostic), .corrupt(let diagnostic):
            return .refused(diagnostic)
        }
    }
}
