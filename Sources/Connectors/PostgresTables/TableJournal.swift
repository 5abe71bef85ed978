import Columnar
import Diagnostics
import Storage

/// What was read of a table of a database, in files of blocks: an epoch's part of it can be read again.
///
/// A file (a generation) begins with the rows that were known when it was begun, and goes on with changes.
/// One is begun when the last has become much longer than what it stands for; the older ones go once a
/// checkpoint no longer needs them. For one thread at a time, but for `block` and `remove`.
final class TableJournal: @unchecked Sendable {
    let directory: String
    private let fileSystem: any FileSystem
    private let relation: String
    /// The file that is written to.
    private var file: (any WritableFile)?
    /// Read by other threads that load blocks of older files, so it is fixed in what they are given.
    private(set) var generation: Int64 = 0
    /// Behind the last block that is whole.
    private(set) var end = 0

    private static let suffix = ".table"
    /// Bytes of a block, about.
    static let blockBytes = 1 << 20

    init(_ fileSystem: any FileSystem, directory: String, relation: String) {
        self.fileSystem = fileSystem
        self.directory = directory
        self.relation = relation
    }

    private func path(of generation: Int64) -> String {
        let digits = String(generation)
        let zeros = String(repeating: "0", count: max(0, 12 - digits.utf8.count))
        return Path.join(directory, zeros + digits + Self.suffix)
    }

    private func generations() throws(StorageError) -> [Int64] {
        guard try fileSystem.status(directory) != nil else { return [] }
        return try fileSystem.list(directory).compactMap { entry in
            entry.name.hasSuffix(Self.suffix) ? Int64(entry.name.dropLast(Self.suffix.count)) : nil
        }.sorted()
    }

    // MARK: Reading

    /// A whole block of a file. From any thread.
    func block(_ generation: Int64, _ place: Range<Int>) throws(Diagnostic) -> Buffer {
        do throws(StorageError) {
            let file = try fileSystem.open(path(of: generation))
            defer { file.close() }
            let buffer = Buffer(capacity: place.count)
            let bytes = UnsafeMutableRawBufferPointer(start: buffer.pointer, count: place.count)
            guard try file.read(at: place.lowerBound, into: bytes) == place.count else {
                throw StorageError.invalid(path: path(of: generation), reason: "it ends too early")
            }
            return buffer
        } catch {
            throw damaged(error.reason)
        }
    }

    /// Calls `body` with each block before `end`, in order.
    func read(
        _ generation: Int64, upTo end: Int, _ body: (Int, UnsafeRawBufferPointer) throws(Diagnostic) -> Void
    ) throws(Diagnostic) {
        var start = 0
        while start < end {
            let head = try block(generation, start..<start + TableBlock.headBytes)
            let length = Int(UInt32(littleEndian: head.pointer.load(as: UInt32.self))) + 4
            guard length >= TableBlock.headBytes, length <= end - start else {
                throw damaged("a block of its file is longer than the file")
            }
            let bytes = try block(generation, start..<start + length)
            try body(start, UnsafeRawBufferPointer(start: bytes.pointer, count: length))
            start += length
        }
    }

    /// The rows that a file stands for, as far as `end`.
    func image(_ generation: Int64, upTo end: Int) throws(Diagnostic) -> TableImage {
        var image = TableImage()
        try read(generation, upTo: end) { start, block throws(Diagnostic) in
            try apply(block, at: start, to: &image)
        }
        return image
    }

    /// Takes up a block's changes.
    func apply(
        _ block: UnsafeRawBufferPointer, at start: Int, to image: inout TableImage
    ) throws(Diagnostic) {
        let isWhole = TableBlock.read(block) { entry in
            let key = TableImage.fingerprint(of: entry.key)
            let place = start + entry.place
            switch entry.kind {
            case .row:
                image[key] = TableImage.Row(
                    print: TableImage.print(of: entry.value), place: place, comparison: 0)
            case .removal: image[key] = nil
            case .known:
                guard entry.value.count == 8 else { return }
                let print = TableBlock.number(entry.value, 0, UInt64.self)
                image[key] = TableImage.Row(print: print, place: place, comparison: 0)
            }
        }
        if !isWhole { throw damaged("a block of its file is not as it was written") }
    }

