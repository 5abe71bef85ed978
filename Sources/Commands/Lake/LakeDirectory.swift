import Diagnostics
import Storage

/// A folder of Delta tables: `<lake>/<layer>/<table>/_delta_log`.
struct LakeDirectory: Sendable {
    let path: String
    let files: any FileSystem

    /// - Throws: `notFound` when there is no such folder.
    init(_ path: String, in files: any FileSystem) throws(Diagnostic) {
        let status = try StorageFailure.told("cannot look at") { () throws(StorageError) in
            try files.status(path)
        }
        guard let status, status.isDirectory else {
            throw Diagnostic(
                .notFound,
                "there is no lake at \(path): \(status == nil ? "no such folder" : "it is a file")",
                expected: "a folder with tables such as \(Path.join(path, "gold/revenue"))",
                hint: "give another one with --lake, or make one with millrace demo")
        }
        self.path = path
        self.files = files
    }

    /// The folders that may hold tables, in the order of their names.
    func layers() throws(Diagnostic) -> [String] { try folders(in: path) }

    /// The tables of a layer, in the order of their names.
    func tables(of layer: String) throws(Diagnostic) -> [LakeTable] {
        let folder = Path.join(path, layer)
        return try folders(in: folder).compactMap { name in
            let table = Path.join(folder, name)
            guard let log = try? files.status(Path.join(table, "_delta_log")), log.isDirectory else {
                return nil
            }
            return LakeTable(layer: layer, name: name, path: table)
        }
    }

    func tables() throws(Diagnostic) -> [LakeTable] {
        var tables: [LakeTable] = []
        for layer in try layers() { tables += try self.tables(of: layer) }
        return tables
    }

    private func folders(in folder: String) throws(Diagnostic) -> [String] {
        let entries = try StorageFailure.told("cannot list") { () throws(StorageError) in
            try files.list(folder)
        }
        return entries.filter { $0.isDirectory && !$0.name.hasPrefix(".") && !$0.name.hasPrefix("_") }
            .map(\.name).sorted()
    }
}
