import Glibc
import Synchronization

/// Objects as files below a directory of any file system.
///
/// A name is a path below the root, its parts neither empty nor starting with a dot. Objects are written
/// beside, under a name with a leading dot, synchronised, then renamed or linked into place; `list` passes
/// over such names, so that what a crash left of them is harmless.
public final class LocalObjectStore: ObjectStore {
    public let location: String
    private let fileSystem: any FileSystem
    private let lastTemporary = Atomic<UInt64>(0)
    // Tells temporary files of processes apart that share the directory.
    private let writer = String(UInt64.random(in: 0 ... .max), radix: 36)

    public init(_ root: String, in fileSystem: any FileSystem) {
        location = root
        self.fileSystem = fileSystem
    }

    public func put(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        let path = try path(of: name)
        let temporary = try writeTemporary(beside: path, bytes)
        do throws(StorageError) {
            try fileSystem.rename(temporary, to: path)
        } catch {
            try? fileSystem.remove(temporary)
            throw error
        }
        try fileSystem.synchroniseDirectory(Path.directory(of: path))
    }

    public func putIfAbsent(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(StorageError) {
        let path = try path(of: name)
        // Saves writing a large object in vain; the link below is what decides.
        if try fileSystem.status(path) != nil { throw try taken(path) }
        let temporary = try writeTemporary(beside: path, bytes)
        defer { try? fileSystem.remove(temporary) }
        do throws(StorageError) {
            try fileSystem.link(temporary, to: path)
        } catch .exists {
            throw try taken(path)
        }
        try fileSystem.synchroniseDirectory(Path.directory(of: path))
    }

    public func get(_ name: String) throws(StorageError) -> [UInt8] {
        let path = try path(of: name)
        do throws(StorageError) {
            return try fileSystem.read(path)
        } catch .invalid {
            // A folder, or a path through a file: no object has that name.
            throw .missing(path: path)
        }
    }

    public func list(prefix: String, after: String?) throws(StorageError) -> [StoredObject] {
        var folder = ""
        if let slash = prefix.utf8.lastIndex(of: UInt8(ascii: "/")) { folder = String(prefix[...slash]) }
        if !folder.isEmpty { _ = try path(of: String(folder.dropLast())) }
        var objects: [StoredObject] = []
        try collect(folder, prefix: prefix, after: after, into: &objects)
        return objects
    }

    public func delete(_ name: String) throws(StorageError) {
        let path = try path(of: name)
        do throws(StorageError) {
            try fileSystem.remove(path)
        } catch .missing {
            return
        }
        try fileSystem.synchroniseDirectory(Path.directory(of: path))
    }

    private func path(of name: String) throws(StorageError) -> String {
        for part in name.split(separator: "/", omittingEmptySubsequences: false)
        where part.isEmpty || part.utf8.first == UInt8(ascii: ".") || part.utf8.contains(0) {
            throw .invalid(
                path: Path.join(location, name),
                reason: "a part of an object's name is empty or starts with a dot")
        }
        return Path.join(location, name)
    }

    /// Somebody was first: their name must be as durable as what the caller builds on knowing it.
    private func taken(_ path: String) throws(StorageError) -> StorageError {
        try fileSystem.synchroniseDirectory(Path.directory(of: path))
        return .exists(path: path)
    }

    private func writeTemporary(
        beside path: String, _ bytes: UnsafeRawBufferPointer
    ) throws(StorageError) -> String {
        let number = lastTemporary.add(1, ordering: .relaxed).newValue
        let directory = Path.directory(of: path)
        let temporary = Path.join(directory, ".\(writer)-\(number).tmp")
        let file: any WritableFile
        do throws(StorageError) {
            file = try fileSystem.create(temporary)
        } catch .missing {
            try fileSystem.createDirectory(directory)
            file = try fileSystem.create(temporary)
        }
        defer { file.close() }
        do throws(StorageError) {
            try file.write(bytes)
            try file.synchronise()
        } catch {
            try? fileSystem.remove(temporary)
            throw error
        }
        return temporary
    }

    /// Adds what is in `folder` (empty, or ending in a slash) and below it, in ascending order of names.
    private func collect(
        _ folder: String, prefix: String, after: String?, into objects: inout [StoredObject]
    ) throws(StorageError) {
        let entries: [DirectoryEntry]
        do throws(StorageError) {
            entries = try fileSystem.list(folder.isEmpty ? location : Path.join(location, folder))
        } catch .missing {
            return
        } catch .invalid {
            return
        }
        // A folder sorts as its objects do: by its name with the slash.
        var names: [String] = []
        for entry in entries where entry.name.utf8.first != UInt8(ascii: ".") {
            let name = folder + entry.name + (entry.isDirectory ? "/" : "")
            if entry.isDirectory {
                guard startsWith(name, prefix) || startsWith(prefix, name) else { continue }
                if let after, isBefore(name, after), !startsWith(after, name) { continue }
            } else {
                guard startsWith(name, prefix) else { continue }
                if let after, !isBefore(after, name) { continue }
            }
            names.append(name)
        }
        names.sort(by: isBefore)
        for name in names {
            if name.utf8.last == UInt8(ascii: "/") {
                try collect(name, prefix: prefix, after: after, into: &objects)
            } else if let status = try fileSystem.status(Path.join(location, name)) {
                objects.append(
                    StoredObject(
                        name: name, size: status.size, modified: status.modificationNanoseconds / 1_000_000))
            }
        }
    }

    private func isBefore(_ left: String, _ right: String) -> Bool {
        left.utf8.lexicographicallyPrecedes(right.utf8)
    }

    private func startsWith(_ name: String, _ prefix: String) -> Bool {
        name.utf8.starts(with: prefix.utf8)
    }
}
