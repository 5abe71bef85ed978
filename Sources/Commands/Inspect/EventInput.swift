import Columnar
import Connectors
import Diagnostics
import Formats
import Runtime
import Storage

/// The lines of event files, decoded into columns: JSON and CSV, plain and compressed, in the order in which
/// a pipeline reads them.
struct EventInput {
    /// The columns that are looked at; a file may lack any of them.
    enum Column: Int, CaseIterable {
        case eventID
        case eventType
        case userID
        case sessionID
        case productID
        case price
        case quantity
        case timestamp
        case eventTimestamp

        fileprivate var field: DecodedField {
            switch self {
            case .eventID: DecodedField("event_id", .string)
            case .eventType: DecodedField("event_type", .string)
            case .userID: DecodedField("user_id", .string)
            case .sessionID: DecodedField("session_id", .string)
            case .productID: DecodedField("product_id", .string)
            case .price: DecodedField("price", .double)
            case .quantity: DecodedField("quantity", .bigint)
            case .timestamp: DecodedField("timestamp", .string)
            case .eventTimestamp: DecodedField("event_timestamp", .string)
            }
        }
    }

    /// Lines of one file.
    struct Part {
        let fileName: String
        let byteCount: Int
        let records: DecodedRecords
        /// For each of `Column.allCases` its column; nil where the file has none.
        let columns: [Columnar.Column?]
        /// What is no line at all: too long, or gone.
        let rejections: [Rejection]
    }

    private static let bytesAtOnce = 64 << 20
    private static let chunkBytes = 1 << 20

    /// Reads everything at `path`: a file, a folder or a pattern.
    static func read(_ path: String, _ take: (Part) throws(Diagnostic) -> Void) throws(Diagnostic) {
        let name = Path.name(of: path).lowercased()
        let isCSV = [".csv", ".tsv", ".csv.gz", ".tsv.gz", ".csv.zst", ".tsv.zst"].contains {
            name.hasSuffix($0)
        }
        let isFolder = (try? LocalFileSystem().status(path))??.isDirectory ?? false
        if isFolder || !isCSV {
            try read(path, FileSourceSettings.jsonPatterns, .lines, take)
        }
        if isFolder || isCSV {
            let framing = Framing.csv(CSVOptions(), columns: .header)
            try read(path, FileSourceSettings.csvPatterns, framing, take)
        }
    }

    private static func read(
        _ path: String, _ patterns: [String], _ framing: Framing, _ take: (Part) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        let source = try FileSource(FileSourceSettings(path: path, filePatterns: patterns, framing: framing))
        try source.restore(nil)
        let json = JSONDecoder(fields: Column.allCases.map(\.field))
        var csv = CSVPart()
        while true {
            let ranges = try source.poll(maximumBytes: bytesAtOnce, isFinal: true)
            if ranges.isEmpty { return }
            for range in ranges {
                for loader in try source.chunks(of: range, targetBytes: chunkBytes) {
                    for chunk in try loader.load() {
                        guard case .lines(let lines, let header) = chunk.framing else { continue }
                        var columns: [Int?] = Array(Column.allCases.indices)
                        let decoder: any RecordDecoder
                        if framing == .lines {
                            decoder = json
                        } else {
                            columns = try csv.use(header ?? [], file: chunk.sourceName)
                            decoder = csv.decoder
                        }
                        let records = decoder.decode(chunk.buffer, range: lines)
                        try take(
                            Part(
                                fileName: chunk.sourceName, byteCount: lines.count, records: records,
                                columns: columns.map { place in place.map { records.columns[$0] } },
                                rejections: chunk.rejections))
                    }
                }
            }
        }
    }

    /// A CSV file's header decides which columns there are.
    private struct CSVPart {
        private(set) var decoder = CSVDecoder(fields: [])
        private var header: [UInt8]?
        private var places: [Int?] = []

        /// For each column of `Column` its place among the decoder's.
        mutating func use(_ line: [UInt8], file: String) throws(Diagnostic) -> [Int?] {
            if header == line { return places }
            let names = String(decoding: line, as: UTF8.self).lowercased().split(separator: ",").map { name in
                name.filter { $0 != "\"" && !$0.isWhitespace && $0 != "\u{FEFF}" }
            }
            let wanted = Column.allCases.filter { names.contains($0.field.name) }
            guard !wanted.isEmpty else {
                throw Diagnostic(
                    .schemaMismatch, "\(file): the header has none of the columns of events",
                    expected: Column.allCases.map(\.field.name).joined(separator: ", "))
            }
            let fresh = CSVDecoder(fields: wanted.map(\.field))
            // A column of one row lends its bytes without a pointer in sight.
            let row = Columnar.Column.constant(.bytes(line), type: .bytes, count: 1)
            do throws(HeaderError) {
                try withExtendedLifetime(row) { () throws(HeaderError) in
                    try fresh.useHeader(row.bytes(at: 0))
                }
            } catch {
                throw error.diagnostic
            }
            decoder = fresh
            header = line
            places = Column.allCases.map { wanted.firstIndex(of: $0) }
            return places
        }
    }
}
