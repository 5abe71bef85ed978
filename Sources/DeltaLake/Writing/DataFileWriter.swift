import Columnar
import Diagnostics
import Parquet
import Storage

/// Turns rows into data files of a table: one open file for each partition, put into the store when it is
/// full.
///
/// Used by one thread at a time; as many may run at once as there are threads. Rows are encoded as they come,
/// so what is held is about the open files' compressed size.
public final class DataFileWriter: @unchecked Sendable {
    private var placer: DataFilePlacer
    private let binding: SinkBinding
    private let splitter: PartitionSplitter
    private let options: WriteOptions
    private let parquet: ParquetOptions
    private var open: [Fingerprint: OpenFile] = [:]
    /// Complete files that are not in the store yet.
    private var unplaced: [(file: ParquetFile, values: [(name: String, text: String?)])] = []
    private var finished: [PendingFile] = []

    /// More open files than this are closed, the largest first: partitions may be many.
    private static let openFileLimit = 64

    private struct OpenFile {
        let writer: ParquetWriter
        let values: [(name: String, text: String?)]
    }

    init(_ plan: DataFilePlan, _ placer: DataFilePlacer) {
        self.placer = placer
        binding = plan.binding
        splitter = plan.splitter
        options = plan.options
        parquet = plan.parquet
    }

    /// Adds rows with the sink's columns.
    public func add(_ batch: Batch) throws(DeltaError) {
        for part in splitter.split(try binding.bind(batch)) {
            var rest = part.rows
            while rest.count > 0 {
                let file =
                    open[part.key]
                    ?? OpenFile(
                        writer: ParquetWriter(schema: splitter.dataSchema, options: parquet),
                        values: part.values)
                open[part.key] = file
                let room = options.fileRows - file.writer.rowCount
                let now = rest.count <= room ? rest : rest.slice(0..<room)
                do throws(ParquetError) {
                    try file.writer.write(now)
                } catch {
                    throw DataFileWriter.rejected(error, placer.store.location)
                }
                if file.writer.rowCount >= options.fileRows || file.writer.size >= options.targetFileBytes {
                    try closeAndPlace(part.key)
                }
                rest = now.count == rest.count ? rest.slice(0..<0) : rest.slice(now.count..<rest.count)
            }
            if open.count > DataFileWriter.openFileLimit,
                let largest = open.max(by: { $0.value.writer.rowCount < $1.value.writer.rowCount })
            {
                try closeAndPlace(largest.key)
            }
        }
    }

    /// Closes the open files and hands over all that were written. May be called again
    /// after the store failed.
    public func finish() throws(DeltaError) -> [PendingFile] {
        for key in open.keys.sorted(by: { ($0.high, $0.low) < ($1.high, $1.low) }) { try close(key) }
        try placeAll()
        defer { finished = [] }
        return finished
    }

    private func closeAndPlace(_ key: Fingerprint) throws(DeltaError) {
        try close(key)
        // What the store does not take now is for `finish`, which can be called again.
        do throws(DeltaError) { try placeAll() } catch {}
    }

    private func close(_ key: Fingerprint) throws(DeltaError) {
        guard let file = open.removeValue(forKey: key), file.writer.rowCount > 0 else { return }
        let written: ParquetFile
        do throws(ParquetError) {
            written = try file.writer.finish()
        } catch {
            throw DataFileWriter.rejected(error, placer.store.location)
        }
        unplaced.append((written, file.values))
    }

    private func placeAll() throws(DeltaError) {
        while let next = unplaced.first {
            finished.append(try placer.put(next.file, next.values))
            unplaced.removeFirst()
        }
    }

    static func rejected(_ error: ParquetError, _ location: String) -> DeltaError {
        .refused(
            Diagnostic(.malformedData, "rows for the table at \(location) cannot be written: \(error.reason)")
        )
    }
}
