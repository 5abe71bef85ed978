@testable import Runtime

import Diagnostics
import Storage
import Synchronization
import TestKit
import Testing

/// A state directory, a plan and tables that do not belong together are refused, with a way out, and nothing
/// is changed.
@Suite struct RefusalTests {
    /// A machine that has taken all files but the last.
    private func machine(_ settings: Machine.Settings = Machine.Settings()) throws -> Machine {
        let machine = try Machine(settings)
        for (index, lines) in Scenario.files.dropLast().enumerated() {
            try machine.deliver(lines, as: "events_\(index).json")
        }
        return machine
    }

    private func deliverTheLast(to machine: Machine) throws {
        try machine.deliver(
            Scenario.files[Scenario.files.count - 1], as: "events_\(Scenario.files.count - 1).json")
    }

    /// Runs what must be refused; gives the message. The lake must be as before.
    private func refusal(_ machine: Machine, _ words: String...) throws {
        let before = try LakeContents(on: machine.disk)
        // Twice: a refusal that changes something might let the second attempt pass.
        for _ in 0..<2 {
            let error = #expect(throws: Diagnostic.self) { try machine.run() }
            for word in words {
                #expect(error?.message.contains(word) == true, "\(word): \(error?.message ?? "-")")
            }
            #expect(error?.hint != nil)
        }
        #expect(try LakeContents(on: machine.disk) == before)
    }

