import Formats

/// What a replay has made, what differs, and whether it took its place.
struct ReplayReport: Sendable {
    /// A table and what became of it.
    struct Table: Sendable {
        let sink: String
        let path: String
        let key: [String]
        /// nil where there was no table, or its statistics do not tell.
        let liveRows: Int?
        let rebuiltRows: Int?
        var difference: TableDifference?
    }

    let pipeline: String
    let from: [String]
    let records: Int64
    /// Records that were set aside and come back into bronze.
    let returned: Int
    let elapsedMilliseconds: Int64
    /// Of the rebuild alone.
    let rebuildMilliseconds: Int64
    let isSwapped: Bool
    let showsDifferences: Bool
    let warnings: [String]
    let tables: [Table]

    var lines: [String] {
        let rate = Double(records) / max(0.001, Double(rebuildMilliseconds) / 1000)
        var lines = [
            "\(pipeline): rebuilt from \(from.joined(separator: ", ")), "
                + "\(NumberDisplay.count(records, "record")) in "
                + "\(NumberDisplay.duration(milliseconds: rebuildMilliseconds)) (\(NumberDisplay.rate(rate)))"
        ]
        lines += summary
        if returned > 0 {
            lines.append(
                "  \(NumberDisplay.count(returned, "dead letter")) fit now and come back into bronze")
        }
        for table in tables { lines += table.difference?.lines(of: table) ?? [] }
        if isSwapped {
            lines.append("the rebuilt tables are in place, and the pipeline goes on from them")
        } else if showsDifferences {
            lines.append("nothing was changed: the same command without --diff swaps the rebuilt tables in")
        }
        return lines
    }

    private var summary: [String] {
        var columns: [(title: String, alignment: TextTable.Alignment)] = [
            ("table", .left), ("live rows", .right), ("rebuilt", .right),
        ]
        if showsDifferences {
            columns += [("only live", .right), ("only rebuilt", .right), ("changed", .right)]
        }
        var text = TextTable(columns)
        for table in tables {
            var cells = [
                table.path, table.liveRows.map { NumberDisplay.grouped($0) } ?? "-",
                table.rebuiltRows.map { NumberDisplay.grouped($0) } ?? "-",
            ]
            if showsDifferences {
                let found = table.difference
                cells += [found?.onlyLive, found?.onlyRebuilt, found?.changed].map { count in
                    count.map { NumberDisplay.grouped($0) } ?? "-"
                }
            }
            text.add(cells)
        }
        return text.lines(indent: "  ")
    }

    /// Keys: `pipeline`, `from`, `records`, `returned`, `rebuild_ms`, `elapsed_ms`, `swapped`, `warnings`,
    /// `tables`; of each table `sink`, `path`, `key`, `live_rows`, `rebuilt_rows` and, with --diff, `diff`.
    var json: JSONValue {
        let listed = tables.map { table -> JSONValue in
            var members: [JSONValue.Member] = [
                .init("sink", .string(table.sink)), .init("path", .string(table.path)),
                .init("key", .array(table.key.map { .string($0) })),
                .init("live_rows", table.liveRows.map { .number($0) } ?? .null),
                .init("rebuilt_rows", table.rebuiltRows.map { .number($0) } ?? .null),
            ]
            if showsDifferences { members.append(.init("diff", table.difference?.json ?? .null)) }
            return .object(members)
        }
        return [
            "pipeline": .string(pipeline), "from": .array(from.map { .string($0) }),
            "records": .number(records), "returned": .number(returned),
            "rebuild_ms": .number(rebuildMilliseconds),
            "elapsed_ms": .number(elapsedMilliseconds), "swapped": .boolean(isSwapped),
            "warnings": .array(warnings.map { .string($0) }), "tables": .array(listed),
        ]
    }
}
