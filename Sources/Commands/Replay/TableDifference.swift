import Diagnostics
import Formats

/// What differs between a table and its rebuilt form.
struct TableDifference: Sendable {
    /// A row of one side, or of both under one key; values are text, nil is NULL.
    struct Example: Sendable {
        let key: [(column: String, value: String?)]
        let live: [String: String?]?
        let rebuilt: [String: String?]?
        /// The columns in the table's order.
        let columns: [String]

        /// The columns whose values differ, or all that are not NULL of a row that only one side has.
        var shown: [(column: String, live: String??, rebuilt: String??)] {
            columns.compactMap { column in
                let (old, new) = (live?[column], rebuilt?[column])
                if live != nil, rebuilt != nil {
                    return (old ?? nil) == (new ?? nil) ? nil : (column, old, new)
                }
                return (old ?? new ?? nil) == nil ? nil : (column, old, new)
            }
        }
    }

    var onlyLive = 0
    var onlyRebuilt = 0
    /// Rows of one key that have other values; 0 where nothing but the whole row tells rows apart.
    var changed = 0
    /// Of the changed rows, how many differ in each column; in the table's order.
    var changedColumns: [(column: String, rows: Int)] = []
    var columnsAdded: [String] = []
    var columnsRemoved: [String] = []
    /// Columns that have another type: as `column OLD → NEW`.
    var columnsRetyped: [String] = []
    var examples: [Example] = []

    var isEmpty: Bool {
        onlyLive + onlyRebuilt + changed == 0 && columnsAdded.isEmpty && columnsRemoved.isEmpty
            && columnsRetyped.isEmpty
    }

    func lines(of table: ReplayReport.Table) -> [String] {
        if isEmpty { return [] }
        let key = table.key.isEmpty ? "the whole row" : table.key.joined(separator: ", ")
        var lines = ["\(table.path), by \(key):"]
        for (word, names) in [
            ("new columns", columnsAdded), ("columns gone", columnsRemoved), ("other types", columnsRetyped),
        ] where !names.isEmpty {
            lines.append("  \(word): \(names.joined(separator: ", "))")
        }
        if !changedColumns.isEmpty {
            let counts = changedColumns.map { "\($0.column) \(NumberDisplay.grouped($0.rows))" }
            lines.append("  changed rows by column: \(counts.joined(separator: ", "))")
        }
        for example in examples { lines.append("  " + line(of: example)) }
        return lines
    }

    private func line(of example: Example) -> String {
        let sign = example.live == nil ? "+" : example.rebuilt == nil ? "-" : "~"
        let key = example.key.map { "\($0.column)=\(Self.text($0.value))" }.joined(separator: " ")
        let named = Set(example.key.map(\.column))
        let values = example.shown.filter { !named.contains($0.column) }.map { shown -> String in
            switch (shown.live, shown.rebuilt) {
            case (let old?, let new?): return "\(shown.column): \(Self.text(old)) → \(Self.text(new))"
            case (let only?, nil), (nil, let only?): return "\(shown.column)=\(Self.text(only))"
            case (nil, nil): return shown.column
            }
        }
        return DisplayWidth.visible(([sign, key] + values).filter { !$0.isEmpty }.joined(separator: "  "))
    }

    private static let longestValue = 48

    private static func text(_ value: String?) -> String {
        guard let value else { return "NULL" }
        return value.count > longestValue ? value.prefix(longestValue - 1) + "…" : value
    }

    var json: JSONValue {
        func names(_ list: [String]) -> JSONValue { .array(list.map { .string($0) }) }
        let columns = JSONValue.object(changedColumns.map { .init($0.column, .number($0.rows)) })
        let shown = examples.map { example -> JSONValue in
            func object(_ values: [(column: String, value: String??)]) -> JSONValue {
                .object(
                    values.map { entry in
                        .init(entry.column, (entry.value ?? nil).map { .string($0) } ?? .null)
                    })
            }
            return [
                "key": object(example.key.map { ($0.column, $0.value) }),
                "old": example.live == nil ? .null : object(example.shown.map { ($0.column, $0.live) }),
                "new": example.rebuilt == nil ? .null : object(example.shown.map { ($0.column, $0.rebuilt) }),
            ]
        }
        return [
            "only_live": .number(onlyLive), "only_rebuilt": .number(onlyRebuilt), "changed": .number(changed),
            "changed_columns": columns, "columns_added": names(columnsAdded),
            "columns_removed": names(columnsRemoved), "columns_retyped": names(columnsRetyped),
            "examples": .array(shown),
        ]
    }
}
