import Storage
import Synchronization
import TestKit
import Testing

/// The newest log ends anywhere: its whole entries count, the rest is cut off.
@Suite struct TornLogTests {
    /// A disk without power, in the middle of a run; `copy` brings it back as often as wanted.
    private struct Stopped {
        let machine: Machine
        let seed: UInt64
        let logPath: String
        let logBytes: Int

        /// Stops when the log of `epoch` is made durable for the `count`-th time, and keeps all that was
        /// written.
        init(at count: Int, epoch: Int) throws {
            let path = Path.join(
                Machine.stateDirectory, "log/" + String(repeating: "0", count: 19) + "\(epoch).wal")
            let seen = Mutex(0)
            var settings = Machine.Settings()
            settings.wrap = { disk in
                InterposedFileSystem(disk) { operation, name in
                    if operation == .synchronise, name == path {
                        let times = seen.withLock { seen in
                            seen += 1
                            return seen
                        }
                        if times == count { disk.crashAt(disk.operationCount + 1) }
                    }
                    return true
                }
            }
            let machine = try Machine(settings)
            for (index, lines) in Scenario.files.enumerated() {
                try machine.deliver(lines, as: "events_\(index).json")
            }
            #expect(throws: (any Error).self) { try machine.run() }
            self.machine = machine
            logPath = path
            // The seed that keeps most of the log.
            let sizes = try (0..<12).map { seed in try machine.disk.crash(seed: seed).status(path)?.size ?? 0
            }
            logBytes = sizes.max() ?? 0
            seed = UInt64(sizes.firstIndex(of: logBytes) ?? 0)
        }

        func copy() throws -> Machine {
            let copy = try Machine()
            copy.take(machine.disk.crash(seed: seed))
            return copy
        }
    }

    private func expectSameLake(_ stopped: Stopped, cutTo size: Int) throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try stopped.copy()
        try machine.disk.truncate(stopped.logPath, to: size)
        try machine.run()
        let found = try LakeContents(on: machine.disk)
        #expect(found.difference(from: reference.lake) == nil, "cut to \(size) of \(stopped.logBytes) bytes")
    }

    @Test func aLogCutAnywhereBeforeItIsSealedLosesNothing() throws {
        let stopped = try Stopped(at: 1, epoch: 4)
        #expect(stopped.logBytes > 100)
        let step = Effort.isFull ? 1 : max(1, stopped.logBytes / 8)
        for size in stride(from: 0, through: stopped.logBytes, by: step) {
            try expectSameLake(stopped, cutTo: size)
        }
    }

    @Test func aLogCutInItsLastEntryIsFinishedAgain() throws {
        let stopped = try Stopped(at: 2, epoch: 4)
        // | length: 4 | checksum: 8 | kind: 1 |
        for size in stopped.logBytes - 13...stopped.logBytes { try expectSameLake(stopped, cutTo: size) }
    }

    /// What is no log entry behind whole ones, such as a block that was never written.
    @Test func zerosBehindTheLastEntryAreCutOff() throws {
        let reference = try PowerLossTests.reference.get()
        let stopped = try Stopped(at: 1, epoch: 3)
        let machine = try stopped.copy()
        try machine.disk.truncate(stopped.logPath, to: stopped.logBytes + 4096)
        try machine.run()
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil)
    }
}
