import Columnar
import Planning
import Storage

/// What a stopped sink has not been given, in the state directory: a file for each epoch.
///
/// ```
/// <directory>/<epoch, 20 digits>.rows
/// | checksum of the rest: UInt64 | version: UInt32 | columns: text | parts: UInt32 | part … |
/// part  | first sequence: Int64 | rows: UInt32 | time or sequence: Int64 … | presence: UInt8 … | row … |
/// ```
/// The file is written whole under its epoch's name, so a repeated epoch writes the same file again.
struct WithheldRows: Sendable {
    let fileSystem: any FileSystem
    let directory: String

    private static let formatVersion: UInt32 = 1
    private static let suffix = ".rows"

    /// Rows of a stream or changes of a table, in order.
    enum Content {
        case rows([StreamRows])
        case changes([ChangeBatch])

        var isEmpty: Bool { count == 0 }

        var count: Int {
            switch self {
            case .rows(let parts): return parts.reduce(0) { $0 + $1.count }
            case .changes(let parts): return parts.reduce(0) { $0 + $1.count }
            }
        }
    }

    // MARK: Files

    private func path(of epoch: Int64) -> String {
        let digits = String(epoch)
        let zeros = String(repeating: "0", count: max(0, 20 - digits.utf8.count))
        return Path.join(directory, zeros + digits + Self.suffix)
    }

    /// The epochs that are kept, ascending.
    func epochs() throws(StorageError) -> [Int64] {
        guard try fileSystem.status(directory) != nil else { return [] }
        return try fileSystem.list(directory).compactMap { entry in
            entry.name.hasSuffix(Self.suffix) ? Int64(entry.name.dropLast(Self.suffix.utf8.count)) : nil
        }.sorted()
    }

    func remove(upTo epoch: Int64) throws(StorageError) {
        for kept in try epochs() where kept <= epoch { try fileSystem.remove(path(of: kept)) }
    }

    /// How many rows the files of epochs hold.
    func rowCount(_ relation: Relation, upTo last: Int64) throws(StorageError) -> Int64 {
        var count: Int64 = 0
        for epoch in try epochs() where epoch <= last { count += Int64(try read(epoch, relation).count) }
        return count
    }

    func write(_ content: Content, epoch: Int64, _ relation: Relation) throws(StorageError) {
        // Also of an epoch without rows: the directory says that the sink may be stopped.
        try fileSystem.createDirectory(directory)
        guard !content.isEmpty else { return }
        let body = Self.encode(content, relation)
        var encoder = BinaryEncoder()
        encoder.add(EpochLog.checksum(body))
        encoder.add(contentsOf: body)
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: encoder.bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: encoder.bytes)
        try fileSystem.writeAtomically(UnsafeRawBufferPointer(copy), to: path(of: epoch))
    }

    /// - Throws: `invalid` when the file is damaged or holds rows of other columns.
    func read(_ epoch: Int64, _ relation: Relation) throws(StorageError) -> Content {
        let bytes = try fileSystem.read(path(of: epoch))
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            let checksum = try decoder.number(UInt64.self)
            let body = decoder.rest()
            guard EpochLog.checksum(body) == checksum else { throw BinaryDecoder.Failure() }
            return try Self.decode(body, relation)
        } catch {
            throw .invalid(
                path: path(of: epoch), reason: "it is damaged, or holds rows of other columns")
        }
    }

    // MARK: Rows as bytes

    /// What is kept of a row: the relation's columns and, of a table, its time and window.
    private static func positions(_ relation: Relation) -> [Int] {
        var positions = Array(relation.columns.indices)
        if relation.kind == .table {
            positions.append(relation.position(of: .rowTime))
            if relation.windowing != nil {
                positions += [relation.position(of: .windowStart), relation.position(of: .windowEnd)]
            }
        }
        return positions
    }

    private static func type(_ position: Int, _ relation: Relation) -> DataType {
        position < relation.columns.count ? relation.columns[position].type : .bigint
    }

    private static func signature(_ relation: Relation) -> String {
        relation.kind.rawValue + relation.columns.map { " \($0.name) \($0.type.sql)" }.joined()
            + " \(relation.keyCount) \(relation.windowing != nil)"
    }

    private static func encode(_ content: Content, _ relation: Relation) -> [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(formatVersion)
        encoder.add(signature(relation))
        let positions = positions(relation)
        func add(_ count: Int, _ columns: [Column], _ numbers: Column, _ flag: (Int) -> Bool) {
            encoder.add(UInt32(count))
            for row in 0..<count { encoder.add(numbers.int64s[row]) }
            for row in 0..<count { encoder.add(flag(row)) }
            var codec = KeyCodec(types: positions.map { type($0, relation) })
            let kept = positions.map { columns[$0] }
            for row in 0..<count {
                codec.encode(kept, row: row) { bytes in encoder.add(Array(bytes)) }
            }
        }
        switch content {
        case .rows(let parts):
            encoder.add(UInt32(parts.count))
            for part in parts {
                encoder.add(part.firstSequence)
                add(part.count, part.columns, part.eventTimes) { row in
                    part.valuePresence.map { $0[row] } ?? true
                }
            }
        case .changes(let parts):
            encoder.add(UInt32(parts.count))
            for part in parts {
                encoder.add(Int64(0))
                add(part.count, part.new, part.sequences, part.isPresent)
            }
        }
        return encoder.bytes
    }

    private static func decode(
        _ body: [UInt8], _ relation: Relation
    ) throws(BinaryDecoder.Failure) -> Content {
        var decoder = BinaryDecoder(body)
        guard try decoder.number(UInt32.self) == formatVersion, try decoder.text() == signature(relation)
        else { throw BinaryDecoder.Failure() }
        var rows: [StreamRows] = []
        var changes: [ChangeBatch] = []
        for _ in 0..<(try decoder.number(UInt32.self)) {
            let firstSequence = try decoder.number(Int64.self)
            let count = Int(try decoder.number(UInt32.self))
            var numbers: [Int64] = []
            for _ in 0..<count { numbers.append(try decoder.number(Int64.self)) }
            let flags = Bitmap(repeating: false, count: count)
            for row in 0..<count where try decoder.flag() { flags.set(row) }
            let columns = try columns(&decoder, count, relation)
            let presence = flags.countOfOnes == count ? nil : flags
            if relation.kind == .stream {
                rows.append(
                    StreamRows(
                        relation: relation, count: count, columns: columns, eventTimes: .bigints(numbers),
                        valuePresence: presence, firstSequence: firstSequence))
            } else {
                changes.append(
                    ChangeBatch(
                        relation: relation, count: count, new: columns, newPresence: presence, old: nil,
                        oldPresence: nil, sequences: .bigints(numbers)))
            }
        }
        return relation.kind == .stream ? .rows(rows) : .changes(changes)
    }

    private static func columns(
        _ decoder: inout BinaryDecoder, _ count: Int, _ relation: Relation
    ) throws(BinaryDecoder.Failure) -> [Column] {
        let positions = positions(relation)
        let builders = positions.map { ColumnBuilder(type: type($0, relation), capacity: count) }
        for _ in 0..<count {
            let row = try decoder.string()
            // Its checksum was right, so it is as it was written.
            row.withUnsafeBytes { KeyCodec.decode($0, into: builders) }
        }
        var columns = [Column](repeating: RowBatch.absent, count: relation.width)
        for (position, builder) in zip(positions, builders) { columns[position] = builder.finish() }
        return columns
    }
}
