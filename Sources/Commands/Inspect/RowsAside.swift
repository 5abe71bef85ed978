import Columnar
import DeltaLake
import Diagnostics

/// Rows that are not where they would be without quality rules: kept aside, or withheld from sinks that are
/// stopped.
struct RowsAside: Sendable {
    /// By what the table says they are withheld from, such as `silver_lake, revenue_lake`.
    private var rows: [String: Int] = [:]
    /// The sinks that have written to a table, by its title.
    private var sinks: [String: Set<String>] = [:]
    /// What the newest commit of the table of results noted, such as `withheld.silver_lake`.
    private var notes: [String: Int64] = [:]

    /// Notes whose table it is, by the names in its transactions: `<instance>/<sink>`.
    mutating func note(_ title: String, _ applicationIDs: [String]) {
        sinks[title] = Set(
            applicationIDs.compactMap { $0.split(separator: "/", maxSplits: 1).last?.lowercased() })
    }

    /// Takes the rows of the table.
    mutating func read(_ table: DeltaTable) throws(Diagnostic) {
        var counts: [String: Int] = [:]
        try DeltaFailure.told { () throws(DeltaError) in
            try table.forEachBatch(of: table.snapshot) { batch throws(DeltaError) in
                guard let index = batch.schema.index(of: "withheld_from"),
                    batch.columns[index].type == .string
                else { return }
                for row in 0..<batch.count { counts[batch.columns[index].string(at: row), default: 0] += 1 }
            }
        }
        rows = counts
    }

    /// How many of the results' commits to look at: those that merge files note nothing.
    private static let commits = 50

    mutating func readNotes(_ results: DeltaTable) throws(Diagnostic) {
        let history = try DeltaFailure.told { () throws(DeltaError) in
            try results.history(limit: Self.commits)
        }
        notes = history.first { $0.notes["rows"] != nil }?.notes ?? [:]
    }

    /// What was noted of the sinks of a table, such as `duplicates`.
    func noted(_ what: String, of title: String) -> Int {
        sinks(of: title).reduce(0) { $0 + Int(notes["\(what).\($1)"] ?? 0) }
    }

    /// The sinks that have written to a table. One that was stopped before it ever did is known by its name
    /// alone: `dead_letters_lake` is the sink of `bronze.dead_letters`.
    private func sinks(of title: String) -> Set<String> {
        if let known = sinks[title], !known.isEmpty { return known }
        let name = title.split(separator: ".").last.map(String.init) ?? title
        let noted = Set(
            notes.keys.compactMap { $0.split(separator: ".", maxSplits: 1).last.map(String.init) })
        let taken = sinks.values.reduce(into: Set()) { $0.formUnion($1) }
        return noted.subtracting(taken).filter { $0.hasPrefix(name) }
    }

    /// How many rows are kept aside from one of some tables, and not from another one.
    func rows(from titles: [String], not other: String) -> Int {
        rows.reduce(0) { sum, entry in
            let names = Set(entry.key.split(separator: ",").map { $0.filter { $0 != " " } })
            let isKept = titles.contains { !sinks(of: $0).isDisjoint(with: names) }
            return sum + (isKept && sinks(of: other).isDisjoint(with: names) ? entry.value : 0)
        }
    }
}
