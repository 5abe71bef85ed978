import Columnar
import Foundation
import Testing

@testable import Formats

/// Measures, on demand: `MILLRACE_BENCH_FORMATS=1 swift test -c release --filter Throughput`.
///
/// Reads files of `MILLRACE_BENCH_DIR`, if that is set, else makes lines of the same kind.
@Suite(
    "Throughput", .serialized,
    .enabled(if: ProcessInfo.processInfo.environment["MILLRACE_BENCH_FORMATS"] == "1"))
struct ThroughputTests {
    static let names = [
        "event_id", "event_type", "user_id", "session_id", "product_id", "timestamp", "price", "quantity",
        "page_url", "device", "country", "search_query",
    ]

    static let typedFields = names.map { name -> DecodedField in
        switch name {
        case "timestamp": return DecodedField(name, .timestamp)
        case "price": return DecodedField(name, .decimal(precision: 18, scale: 2))
        case "quantity": return DecodedField(name, .integer)
        default: return DecodedField(name, .string)
        }
    }

    private func lines(_ suffix: String) throws -> Buffer {
        if let folder = ProcessInfo.processInfo.environment["MILLRACE_BENCH_DIR"] {
            var all = Data()
            for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
            where name.hasSuffix(suffix) {
                all.append(try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
            }
            if !all.isEmpty { return all.withUnsafeBytes { Buffer(copying: $0) } }
        }
        return buffer(EventLines.make(count: 100_000, isJSON: suffix == "ndjson"))
    }

    /// Time that this thread had on a core, so that a busy machine disturbs less.
    private func processorSeconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }

    /// Best of several runs, over pieces of 4 MB as a source hands them out.
    private func measure(_ label: String, _ data: Buffer, _ run: (Range<Int>) -> DecodedRecords) {
        var pieces: [Range<Int>] = []
        var start = 0
        let bytes = UnsafeRawBufferPointer(start: data.pointer, count: data.capacity)
        while start < data.capacity {
            var end = min(start + 4 << 20, data.capacity)
            while end < data.capacity, bytes[end - 1] != 0x0A { end -= 1 }
            pieces.append(start..<end)
            start = end
        }
        var best = Double.infinity
        var events = 0
        var errors = 0
        for _ in 0..<9 {
            events = 0
            errors = 0
            let begin = processorSeconds()
            for piece in pieces {
                let decoded = run(piece)
                events += decoded.count
                errors += decoded.errors.count
            }
            best = min(best, processorSeconds() - begin)
        }
        let rate = Double(events) / best / 1e6
        let volume = Double(data.capacity) / best / 1e9
        print(
            String(
                format: "%@: %.2f M events/s, %.2f GB/s, %.0f ns/event, %d events, %d errors", label, rate,
                volume,
                best / Double(events) * 1e9, events, errors))
    }

    @Test func json() throws {
        let data = try lines("ndjson")
        func run(_ label: String, _ fields: [DecodedField], isPredicting: Bool = true) {
            let decoder = JSONDecoder(fields: fields, isWrapped: true, isPredicting: isPredicting)
            measure(label, data) { decoder.decode(data, range: $0) }
        }
        let strings = Self.names.map { DecodedField($0, .string) }
        run("JSON 1 STRING", [strings[0]])
        run("JSON 8 STRING", Array(strings.prefix(8)))
        run("JSON 12 STRING", strings)
        run("JSON 12 STRING, upper-case names", strings.map { DecodedField($0.name.uppercased(), .string) })
        let typed = Self.typedFields
        run("JSON 12 typed (TIMESTAMP, DECIMAL, INTEGER)", typed)
        run("JSON 12 typed (DOUBLE)", typed.map { $0.name == "price" ? DecodedField("price", .double) : $0 })
        run("JSON 12 STRING, general way only", strings, isPredicting: false)
        run("JSON 12 typed, general way only", typed, isPredicting: false)
    }

    @Test func lines() throws {
        let data = try lines("ndjson")
        let decoder = LinesDecoder(name: "line")
        measure("LINES", data) { decoder.decode(data, range: $0) }
    }

    @Test func csv() throws {
        let data = try lines("csv")
        func run(_ label: String, _ fields: [DecodedField]) {
            let decoder = CSVDecoder(fields: fields, columnCount: 12)
            measure(label, data) { decoder.decode(data, range: $0) }
        }
        let strings = Self.names.enumerated().map { DecodedField($1, .string, position: $0) }
        run("CSV 8 STRING", Array(strings.prefix(8)))
        run("CSV 12 STRING", strings)
        let typed = strings.map { field -> DecodedField in
            switch field.name {
            case "timestamp": return DecodedField(field.name, .timestamp, position: field.position)
            case "price":
                return DecodedField(field.name, .decimal(precision: 18, scale: 2), position: field.position)
            case "quantity": return DecodedField(field.name, .integer, position: field.position)
            default: return field
            }
        }
        run("CSV 12 typed (TIMESTAMP, DECIMAL, INTEGER)", typed)
        var framing = RecordFraming(.csv(CSVOptions(), fieldCount: 12))
        let begin = processorSeconds()
        let end = framing.end(in: data, 0..<data.capacity)
        let volume = Double(end) / (processorSeconds() - begin) / 1e9
        print("CSV framing without quotes: \(volume) GB/s (no events/s)")
    }

    @Test func encodersAndTimestamps() throws {
        let data = try lines("ndjson")
        let decoded = JSONDecoder(fields: Self.typedFields).decode(data)
        let schema = Schema(Self.typedFields.map { Field($0.name, $0.type) })
        let batch = Batch(schema: schema, columns: decoded.columns, count: decoded.count)
        let out = ByteWriter(capacity: 1 << 20)
        func run(_ label: String, _ encode: () -> Void) {
            var best = Double.infinity
            for _ in 0..<7 {
                let begin = processorSeconds()
                encode()
                best = min(best, processorSeconds() - begin)
            }
            print(
                String(
                    format: "%@: %.2f M events/s, %.1f ns/row", label, Double(batch.count) / best / 1e6,
                    best / Double(batch.count) * 1e9))
        }
        let json = JSONEncoder(schema: schema)
        run("JSON encoder, 12 typed") {
            out.removeAll()
            json.appendLines(batch, to: out)
        }
        let csv = CSVEncoder(schema: schema)
        run("CSV encoder, 12 typed") {
            out.removeAll()
            csv.appendLines(batch, to: out)
        }
        let texts = JSONDecoder(fields: [DecodedField("timestamp", .string)]).decode(data)
        run("TimestampColumn.parse, texts in the lines") { _ = TimestampColumn.parse(texts.columns[0]) }
        let builder = ColumnBuilder(type: .string)
        for row in 0..<texts.count { builder.append(texts.columns[0].bytes(at: row)) }
        let compact = builder.finish()
        run("TimestampColumn.parse, texts side by side") { _ = TimestampColumn.parse(compact) }
    }
}
