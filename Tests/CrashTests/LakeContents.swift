import Columnar
import DeltaLake
import Storage

/// What a lake says: of each table its rows as sorted texts, without the columns that hold the clock of the
/// run.
struct LakeContents: Equatable {
    private static let clockColumns: Set<String> = [
        "ingestion_timestamp", "quarantined_at", "quarantined_date", "epoch",
    ]

    fileprivate(set) var rows: [String: [String]] = [:]
    /// When each line was taken in, by file and offset, as bronze and the dead letters say.
    private var ingestion: [String: [String: Value]] = [:]

    init(on disk: any FileSystem) throws {
        for table in ShopPipeline.tables + ["quality/quarantine"] {
            let store = LocalObjectStore(Path.join(Machine.lakeDirectory, table), in: disk)
            guard let opened = try DeltaTable.openIfPresent(store) else { continue }
            try read(opened, as: table)
        }
    }

    private mutating func read(_ opened: DeltaTable, as table: String) throws {
        var texts: [String] = []
        for batch in try opened.readAll(opened.snapshot) {
            let names = batch.schema.names
            let file = names.firstIndex(of: "source_file")
            let offset = names.firstIndex(of: "source_offset")
            let clock = names.firstIndex(of: "ingestion_timestamp")
            for row in 0..<batch.count {
                let values = batch.row(row)
                texts.append(
                    zip(names, values).filter { !Self.clockColumns.contains($0.0) }
                        .map { "\($0.0)=\(Self.text($0.1))" }.joined(separator: " "))
                if let file, let offset, let clock {
                    ingestion[table, default: [:]]["\(values[file]) \(values[offset])"] = values[clock]
                }
            }
        }
        rows[table] = texts.sorted()
    }

    private static func text(_ value: Value) -> String {
        switch value {
        case .null: return "-"
        case .string(let text): return text
        case .bytes(let bytes): return String(decoding: bytes, as: UTF8.self)
        case .integer(let number), .date(let number), .time(let number): return String(number)
        case .bigint(let number), .timestamp(let number): return String(number)
        case .decimal(let number, let scale): return "\(number)e-\(scale)"
        case .boolean(let truth): return String(truth)
        case .double(let number): return String(number)
        default: return "\(value)"
        }
    }

    static func == (left: LakeContents, right: LakeContents) -> Bool { left.rows == right.rows }

    func count(_ table: String) -> Int { rows[table]?.count ?? 0 }

    /// What is wrong, in words; nil when both hold the same rows.
    func difference(from expected: LakeContents) -> String? {
        var found: [String] = []
        for table in Set(rows.keys).union(expected.rows.keys).sorted() {
            let lost = Self.surplus(of: expected.rows[table] ?? [], over: rows[table] ?? [])
            let more = Self.surplus(of: rows[table] ?? [], over: expected.rows[table] ?? [])
            if !lost.isEmpty { found.append("\(table) lacks \(lost.count) rows, such as \(lost[0])") }
            if !more.isEmpty { found.append("\(table) has \(more.count) rows too many, such as \(more[0])") }
        }
        return found.isEmpty ? nil : found.joined(separator: "\n")
    }

    private static func surplus(of left: [String], over right: [String]) -> [String] {
        var counts: [String: Int] = [:]
        for row in right { counts[row, default: 0] += 1 }
        return left.filter { row in
            let count = counts[row] ?? 0
            counts[row] = count - 1
            return count <= 0
        }
    }

    /// A line that two tables say was taken in at different times: they were written by runs with different
    /// clocks.
    var clockConflict: String? {
        let bronze = ingestion["bronze/events"] ?? [:]
        for (place, time) in ingestion["bronze/dead_letters"] ?? [:] where bronze[place] != time {
            return "\(place): \(time) in the dead letters, \(bronze[place] ?? .null) in bronze"
        }
        return nil
    }
}

extension LakeContents {
    /// Makes a table other than it is, to see whether that is noticed.
    mutating func change(_ table: String, _ change: (inout [String]) -> Void) {
        change(&rows[table, default: []])
    }
}
