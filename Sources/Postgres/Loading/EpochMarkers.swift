import Diagnostics

/// The table `millrace_epochs` beside a table that is written to: which epoch of which sink it has.
///
/// An epoch's marker moves in the transaction that brings its rows.
struct EpochMarkers {
    let table: TableName
    let identity: WriterIdentity
    private var name: TableName { table.beside("millrace_epochs") }

    init(_ table: TableName, _ identity: WriterIdentity) {
        self.table = table
        self.identity = identity
    }

    /// Makes the table where it is not there. Within a transaction.
    func make(over connection: PostgresConnection) throws(PostgresError) {
        // First look: who may not create tables may have been given this one.
        guard try connection.query("SELECT to_regclass($1)", [name.quoted]).value == nil else { return }
        try connection.execute(
            """
            CREATE TABLE IF NOT EXISTS \(name.quoted) (
                application_id text NOT NULL, table_name text NOT NULL, instance text NOT NULL,
                sink text NOT NULL, epoch bigint NOT NULL, committed_at timestamptz NOT NULL DEFAULT now(),
                PRIMARY KEY (application_id, table_name));
            COMMENT ON TABLE \(name.quoted) IS
                'Which epochs of Millrace''s sinks the tables of this schema have: written with the rows, '
                'so that a restart neither loses nor doubles any. Leave it alone.'
            """)
    }

    /// The last epoch of ours that the table has.
    ///
    /// - Throws: `refused` when the table holds epochs of another instance, lacks what the checkpoint says
    ///   was committed, or is ahead of it.
    func verify(
        over connection: PostgresConnection, expectedEpoch: Int64?, openEpoch: Int64
    ) throws(PostgresError) -> Int64? {
        let found = try connection.query(
            "SELECT instance, epoch FROM \(name.quoted) WHERE table_name = $1 AND sink = $2 ORDER BY epoch",
            [table.name, identity.sink])
        let place = "table \(table) at \(connection.place)"
        let others = found.rows.filter { $0[0] != identity.instance && !identity.isPeer($0[0] ?? "") }
        if let other = others.last {
            throw .refused(
                Diagnostic(
                    .state,
                    "\(place) holds epochs of another instance of sink \(identity.sink): "
                        + "\(other[0] ?? "") has committed up to epoch \(other[1] ?? "")",
                    expected:
                        "a table that only this instance (\(identity.instance)) writes to with this sink",
                    hint:
                        "run with the state directory of that instance (--state), give the sink another "
                        + "name, write to another table, or, where the rows that are there may be "
                        + "followed by all of them again, DELETE FROM \(name.quoted) WHERE table_name = "
                        + SQLName.literal(table.name) + " AND sink = " + SQLName.literal(identity.sink)))
        }
        let own = found.rows.last { $0[0] == identity.instance }
        let last = own.flatMap { $0[1] }.flatMap { Int64($0) }
        if let expectedEpoch, (last ?? -1) < expectedEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "\(place) lacks epoch \(expectedEpoch), which the checkpoint says was committed; "
                        + (last.map { "its last one is \($0)" } ?? "it has none of sink \(identity.sink)"),
                    expected: "epoch \(expectedEpoch) in \(name)",
                    hint:
                        "restore the table, or start with a new state directory (--state) and an empty table"
                ))
        }
        if let last, last > openEpoch {
            throw .refused(
                Diagnostic(
                    .state,
                    "\(place) is at epoch \(last) of sink \(identity.sink), but the checkpoint goes on with "
                        + "epoch \(openEpoch)",
                    expected: "the checkpoint that belongs to the table",
                    hint: "run with the newest state directory (--state), or write to another table"))
        }
        return last
    }

    /// Notes the epoch; false when the table has it already. Within the transaction of its rows.
    ///
    /// Waits for a former session of ours whose COMMIT may still be under way: both want this row.
    func advance(to epoch: Int64, over connection: PostgresConnection) throws(PostgresError) -> Bool {
        try connection.query(
            """
            INSERT INTO \(name.quoted) AS m (application_id, table_name, instance, sink, epoch)
            VALUES ($1, $2, $3, $4, $5::bigint)
            ON CONFLICT (application_id, table_name)
            DO UPDATE SET epoch = EXCLUDED.epoch, committed_at = now() WHERE m.epoch < EXCLUDED.epoch
            """,
            [identity.applicationID, table.name, identity.instance, identity.sink, String(epoch)]
        ).affected == 1
    }
}
