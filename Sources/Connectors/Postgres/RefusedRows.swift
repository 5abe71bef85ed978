import Columnar
import Diagnostics
import Formats
import Postgres
import Runtime
import Storage

/// Keeps the rows of one sink that the database refuses: dead letters with the database's message.
final class RefusedRows: Sendable {
    private let files: DeadLetterFiles
    private let table: String
    private let directory: String
    private let report: @Sendable (Diagnostic) -> Void

    init(
        _ fileSystem: any FileSystem, directory: String, sink: String, table: String,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        files = DeadLetterFiles(
            fileSystem: fileSystem, directory: directory, sourceName: sink + "-refused")
        self.table = table
        self.directory = directory
        self.report = report
    }

    /// Makes them durable; what an earlier attempt at the epoch has left is replaced.
    func keep(_ rows: [RefusedRow], epoch: Int64, clock: Int64) throws(PostgresError) {
        do throws(StorageError) {
            guard !rows.isEmpty else { return try files.discard(epoch: epoch) }
            files.begin(clock: clock)
            files.append(
                rows.enumerated().map { number, row in letter(of: row, number: number) }, clock: nil)
            try files.end(epoch: epoch)()
        } catch {
            throw .unavailable(
                Diagnostic(
                    .unavailable,
                    "rows that the database refuses can't be kept: \(error.reason) (\(error.path))",
                    hint: "make room on the disk or mend its permissions: the pipeline goes on by itself"))
        }
    }

    /// Tells of rows that are dead letters now.
    func announce(_ rows: [RefusedRow]) {
        guard let first = rows.first else { return }
        let what = rows.count == 1 ? "1 row" : "\(rows.count) rows"
        report(
            Diagnostic(
                .malformedData, "table \(table) refuses \(what), first: \(first.message.text)",
                hint: "they are dead letters in \(directory)"))
    }

    private func letter(of row: RefusedRow, number: Int) -> DeadLetter {
        let text = ByteWriter()
        let encoder = JSONEncoder(schema: row.batch.schema, times: .iso8601)
        _ = encoder.append(row: 0, of: EncodedBatch(row.batch.slice(row.row..<row.row + 1)), to: text)
        return DeadLetter(
            source: table, partition: 0, offset: Int64(number), code: Self.code(row.message.sqlState),
            reason: row.message.text, bytes: Array(text.bytes))
    }

    /// PostgreSQL's own names of what happens often.
    private static func code(_ sqlState: String) -> String {
        switch sqlState {
        case "22001": return "string_data_right_truncation"
        case "22003": return "numeric_value_out_of_range"
        case "22008": return "datetime_field_overflow"
        case "22021": return "character_not_in_repertoire"
        case "22P02": return "invalid_text_representation"
        case "23502": return "not_null_violation"
        case "23503": return "foreign_key_violation"
        case "23505": return "unique_violation"
        case "23514": return "check_violation"
        case "23P01": return "exclusion_violation"
        default: return "sqlstate_" + sqlState.lowercased()
        }
    }
}
