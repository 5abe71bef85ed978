import Columnar
import Diagnostics
import Synchronization

/// Writes epochs into a table, each with its marker in one transaction.
///
/// ```
/// BEGIN ─► marker moves (or: has it already ─► ROLLBACK, done) ─► rows ─► refused rows kept ─► COMMIT
/// ```
/// Sessions are those of a pool, and are held for one call. For one thread at a time.
public final class TableWriter: @unchecked Sendable {
    private let pool: ConnectionPool
    private let target: TableTarget
    private let markers: EpochMarkers
    /// Tells this writer's temporary tables from those of others in the same session.
    private let number: Int
    private var plan: Plan?
    /// Whether the last attempt ended with a session that is lost.
    private var hasLostSession = false

    private static let numbers = Atomic<Int>(0)

    /// How rows get into the table as it is.
    private struct Plan {
        let signature: String
        let rows: LoadPlan
        let deletes: LoadPlan?

        var stages: [LoadStage] { [rows.stage, deletes?.stage].compactMap { $0 } }
    }

    public init(_ pool: ConnectionPool, _ target: TableTarget, _ identity: WriterIdentity) {
        self.pool = pool
        self.target = target
        markers = EpochMarkers(target.name, identity)
        number = Self.numbers.wrappingAdd(1, ordering: .relaxed).newValue
    }

    /// The database, without its password.
    public var place: String { pool.place }

    // MARK: Opening

    /// Makes what is missing and may be made, checks the table, and says which epoch of ours it has.
    public func open(expectedEpoch: Int64?, openEpoch: Int64) throws(PostgresError) -> Int64? {
        try pool.withConnection(for: number) { connection throws(PostgresError) in
            do throws(PostgresError) {
                // Those who open at the same time make a table one after another.
                try connection.execute("BEGIN; SELECT pg_advisory_xact_lock(727463, 1)")
                let table = try makeTable(over: connection)
                try markers.make(over: connection)
                let last = try markers.verify(
                    over: connection, expectedEpoch: expectedEpoch, openEpoch: openEpoch)
                plan = try makePlan(table, over: connection)
                try connection.execute("COMMIT")
                return last
            } catch {
                connection.isDiscarded = true
                throw error
            }
        }
    }

    private func makeTable(over connection: PostgresConnection) throws(PostgresError) -> TableDescription {
        var found = try TableDescription.read(target.name, over: connection)
        if found == nil, target.creates {
            try connection.execute(target.creation)
            found = try TableDescription.read(target.name, over: connection)
        }
        guard var table = found else {
            throw .refused(
                Diagnostic(
                    .notFound, "there is no table \(target.name) at \(place)",
                    hint: "set 'auto.create' = 'true', or run: \(target.creation)"))
        }
        guard target.evolves else { return table }
        let missing = target.schema.fields.filter { TableFit.column($0.name, in: table) == nil }
        for field in missing {
            try connection.execute(
                "ALTER TABLE \(target.name.quoted) ADD COLUMN IF NOT EXISTS \(SQLName.quoted(field.name)) "
                    + NaturalType(field.type).sql)
        }
        if !missing.isEmpty, let evolved = try TableDescription.read(target.name, over: connection) {
            table = evolved
        }
        return table
    }

    private func makePlan(
        _ table: TableDescription, over connection: PostgresConnection
    ) throws(PostgresError) -> Plan {
        let fit: TableFit
        do throws(Diagnostic) { fit = try TableFit(target, table) } catch { throw .refused(error) }
        return Plan(
            signature: try signature(over: connection), rows: .rows(target, fit, writer: number),
            deletes: target.deletes ? .deletes(target, fit, writer: number) : nil)
    }

    /// Names and types of the table's columns: another text once one has changed.
    private func signature(over connection: PostgresConnection) throws(PostgresError) -> String {
        try connection.query(
            """
            SELECT string_agg(attname || ':' || atttypid || ':' || atttypmod, ',' ORDER BY attnum)
            FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT attisdropped
            """, [target.name.quoted]
        ).value ?? ""
    }

