import Diagnostics
import Testing

@testable import Connectors

@Suite struct FileSourceSettingsTests {
    private func settings(_ properties: [String: String]) throws -> FileSourceSettings {
        var settings = FileSourceSettings(path: "data", filePatterns: ["*.json"], framing: .lines)
        try settings.read(properties, of: "EVENTS")
        return settings
    }

    @Test func propertiesAreUnderstood() throws {
        let settings = try settings([
            "poll_interval": "500ms", "max.record.bytes": "1 MiB", "after": "ARCHIVE", "archive.path": "done",
        ])
        #expect(settings.pollIntervalMilliseconds == 500)
        #expect(settings.longestRecordBytes == 1 << 20)
        #expect(settings.afterwards == .archive("done"))
        #expect(try self.settings(["poll_interval": "2"]).pollIntervalMilliseconds == 2000)
        #expect(try self.settings(["after": "delete"]).afterwards == .delete)
    }

    @Test func whatIsLeftOutStaysAsItIs() throws {
        let settings = try settings([:])
        #expect(settings.pollIntervalMilliseconds == nil)
        #expect(settings.longestRecordBytes == 16 << 20)
        #expect(settings.afterwards == .keep)
    }

    @Test(arguments: [
        (["poll_interval": "soon"], "'soon' is no value for the property 'poll_interval' of EVENTS"),
        (["poll_interval": "0"], "'0' is no value for the property 'poll_interval' of EVENTS"),
        (
            ["poll_interval": "9223372036854775807h"],
            "'9223372036854775807h' is no value for the property 'poll_interval' of EVENTS"
        ),
        (["max.record.bytes": "-1"], "'-1' is no value for the property 'max.record.bytes' of EVENTS"),
        (["max.record.bytes": "2GiB"], "'2GiB' is no value for the property 'max.record.bytes' of EVENTS"),
        (["after": "burn"], "'burn' is no value for the property 'after' of EVENTS"),
        (["after": "archive"], "EVENTS archives its files and does not say where"),
        (["archive.path": "y"], "EVENTS has 'archive.path', but 'after' is not 'archive'"),
    ]) func whatIsWrongIsToldWithTheWayOut(properties: [String: String], message: String) throws {
        let error = #expect(throws: Diagnostic.self) { _ = try settings(properties) }
        #expect(error?.message == message)
        #expect(error?.hint != nil)
    }
}
