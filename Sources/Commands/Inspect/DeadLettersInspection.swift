import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// What could not be processed, from a folder of dead-letter files or a table of dead letters.
struct DeadLettersInspection: InspectionReport {
    let path: String
    let files: Int
    let tally: DeadLetterTally
    /// Lines of dead-letter files that are none.
    let unreadable: Int

    static func read(
        _ path: String, in files: any FileSystem, examples: Int
    ) throws(Diagnostic) -> DeadLettersInspection {
        let status = try StorageFailure.told("cannot look at") { () throws(StorageError) in
            try files.status(path)
        }
        guard let status else {
            throw Diagnostic(
                .notFound, "there is nothing at \(path)",
                expected: "a folder of dead letters (*.jsonl), or a table such as data/bronze/dead_letters")
        }
        if status.isDirectory, (try? files.status(Path.join(path, "_delta_log")))??.isDirectory == true {
            return try readTable(path, in: files, examples: examples)
        }
        var names = [path]
        if status.isDirectory {
            let entries = try StorageFailure.told("cannot list") { () throws(StorageError) in
                try files.list(path)
            }
            names = entries.filter {
                !$0.isDirectory && $0.name.hasSuffix(".jsonl") && !$0.name.hasPrefix(".")
            }
            .map { Path.join(path, $0.name) }.sorted()
        }
        var tally = DeadLetterTally(exampleLimit: examples)
        var unreadable = 0
        for name in names {
            let bytes = try StorageFailure.told("cannot read") { () throws(StorageError) in
                try files.read(name)
            }
            for line in bytes.split(separator: UInt8(ascii: "\n")) where !take(Array(line), into: &tally) {
                unreadable += 1
            }
        }
        return DeadLettersInspection(path: path, files: names.count, tally: tally, unreadable: unreadable)
    }

    /// False for a line that is no dead letter.
    private static func take(_ line: [UInt8], into tally: inout DeadLetterTally) -> Bool {
        guard let letter = try? JSONValue(parsing: line), let source = letter["source"]?.string else {
            return false
        }
        let raw: [UInt8]
        if let text = letter["raw"]?.string {
            raw = Array(text.utf8)
        } else {
            raw = letter["raw_base64"]?.string.flatMap { Base64.bytes(of: $0) } ?? []
        }
        let code = letter["code"]?.string
        tally.add(
            source: source, offset: letter["offset"]?.int64, code: code,
            reason: letter["reason"]?.string ?? code ?? "unknown", time: letter["time"].flatMap(time),
            raw: raw)
        return true
    }

    /// ISO text, or milliseconds since 1970.
    private static func time(_ value: JSONValue) -> String? {
        value.string ?? value.int64.map { Civil.timestampText(milliseconds: $0) + "Z" }
    }

    private static func readTable(
        _ path: String, in files: any FileSystem, examples: Int
    ) throws(Diagnostic) -> DeadLettersInspection {
        var tally = DeadLetterTally(exampleLimit: examples)
        let table = try DeltaFailure.told { () throws(DeltaError) in
            try DeltaTable.open(LocalObjectStore(path, in: files))
        }
        let snapshot = table.snapshot
        let schema = snapshot.metadata.schema
        guard schema.index(of: "reason") != nil, schema.index(of: "source_file") != nil else {
            throw Diagnostic(
                .schemaMismatch, "the table at \(path) holds no dead letters",
                expected: "columns raw_bytes, source_file, source_offset, reason, ingestion_timestamp",
                hint: "see millrace inspect table \(path)")
        }
        try DeltaFailure.told { () throws(DeltaError) in
            try table.forEachBatch(of: snapshot) { batch throws(DeltaError) in add(batch, to: &tally) }
        }
        return DeadLettersInspection(path: path, files: snapshot.fileCount, tally: tally, unreadable: 0)
    }

    private static func add(_ batch: Batch, to tally: inout DeadLetterTally) {
        func column(_ name: String, _ types: [DataType]) -> Column? {
            guard let index = batch.schema.fields.firstIndex(where: { $0.name.lowercased() == name }) else {
                return nil
            }
            return types.contains(batch.columns[index].type) ? batch.columns[index] : nil
        }
        let reasons = column("reason", [.string])
        let sources = column("source_file", [.string])
        let offsets = column("source_offset", [.bigint])
        let times = column("ingestion_timestamp", [.timestamp])
        let raw = column("raw_bytes", [.bytes, .string])
        for row in 0..<batch.count {
            func valid(_ column: Column?) -> Column? { column.flatMap { $0.isValid(row) ? $0 : nil } }
            tally.add(
                source: valid(sources)?.string(at: row) ?? "?", offset: valid(offsets)?.int64s[row],
                code: nil,
                reason: valid(reasons)?.string(at: row) ?? "unknown",
                time: valid(times).map { Civil.timestampText(milliseconds: $0.int64s[row]) + "Z" },
                raw: valid(raw).map { Array($0.bytes(at: row).prefix(256)) } ?? [])
        }
    }

    var isFailure: Bool { false }

    var lines: [String] {
        var lines = [
            "\(NumberDisplay.count(tally.count, "dead letter")) in "
                + "\(NumberDisplay.count(files, "file")) at \(path)"
        ]
        if let first = tally.first, let last = tally.last { lines.append("  from \(first) to \(last)") }
        if unreadable > 0 { lines.append("  \(NumberDisplay.count(unreadable, "line")) that cannot be read") }
        guard tally.count > 0 else { return lines }
        var reasons = TextTable([("reason", .left), ("count", .right), ("share", .right)])
        for (reason, count) in sorted(tally.byReason).prefix(Self.listed) {
            let text = DisplayWidth.cut(reason, to: 60)
            reasons.add([text, NumberDisplay.grouped(count), NumberDisplay.share(count, of: tally.count)])
        }
        lines += [""] + reasons.lines(indent: "  ")
        if tally.byReason.count > Self.listed {
            lines.append("  … and \(NumberDisplay.grouped(tally.byReason.count - Self.listed)) more reasons")
        }
        if !tally.examples.isEmpty { lines += ["", "examples:"] }
        for example in tally.examples {
            lines += [
                "  \(DisplayWidth.visible(example.place))", "    \(DisplayWidth.visible(example.reason))",
            ]
            if !example.excerpt.isEmpty { lines.append("    \(example.excerpt)") }
        }
        return lines
    }

    private static let listed = 20

    private func sorted(_ counts: [String: Int]) -> [(key: String, value: Int)] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    }

    var json: JSONValue {
        func object(_ counts: [String: Int]) -> JSONValue {
            .object(sorted(counts).map { .init($0.key, .number($0.value)) })
        }
        return [
            "path": .string(path), "files": .number(files), "dead_letters": .number(tally.count),
            "unreadable_lines": .number(unreadable), "first": tally.first.map { .string($0) } ?? .null,
            "last": tally.last.map { .string($0) } ?? .null, "by_reason": object(tally.byReason),
            "by_source": object(tally.bySource),
            "examples": .array(
                tally.examples.map {
                    ["place": .string($0.place), "reason": .string($0.reason), "raw": .string($0.excerpt)]
                }),
        ]
    }
}
