import Diagnostics
import Foundation
import Testing

@testable import Simulation

@Suite("Files appear in a directory")
struct LocalDirectoryTests {
    /// A new directory that is removed after `body`.
    private func inDirectory(_ body: (String) throws -> Void) throws {
        let path = FileManager.default.temporaryDirectory.path + "/simulation-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(path)
    }

    private func write(_ text: String, to directory: LocalDirectory) throws {
        var buffer = LineBuffer()
        buffer.append(Array(text.utf8))
        try buffer.withBytes { try directory.write($0) }
    }

    private func names(_ path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    }

    @Test("a file is hidden until it is whole")
    func atomic() throws {
        try inDirectory { path in
            let directory = try LocalDirectory(path: path)
            try directory.begin()
            try write("one\n", to: directory)
            #expect(try names(path).allSatisfy { $0.hasPrefix(".") && !$0.hasSuffix(".json") })
            try write("two\n", to: directory)
            #expect(try directory.publish(as: "events.json"))
            #expect(try names(path) == ["events.json"])
            #expect(try String(contentsOfFile: path + "/events.json", encoding: .utf8) == "one\ntwo\n")
        }
    }

    @Test("no file is ever overwritten")
    func taken() throws {
        try inDirectory { path in
            try Data("old".utf8).write(to: URL(fileURLWithPath: path + "/events.json"))
            let directory = try LocalDirectory(path: path)
            try directory.begin()
            try write("new", to: directory)
            #expect(try !directory.publish(as: "events.json"))
            #expect(try directory.publish(as: "events_001.json"))
            #expect(try names(path) == ["events.json", "events_001.json"])
            #expect(try String(contentsOfFile: path + "/events.json", encoding: .utf8) == "old")
        }
    }

    @Test("a file that is discarded leaves nothing behind, nor does a directory that goes away")
    func discard() throws {
        try inDirectory { path in
            do {
                let directory = try LocalDirectory(path: path)
                try directory.begin()
                directory.discard()
                #expect(try names(path) == [])
                try directory.begin()
                #expect(try names(path).count == 1)
            }
            #expect(try names(path) == [])
        }
    }

    @Test("missing directories are made, or named when they must not be")
    func missing() throws {
        try inDirectory { path in
            let error = #expect(throws: Diagnostic.self) {
                try LocalDirectory(path: path + "/no", creating: false)
            }
            #expect(error?.code == .notFound)
            #expect(error?.rendered().contains("mkdir -p \(path)/no") ?? false)
            _ = try LocalDirectory(path: path + "/data/raw/events")
            #expect(FileManager.default.fileExists(atPath: path + "/data/raw/events"))
            _ = try LocalDirectory(path: path + "/data/raw/events/")
        }
    }

    @Test("a file in the place of the directory is named")
    func notDirectory() throws {
        try inDirectory { path in
            try Data().write(to: URL(fileURLWithPath: path + "/file"))
            for bad in ["/file", "/file/below"] {
                let error = #expect(throws: Diagnostic.self) { try LocalDirectory(path: path + bad) }
                #expect(error?.code == .invalidValue && error?.expected == "a directory", "\(bad)")
            }
        }
    }

    @Test(
        "a directory without leave to write is refused at once",
        .disabled(if: geteuid() == 0, "root may always"))
    func readOnly() throws {
        try inDirectory { path in
            try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: path)
            let error = #expect(throws: Diagnostic.self) { try LocalDirectory(path: path) }
            #expect(error?.code == .permission)
        }
    }

    @Test(
        "errors of the system become diagnostics with a next step",
        arguments: [
            (EACCES, DiagnosticCode.permission), (EROFS, .permission), (ENOSPC, .outOfSpace),
            (EDQUOT, .outOfSpace),
            (ENOENT, .notFound), (ENOTDIR, .invalidValue), (EIO, .io),
        ])
    func reasons(error: CInt, code: DiagnosticCode) {
        let diagnostic = LocalDirectory.diagnostic(error, "cannot write to a file in data", in: "data")
        #expect(diagnostic.code == code)
        #expect(diagnostic.message.hasPrefix("cannot write to a file in data: "))
        #expect(code == .io || diagnostic.hint != nil)
    }

    @Test("a whole run: every file complete, nothing hidden left")
    func wholeRun() throws {
        try inDirectory { path in
            var configuration = ShopDeterminismTests.faulty(.medallion)
            configuration.rate = nil
            configuration.every = .seconds(1) ... .seconds(1)
            var run = try SimulationRun(configuration: configuration, output: try LocalDirectory(path: path))
            let summary = try run.run()
            let files = try names(path)
            #expect(files.count == summary.files && files.count > 4)
            #expect(files.first == summary.firstFile && files.last == summary.lastFile)
            var bytes: [UInt8] = []
            for file in files { bytes += try Data(contentsOf: URL(fileURLWithPath: "\(path)/\(file)")) }
            #expect(bytes == (try SimulatedLines.bytes(configuration)))
            #expect(bytes.count == summary.bytes)
        }
    }
}
