import Diagnostics
import Storage
import Runtime
import Testing

@testable import Connectors

/// Files that are deleted or archived once they are read, on a disk that forgets what was not synchronised.
@Suite struct PowerLossTests {
    @Test(arguments: ["delete", "archive"]) func nothingIsReadTwiceOrLostWhenThePowerGoes(
        after: String
    ) throws {
        for seed in 1...150 as ClosedRange<UInt64> {
            var run = try PowerLossRun(seed: seed, isArchived: after == "archive")
            try run.run()
        }
    }
}

private struct PowerLossRun {
    let seed: UInt64
    private var generator: TestGenerator
    private var files: SimulatedFileSystem
    private var source: FileSource
    private let now = TestClock()
    private let isArchived: Bool
    private var written = 0
    private var read: [String] = []
    private var position: [UInt8]?

    init(seed: UInt64, isArchived: Bool) throws {
        self.seed = seed
        self.isArchived = isArchived
        generator = TestGenerator(seed: seed)
        files = SimulatedFileSystem()
        try files.createDirectory("/in")
        try files.createDirectory("/done")
        try files.synchroniseDirectory("/")
        source = try Self.makeSource(files, now, isArchived)
        try source.restore(nil)
    }

    private static func makeSource(
        _ files: SimulatedFileSystem, _ now: TestClock, _ isArchived: Bool
    ) throws -> FileSource {
        var settings = FileSourceSettings(path: "/in", filePatterns: ["*"], framing: .lines)
        settings.afterwards = isArchived ? .archive("/done") : .delete
        settings.pollIntervalMilliseconds = 1
        return try FileSource(
            settings, fileSystem: files, feed: nil, clock: { now.nanoseconds }, report: { _ in })
    }

    mutating func run() throws {
        for _ in 0..<40 {
            switch generator.below(5) {
            case 0, 1: try write()
            case 2: now.advance(milliseconds: generator.below(4000))
            case 3: if generator.below(3) == 0 { try crash() }
            default: try epoch(isFinal: false)
            }
        }
        try epoch(isFinal: true)
        try crash()
        try epoch(isFinal: true)
        #expect(read.sorted() == (0..<written).map { "record \($0)" }.sorted(), "seed \(seed)")
        let left = try files.list("/in")
        #expect(left.isEmpty, "seed \(seed)")
        if isArchived { #expect(try files.list("/done").count == written, "seed \(seed)") }
    }

    /// A file as a careful writer leaves it: there, whole and durable.
    private mutating func write() throws {
        let file = try files.create("/in/f\(written)")
        try Array("record \(written)\n".utf8).withUnsafeBytes { try file.write($0) }
        try file.synchronise()
        try files.synchroniseDirectory("/in")
        written += 1
    }

    /// Reads, makes the records and the position durable, and only then says so.
    private mutating func epoch(isFinal: Bool) throws {
        now.advance(milliseconds: 20)
        for range in try source.poll(maximumBytes: 1000, isFinal: isFinal) {
            read += try RangeReading(source, range, targetBytes: 100).records
        }
        position = source.position()
        if generator.below(3) == 0 {
            files.crashAt(files.operationCount + 1 + generator.below(6))
        }
        do { try source.acknowledge() } catch {}
        position = source.position()
        if (try? files.status("/in")) == nil { try crash() }
        files.crashAt(.max)
    }

    private mutating func crash() throws {
        files = files.crash(seed: generator.next())
        source = try Self.makeSource(files, now, isArchived)
        try source.restore(position)
    }
}
