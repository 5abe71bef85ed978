import Diagnostics
import Formats
import Storage

/// What a replay is about to swap: written when all of it is made and durable.
///
/// Whoever finds it finishes the swap before anything else: each step is done once however often it is tried.
struct ReplayJournal: Sendable, Equatable {
    /// A table whose rows are replaced, or to which rows are added.
    struct Table: Sendable, Equatable {
        let sink: String
        /// The table's folder, from the root.
        let path: String
        let isAppended: Bool
    }

    /// Dead letters of a source: files of epochs before this one make room for the rebuilt file.
    struct Letters: Sendable, Equatable {
        /// From the root.
        let folder: String
        let source: String
        /// In the rebuild's folder first, if there is one; then in `folder`.
        let file: String
    }

    static let version = 1

    /// The pipeline's name in its targets.
    let instance: String
    /// The epoch as which the tables and the state get what was rebuilt.
    let epoch: Int64
    /// Where the rebuilt rows come from, for the tables' history.
    let from: String
    let tables: [Table]
    /// The request with which a pipeline at work was asked to wait; empty without one.
    let request: String
    let letters: [Letters]

    func write(to path: String, _ fileSystem: any FileSystem) throws(StorageError) {
        let tables = tables.map { table -> JSONValue in
            [
                "sink": .string(table.sink), "path": .string(table.path),
                "append": .boolean(table.isAppended),
            ]
        }
        let letters = letters.map { letters -> JSONValue in
            [
                "folder": .string(letters.folder), "source": .string(letters.source),
                "file": .string(letters.file),
            ]
        }
        let value: JSONValue = [
            "version": .number(Self.version), "instance": .string(instance), "epoch": .number(epoch),
            "from": .string(from), "request": .string(request), "tables": .array(tables),
            "dead_letters": .array(letters),
        ]
        try fileSystem.writeAtomically(text: value.text + "\n", to: path)
    }

    /// nil where there is none.
    static func read(_ path: String, _ fileSystem: any FileSystem) throws(Diagnostic) -> ReplayJournal? {
        var bytes: [UInt8] = []
        do throws(StorageError) {
            guard try fileSystem.status(path) != nil else { return nil }
            bytes = try fileSystem.read(path)
        } catch {
            throw Diagnostic(.state, "the journal of a replay can't be read: \(error.path): \(error.reason)")
        }
        guard let value = try? JSONValue(parsing: bytes), value["version"]?.int == version,
            let instance = value["instance"]?.string, let epoch = value["epoch"]?.int64,
            let from = value["from"]?.string, let listed = value["tables"]?.array
        else {
            throw Diagnostic(
                .incompatibleVersion, "the journal of a replay at \(path) is of another version",
                hint: "finish the replay with the Millrace version that began it")
        }
        var tables: [Table] = []
        for entry in listed {
            guard let sink = entry["sink"]?.string, let place = entry["path"]?.string else { continue }
            tables.append(
                Table(sink: sink, path: place, isAppended: entry["append"]?.boolean ?? false))
        }
        var letters: [Letters] = []
        for entry in value["dead_letters"]?.array ?? [] {
            guard let folder = entry["folder"]?.string, let source = entry["source"]?.string,
                let file = entry["file"]?.string
            else { continue }
            letters.append(Letters(folder: folder, source: source, file: file))
        }
        return ReplayJournal(
            instance: instance, epoch: epoch, from: from, tables: tables,
            request: value["request"]?.string ?? "", letters: letters)
    }
}
