import DeltaLake
import Diagnostics
import Formats
import Storage

/// Every table of a lake, and its books.
struct LakeInspection: InspectionReport {
    struct Table: Sendable {
        let title: String
        let version: Int64
        /// nil when a file has no statistics.
        let rows: Int?
        let files: Int
        let bytes: Int64
    }

    let path: String
    let tables: [Table]
    /// nil where the lake has no bronze and silver events, or one of them no row counts.
    let books: LakeBooks?
    /// nil without a table of results.
    let quality: QualityInspection?
    /// Tables that could not be read.
    let failures: [Diagnostic]

    static func read(_ path: String, in files: any FileSystem) throws(Diagnostic) -> LakeInspection {
        let lake = try LakeDirectory(path, in: files)
        var tables: [Table] = []
        var failures: [Diagnostic] = []
        var silver: LakeTable?
        var quality: QualityInspection?
        var aside = RowsAside()
        for table in try lake.tables() {
            do throws(Diagnostic) {
                let delta = try table.open(in: files)
                let snapshot = delta.snapshot
                tables.append(
                    Table(
                        title: table.title, version: snapshot.version, rows: delta.rowCount(snapshot),
                        files: snapshot.fileCount, bytes: snapshot.liveFiles.reduce(0) { $0 + $1.size }))
                if table.title == "silver.events" { silver = table }
                if table.title == "quality.results" {
                    quality = try QualityInspection.read(delta, at: table.path)
                    try aside.readNotes(delta)
                }
                if table.title == "quality.quarantine" { try aside.read(delta) }
                aside.note(table.title, Array(snapshot.transactions.keys))
            } catch {
                failures.append(error)
            }
        }
        guard !tables.isEmpty || !failures.isEmpty else {
            throw Diagnostic(
                .notFound, "there is no table in \(path)",
                expected: "Delta tables in folders such as \(Path.join(path, "gold/revenue"))",
                hint: "make some with millrace demo --dir \(path)")
        }
        var books: LakeBooks?
        if let silver {
            books = try balance(tables, notes: try SilverNotes.newest(of: silver, in: files), aside)
        }
        return LakeInspection(
            path: path, tables: tables, books: books, quality: quality, failures: failures)
    }

    private static func balance(
        _ tables: [Table], notes: SilverNotes?, _ aside: RowsAside
    ) throws(Diagnostic) -> LakeBooks? {
        func rows(_ title: String) -> Int? { tables.first { $0.title == title }?.rows }
        guard let bronze = rows("bronze.events"), let silver = rows("silver.events") else { return nil }
        // An epoch of nothing but repeats, or one that is withheld, leaves no note with silver.
        let duplicates = max(Int(notes?.duplicates ?? 0), aside.noted("duplicates", of: "silver.events"))
        let late = max(Int(notes?.late ?? 0), aside.noted("late", of: "silver.events"))
        return LakeBooks(
            bronze: bronze, silver: silver, duplicates: duplicates, late: late,
            deadLetters: rows("bronze.dead_letters") ?? 0,
            quarantined: aside.rows(from: ["silver.events", "bronze.dead_letters"], not: "bronze.events"),
            quarantinedOfBronze: aside.rows(from: ["bronze.events"], not: "silver.events"),
            withheld: aside.noted("withheld", of: "silver.events")
                + aside.noted("withheld", of: "bronze.dead_letters"),
            withheldOfBronze: aside.noted("withheld", of: "bronze.events"))
    }

    var isFailure: Bool {
        !failures.isEmpty || books.map { $0.difference != 0 } ?? false || quality?.isFailure ?? false
    }

    var lines: [String] { ["lake \(path)"] + tableLines + (checks.isEmpty ? [] : [""]) + checks.map(\.line) }

    var tableLines: [String] {
        var table = TextTable([
            ("table", .left), ("rows", .right), ("files", .right), ("size", .right), ("version", .right),
        ])
        for entry in tables {
            table.add([
                entry.title, entry.rows.map { NumberDisplay.grouped($0) } ?? "?",
                NumberDisplay.grouped(entry.files),
                NumberDisplay.bytes(entry.bytes), String(entry.version),
            ])
        }
        return table.lines(indent: "  ")
    }

    var checks: [InspectionCheck] {
        var checks = failures.map { InspectionCheck(.fail, "readable", $0.oneLine) }
        if let books {
            checks.append(books.check)
        } else if tables.contains(where: { ["bronze.events", "silver.events"].contains($0.title) }) {
            checks.append(
                InspectionCheck(
                    .warn, "books",
                    "books: not looked at, for want of bronze.events and silver.events with row counts"))
        }
        if let quality { checks.append(quality.check) }
        return checks
    }

    var json: JSONValue {
        let tables = tables.map { table -> JSONValue in
            [
                "table": .string(table.title), "rows": table.rows.map { .number($0) } ?? .null,
                "files": .number(table.files), "bytes": .number(table.bytes),
                "version": .number(table.version),
            ]
        }
        return [
            "lake": .string(path), "tables": .array(tables), "books": books?.json ?? .null,
            "quality": quality?.json ?? .null,
            "checks": .array(checks.map(\.json)),
        ]
    }
}
