import Diagnostics
import Foundation
import Runtime
import Storage
import Testing

/// A task that is asked to stop finishes its epoch and leaves nothing open.
@Suite struct StopTests {
    @Test(arguments: 1...4) func aStoppedTaskHasWholeEpochsAndTheNextOneGoesOn(epochs: Int) throws {
        let reference = try PowerLossTests.reference.get()
        let machine = try Machine()
        for (index, lines) in Scenario().files.enumerated() {
            try machine.deliver(lines, as: "events_\(index).json")
        }
        let task = try machine.task()
        let watcher = Thread {
            let end = Date(timeIntervalSinceNow: 600)
            while task.status.committedEpochs < epochs, Date() < end { usleep(200) }
            task.stop()
        }
        watcher.start()
        try task.run(once: false)
        let committed = Int(task.status.committedEpochs)
        #expect(committed >= epochs)
        let log = try machine.disk.list("\(Machine.stateDirectory)/log").map(\.name)
        #expect(log == [String(repeating: "0", count: 20 - String(committed).count) + "\(committed).wal"])
        let stopped = try LakeContents(on: machine.disk)
        #expect(Int64(stopped.count("bronze/events")) == task.status.records)
        try machine.run()
        #expect(try LakeContents(on: machine.disk).difference(from: reference.lake) == nil)
    }

    @Test func aRunWithoutNewInputChangesNothing() throws {
        let machine = try Machine()
        for (index, lines) in Scenario().files.enumerated() {
            try machine.deliver(lines, as: "events_\(index).json")
        }
        try machine.run()
        let before = try machine.contents(below: Machine.lakeDirectory).map(\.path).sorted()
        for _ in 0..<3 { try machine.run() }
        #expect(try machine.contents(below: Machine.lakeDirectory).map(\.path).sorted() == before)
    }
}
