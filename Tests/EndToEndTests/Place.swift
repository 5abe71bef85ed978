import Foundation

/// Where the tests find what they need: the package, its program, the checkers and their input.
enum Place {
    static let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent()
        .deletingLastPathComponent().path

    private static let environment = ProcessInfo.processInfo.environment

    /// `MILLRACE_FULL=1` asks for the slow cases too.
    static let isFull = environment["MILLRACE_FULL"] == "1"

    /// The release program, which `make program` builds.
    static let program: String = {
        let path = environment["MILLRACE_BINARY"] ?? "bin/millrace"
        return path.hasPrefix("/") ? path : package + "/" + path
    }()

    static let hasProgram = FileManager.default.isExecutableFile(atPath: program)
    static let programIsMissing = "there is no \(program): run make program, or set MILLRACE_BINARY"

    static let python = package + "/.deps/venv/bin/python"
    static let pipeline = package + "/pipelines/medallion/medallion.sql"

    /// Whether the checkers and the generator of their input are there, as well as the program.
    static let canCheck: Bool = {
        let bench = environment["MILLRACE_BENCH"] ?? package + "/../shared/bench"
        return hasProgram && FileManager.default.isExecutableFile(atPath: python)
            && FileManager.default.fileExists(atPath: bench + "/gen.py")
    }()
    static let checkersAreMissing =
        "needs bin/millrace (make program), .deps/venv (scripts/setup --tests) and MILLRACE_BENCH with gen.py"

    /// Below it each test has a folder of its own; removed when the tests have run.
    static let scratch: String = {
        let path = FileManager.default.temporaryDirectory.appending(path: "millrace-end-to-end-\(getpid())")
            .path
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        atexit { try? FileManager.default.removeItem(atPath: Place.scratch) }
        return path
    }()

    /// A new folder.
    static func folder(_ name: String) throws -> String {
        let path = scratch + "/" + name + "-" + UUID().uuidString.prefix(8)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }
}