    /// Makes the temporary tables that the session lacks.
    private func makeStages(_ plan: Plan, over connection: PostgresConnection) throws(PostgresError) {
        for stage in plan.stages where connection.stages[stage.name] != plan.signature {
            try connection.execute(stage.creation)
            connection.stages[stage.name] = plan.signature
        }
    }

    // MARK: Writing

    /// Encodes what is not encoded yet. Talks to nobody.
    public func prepare(_ prepared: PreparedRows) {
        guard let plan, prepared.signature != plan.signature else { return }
        let encoder = RowEncoder(schema: plan.rows.schema, wires: plan.rows.wires)
        prepared.wireRows = prepared.rows.map(encoder.encode)
        if let deletes = plan.deletes {
            let encoder = RowEncoder(schema: deletes.schema, wires: deletes.wires)
            prepared.wireDeletes = prepared.deletes.map(encoder.encode)
        }
        prepared.signature = plan.signature
    }

    /// Makes the rows visible under the epoch's number; does nothing where the table has the epoch.
    ///
    /// - Parameter keep: makes the rows that the database refused durable elsewhere, before the rest is
    ///   committed. What it throws ends the transaction.
    public func commit(
        _ prepared: PreparedRows, epoch: Int64, keep: ([RefusedRow]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        do throws(PostgresError) {
            return try attempt(prepared, epoch, keep)
        } catch {
            // A session that was lost while nothing was written is no reason to wait.
            guard case .unavailable = error, hasLostSession else { throw Self.final(error) }
            pool.closeIdle()
        }
        do throws(PostgresError) { try attempt(prepared, epoch, keep) } catch { throw Self.final(error) }
    }

    /// What is refused outside of rows is the statement's fault, not theirs.
    private static func final(_ error: PostgresError) -> PostgresError {
        if case .rejected = error { return .refused(error.diagnostic) }
        return error
    }

    private func attempt(
        _ prepared: PreparedRows, _ epoch: Int64, _ keep: ([RefusedRow]) throws(PostgresError) -> Void
    ) throws(PostgresError) {
        hasLostSession = false
        try pool.withConnection(for: number) { connection throws(PostgresError) in
            let former = connection.stages
            do throws(PostgresError) {
                if let plan { try makeStages(plan, over: connection) }
                try write(prepared, epoch, keep, over: connection)
            } catch {
                hasLostSession = connection.isBroken
                do throws(PostgresError) { try connection.execute("ROLLBACK") } catch {
                    connection.isDiscarded = true
                }
                // Temporary tables that were made in the transaction are gone with it.
                if connection.stages != former { connection.isDiscarded = true }
                throw error
            }
        }
    }

    private func write(
        _ prepared: PreparedRows, _ epoch: Int64, _ keep: ([RefusedRow]) throws(PostgresError) -> Void,
        over connection: PostgresConnection
    ) throws(PostgresError) {
        // The lock keeps the columns as they are; constraints must not wait for COMMIT, which could not
        // tell which row it was.
        try connection.execute(
            "BEGIN; SET CONSTRAINTS ALL IMMEDIATE; "
                + "LOCK TABLE \(target.name.quoted) IN ROW EXCLUSIVE MODE")
        guard try markers.advance(to: epoch, over: connection) else {
            return try connection.execute("ROLLBACK")
        }
        let plan = try currentPlan(over: connection)
        prepare(prepared)
        var loader = RowLoader(connection, pieceRows: target.pieceRows)
        if let deletes = plan.deletes { try loader.load(prepared.wireDeletes, by: deletes) }
        try loader.load(prepared.wireRows, by: plan.rows)
        try keep(loader.refused)
        try connection.execute("COMMIT")
    }

    /// The plan for the table as it is: somebody may have changed it since.
    private func currentPlan(over connection: PostgresConnection) throws(PostgresError) -> Plan {
        if let plan, plan.signature == (try signature(over: connection)) { return plan }
        guard let table = try TableDescription.read(target.name, over: connection) else {
            throw .refused(Diagnostic(.notFound, "table \(target.name) at \(place) is gone"))
        }
        let plan = try makePlan(table, over: connection)
        // Within the transaction: what fails leaves the former ones.
        try makeStages(plan, over: connection)
        self.plan = plan
        return plan
    }
}
