import Foundation
import Testing

@testable import Commands

/// The real program and real signals.
@Suite("Signals")
struct SignalTests {
    @Test("an interrupted simulation finishes its file and succeeds", arguments: [SIGINT, SIGTERM])
    func stops(signal: Int32) throws {
        try Workplace.with { place in
            let (output, errors) = (Pipe(), Pipe())
            let process = try ProgramUnderTest.start(
                ["simulate", "shop", "--to", place.path, "--rate", "2000", "--json"], output: output,
                errors: errors)
            // The hidden file shows that it is at work.
            let deadline = Date().addingTimeInterval(600)
            while try FileManager.default.contentsOfDirectory(atPath: place.path).isEmpty, Date() < deadline {
                usleep(5000)
            }
            kill(process.processIdentifier, signal)
            let text = output.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            let object = try #require(try JSONSerialization.jsonObject(with: text) as? [String: Any])
            #expect(object["stopped"] as? Bool == true)
            let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
            #expect(names.allSatisfy { $0.hasSuffix(".json") }, "\(names)")
        }
    }

    @Test("start-up takes milliseconds and the version is told")
    func version() throws {
        let answer = try ProgramUnderTest.run(["--version"])
        #expect(answer.code == 0)
        #expect(answer.output == "millrace \(MillraceProgram.version)\n")
    }
}
