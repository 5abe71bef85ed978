import Diagnostics
import Foundation
import Testing

@testable import Connectors

@Suite struct FinishingTests {
    @Test func filesAreDeletedOnlyWhenAcknowledgedAndUnchangedForAWhile() throws {
        let bed = try FileBed { settings, _ in settings.afterwards = .delete }
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        bed.now.advance(milliseconds: 5000)
        #expect(try bed.read() == [])
        #expect(bed.exists("a"))
        try bed.source.acknowledge()
        #expect(!bed.exists("a"))
        bed.write("b", "2\n")
        #expect(try bed.read() == ["2"])
        try bed.source.acknowledge()
        #expect(bed.exists("b"))
        bed.append("b", "3\n")
        bed.now.advance(milliseconds: 1999)
        #expect(try bed.read() == ["3"])
        bed.now.advance(milliseconds: 5000)
        #expect(try bed.read() == [])
        #expect(bed.exists("b"))
        try bed.source.acknowledge()
        #expect(!bed.exists("b"))
        #expect(try FilePosition(bed.source.position()).entries == [])
        #expect(bed.reports.all == [])
    }

    @Test func theFinalRunDeletesAtOnce() throws {
        let bed = try FileBed { settings, _ in settings.afterwards = .delete }
        bed.write("a", "1\n2")
        bed.write("b.gz", Packed.gzip("3\n"))
        bed.write("c.gz", Array(Packed.gzip("4\n5\n6\n").dropLast(5)))
        #expect(try bed.read(final: true).count == 6)
        try bed.source.acknowledge()
        #expect(!bed.exists("a"))
        #expect(!bed.exists("b.gz"))
        // What could not be read to its end stays.
        #expect(bed.exists("c.gz"))
    }

    @Test func filesAreArchivedUnderTheirNamesAndNoneIsReplaced() throws {
        let bed = try FileBed { settings, root in
            settings.path = root + "/**/*.json"
            settings.afterwards = .archive(root + "/_done")
        }
        try FileManager.default.createDirectory(atPath: bed.path("x"), withIntermediateDirectories: true)
        for round in 1...2 {
            bed.write("x/a.json", "\(round)\n")
            #expect(try bed.read() == ["\(round)"])
            bed.now.advance(milliseconds: 2000)
            try bed.source.acknowledge()
            #expect(!bed.exists("x/a.json"))
        }
        #expect(try String(contentsOfFile: bed.path("_done/x/a.json"), encoding: .utf8) == "1\n")
        #expect(try String(contentsOfFile: bed.path("_done/x/a.json.2"), encoding: .utf8) == "2\n")
        #expect(try bed.read() == [])
    }

    @Test func afterARestartWhatTheCheckpointHasIsFinishedAndWhatWasReplayedIsNot() throws {
        let bed = try FileBed { settings, _ in settings.afterwards = .delete }
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        let position = bed.source.position()
        bed.write("b", "2\n")
        let ranges = try bed.source.poll(maximumBytes: 100, isFinal: false)
        try bed.restart(position, replaying: ranges)
        bed.now.advance(milliseconds: 5000)
        #expect(try bed.read() == [])
        #expect(!bed.exists("a"))
        #expect(bed.exists("b"))
        #expect(try bed.records(ranges[0]) == ["2"])
        try bed.source.acknowledge()
        #expect(!bed.exists("b"))
    }

    @Test func anArchiveWhereTheSourceLooksIsRefused() throws {
        for (path, archive, isRefused) in [
            ("", "", true), ("", "/done", false), ("/**/*.json", "/done", true),
            ("/**/*.json", "/_done", false),
            ("/*.json", "/done", false),
        ] {
            func make() throws {
                _ = try FileBed { settings, root in
                    settings.path = root + path
                    settings.afterwards = .archive(root + archive)
                }
            }
            if isRefused {
                #expect(throws: Diagnostic.self, "\(path) \(archive)") { try make() }
            } else {
                try make()
            }
        }
    }

    @Test func whatCannotBeArchivedIsToldAndTriedAgain() throws {
        let bed = try FileBed { settings, root in settings.afterwards = .archive(root + "/_done") }
        bed.write("_done", "a file in the way")
        bed.write("a", "1\n")
        #expect(try bed.read() == ["1"])
        bed.now.advance(milliseconds: 2000)
        #expect(throws: Diagnostic.self) { try bed.source.acknowledge() }
        #expect(bed.exists("a"))
        bed.remove("_done")
        bed.now.advance(milliseconds: 1000)
        #expect(try bed.read() == [])
        #expect(!bed.exists("a"))
        #expect(bed.exists("_done/a"))
    }
}
