import DeltaLake
import Diagnostics
import Runtime

/// From where the pipeline goes on: what its state says of the moment up to which bronze has come.
///
/// An epoch that a crash left open counts as far as bronze has it. Its state was durable before any sink
/// committed, so where bronze has the epoch, the sources' positions at its end are there too.
struct BronzeReach {
    /// The pipeline's own words about its source at that moment.
    struct Checkpoint {
        let position: [UInt8]?
        /// The last epoch with rows that the bronze table has.
        let sinkEpoch: Int64?
    }

    private let table: BronzeTable
    private let state: StandingState

    init(_ table: BronzeTable, _ state: StandingState) {
        self.table = table
        self.state = state
    }

    /// Throws where the state and the table do not belong together, or bronze lacks records that the pipeline
    /// has taken.
    func checkpoint(rowsFound: Int) throws(Diagnostic) -> Checkpoint {
        let plan = table.plan
        let identity = SinkIdentity(instance: state.instance, sink: plan.sink.name)
        let committed = table.table.lastCommitted(identity.appId)
        let epoch = committed.flatMap { state.open.contains($0) ? $0 : nil } ?? state.done
        let checkpoint = try state.checkpoint(of: epoch)
        try ReplayFailure.told { () throws(DeltaError) in
            try identity.verify(
                table.table, expectedEpoch: checkpoint.sinkEpochs[plan.sink.name],
                openEpoch: state.open.last ?? state.done + 1)
        }
        let rows = checkpoint.rows[plan.source.name] ?? 0
        guard rows == Int64(rowsFound) else { throw mismatch(rows, Int64(rowsFound)) }
        return Checkpoint(
            position: checkpoint.positions[plan.source.name],
            sinkEpoch: checkpoint.sinkEpochs[plan.sink.name] ?? committed)
    }

    private func mismatch(_ rows: Int64, _ found: Int64) -> Diagnostic {
        let plan = table.plan
        return Diagnostic(
            .state,
            "the table at \(plan.options.path) has \(found) records, where the pipeline has taken \(rows) "
                + "from \(plan.source.name)",
            expected: "a bronze table that was there from the pipeline's beginning, with all its rows",
            hint: found < rows
                ? "what 'rows.retention' or others have removed can't be rebuilt; the live tables have it"
                : "somebody else has added rows to it")
    }
}
