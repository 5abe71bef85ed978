import Diagnostics
import Storage
import Testing

@testable import Server

/// The file that says what a server is.
@Suite struct StatementLogTests {
    private let files = SimulatedFileSystem()
    private let path = "/data/statements.log"

    init() throws { try files.createDirectory("/data") }

    private func entry(_ number: Int64) -> StatementLog.Entry {
        StatementLog.Entry(
            sequence: number, statement: "CREATE STREAM S\(number) (\"a\" 'b'\nc);",
            properties: ["auto.offset.reset": "earliest"], starts: ["S": [0: number, 3: 7]])
    }

    private func write(_ count: Int64) throws {
        let log = try StatementLog(path, files)
        for number in 1...count { try log.append(entry(number)) }
    }

    @Test func whatWasAppendedIsThereAgain() throws {
        try write(3)
        let log = try StatementLog(path, files)
        #expect(log.entries.map(\.sequence) == [1, 2, 3])
        #expect(log.entries[1].statement == entry(2).statement)
        #expect(log.entries[2].properties == ["auto.offset.reset": "earliest"])
        #expect(log.entries[2].starts == ["S": [0: 3, 3: 7]])
        #expect(log.nextSequence == 4)
        #expect(log.damages.isEmpty)
    }

    /// A crash may leave any part of the last line.
    @Test func halfALineIsCutOff() throws {
        try write(2)
        let whole = try files.read(path)
        let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for size in [first + 1, first + 20, whole.count - 2, whole.count - 1] {
            try files.truncate(path, to: size)
            let log = try StatementLog(path, files)
            #expect(log.entries.map(\.sequence) == [1], "cut at \(size)")
            #expect(log.damages.count == 1)
            try log.append(entry(2))
            #expect(try files.read(path) == whole)
        }
    }

    @Test func aDamagedLineIsPassedOverAndTold() throws {
        try write(3)
        var bytes = try files.read(path)
        let first = try #require(bytes.firstIndex(of: UInt8(ascii: "\n")))
        bytes[first + 40] ^= 1
        try bytes.withUnsafeBytes { try files.writeAtomically($0, to: path) }
        let log = try StatementLog(path, files)
        #expect(log.entries.map(\.sequence) == [1, 3])
        #expect(
            log.damages.map(\.message) == ["line 2 of /data/statements.log is damaged and was passed over"])
    }
}
