import Diagnostics
import Foundation
import Storage
import Runtime
import Synchronization
import Testing

@testable import Connectors

@Suite struct DiscoveryTests {
    private func setModified(_ bed: FileBed, _ name: String, _ seconds: Double) throws {
        let date = Date(timeIntervalSince1970: seconds)
        try FileManager.default.setAttributes([.modificationDate: date], ofItemAtPath: bed.path(name))
    }

    @Test func filesComeByTimeThenNameAndLaterOnesBehind() throws {
        let bed = try FileBed()
        for (name, time) in [("c", 10.0), ("a", 20.0), ("b", 10.0), ("d", 5.0)] {
            bed.write(name, name + "\n")
            try setModified(bed, name, time)
        }
        try bed.restart(nil)
        #expect(try bed.read() == ["d", "b", "c", "a"])
        bed.write("0", "0\n")
        try setModified(bed, "0", 1)
        #expect(try bed.read() == ["0"])
    }

    @Test func hiddenAndTemporaryNamesAreLeftAlone() throws {
        let bed = try FileBed()
        for name in [".a", "_a", "a.tmp"] { bed.write(name, "no\n") }
        bed.write("a", "yes\n")
        try FileManager.default.createDirectory(atPath: bed.path("sub"), withIntermediateDirectories: true)
        bed.write("sub/a", "no\n")
        #expect(try bed.read() == ["yes"])
        try bed.restart(nil)
        #expect(try bed.read() == ["yes"])
    }

    @Test func namesFollowThePatterns() throws {
        let bed = try FileBed(patterns: FileSourceSettings.jsonPatterns)
        bed.write("a.json", "1\n")
        bed.write("a.csv", "2\n")
        bed.write("a.ndjson.gz", Packed.gzip("3\n"))
        #expect(try Set(bed.read()) == ["1", "3"])
    }

    @Test func aSingleFileIsFollowedEvenIfHidden() throws {
        let bed = try FileBed()
        bed.write("_log", "1\n")
        bed.write("other", "no\n")
        bed.settings.path = bed.path("_log")
        try bed.restart(nil)
        #expect(try bed.read() == ["1"])
        bed.append("_log", "2\n")
        #expect(try bed.read() == ["2"])
    }

    @Test func newDirectoriesOfAGlobAreFollowed() throws {
        let bed = try FileBed(below: "**/*.json")
        bed.write("a.json", "1\n")
        #expect(try bed.read() == ["1"])
        try FileManager.default.createDirectory(atPath: bed.path("x/y"), withIntermediateDirectories: true)
        bed.write("x/y/b.json", "2\n")
        #expect(try bed.read() == ["2"])
        bed.write("x/c.json", "3\n")
        bed.append("x/y/b.json", "4\n")
        #expect(try Set(bed.read()) == ["3", "4"])
        bed.move("x/y", "z")
        #expect(try bed.read() == [])
        bed.append("z/b.json", "5\n")
        bed.write("z/d.json", "6\n")
        #expect(try Set(bed.read()) == ["5", "6"])
    }

    @Test func aNewFileEndsAWait() throws {
        let bed = try FileBed()
        #expect(try bed.read() == [])
        let source = bed.source
        // The clock of the bed stands still, so that only the event can end this wait.
        let thread = Thread { bed.write("a", "1\n") }
        thread.start()
        source.wait(milliseconds: 10_000)
        #expect(try bed.read() == ["1"])
    }

    @Test func anotherThreadEndsAWait() throws {
        let bed = try FileBed()
        #expect(try bed.read() == [])
        let source = bed.source
        Thread { source.wake() }.start()
        source.wait(milliseconds: 10_000)
        source.wake()
        source.wait(milliseconds: 10_000)
    }

    @Test func aNameThatIsIgnoredEndsNoWait() throws {
        let bed = try FileBed()
        #expect(try bed.read() == [])
        bed.append(".hidden", "1\n")
        // Moves the clock from beside: the wait ends by its time-out, not by the event.
        let clock = bed.now
        let isOver = Mutex(false)
        Thread {
            repeat {
                usleep(50_000)
                clock.advance(milliseconds: 1000)
            } while !isOver.withLock { $0 }
        }.start()
        bed.source.wait(milliseconds: 100)
        isOver.withLock { $0 = true }
        #expect(clock.nanoseconds > 1_900_000_000)
    }

