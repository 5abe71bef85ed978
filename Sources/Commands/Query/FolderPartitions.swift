import DeltaLake
import Storage

/// Partition values as folders' names tell them: `…/day=2026-11-20/part-0.parquet`.
///
/// Delta's log is what counts; where the folders say the same, DuckDB may read all partitions in one go and
/// take the values from there, which is faster than a part of a statement for each.
struct FolderPartitions {
    let columns: [TableField]

    /// nil where a column has a type whose texts are not taken from folders.
    init?(_ columns: [TableField]) {
        let isPlain = columns.allSatisfy { column in
            switch column.type {
            case .string, .date, .byte, .short, .integer, .long, .boolean: true
            default: false
            }
        }
        guard !columns.isEmpty, isPlain else { return nil }
        self.columns = columns
    }

    /// Whether the folders of a file name its values, and nothing else.
    func agree(_ path: String, _ file: LiveFile) -> Bool {
        let folders = Path.directory(of: path).split(separator: "/").filter { $0.contains("=") }
        guard folders.count == columns.count, file.partitionValues.count == columns.count else {
            return false
        }
        for (folder, entry) in zip(folders, file.partitionValues) {
            guard let sign = folder.firstIndex(of: "="), folder[..<sign] == entry.column else { return false }
            let text = String(folder[folder.index(after: sign)...])
            guard let value = entry.text, !value.isEmpty else {
                if text == Self.null { continue }
                return false
            }
            // DuckDB takes these for NULL.
            guard value.lowercased() != "null", value != Self.null, Self.decoded(text) == value else {
                return false
            }
        }
        return true
    }

    /// DuckDB's option for their types.
    func types(_ table: String) -> String {
        let types = columns.map { column in
            let type = (try? DuckDBType.text(of: column.type, column: column.name, table: table)) ?? "VARCHAR"
            return SQLText.string(column.name) + ": " + type
        }
        return "hive_types = {\(types.joined(separator: ", "))}"
    }

    private static let null = "__HIVE_DEFAULT_PARTITION__"

    /// `%2F` stands for a character.
    private static func decoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
