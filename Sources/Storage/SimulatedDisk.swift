/// A file or directory of a simulated disk, with what of it a power loss cannot take.
final class SimulatedNode {
    /// In UTF-8: file systems tell apart what Unicode calls equivalent, and `String` does not.
    typealias Name = [UInt8]

    let number: UInt64
    let isDirectory: Bool
    var modificationNanoseconds: Int64 = 0
    /// Names that lead here now; the bytes of a file without any are free.
    var links = 0

    /// A file's bytes as programs see them.
    var bytes: [UInt8] = []
    /// The durable contents are `bytes[..<durableCount]` and then `durableRest`, which a cut has taken off.
    var durableCount = 0
    var durableRest: [UInt8] = []

    /// A directory's names as programs see them, and as they would be after a power loss.
    var entries: [Name: SimulatedNode] = [:]
    var durableEntries: [Name: SimulatedNode] = [:]

    init(number: UInt64, isDirectory: Bool) {
        self.number = number
        self.isDirectory = isDirectory
    }

    func cut(to size: Int) {
        if size < durableCount {
            durableRest = Array(bytes[size..<durableCount]) + durableRest
            durableCount = size
        }
        bytes.removeLast(bytes.count - size)
    }

    func synchronise() {
        durableCount = bytes.count
        durableRest = []
    }
}

/// The names and bytes of a simulated disk: what programs see, what is durable, and what lies between.
///
/// Not thread-safe; `SimulatedFileSystem` is.
struct SimulatedDisk {
    typealias Name = SimulatedNode.Name

    /// One operation on names, which a crash keeps whole or loses whole, whatever directories it touches.
    private struct NameChange {
        var parts: [Part]

        struct Part {
            let directory: SimulatedNode
            let name: Name
            /// nil: the name goes.
            let node: SimulatedNode?
        }
    }

    let root = SimulatedNode(number: 1, isDirectory: true)
    /// Bytes of all files that have a name.
    private(set) var usedBytes = 0
    private var nextNumber: UInt64 = 2
    /// Changes of names that are not durable, oldest first.
    private var pending: [NameChange] = []

    static func parts(of path: String) -> [Name] {
        var parts: [Name] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) where !part.elementsEqual(".".utf8) {
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(Array(part)) }
        }
        return parts
    }

    func node(at path: String) -> SimulatedNode? {
        var node = root
        for part in SimulatedDisk.parts(of: path) {
            guard node.isDirectory else { return nil }
            guard let next = node.entries[part] else { return nil }
            node = next
        }
        return node
    }

    /// The directory that holds, or is to hold, the last part of `path`, and that part.
    func place(of path: String) throws(StorageError) -> (directory: SimulatedNode, name: Name) {
        var parts = SimulatedDisk.parts(of: path)
        guard let name = parts.popLast() else {
            throw .invalid(path: path, reason: "it is a directory, where a file is needed")
        }
        var node = root
        for part in parts {
            guard let next = node.entries[part] else { throw .missing(path: path) }
            guard next.isDirectory else {
                throw .invalid(path: path, reason: "a part of the path is a file, not a directory")
            }
            node = next
        }
        return (node, name)
    }

    mutating func makeFile(_ path: String) throws(StorageError) -> SimulatedNode {
        let (directory, name) = try place(of: path)
        let node = makeNode(isDirectory: false)
        change([(directory, name, node)])
        return node
    }

    /// Directories are durable when the call returns, as the protocol says.
    mutating func makeDirectory(_ path: String) throws(StorageError) {
        var node = root
        for part in SimulatedDisk.parts(of: path) {
            if let next = node.entries[part] {
                guard next.isDirectory else {
                    throw .invalid(path: path, reason: "it is a file, where a directory is needed")
                }
                node = next
            } else {
                let next = makeNode(isDirectory: true)
                change([(node, part, next)])
                synchronise(node)
                node = next
            }
        }
    }

    mutating func rename(_ path: String, to newPath: String) throws(StorageError) {
        let (directory, name) = try place(of: path)
        guard let node = directory.entries[name] else { throw .missing(path: path) }
        let (newDirectory, newName) = try place(of: newPath)
        if let old = newDirectory.entries[newName] {
            if old === node { return }
            guard !old.isDirectory, !node.isDirectory else {
                throw .invalid(path: newPath, reason: "it is a directory, where a file is needed")
            }
        }
        change([(directory, name, nil), (newDirectory, newName, node)])
    }

    mutating func link(_ path: String, to newPath: String) throws(StorageError) {
        let (directory, name) = try place(of: path)
        guard let node = directory.entries[name] else { throw .missing(path: path) }
        guard !node.isDirectory else {
            throw .invalid(path: path, reason: "it is a directory, where a file is needed")
        }
        let (newDirectory, newName) = try place(of: newPath)
        guard newDirectory.entries[newName] == nil else { throw .exists(path: newPath) }
        change([(newDirectory, newName, node)])
    }

    mutating func remove(_ path: String) throws(StorageError) {
        let (directory, name) = try place(of: path)
        guard let node = directory.entries[name] else { throw .missing(path: path) }
        guard node.entries.isEmpty else {
            throw .invalid(path: path, reason: "it is a directory that is not empty")
        }
        change([(directory, name, nil)])
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer, to node: SimulatedNode) {
        node.bytes.append(contentsOf: bytes)
        if node.links > 0 { usedBytes += bytes.count }
    }

    mutating func cut(_ node: SimulatedNode, to size: Int) {
        if node.links > 0 { usedBytes -= node.bytes.count - size }
        node.cut(to: size)
    }

    /// Makes all changes of the directory's names durable.
    mutating func synchronise(_ directory: SimulatedNode) {
        var left: [NameChange] = []
        for change in pending {
            guard change.parts.contains(where: { $0.directory === directory }) else {
                left.append(change)
                continue
            }
            for part in change.parts {
                part.directory.durableEntries[part.name] = part.node
                // An older change of the name in another directory that is still open must not undo this one.
                guard part.directory !== directory else { continue }
                for index in left.indices {
                    left[index].parts.removeAll { $0.directory === part.directory && $0.name == part.name }
                }
            }
        }
        pending = left.filter { !$0.parts.isEmpty }
    }

    /// Makes all bytes and all names durable.
    mutating func synchroniseAll() {
        var open = [root]
        var seen: Set<ObjectIdentifier> = []
        while let node = open.popLast() {
            guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
            node.synchronise()
            open += node.entries.values
        }
        for change in pending {
            for part in change.parts { part.directory.durableEntries[part.name] = part.node }
        }
        pending = []
    }

    private mutating func makeNode(isDirectory: Bool) -> SimulatedNode {
        defer { nextNumber += 1 }
        return SimulatedNode(number: nextNumber, isDirectory: isDirectory)
    }

    private mutating func change(_ parts: [(SimulatedNode, Name, SimulatedNode?)]) {
        for (directory, name, node) in parts {
            if let node { count(node, 1) }
            if let old = directory.entries[name] { count(old, -1) }
            directory.entries[name] = node
        }
        pending.append(
            NameChange(parts: parts.map { .init(directory: $0.0, name: $0.1, node: $0.2) }))
    }

    private mutating func count(_ node: SimulatedNode, _ change: Int) {
        if node.links == 0 { usedBytes += node.bytes.count }
        node.links += change
        if node.links == 0 { usedBytes -= node.bytes.count }
    }
}