    @Test func lostChangesAreMadeUpForByAListing() throws {
        let bed = try FileBed()
        let feed = LossyFeed()
        let now = bed.now
        let source = try FileSource(
            bed.settings, fileSystem: LocalFileSystem(), feed: feed, clock: { now.nanoseconds },
            report: { _ in })
        try source.restore(nil)
        bed.write("a", "1\n")
        #expect(try source.poll(maximumBytes: 100, isFinal: false).count == 0)
        feed.hasOverflowed = true
        let ranges = try source.poll(maximumBytes: 100, isFinal: false)
        #expect(try ranges.flatMap { try RangeReading(source, $0, targetBytes: 10).records } == ["1"])
        bed.append("a", "2\n")
        bed.move("a", "b")
        feed.hasOverflowed = true
        let more = try source.poll(maximumBytes: 100, isFinal: false)
        #expect(try more.flatMap { try RangeReading(source, $0, targetBytes: 10).records } == ["2"])
    }

    @Test func aFullQueueOfTheSystemLosesNothing() throws {
        let bed = try FileBed()
        #expect(try bed.read() == [])
        let limit =
            Int(
                (try? String(contentsOfFile: "/proc/sys/fs/inotify/max_queued_events", encoding: .utf8))?
                    .trimmingCharacters(in: .whitespacesAndNewlines) ?? "") ?? 16384
        guard limit <= 20_000 else { return }
        for index in 0..<(limit / 2) {
            bed.append("f\(index % 300)", "\(index)\n")
            bed.append("g\(index % 300)", "\(index)\n")
        }
        bed.write("last", "last\n")
        let records = try bed.read()
        #expect(records.count == limit / 2 * 2 + 1)
        #expect(records.contains("last"))
    }

    @Test func pollingFindsWhatNothingTells() throws {
        let bed = try FileBed()
        let now = bed.now
        var settings = bed.settings
        settings.pollIntervalMilliseconds = 500
        let source = try FileSource(
            settings, fileSystem: LocalFileSystem(), feed: nil, clock: { now.nanoseconds }, report: { _ in })
        try source.restore(nil)
        func read() throws -> [String] {
            try source.poll(maximumBytes: 100, isFinal: false).flatMap {
                try RangeReading(source, $0, targetBytes: 10).records
            }
        }
        bed.write("a", "1\n")
        #expect(try read() == [])
        now.advance(milliseconds: 500)
        #expect(try read() == ["1"])
        bed.append("a", "2\n")
        bed.write("b", "3\n")
        now.advance(milliseconds: 500)
        #expect(try Set(read()) == ["2", "3"])
        bed.move("b", "c")
        now.advance(milliseconds: 500)
        #expect(try read() == [])
    }

    @Test func aDirectoryThatGoesAwayIsReportedOnceAndFoundAgain() throws {
        let bed = try FileBed { settings, root in
            try? FileManager.default.createDirectory(atPath: root + "/in", withIntermediateDirectories: true)
            settings.path = root + "/in/*"
        }
        bed.write("in/a", "1\n")
        #expect(try bed.read() == ["1"])
        try FileManager.default.removeItem(atPath: bed.path("in"))
        for _ in 0..<3 {
            #expect(try bed.read() == [])
            bed.now.advance(milliseconds: 1000)
        }
        #expect(bed.reports.all.count == 1)
        try FileManager.default.createDirectory(atPath: bed.path("in"), withIntermediateDirectories: true)
        bed.write("in/b", "2\n")
        bed.now.advance(milliseconds: 1000)
        #expect(try bed.read() == ["2"])
        bed.write("in/c", "3\n")
        #expect(try bed.read() == ["3"])
    }
}

/// A feed that tells nothing, or that it lost something.
private final class LossyFeed: ChangeFeed {
    var hasOverflowed = false
    let descriptor: Int32 = -1

    func watch(_ directory: String) -> Bool { true }
    func unwatchAll() {}
    func drain(into changes: inout [DirectoryChange]) -> Bool {
        defer { hasOverflowed = false }
        return !hasOverflowed
    }
}
