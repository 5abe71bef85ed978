import Columnar
import Diagnostics
import Formats
import Runtime
import Storage

/// Keeps the rows of one sink that its topic's schema has no place for: dead letters with the reason.
final class RefusedMessages: Sendable {
    struct Refused: Sendable {
        let values: [Value]
        let reason: DecodeError
    }

    private let files: DeadLetterFiles
    private let topic: String
    private let directory: String
    private let report: @Sendable (Diagnostic) -> Void

    init(
        _ fileSystem: any FileSystem, directory: String, sink: String, topic: String,
        report: @escaping @Sendable (Diagnostic) -> Void
    ) {
        files = DeadLetterFiles(
            fileSystem: fileSystem, directory: directory, sourceName: sink + "-refused")
        self.topic = topic
        self.directory = directory
        self.report = report
    }

    /// Makes them durable; what an earlier attempt at the epoch has left is replaced.
    func keep(_ rows: [Refused], epoch: Int64, clock: Int64) throws(SinkError) {
        if rows.isEmpty { return }
        do throws(StorageError) {
            files.begin(clock: clock)
            let letters = rows.enumerated().map { number, row in
                DeadLetter(
                    source: topic, partition: 0, offset: Int64(number), code: row.reason.code.rawValue,
                    reason: row.reason.message,
                    bytes: Array(row.values.map { "\($0)" }.joined(separator: ", ").utf8))
            }
            files.append(letters, clock: nil)
            try files.end(epoch: epoch)()
        } catch {
            throw .unavailable(
                Diagnostic(
                    .unavailable,
                    "rows that the topic \(topic) refuses can't be kept: \(error.reason) (\(error.path))",
                    hint: "make room on the disk or mend its permissions: the pipeline goes on by itself"))
        }
    }

    /// Tells of rows that are dead letters now.
    func announce(_ rows: [Refused]) {
        guard let first = rows.first else { return }
        let what = rows.count == 1 ? "1 row" : "\(rows.count) rows"
        report(
            Diagnostic(
                .malformedData, "topic \(topic) refuses \(what), first: \(first.reason.message)",
                hint: "they are dead letters in \(directory)"))
    }
}
