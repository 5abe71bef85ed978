import DeltaLake
import Diagnostics
import Synchronization

/// The tables of a lake as SELECTs by name, kept up to date.
///
/// As text: an entry for each table, with RS (U+001E) between entries and US (U+001F) between name and
/// SELECT.
final class ViewTexts: Sendable {
    /// Those that could be read at the start.
    let names: [LakeTable]
    let failures: [(LakeTable, Diagnostic)]
    private let isFixed: Bool
    private let entries: Mutex<[Entry]>
    private let count = Atomic<Int>(0)

    /// How often it was asked for the text: once by the shell's start, then by each prompt.
    var readings: Int { count.load(ordering: .relaxed) }

    private struct Entry {
        let table: LakeTable
        let delta: DeltaTable
        var version: Int64
        var text: String
    }

    init(_ tables: LakeTables) throws(Diagnostic) {
        var entries: [Entry] = []
        var failures: [(LakeTable, Diagnostic)] = []
        for table in try tables.lake.tables() {
            do throws(Diagnostic) {
                let delta = try table.open(in: tables.lake.files)
                let snapshot = try tables.moment.snapshot(of: delta)
                let text = try TableView(table, delta, snapshot).query()
                entries.append(Entry(table: table, delta: delta, version: snapshot.version, text: text))
            } catch {
                failures.append((table, error))
            }
        }
        names = entries.map(\.table)
        self.failures = failures
        isFixed = tables.moment != .newest
        self.entries = Mutex(entries)
    }

    /// The text, with what has been committed by now.
    ///
    /// A table that can't be read any more stays as it was.
    func refreshed() -> String {
        count.add(1, ordering: .relaxed)
        return entries.withLock { entries in
            for index in entries.indices where !isFixed { ViewTexts.refresh(&entries[index]) }
            return entries.map { $0.table.title + "\u{1F}" + $0.text }.joined(separator: "\u{1E}")
        }
    }

    private static func refresh(_ entry: inout Entry) {
        guard let snapshot = try? entry.delta.refresh(), snapshot.version != entry.version,
            let text = try? TableView(entry.table, entry.delta, snapshot).query()
        else { return }
        entry.version = snapshot.version
        entry.text = text
    }

    /// A SELECT of the text as a map. Without braces, which would end a prompt.
    static func reading(from path: String) -> String {
        "SELECT map_from_entries(list_transform(string_split(content, chr(30)), lambda e: "
            + "struct_pack(key := split_part(e, chr(31), 1), value := split_part(e, chr(31), 2)))) "
            + "FROM read_text(\(SQLText.string(path)))"
    }
}
