import Columnar
import DeltaLake
import Diagnostics

/// Rows that quality rules have kept aside, by the sinks that they did not come to.
struct QuarantineTally: Sendable {
    /// By what the table says they are withheld from, such as `silver_lake, revenue_lake`.
    private var rows: [String: Int] = [:]
    /// The sinks that have written to a table, by its title.
    private var sinks: [String: Set<String>] = [:]

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

    /// How many rows are kept from one of some tables, and not from another one.
    func rows(from titles: [String], not other: String) -> Int {
        rows.reduce(0) { sum, entry in
            let names = Set(entry.key.split(separator: ",").map { $0.filter { $0 != " " } })
            let isKept = titles.contains { !(sinks[$0] ?? []).isDisjoint(with: names) }
            return sum + (isKept && (sinks[other] ?? []).isDisjoint(with: names) ? entry.value : 0)
        }
    }
}
