import Diagnostics

@testable import Simulation

/// A directory in memory that can be told to run full.
final class MemoryDirectory: OutputDirectory {
    var files: [(name: String, bytes: [UInt8])] = []
    var hidden: [UInt8]?
    var room = Int.max
    var taken: Set<String> = []

    func begin() throws(Diagnostic) {
        precondition(hidden == nil, "one file at a time")
        hidden = []
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws(Diagnostic) {
        room -= bytes.count
        guard room >= 0 else { throw Diagnostic(.outOfSpace, "no room") }
        hidden? += Array(bytes)
    }

    func publish(as name: String) throws(Diagnostic) -> Bool {
        guard let bytes = hidden else { throw Diagnostic(.internalError, "nothing to publish") }
        guard taken.insert(name).inserted else { return false }
        files.append((name, bytes))
        hidden = nil
        return true
    }

    func discard() { hidden = nil }

    var names: [String] { files.map(\.name) }
    var bytes: [UInt8] { files.flatMap(\.bytes) }
}
