import Columnar
import Diagnostics
import Formats
import Storage

/// Records that did not fit when they came, from one file of dead letters: with `on_error = 'dead_letter'`
/// they are not in bronze, and come back from here.
struct DeadLetterRecords {
    /// Lines that are no records, such as one for a file that has vanished: they stay as they are.
    private(set) var others: [[UInt8]] = []
    private let columns: [String: Column]
    private let count: Int

    /// What was wrong with a record as a whole, and so may be well with another schema.
    private static let codes = Set(DecodeError.Code.allCases.map(\.rawValue))
        .union(["bad_timestamp", "future_timestamp"])

    init(_ path: String, of plan: BronzePlan, _ fileSystem: any FileSystem) throws(Diagnostic) {
        let bytes = try ReplayFailure.stored { () throws(StorageError) in try fileSystem.read(path) }
        let files = ColumnBuilder(type: .string)
        let offsets = ColumnBuilder(type: .bigint)
        let clocks = ColumnBuilder(type: .bigint)
        let records = ColumnBuilder(type: .bytes)
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            guard let letter = try? JSONValue(parsing: Array(line)),
                let code = letter["code"]?.string, Self.codes.contains(code),
                let file = letter["source"]?.string, let offset = letter["offset"]?.int64,
                let record = Self.record(letter)
            else {
                others.append(Array(line))
                continue
            }
            files.append(file)
            offsets.append(offset)
            clocks.append(letter["time"]?.int64 ?? 0)
            record.withUnsafeBytes { records.append($0) }
        }
        count = files.count
        var columns = [plan.file: files.finish(), plan.offset: offsets.finish()]
        if let bytes = plan.bytes { columns[bytes] = records.finish() }
        if let text = plan.text { columns[text] = .nulls(.string, count: count) }
        if let clock = plan.clock { columns[clock] = clocks.finish() }
        self.columns = columns
    }

    private static func record(_ letter: JSONValue) -> [UInt8]? {
        if let text = letter["raw"]?.string { return Array(text.utf8) }
        return letter["raw_base64"]?.string.flatMap { Base64.bytes(of: $0) }
    }

    /// The records as rows of bronze, with some of its columns.
    func batches(_ names: [String]) -> [Batch] {
        let chosen = names.compactMap { columns[$0] }
        let schema = Schema(zip(names, chosen).map { Field($0, $1.type) })
        let whole = Batch(schema: schema, columns: chosen, count: count)
        return stride(from: 0, to: count, by: Batch.rowLimit).map {
            whole.slice($0..<min($0 + Batch.rowLimit, count))
        }
    }

    /// The files of a folder that hold dead letters of a source, by the epoch that wrote them, ascending.
    static func files(
        of source: String, in folder: String, _ fileSystem: any FileSystem
    ) throws(Diagnostic) -> [(epoch: Int64, path: String)] {
        let suffix = "-" + source.lowercased() + ".jsonl"
        return try ReplayFailure.stored { () throws(StorageError) -> [(epoch: Int64, path: String)] in
            guard try fileSystem.status(folder) != nil else { return [] }
            return try fileSystem.list(folder).compactMap { entry in
                guard entry.name.hasSuffix(suffix),
                    let epoch = Int64(entry.name.dropLast(suffix.utf8.count))
                else { return nil }
                return (epoch, Path.join(folder, entry.name))
            }.sorted { $0.epoch < $1.epoch }
        }
    }

    /// The name of the file that an epoch writes.
    static func fileName(of source: String, epoch: Int64) -> String {
        let digits = String(epoch)
        return String(repeating: "0", count: max(0, 20 - digits.utf8.count)) + digits + "-"
            + source.lowercased() + ".jsonl"
    }
}
