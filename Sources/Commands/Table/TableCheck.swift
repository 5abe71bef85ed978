import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// Every table below some folders, read whole: a verdict for each.
///
/// Where `expected.json` lies beside a table's folder (`{"rows": […]}`), its rows are compared with it, and
/// those of its versions with `expected-versions.json`.
struct TableCheck: InspectionReport {
    let verdicts: [TableVerdict]

    static func run(
        _ paths: [String], in files: any FileSystem, readsVersions: Bool
    ) throws(Diagnostic) -> TableCheck {
        var verdicts: [TableVerdict] = []
        for path in paths {
            let tables = try tables(below: path, in: files)
            guard !tables.isEmpty else {
                throw Diagnostic(
                    .notFound, "there is no Delta table in \(path) or below",
                    expected: "a folder with _delta_log", hint: "check the path")
            }
            for table in tables {
                verdicts.append(TableReading(table, in: files, readsVersions: readsVersions).verdict())
            }
        }
        return TableCheck(verdicts: verdicts)
    }

    private static func tables(
        below path: String, in files: any FileSystem
    ) throws(Diagnostic) -> [String] {
        let entries = try StorageFailure.told("cannot list") { () throws(StorageError) in
            try files.list(path)
        }
        if entries.contains(where: { $0.isDirectory && $0.name == "_delta_log" }) { return [path] }
        var tables: [String] = []
        for entry in entries.sorted(by: { $0.name < $1.name })
        where entry.isDirectory && !entry.name.hasPrefix(".") && !entry.name.hasPrefix("_") {
            tables += try self.tables(below: Path.join(path, entry.name), in: files)
        }
        return tables
    }

    /// A table that is refused or broken by itself is a finding; wrong rows are a failure of this program.
    var isFailure: Bool { verdicts.contains { $0.kind == .differs } }

    var lines: [String] {
        var table = TextTable([
            ("verdict", .left), ("table", .left), ("version", .right), ("rows", .right), ("", .left),
        ])
        for verdict in verdicts {
            table.add([
                verdict.kind.rawValue, verdict.path, verdict.version.map { String($0) } ?? "",
                verdict.rows.map { NumberDisplay.grouped($0) } ?? "", verdict.text,
            ])
        }
        let kinds: [TableVerdict.Kind] = [.match, .read, .refused, .broken, .differs]
        let counts = kinds.compactMap { kind -> String? in
            let count = verdicts.filter { $0.kind == kind }.count
            return count == 0 ? nil : "\(count) \(kind.rawValue)"
        }
        return table.lines()
            + ["", "\(NumberDisplay.count(verdicts.count, "table")): " + counts.joined(separator: ", ")]
    }

    var json: JSONValue { ["tables": .array(verdicts.map(\.json))] }
}