    /// The key of an entry of the file that is written to.
    func key(at place: Int) throws(Diagnostic) -> [UInt8] {
        let head = try block(generation, place..<place + TableBlock.entryHeadBytes)
        let bytes = UnsafeRawBufferPointer(start: head.pointer, count: TableBlock.entryHeadBytes)
        let length = Int(TableBlock.number(bytes, 9, UInt32.self))
        let start = place + TableBlock.entryHeadBytes
        let key = try block(generation, start..<start + length)
        return Array(UnsafeRawBufferPointer(start: key.pointer, count: length))
    }

    func damaged(_ reason: String) -> Diagnostic {
        Diagnostic(
            .state, "the journal of \(relation) in \(directory) can't be read: \(reason)",
            hint: "restore the state directory, or start over with another one (--state): the table is read "
                + "anew")
    }

    // MARK: Writing

    /// Goes on behind `end` of a file; what lies behind it was never taken. 0 begins anew.
    func open(_ generation: Int64, at end: Int) throws(StorageError) {
        close()
        self.generation = generation
        self.end = end
        try fileSystem.createDirectory(directory)
        if generation == 0 {
            let all = try generations()
            for former in all { try fileSystem.remove(path(of: former)) }
            self.generation = (all.last ?? 0) + 1
            let made = try fileSystem.create(path(of: self.generation))
            try made.synchronise()
            try fileSystem.synchroniseDirectory(directory)
            file = made
        } else {
            try fileSystem.truncate(path(of: generation), to: end)
            file = try fileSystem.append(to: path(of: generation))
        }
    }

    /// Makes a block durable; returns where it is. After a throw the journal must be opened again.
    func append(_ block: [UInt8]) throws(StorageError) -> Range<Int> {
        guard let file else { preconditionFailure("a journal is open when it is written to") }
        try file.write(block)
        try file.synchronise()
        let place = end..<end + block.count
        end = place.upperBound
        return place
    }

    func close() {
        file?.close()
        file = nil
    }

    /// Begins a file with what the last one stands for; the places of the image are its own then. After a
    /// throw the journal must be opened again.
    func beginGeneration(_ image: inout TableImage) throws(StorageError) {
        let next = generation + 1
        var moved = TableImage()
        let (former, formerEnd) = (generation, end)
        do throws(StorageError) {
            close()
            let made = try fileSystem.create(path(of: next))
            generation = next
            end = 0
            file = made
            var block = TableBlock()
            var failure: StorageError?
            var waiting: [(key: Fingerprint, place: Int)] = []
            func flush() throws(StorageError) {
                guard !block.isEmpty else { return }
                let start = end
                _ = try append(block.finished())
                for (key, place) in waiting { moved[key]?.place = start + place }
                waiting = []
                block = TableBlock()
            }
            do throws(Diagnostic) {
                try read(former, upTo: formerEnd) { start, bytes throws(Diagnostic) in
                    _ = TableBlock.read(bytes) { entry in
                        let key = TableImage.fingerprint(of: entry.key)
                        guard entry.kind != .removal, var row = image[key], row.place == start + entry.place
                        else { return }
                        let place = withUnsafeBytes(of: row.print.littleEndian) {
                            block.add(.known, time: entry.time, key: entry.key, value: $0)
                        }
                        row.place = 0
                        moved[key] = row
                        waiting.append((key, place))
                    }
                    do throws(StorageError) {
                        if block.bytes.count >= Self.blockBytes { try flush() }
                    } catch {
                        failure = error
                        throw damaged(error.reason)
                    }
                }
            } catch {
                if let failure { throw failure }
                throw StorageError.invalid(path: path(of: former), reason: error.message)
            }
            try flush()
            try fileSystem.synchroniseDirectory(directory)
            image = moved
        } catch {
            close()
            (generation, end) = (former, formerEnd)
            throw error
        }
    }

    /// Removes files that no checkpoint needs any more. From any thread.
    func remove(before generation: Int64) throws(StorageError) {
        for former in try generations() where former < generation {
            try fileSystem.remove(path(of: former))
        }
    }
}
