import Diagnostics
import Foundation
import Storage
import Runtime
import Testing

@testable import Connectors

@Suite struct IdentityTests {
    /// All rejections of a poll, with the records.
    private func readAll(
        _ bed: FileBed, final: Bool = false
    ) throws -> (records: [String], codes: [DiagnosticCode]) {
        var records: [String] = []
        var codes: [DiagnosticCode] = []
        while true {
            let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: final)
            if ranges.isEmpty { return (records, codes) }
            for range in ranges {
                let reading = try RangeReading(bed.source, range, targetBytes: 1 << 20)
                records += reading.records
                codes += reading.rejections.map(\.code)
            }
        }
    }

    @Test func aRenamedFileIsNotReadAgain() throws {
        let bed = try FileBed()
        bed.write("a", "1\n2\n")
        #expect(try bed.read() == ["1", "2"])
        bed.move("a", "b")
        #expect(try bed.read() == [])
        bed.append("b", "3\n")
        #expect(try bed.read() == ["3"])
        let position = bed.source.position()
        bed.move("b", "c")
        try bed.restart(position)
        #expect(try bed.read() == [])
        bed.append("c", "4\n")
        #expect(try bed.read() == ["4"])
    }

    @Test func aHardLinkIsTheSameFile() throws {
        let bed = try FileBed()
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        link(bed.path("a"), bed.path("b"))
        #expect(try bed.read() == [])
        bed.remove("a")
        #expect(try bed.read() == [])
        bed.append("b", "2\n")
        #expect(try bed.read() == ["2"])
        try bed.restart(bed.source.position())
        #expect(try bed.read() == [])
    }

    @Test func aLinkMadeAndTheFirstNameRemovedInOneGo() throws {
        let bed = try FileBed()
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        link(bed.path("a"), bed.path("b"))
        bed.remove("a")
        #expect(try bed.read() == [])
    }

    @Test func aRotatedLogIsReadOnAndItsSuccessorFromTheStart() throws {
        let bed = try FileBed()
        bed.append("log", "1\n")
        #expect(try bed.read() == ["1"])
        bed.append("log", "2\n")
        bed.move("log", "log.1")
        bed.append("log.1", "3\n")
        bed.append("log", "4\n")
        #expect(try bed.read().sorted() == ["2", "3", "4"])
    }

    @Test func anInodeThatIsUsedAgainIsANewFile() throws {
        let bed = try FileBed()
        for round in 0..<50 {
            bed.append("a", "same head\n\(round)\n")
            #expect(try bed.read() == ["same head", "\(round)"])
            bed.remove("a")
            if round % 2 == 0 { #expect(try bed.read() == []) }
        }
    }

    @Test func aRemovedFileWithTheSameContentsIsReadAnew() throws {
        let bed = try FileBed()
        for round in 0..<50 {
            bed.append("a", "same\n")
            #expect(try bed.read() == ["same"], "round \(round)")
            bed.remove("a")
        }
    }

    @Test func aFileReplacedByRenameIsANewFile() throws {
        let bed = try FileBed()
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        bed.write("a", "1\n2\n")
        #expect(try bed.read() == ["1", "2"])
    }

    @Test func aFileWrittenAnewInPlaceIsANewFile() throws {
        let bed = try FileBed()
        bed.append("a", "1\n")
        #expect(try bed.read() == ["1"])
        let file = open(bed.path("a"), O_WRONLY | O_TRUNC)
        write(file, "other\n", 6)
        close(file)
        #expect(try readAll(bed) == (["other"], []))
        // Shorter than before, while nothing looked.
        let again = open(bed.path("a"), O_WRONLY | O_TRUNC)
        write(again, "x\n", 2)
        close(again)
        try bed.restart(bed.source.position())
        #expect(try readAll(bed) == (["x"], []))
    }

    @Test func aLogThatIsCopiedAndTruncatedGoesOn() throws {
        let bed = try FileBed()
        bed.append("log", "1\n2\n")
        #expect(try bed.read() == ["1", "2"])
        truncate(bed.path("log"), 0)
        #expect(try readAll(bed) == ([], []))
        bed.append("log", "3\n")
        #expect(try readAll(bed) == (["3"], []))
    }

    @Test func aFileThatIsCutIsAnErrorAndReadOnBehindTheCut() throws {
        let bed = try FileBed()
        let head = String(repeating: "x", count: 1100) + "\n"
        bed.append("a", head + "1\n2\n")
        #expect(try bed.read().count == 3)
        truncate(bed.path("a"), 1103)
        let cut = try readAll(bed)
        #expect(cut.records == [])
        #expect(cut.codes == [.conflict])
        bed.append("a", "3\n")
        #expect(try readAll(bed) == (["3"], []))
    }

    @Test func aFileThatVanishesUnreadIsAnErrorAndTheOthersGoOn() throws {
        let bed = try FileBed()
        bed.write("a", "1\nunfinished")
        bed.write("b", "2\n")
        #expect(try bed.read() == ["1", "2"])
        bed.remove("a")
        let reading = try readAll(bed)
        #expect(reading.codes == [.notFound])
        #expect(bed.reports.all.map(\.message) == ["\(bed.path("a")) was removed before it was read"])
        bed.write("c", "3\n")
        #expect(try readAll(bed) == (["3"], []))
    }

    @Test func aFileThatIsMovedAwayUnreadIsAnErrorAfterAWhile() throws {
        let bed = try FileBed()
        bed.write("a", "1\nunfinished")
        #expect(try bed.read() == ["1"])
        bed.move("a", ".a")
        #expect(try readAll(bed) == ([], []))
        bed.move(".a", "b")
        #expect(try readAll(bed) == ([], []))
        bed.move("b", ".a")
        #expect(try readAll(bed) == ([], []))
        bed.now.advance(milliseconds: 2000)
        #expect(try readAll(bed).codes == [.notFound])
    }

    @Test func withFailOnErrorItIsThrown() throws {
        let bed = try FileBed { settings, _ in settings.failsOnError = true }
        bed.write("a", "1\nunfinished")
        #expect(try bed.read() == ["1"])
        bed.remove("a")
        for _ in 0..<2 {
            let error = #expect(throws: Diagnostic.self) {
                _ = try bed.source.poll(maximumBytes: 100, isFinal: false)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test func aFileThatChangesBetweenPollAndLoadingIsRejectedNotACrash() throws {
        for change in ["cut", "replace", "remove"] {
            for restarts in [false, true] {
                let bed = try FileBed()
                let head = String(repeating: "x", count: 1100) + "\n"
                bed.append("a", head + "1\n2\n")
                let ranges = try bed.source.poll(maximumBytes: 1 << 20, isFinal: false)
                #expect(ranges.count == 1)
                switch change {
                case "cut": truncate(bed.path("a"), 1103)
                case "replace": bed.write("a", "other\n")
                default: bed.remove("a")
                }
                if restarts {
                    try bed.restart(nil)
                    #expect(throws: Diagnostic.self) { try bed.source.replay(ranges[0]) }
                }
                let reading = try RangeReading(bed.source, ranges[0], targetBytes: 1 << 20)
                if restarts || change == "cut" {
                    #expect(reading.records == [])
                    #expect(reading.rejections.count == 1)
                } else {
                    // The file is still open: what is gone by name can still be read.
                    #expect(reading.records.count == 3)
                }
                let more = try readAll(bed)
                if change == "replace" { #expect(more.records == ["other"]) }
            }
        }
    }

    @Test func anUnreadableFileIsAnErrorAndTriedAgainWhenItChanges() throws {
        let bed = try FileBed()
        bed.write("a", "1\n")
        bed.write("b", "2\n")
        let files = FaultyFileSystem(unreadable: [bed.path("a")])
        let now = bed.now
        var settings = bed.settings
        settings.pollIntervalMilliseconds = 100
        let source = try FileSource(
            settings, fileSystem: files, feed: nil, clock: { now.nanoseconds },
            report: { bed.reports.add($0) })
        try source.restore(nil)
        func read() throws -> RangeReading {
            var reading = RangeReading()
            for range in try source.poll(maximumBytes: 100, isFinal: false) {
                let next = try RangeReading(source, range, targetBytes: 10)
                reading.records += next.records
                reading.rejections += next.rejections
            }
            return reading
        }
        let first = try read()
        #expect(first.records == ["2"])
        #expect(first.rejections == [])
        now.advance(milliseconds: 2000)
        #expect(try read().rejections.map(\.code) == [.io])
        #expect(bed.reports.all.map(\.message) == ["\(bed.path("a")) cannot be read: permission denied"])
        now.advance(milliseconds: 2000)
        #expect(try read() == RangeReading())
        #expect(source.lag() == 2)
        files.unreadable.withLock { $0 = [] }
        now.advance(milliseconds: 1000)
        #expect(try read().records == ["1"])
    }

    @Test func theDeviceNumberMayChangeWithARestartOfTheMachine() throws {
        let bed = try FileBed()
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        let position = try FilePosition(bed.source.position())
        var moved = FilePosition(device: position.device + 7, nextID: position.nextID).encodedHead()
        for var entry in position.entries {
            entry.key.device += 7
            moved += FilePosition.encoded(entry, rootDevice: position.device + 7)
        }
        try bed.restart(moved)
        #expect(try bed.read() == [])
        bed.append("a", "2\n")
        #expect(try bed.read() == ["2"])
    }
}

private func == (
    left: (records: [String], codes: [DiagnosticCode]), right: ([String], [DiagnosticCode])
) -> Bool {
    left.records == right.0 && left.codes == right.1
}
