import Columnar
import DeltaLake
import Diagnostics
import Formats
import Storage

/// What quality rules have found, from their table of results.
struct QualityInspection: InspectionReport {
    /// The table's folder.
    let path: String
    /// In the order of their names.
    let rules: [RuleHistory]

    private static let needed = ["rule", "status", "epoch", "evaluated_at", "check_kind"]

    /// - Parameter path: the table of results, or a lake that has one.
    static func read(_ path: String, in files: any FileSystem) throws(Diagnostic) -> QualityInspection {
        let log = try StorageFailure.told("cannot look at") { () throws(StorageError) in
            try files.status(Path.join(path, "_delta_log"))
        }
        if log?.isDirectory == true {
            let table = try DeltaFailure.told { () throws(DeltaError) in
                try DeltaTable.open(LocalObjectStore(path, in: files))
            }
            return try read(table, at: path)
        }
        for table in try LakeDirectory(path, in: files).tables() where table.layer == "quality" {
            let delta = try table.open(in: files)
            if isOfResults(delta.snapshot.metadata.schema) { return try read(delta, at: table.path) }
        }
        throw Diagnostic(
            .notFound, "there are no results of quality rules in \(path)",
            expected: "a table such as \(Path.join(path, "quality/results"))",
            hint: "run a pipeline with a rules file: millrace run FILE.sql --quality FILE.quality.json")
    }

    private static func isOfResults(_ schema: TableSchema) -> Bool {
        needed.allSatisfy { schema.index(of: $0) != nil }
    }

    static func read(_ table: DeltaTable, at path: String) throws(Diagnostic) -> QualityInspection {
        let snapshot = table.snapshot
        guard isOfResults(snapshot.metadata.schema) else {
            throw Diagnostic(
                .schemaMismatch, "the table at \(path) holds no results of quality rules",
                expected: "columns \(needed.joined(separator: ", "))",
                hint: "see millrace inspect table \(path)")
        }
        var rules: [String: RuleHistory] = [:]
        try DeltaFailure.told { () throws(DeltaError) in
            try table.forEachBatch(of: snapshot) { batch throws(DeltaError) in add(batch, to: &rules) }
        }
        return QualityInspection(path: path, rules: rules.values.sorted { $0.name < $1.name })
    }

    private static func add(_ batch: Batch, to rules: inout [String: RuleHistory]) {
        func column(_ name: String, _ type: DataType) -> Column? {
            guard let index = batch.schema.index(of: name), batch.columns[index].type == type else {
                return nil
            }
            return batch.columns[index]
        }
        func text(_ column: Column?, _ row: Int) -> String {
            column.flatMap { $0.isValid(row) ? $0.string(at: row) : nil } ?? ""
        }
        func number(_ column: Column?, _ row: Int) -> Int64 {
            column.flatMap { $0.isValid(row) ? $0.int64s[row] : nil } ?? 0
        }
        let names = column("rule", .string)
        let (relations, kinds) = (column("relation", .string), column("check_kind", .string))
        let (statuses, actions) = (column("status", .string), column("action", .string))
        let (epochs, times) = (column("epoch", .bigint), column("evaluated_at", .timestamp))
        let (checked, failing) = (column("checked_rows", .bigint), column("failing_rows", .bigint))
        let (values, expected) = (column("value", .double), column("expected", .string))
        let examples = column("example", .string)
        for row in 0..<batch.count {
            let entry = RuleHistory.Entry(
                epoch: number(epochs, row), time: number(times, row), relation: text(relations, row),
                kind: text(kinds, row), status: text(statuses, row), checked: number(checked, row),
                failing: number(failing, row),
                value: values.flatMap { $0.isValid(row) ? $0.doubles[row] : nil },
                expectation: text(expected, row), example: text(examples, row), action: text(actions, row))
            let name = text(names, row)
            if rules[name]?.add(entry) == nil { rules[name] = RuleHistory(name, entry) }
        }
    }

    var isFailure: Bool { rules.contains { $0.verdict == .fail } }

    private func count(_ verdict: InspectionCheck.Verdict) -> Int { rules.count { $0.verdict == verdict } }

    private var counts: String {
        if rules.isEmpty { return "nothing judged yet" }
        return [InspectionCheck.Verdict.pass, .warn, .fail].compactMap { verdict in
            count(verdict) > 0 ? "\(NumberDisplay.grouped(count(verdict))) \(verdict.rawValue)" : nil
        }.joined(separator: ", ")
    }

    /// The whole in one line.
    var check: InspectionCheck {
        let worst: InspectionCheck.Verdict = count(.fail) > 0 ? .fail : count(.warn) > 0 ? .warn : .pass
        let broken = rules.filter { $0.verdict != .pass }.map(\.name)
        return InspectionCheck(
            worst, "quality",
            "quality: of \(NumberDisplay.count(rules.count, "rule")) \(counts)"
                + (broken.isEmpty ? "" : " (\(broken.joined(separator: ", ")))"))
    }

    var lines: [String] {
        var table = TextTable([
            ("status", .left), ("rule", .left), ("on", .left), ("check", .left), ("epochs", .right),
            ("warned", .right), ("failed", .right), ("first broken", .left), ("last broken", .left),
        ])
        for rule in rules {
            table.add([
                rule.latest.status, rule.name, rule.latest.relation, rule.latest.kind,
                NumberDisplay.grouped(rule.evaluations), NumberDisplay.grouped(rule.warned),
                NumberDisplay.grouped(rule.failed), rule.firstBroken.map { LiveView.time($0.time) } ?? "",
                rule.lastBroken.map { LiveView.time($0.time) } ?? "",
            ])
        }
        var lines = ["\(NumberDisplay.count(rules.count, "rule")) in \(path): \(counts)", ""]
        lines += table.lines(indent: "  ")
        let broken = rules.filter { $0.verdict != .pass }
        if !broken.isEmpty { lines += [""] + broken.flatMap(\.lines) }
        return lines.map(DisplayWidth.visible)
    }

    var json: JSONValue {
        [
            "path": .string(path), "passing": .number(count(.pass)), "warning": .number(count(.warn)),
            "failing": .number(count(.fail)), "rules": .array(rules.map(\.json)),
        ]
    }
}
