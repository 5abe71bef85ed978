import Diagnostics
import Foundation
import Runtime
import Storage
import Synchronization
import TestKit
import Testing

/// The disk is full, or a directory read-only, for a while: the task says so, waits, and goes on by itself.
@Suite struct OutOfSpaceTests {
    /// All at which the power goes in the full run, else every third.
    static let moments = PowerLossTests.points.enumerated()
        .filter { Effort.isFull || $0.offset % 3 == 0 }.map(\.element)
    static let seeds = Array(1...UInt64(Effort.isFull ? 60 : 4))

    /// Nothing of the pipeline is on the disk yet, but all of its input.
    private func machineWithInput(_ count: Int = Scenario.files.count) throws -> Machine {
        let machine = try Machine()
        for index in 0..<count { try machine.deliver(Scenario.files[index], as: "events_\(index).json") }
        return machine
    }

    /// Runs a task that never gives up; `relieve` is called each time when it says that it waits.
    ///
    /// Gives the reasons that it told.
    private func run(_ machine: Machine, relieve: () -> Void) throws -> [Diagnostic] {
        let task = try machine.task(patienceMilliseconds: nil)
        let outcome = Mutex<(isOver: Bool, error: Diagnostic?)>((false, nil))
        let thread = Thread {
            var failure: Diagnostic?
            do throws(Diagnostic) { try task.run(once: true) } catch { failure = error }
            outcome.withLock { $0 = (true, failure) }
        }
        thread.stackSize = 8 << 20
        thread.start()
        var reasons: [Diagnostic] = []
        let end = Date(timeIntervalSinceNow: 600)
        while !outcome.withLock({ $0.isOver }) {
            if case .retrying(let reason, _) = task.status.phase {
                if reasons.last?.message != reason.message { reasons.append(reason) }
                relieve()
            }
            if Date() > end { task.stop() }
            usleep(500)
        }
        if let error = outcome.withLock({ $0.error }) { throw error }
        return reasons
    }

    @Test(arguments: seeds) func aFullDiskIsToldAndTheTaskGoesOnWhenThereIsSpace(seed: UInt64) throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try machineWithInput()
        var random = SeededGenerator(seed: seed)
        // Enough for the instance's name: without it there is no task yet.
        let least = machine.disk.usedBytes + 600
        machine.disk.limitCapacity(
            Int.random(in: least..<(least + reference.disk.usedBytes) / 2, using: &random))
        let reasons = try run(machine) { machine.disk.limitCapacity(nil) }
        #expect(reasons.contains { $0.message.contains("no space left") }, "\(reasons)")
        #expect(reasons.allSatisfy { $0.hint != nil })
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil, "seed \(seed)")
    }

    /// Space comes a little at a time: the task fails again and again, each time somewhere else.
    @Test func spaceThatComesInDropsIsEnough() throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try machineWithInput(2)
        var capacity = machine.disk.usedBytes + 600
        machine.disk.limitCapacity(capacity)
        _ = try run(machine) {
            capacity += 20_000
            machine.disk.limitCapacity(capacity)
        }
        machine.disk.limitCapacity(nil)
        for index in 2..<Scenario.files.count {
            try machine.deliver(Scenario.files[index], as: "events_\(index).json")
        }
        try machine.run()
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil)
    }

    @Test(arguments: [
        "lake/gold/revenue", "lake/silver/events", "lake/bronze/events", "state/log", "state/state",
    ])
    func aDirectoryThatIsReadOnlyForAWhileIsWaitedFor(directory: String) throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try machineWithInput(3)
        try machine.run()
        for index in 3..<Scenario.files.count {
            try machine.deliver(Scenario.files[index], as: "events_\(index).json")
        }
        machine.disk.setReadOnly("/data/\(directory)", true)
        var reasons: [Diagnostic] = []
        do {
            reasons = try run(machine) { machine.disk.setReadOnly("/data/\(directory)", false) }
        } catch let error as Diagnostic where directory.hasPrefix("state") {
            // Without its own directory a task does not begin. It says so, and the next one goes on.
            reasons = [error]
            machine.disk.setReadOnly("/data/\(directory)", false)
            try machine.run()
        }
        #expect(reasons.contains { $0.message.contains("read-only") }, "\(reasons)")
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil)
    }

    /// One operation fails, whichever it is, and works when it is tried again.
    @Test(arguments: moments)
    func anErrorThatPassesIsNoLoss(operation: Int) throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try machineWithInput()
        machine.disk.failAt(
            machine.disk.operationCount + operation, .unavailable(path: "disk", reason: "input/output error"))
        do {
            _ = try run(machine) {}
        } catch let error as Diagnostic {
            // Some steps end the task: it must say why, and the next one goes on. What a failed
            // synchronisation has left on the disk nobody knows, so that is never tried again.
            let isTold = ["input/output error", "an earlier write was lost"].contains {
                error.message.contains($0)
            }
            #expect(isTold, "operation \(operation): \(error)")
            #expect(error.hint != nil, "operation \(operation): \(error)")
            try machine.run()
        }
        #expect(
            try LakeContents(on: machine.disk).difference(from: reference.lake) == nil,
            "operation \(operation)")
    }
}
