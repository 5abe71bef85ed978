import Storage
import Testing

@testable import Runtime

/// What a person is told of an epoch's log is how far the epoch has come.
@Suite struct LoggedEpochTests {
    private func log() throws -> (log: EpochLog, writer: EpochLog.Writer, disk: SimulatedFileSystem) {
        let disk = SimulatedFileSystem()
        try disk.createDirectory("/log")
        let log = EpochLog(fileSystem: disk, directory: "/log")
        let content = EpochLog.Content(epoch: 7, clock: 1_772_700_000_000, planFingerprint: 3)
        return (log, try log.begin(content), disk)
    }

    @Test func theStageGoesFromOpenToSealedToDone() throws {
        let (log, writer, disk) = try log()
        func epoch() throws -> LoggedEpoch? { try LoggedEpoch(logFile: log.path(of: 7), in: disk) }
        try writer.append(source: 0, InputRange(encoded: [1, 2, 3], byteCount: 500))
        try writer.append(source: 0, InputRange(encoded: [4], byteCount: 20))
        let open = try #require(try epoch())
        #expect(open.number == 7 && open.stage == .open && open.ranges == 2 && open.bytes == 520)
        #expect(open.clock == 1_772_700_000_000)
        try writer.seal()
        #expect(try epoch()?.stage == .sealed)
        try writer.finish()
        #expect(try epoch()?.stage == .done)
    }

    /// It belongs to a pipeline that may be at work.
    @Test func aTornLogIsReadAsFarAsItIsWholeAndLeftAsItIs() throws {
        let (log, writer, disk) = try log()
        try writer.append(source: 0, InputRange(encoded: [1, 2, 3], byteCount: 500))
        let path = log.path(of: 7)
        let size = try disk.read(path).count
        try disk.truncate(path, to: size - 1)
        #expect(try LoggedEpoch(logFile: path, in: disk)?.ranges == 0)
        #expect(try disk.read(path).count == size - 1)
        try disk.truncate(path, to: 5)
        #expect(try LoggedEpoch(logFile: path, in: disk) == nil)
    }
}
