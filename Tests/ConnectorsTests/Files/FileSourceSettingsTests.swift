import Diagnostics
import Testing

@testable import Connectors

@Suite struct FileSourceSettingsTests {
    private func settings(_ properties: [String: String]) throws -> FileSourceSettings {
        try FileSourceSettings(properties: properties, framing: .lines, filePatterns: ["*.json"])
    }

    @Test func propertiesAreUnderstood() throws {
        let settings = try settings([
            "path": "data", "file.patterns": "a*, b*", "poll.interval": "500ms", "max.record.bytes": "1 MiB",
            "after": "archive", "archive.path": "done", "on_error": "fail",
        ])
        #expect(settings.path == "data")
        #expect(settings.filePatterns == ["a*", "b*"])
        #expect(settings.pollIntervalMilliseconds == 500)
        #expect(settings.longestRecordBytes == 1 << 20)
        #expect(settings.afterwards == .archive("done"))
        #expect(settings.failsOnError)
        let plain = try self.settings(["path": "data", "poll.interval": "2", "on_error": "dead_letter"])
        #expect(plain.pollIntervalMilliseconds == 2000)
        #expect(plain.filePatterns == ["*.json"])
        #expect(plain.afterwards == .keep)
        #expect(!plain.failsOnError)
    }

    @Test(arguments: [
        ([:], "the file source lacks the property 'path'"),
        (["path": "x", "poll.intervall": "1s"], "the file source has no property 'poll.intervall'"),
        (["path": "x", "poll.interval": "soon"], "'poll.interval' cannot be 'soon'"),
        (["path": "x", "poll.interval": "0"], "'poll.interval' cannot be '0'"),
        (
            ["path": "x", "poll.interval": "9223372036854775807h"],
            "'poll.interval' cannot be '9223372036854775807h'"
        ),
        (["path": "x", "max.record.bytes": "-1"], "'max.record.bytes' cannot be '-1'"),
        (["path": "x", "after": "burn"], "'after' cannot be 'burn'"),
        (["path": "x", "after": "archive"], "after = 'archive' needs the property 'archive.path'"),
        (["path": "x", "archive.path": "y"], "'archive.path' is set, but 'after' is not 'archive'"),
        (["path": "x", "on_error": "ignore"], "'on_error' cannot be 'ignore'"),
        (["path": "x", "file.patterns": " , "], "'file.patterns' cannot be ' , '"),
    ]) func whatIsWrongIsToldWithTheWayOut(properties: [String: String], message: String) throws {
        let error = #expect(throws: Diagnostic.self) { _ = try settings(properties) }
        #expect(error?.message == message)
        #expect(error?.hint != nil)
    }

    @Test func aMisspeltNameIsSuggested() throws {
        let error = #expect(throws: Diagnostic.self) {
            _ = try settings(["path": "x", "poll.intervall": "1s"])
        }
        #expect(error?.hint == "did you mean 'poll.interval'?")
    }
}
