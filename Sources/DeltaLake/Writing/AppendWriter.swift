import Columnar
import Diagnostics

/// Adds the rows of a stream to a table, each epoch exactly once.
///
/// ```
/// encode (any thread, any number of times)  batches → data files in the store
/// commit(epoch:)                            the files and the epoch's number in one commit
/// ```
/// A crash before the commit leaves only files that are in no table. An epoch that is in the log is not
/// committed again. Safe to use from many threads; `commit` from one.
public final class AppendWriter: Sendable {
    public let table: DeltaTable
    public let identity: SinkIdentity
    private let plan: DataFilePlan
    /// What the plan was made for.
    private let version: Int64
    private let metadata: TableMetadata

    /// Throws a diagnostic when the columns do not fit the table.
    /// - Parameter schema: the columns of the batches.
    public init(
        _ table: DeltaTable, schema: Schema, identity: SinkIdentity, options: WriteOptions = WriteOptions()
    ) throws(DeltaError) {
        self.table = table
        self.identity = identity
        let snapshot = table.snapshot
        version = snapshot.version
        metadata = snapshot.metadata
        try snapshot.tableProtocol.checkWritable(snapshot.metadata, removing: false, at: table.store.location)
        plan = try DataFilePlan(
            sink: schema, metadata: snapshot.metadata, options: options, at: table.store.location)
    }

    /// Throws when the table holds epochs of another instance, or lacks what the checkpoint says was
    /// committed.
    ///
    /// See ``SinkIdentity/verify(_:expectedEpoch:openEpoch:)``.
    public func verify(expectedEpoch: Int64?, openEpoch: Int64) throws(DeltaError) {
        try identity.verify(table, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
    }

    /// The last epoch in the table's log.
    public var lastCommitted: Int64? { table.lastCommitted(identity.appId) }

    /// A writer of one thread's share of an epoch's rows; `finish` gives the files for `commit`.
    public func fileWriter(epoch: Int64) -> DataFileWriter {
        DataFileWriter(
            plan,
            DataFilePlacer(table, epoch: epoch, dataChange: true, compression: plan.options.compression))
    }

    /// Encodes batches into data files and puts them into the store. For any thread.
    public func encode(_ batches: [Batch], epoch: Int64) throws(DeltaError) -> [PendingFile] {
        let writer = fileWriter(epoch: epoch)
        for batch in batches { try writer.add(batch) }
        return try writer.finish()
    }

    /// Makes the files part of the table; nil when there are none, and nothing is written.
    /// - Parameter notes: counts that the table's history is to keep, such as late rows.
    public func commit(
        epoch: Int64, files: [PendingFile], notes: [String: Int64] = [:]
    ) throws(DeltaError) -> CommitOutcome? {
        if files.isEmpty { return nil }
        let proposal = CommitProposal(
            actions: files.map { .add($0.add) }, version: version, metadata: metadata,
            operation: "STREAMING UPDATE",
            parameters: ["outputMode": "Append", "queryId": identity.appId, "epochId": String(epoch)],
            notes: notes, basis: .nothing,
            step: SetTransaction(
                appId: identity.appId, version: epoch, lastUpdated: table.environment.clock()),
            writer: identity)
        var last: DeltaError?
        for _ in 0..<AppendWriter.attempts {
            do throws(DeltaError) { return try table.commit(proposal) } catch {
                // Somebody changed what the table is: the files may fit nevertheless.
                guard case .conflict = error, table.snapshot.metadata.takesRows(of: metadata) else {
                    throw error
                }
                last = error
            }
        }
        throw last
            ?? .unavailable(Diagnostic(.conflict, "the table at \(table.store.location) is always changing"))
    }

    /// How often the schema or the properties may change while the epoch is committed.
    private static let attempts = 20
}