extension SimulatedDisk {
    /// How much of what was not durable a crash keeps; each seed meets one of them.
    private enum Mercy: CaseIterable {
        case none, some, all
    }

    /// The disk after a power loss and a reboot: all that was durable, and a seeded choice of the rest.
    func afterCrash(seed: UInt64) -> SimulatedDisk {
        var random = SeededGenerator(seed: seed)
        let mercy = Mercy.allCases.randomElement(using: &random) ?? .none
        var names: [ObjectIdentifier: [Name: SimulatedNode]] = [:]
        for change in pending {
            guard mercy == .all || mercy == .some && Bool.random(using: &random) else { continue }
            for part in change.parts {
                names[ObjectIdentifier(part.directory), default: part.directory.durableEntries][part.name] =
                    part.node
            }
        }
        var disk = SimulatedDisk()
        var copies: [ObjectIdentifier: SimulatedNode] = [:]
        var open = [(from: root, to: disk.root)]
        while let (from, to) = open.popLast() {
            let entries = names[ObjectIdentifier(from)] ?? from.durableEntries
            // Sorted: a dictionary's order is not reproducible from the seed.
            for (name, node) in entries.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
                let copy: SimulatedNode
                if let known = copies[ObjectIdentifier(node)] {
                    copy = known
                } else {
                    copy = SimulatedNode(number: node.number, isDirectory: node.isDirectory)
                    copy.modificationNanoseconds = node.modificationNanoseconds
                    copies[ObjectIdentifier(node)] = copy
                    if node.isDirectory {
                        open.append((node, copy))
                    } else {
                        copy.bytes = node.survivingBytes(all: mercy == .all, none: mercy == .none, &random)
                        copy.synchronise()
                    }
                }
                disk.count(copy, 1)
                to.entries[name] = copy
                to.durableEntries[name] = copy
            }
        }
        disk.nextNumber = nextNumber
        return disk
    }
}

extension SimulatedNode {
    fileprivate func survivingBytes(
        all: Bool, none: Bool, _ random: inout SeededGenerator
    ) -> [UInt8] {
        let durable = bytes[..<durableCount] + durableRest
        if all { return bytes }
        if none || bytes.count == durableCount && durableRest.isEmpty { return Array(durable) }
        // A cut that is not durable may have happened or not.
        if !durableRest.isEmpty && Bool.random(using: &random) { return Array(durable) }
        let kept = Int.random(in: durableCount...bytes.count, using: &random)
        var surviving = Array(bytes[..<kept])
        // The size can reach the disk before the bytes do; what was never written reads as zeros.
        if kept > durableCount, Int.random(in: 0..<4, using: &random) == 0 {
            for index in Int.random(in: durableCount..<kept, using: &random)..<kept { surviving[index] = 0 }
        }
        return surviving
    }
}