    private func expectSameLake(_ machine: Machine) throws {
        let reference = try PowerLossTests.reference.get()
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil)
    }

    /// A machine without power between the moment when the epoch is sealed and when its sinks have it all.
    private func machineWithSealedEpoch(_ statements: String = ShopPipeline.statements) throws -> Machine {
        let commits = Mutex(0)
        var settings = Machine.Settings()
        settings.wrap = { disk in
            InterposedFileSystem(disk) { operation, path in
                if operation == .link, path.contains("/lake/"), path.contains("/_delta_log/") {
                    let count = commits.withLock { commits in
                        commits += 1
                        return commits
                    }
                    // Eight make the tables, eight are the first epoch's; this is in the middle of the third.
                    if count == 28 { disk.crashAt(disk.operationCount + 1) }
                }
                return true
            }
        }
        let first = try machine(settings)
        #expect(throws: (any Error).self) { try first.run() }
        var next = Machine.Settings()
        next.statements = statements
        let second = try Machine(next)
        second.take(first.disk.crash(seed: 1))
        return second
    }

    private static let otherStatements = ShopPipeline.statements.replacing(
        "'price is negative'", with: "'price is below zero'")

    @Test func anotherPlanMayNotFinishASealedEpoch() throws {
        let machine = try machineWithSealedEpoch(Self.otherStatements)
        try refusal(machine, "was begun by another plan")
        let former = try Machine()
        former.take(machine.disk.crash(seed: 1))
        try former.run()
        try deliverTheLast(to: former)
        try former.run()
        try expectSameLake(former)
    }

    @Test func anotherQueryMayNotTakeUpTheStateOfTheFormer() throws {
        let first = try machine()
        try first.run()
        var settings = Machine.Settings()
        settings.statements = ShopPipeline.statements.replacing("SIZE 5 MINUTES", with: "SIZE 6 MINUTES")
        let second = try Machine(settings)
        second.take(first.disk.crash(seed: 1))
        try deliverTheLast(to: second)
        try refusal(second, "REVENUE", "another query")
    }

    @Test func anotherPlanMayRunAnEpochAgainThatNobodyHasSeen() throws {
        let first = try machine()
        try first.run()
        var settings = Machine.Settings()
        settings.statements = Self.otherStatements
        let second = try Machine(settings)
        second.take(first.disk.crash(seed: 1))
        try deliverTheLast(to: second)
        // In the middle of reading: the log is begun and not sealed.
        _ = try second.run(losingPowerAt: 12)
        second.reboot(seed: 2)
        let third = try Machine()
        third.take(second.disk.crash(seed: 1))
        try third.run()
        try expectSameLake(third)
    }

    @Test func tablesOfAnotherInstanceAreRefused() throws {
        let machine = try machine()
        try machine.run()
        try machine.removeAll(below: Machine.stateDirectory)
        try refusal(machine, "another instance")
    }

    @Test(arguments: ["gold/revenue", "silver/events"]) func aTableThatLacksAnEpochIsRefused(
        table: String
    ) throws {
        let machine = try machine()
        try machine.run()
        let log = Path.join(Machine.lakeDirectory, table + "/_delta_log")
        // As if the table had been restored from an older copy: its last commits are gone.
        let commits = try machine.disk.list(log).map(\.name).filter { $0.hasSuffix(".json") }.sorted()
        for name in commits.suffix(2) { try machine.disk.remove(Path.join(log, name)) }
        for entry in try machine.disk.list(log) where entry.name.contains("checkpoint") {
            try machine.disk.remove(Path.join(log, entry.name))
        }
        try deliverTheLast(to: machine)
        // The first attempt may remove what a merge has left that nobody came to use.
        try refusal(machine, "lacks epoch")
        let before = machine.disk.usedBytes
        try refusal(machine, "lacks epoch")
        #expect(machine.disk.usedBytes == before)
    }

    @Test func aStateDirectoryOlderThanTheTablesIsRefused() throws {
        let machine = try Machine()
        try machine.deliver(Scenario.files[0], as: "events_0.json")
        try machine.run()
        let old = try machine.contents(below: Machine.stateDirectory)
        for index in 1..<4 { try machine.deliver(Scenario.files[index], as: "events_\(index).json") }
        try machine.run()
        try machine.removeAll(below: Machine.stateDirectory)
        for (path, bytes) in old {
            try bytes.withUnsafeBytes { try machine.disk.writeAtomically($0, to: path) }
        }
        try refusal(machine, "the checkpoint goes on with")
    }

    @Test func aLogOfALaterVersionIsRefusedAndKept() throws {
        let machine = try machine()
        try machine.run()
        let path = Path.join(Machine.stateDirectory, "log/" + String(repeating: "0", count: 18) + "99.wal")
        var payload = BinaryEncoder()
        payload.add(UInt8(1))
        payload.add(EpochLog.formatVersion + 1)
        payload.add(contentsOf: [UInt8](repeating: 7, count: 40))
        var entry = BinaryEncoder()
        entry.add(UInt32(payload.bytes.count))
        entry.add(EpochLog.checksum(payload.bytes))
        entry.add(contentsOf: payload.bytes)
        try entry.bytes.withUnsafeBytes { try machine.disk.writeAtomically($0, to: path) }
        try refusal(machine, "format version is 3")
        #expect(try machine.disk.read(path) == entry.bytes)
    }

    @Test func stateOfALaterVersionIsRefused() throws {
        let machine = try machine()
        try machine.run()
        let state = Path.join(Machine.stateDirectory, "state")
        for entry in try machine.disk.list(state) {
            let path = Path.join(state, entry.name)
            // At its end: | version: 8 | checksum: 8 | magic: 8 |
            try machine.disk.damage(path, at: (machine.disk.status(path)?.size ?? 24) - 24, flipping: 64)
        }
        try refusal(machine, "it has format 66")
    }

    @Test func aDamagedByteInTheStateIsNoSilentError() throws {
        let machine = try machine()
        try machine.run()
        try deliverTheLast(to: machine)
        let reference = try PowerLossTests.reference.get()
        let state = Path.join(Machine.stateDirectory, "state")
        var random = SeededGenerator(seed: 5)
        for _ in 0..<(Effort.isFull ? 100 : 10) {
            let copy = try Machine()
            copy.take(machine.disk.crash(seed: 1))
            let name = try copy.disk.list(state).map(\.name).sorted().randomElement(using: &random) ?? ""
            let path = Path.join(state, name)
            let size = try copy.disk.status(path)?.size ?? 1
            let offset = Int.random(in: 0..<size, using: &random)
            try copy.disk.damage(path, at: offset, flipping: 1 << UInt8.random(in: 0..<8, using: &random))
            do {
                try copy.run()
                let found = try LakeContents(on: copy.disk)
                #expect(found.difference(from: reference.lake) == nil, "byte \(offset) of \(name)")
            } catch let error as Diagnostic {
                #expect(error.hint != nil, "byte \(offset) of \(name): \(error)")
            }
        }
    }
}
