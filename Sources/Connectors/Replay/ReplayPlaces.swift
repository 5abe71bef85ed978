import Diagnostics
import Formats
import Glibc
import Storage

/// Where a replay keeps what it makes, until that takes the place of what is there.
///
/// ```
/// <state>/replay/lock       held by the replay that is at work
/// <state>/replay/staged     the tables beside which something is being made
/// <state>/replay/task/      log, state and dead letters of the rebuild
/// <state>/replay/journal    written when all is made: from then on the swap is finished, never taken back
/// <state>/replay/former/    log and state that were swapped out, until they are removed
/// <table>/_replay/          the rebuilt table; readers and cleaners pass over the name
/// ```
struct ReplayPlaces: Sendable {
    let state: String

    var folder: String { Path.join(state, "replay") }
    var staged: String { Path.join(folder, "staged") }
    var task: String { Path.join(folder, "task") }
    var deadLetters: String { Path.join(task, "dead-letters") }
    var journal: String { Path.join(folder, "journal") }
    var former: String { Path.join(folder, "former") }

    static let tableFolder = "_replay"
    /// Second names of a bronze table's data files; neither it nor a table beside it takes them for its own.
    static let heldFolder = "_replay/_held"
    static func rebuilt(_ table: String) -> String { Path.join(table, tableFolder) }

    /// The path from the root: a swap may be finished from another working directory.
    static func absolute(_ path: String) -> String {
        if path.hasPrefix("/") { return path }
        guard let here = getcwd(nil, 0) else { return path }
        defer { free(here) }
        return Path.join(String(cString: here), path)
    }

    /// Notes the tables beside which something will be made, for whoever cleans up.
    func note(tables: [String], _ fileSystem: any FileSystem) throws(StorageError) {
        let list = JSONValue.array(tables.map { .string(Self.absolute($0)) })
        try fileSystem.writeAtomically(text: list.text, to: staged)
    }

    /// Removes what a replay has made and nobody uses; the lock stays.
    func clean(_ fileSystem: any FileSystem) {
        let noted = (try? fileSystem.read(staged)).flatMap { try? JSONValue(parsing: $0) }
        for table in noted?.array ?? [] {
            if let path = table.string { Self.remove(Self.rebuilt(path), fileSystem) }
        }
        Self.remove(task, fileSystem)
        Self.remove(former, fileSystem)
        for file in [staged, journal + ".tmp", staged + ".tmp"] { try? fileSystem.remove(file) }
    }

    /// Removes a folder with all that is in it, as far as that goes.
    static func remove(_ folder: String, _ fileSystem: any FileSystem) {
        guard let entries = try? fileSystem.list(folder) else { return }
        for entry in entries {
            let path = Path.join(folder, entry.name)
            if entry.isDirectory {
                remove(path, fileSystem)
            } else {
                try? fileSystem.remove(path)
            }
        }
        // The protocol of file systems has no word for it: an empty folder is no harm where this fails.
        if fileSystem is LocalFileSystem { rmdir(folder) }
    }
}

extension FileSystem {
    func writeAtomically(text: String, to path: String) throws(StorageError) {
        let bytes = Array(text.utf8)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try writeAtomically(UnsafeRawBufferPointer(copy), to: path)
    }
}

extension WritableFile {
    func write(_ bytes: [UInt8]) throws(StorageError) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try write(UnsafeRawBufferPointer(copy))
    }
}
