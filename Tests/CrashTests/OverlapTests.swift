import Foundation
import Runtime
import Storage
import Synchronization
import TestKit
import Testing

/// The power goes in the middle of a commit, while the next epoch is at work: both are open.
@Suite struct OverlapTests {
    /// An operation by which the commit of an epoch goes on.
    enum Step: CaseIterable, CustomStringConvertible {
        case seal, sealDirectory, dataFile, stateFile, stateName, stream, table, lastTable, done

        var description: String {
            switch self {
            case .seal: "the log's seal"
            case .sealDirectory: "the log's name"
            case .dataFile: "a data file"
            case .stateFile: "the state"
            case .stateName: "the state's name"
            case .stream: "the version of a stream's table"
            case .table: "the version of a table"
            case .lastTable: "the version of a table written late"
            case .done: "the log's end"
            }
        }

        /// Whether an operation is this step of an epoch whose log has been synchronised so many times.
        func isTaken(
            by operation: InterposedFileSystem.Operation, _ path: String, epoch: Int, sealed: Bool
        ) -> Bool {
            let log = OverlapTests.log(epoch)
            switch self {
            case .seal: return operation == .synchronise && path == log && !sealed
            case .sealDirectory:
                return operation == .synchroniseDirectory && path.hasSuffix("/state/log") && sealed
            case .dataFile: return operation == .rename && path.contains("/bronze/events/part-") && sealed
            case .stateFile: return operation == .synchronise && path.contains("/state/state/") && sealed
            case .stateName: return operation == .rename && path.hasSuffix("/epoch-\(epoch).state")
            case .stream: return operation == .link && path.contains("/silver/events/_delta_log/") && sealed
            case .table: return operation == .link && path.contains("/gold/revenue/_delta_log/") && sealed
            case .lastTable:
                return operation == .link && path.contains("/gold/engagement/_delta_log/") && sealed
            case .done: return operation == .synchronise && path == log && sealed
            }
        }
    }

    static func log(_ epoch: Int) -> String {
        Path.join(
            Machine.stateDirectory,
            "log/" + String(repeating: "0", count: 20 - "\(epoch)".count) + "\(epoch).wal")
    }

    /// What has been seen of the epoch whose commit is stopped, and of the one after it.
    private struct Sight {
        var isSealed = false
        var nextEntries = 0
        var isStopped = false
    }

    /// A machine whose power goes at `step` of `epoch`'s commit; the step waits until the next epoch has
    /// taken input. Throws when that did not come about.
    private func machine(stoppedAt step: Step, of epoch: Int) throws -> Machine {
        let sight = Mutex(Sight())
        var settings = Machine.Settings()
        settings.threads = 2
        settings.wrap = { disk in
            InterposedFileSystem(disk) { operation, path in
                if operation == .write, path == Self.log(epoch + 1) {
                    sight.withLock { $0.nextEntries += 1 }
                    return true
                }
                let isStep = sight.withLock { sight in
                    let isStep =
                        !sight.isStopped
                        && step.isTaken(by: operation, path, epoch: epoch, sealed: sight.isSealed)
                    if isStep { sight.isStopped = true }
                    if operation == .synchronise, path == Self.log(epoch) { sight.isSealed = true }
                    return isStep
                }
                guard isStep else { return true }
                // Two entries: the epoch's begin, and a range.
                let end = Date(timeIntervalSinceNow: 300)
                while sight.withLock({ $0.nextEntries }) < 2, Date() < end { usleep(200) }
                disk.crashAt(disk.operationCount + 1)
                return true
            }
        }
        let machine = try Machine(settings)
        for (index, lines) in Scenario.files.enumerated() {
            try machine.deliver(lines, as: "events_\(index).json")
        }
        #expect(throws: (any Error).self) { try machine.run() }
        try #require(sight.withLock { $0.isStopped && $0.nextEntries >= 2 }, "\(step) of epoch \(epoch)")
        return machine
    }

    @Test(arguments: Step.allCases, Effort.isFull ? Array(2...6) : [3])
    func bothEpochsAreFinishedAfterAPowerLoss(step: Step, epoch: Int) throws {
        let reference = try PowerLossTests.reference.get()
        let stopped = try machine(stoppedAt: step, of: epoch)
        for seed in 1...UInt64(Effort.isFull ? 12 : 2) {
            var settings = Machine.Settings()
            settings.threads = seed % 2 == 0 ? 1 : 3
            let machine = try Machine(settings, seed: seed)
            machine.take(stopped.disk.crash(seed: seed))
            // Every other time it goes again while it recovers.
            if seed % 2 == 0 {
                var random = SeededGenerator(seed: seed)
                if case .powerLost = try machine.run(losingPowerAt: Int.random(in: 1...120, using: &random)) {
                    machine.reboot(seed: seed &+ 99)
                }
            }
            let status = try machine.run()
            let lake = try LakeContents(on: machine.disk)
            let what = "\(step) of epoch \(epoch), seed \(seed)"
            #expect(lake.difference(from: reference.lake) == nil, "\(what)")
            #expect(lake.clockConflict == nil, "\(what)")
            #expect(status.totals == reference.status.totals, "\(what)")
        }
    }
}
