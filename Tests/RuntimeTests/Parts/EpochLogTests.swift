import Storage
import Testing

@testable import Runtime

@Suite struct EpochLogTests {
    private static func log(_ fileSystem: any FileSystem) throws -> EpochLog {
        try fileSystem.createDirectory("/log")
        return EpochLog(fileSystem: fileSystem, directory: "/log")
    }

    private static let ranges: [(source: Int, range: InputRange)] = [
        (0, InputRange(encoded: [1, 2, 3], byteCount: 100)), (1, InputRange(encoded: [], byteCount: 0)),
        (0, InputRange(encoded: Array(0...255), byteCount: 1 << 40)),
    ]

    /// Writes a whole log; returns its bytes, and how long it was after each entry.
    private static func write(_ fileSystem: SimulatedFileSystem) throws -> (bytes: [UInt8], ends: [Int]) {
        let log = try log(fileSystem)
        var ends: [Int] = []
        func note() throws { ends.append(try fileSystem.read(log.path(of: 7)).count) }
        let writer = try log.begin(.init(epoch: 7, clock: -5, planFingerprint: 99))
        try note()
        for (source, range) in ranges {
            try writer.append(source: source, range)
            try note()
        }
        try writer.seal()
        try note()
        try writer.finish()
        try note()
        return (try fileSystem.read(log.path(of: 7)), ends)
    }

    private static func content(entries: Int) -> EpochLog.Content? {
        guard entries > 0 else { return nil }
        return EpochLog.Content(
            epoch: 7, clock: -5, planFingerprint: 99, ranges: Array(ranges.prefix(entries - 1)),
            isSealed: entries > ranges.count + 1, isDone: entries > ranges.count + 2)
    }

    private static func store(_ bytes: [UInt8], _ fileSystem: any FileSystem, _ path: String) throws {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 16)
        defer { copy.deallocate() }
        copy.copyBytes(from: bytes)
        try fileSystem.writeAtomically(UnsafeRawBufferPointer(copy), to: path)
    }

    @Test func givesBackWhatWasWritten() throws {
        let fileSystem = SimulatedFileSystem()
        _ = try Self.write(fileSystem)
        let log = try Self.log(fileSystem)
        #expect(try log.epochs() == [7])
        #expect(try log.load(7) == Self.content(entries: 6))
        try log.remove(7)
        #expect(try log.epochs().isEmpty)
    }

    @Test func givesBackForHowLongSourcesWereIdle() throws {
        let fileSystem = SimulatedFileSystem()
        let log = try Self.log(fileSystem)
        let idle = [
            IdleTime(source: 1, isWhole: false, partitions: [.init(number: 3, passed: 40_000)]),
            IdleTime(source: 2, isWhole: true, partitions: []),
        ]
        let writer = try log.begin(.init(epoch: 7, clock: -5, planFingerprint: 99))
        try writer.append(idle)
        try writer.append(source: 0, Self.ranges[0].range)
        try writer.seal()
        #expect(try log.load(7)?.idle == idle)
    }

    /// At whatever byte a log ends, what is whole is read, what is torn is cut off, and more can be written.
    @Test func cutsOffATornTailAtEveryByte() throws {
        let (bytes, ends) = try Self.write(SimulatedFileSystem())
        for length in 0..<bytes.count {
            let fileSystem = SimulatedFileSystem()
            let log = try Self.log(fileSystem)
            try Self.store(Array(bytes.prefix(length)), fileSystem, log.path(of: 7))
            let entries = ends.count { $0 <= length }
            #expect(try log.load(7) == Self.content(entries: entries), "cut at \(length)")
            #expect(try fileSystem.read(log.path(of: 7)).count == (entries == 0 ? 0 : ends[entries - 1]))
            guard entries > 0, entries <= Self.ranges.count + 1 else { continue }
            let writer = try log.resume(7)
            try writer.append(source: 3, InputRange(encoded: [9], byteCount: 1))
            try writer.seal()
            let resumed = try #require(try log.load(7))
            #expect(resumed.isSealed && resumed.ranges.last?.source == 3, "cut at \(length)")
        }
    }

    @Test func endsAtTheFirstDamagedByte() throws {
        let (bytes, ends) = try Self.write(SimulatedFileSystem())
        for position in bytes.indices {
            let fileSystem = SimulatedFileSystem()
            let log = try Self.log(fileSystem)
            var damaged = bytes
            damaged[position] ^= 0x41
            try Self.store(damaged, fileSystem, log.path(of: 7))
            let entries = ends.count { $0 <= position }
            #expect(try log.load(7) == Self.content(entries: entries), "damaged at \(position)")
        }
    }

    @Test func refusesALaterFormat() throws {
        let fileSystem = SimulatedFileSystem()
        let log = try Self.log(fileSystem)
        var payload = BinaryEncoder()
        payload.add(EpochLog.formatVersion + 1)
        payload.add(Int64(7))
        let body = [1] + payload.bytes
        var entry = BinaryEncoder()
        entry.add(UInt32(body.count))
        entry.add(EpochLog.checksum(body))
        entry.add(contentsOf: body)
        try Self.store(entry.bytes, fileSystem, log.path(of: 7))
        #expect(throws: (any Error).self) { try log.load(7) }
    }

    /// A full disk takes half an entry: when there is room again, the entry is written once and whole.
    @Test func writesAnEntryAgainAfterAFullDisk() throws {
        let fileSystem = SimulatedFileSystem()
        let log = try Self.log(fileSystem)
        let writer = try log.begin(.init(epoch: 7, clock: -5, planFingerprint: 99))
        for (source, range) in Self.ranges {
            fileSystem.limitCapacity(fileSystem.usedBytes + 5)
            #expect(throws: StorageError.self) { try writer.append(source: source, range) }
            fileSystem.limitCapacity(nil)
            try writer.append(source: source, range)
        }
        try writer.seal()
        #expect(try log.load(7) == Self.content(entries: 5))
    }
}
