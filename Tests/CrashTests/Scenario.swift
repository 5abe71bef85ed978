import Runtime
import Storage

/// Files that come in three deliveries, each of them followed by a run over all that is there.
struct Scenario {
    var settings = Machine.Settings()
    var files = Scenario.files

    /// Six files, of which most come at once.
    static let files = ShopFiles.make(seed: 7, files: 6, linesPerFile: 130)
    private static let deliveries = [0..<4, 4..<5, 5..<6]

    /// Lines that hold something: blank ones are no records.
    var lineCount: Int { files.joined().count { !$0.isEmpty } }

    /// What is left after all deliveries were taken.
    struct Result {
        let lake: LakeContents
        let status: PipelineStatus
        /// Operations of the pipeline on the disk.
        let operations: Int
        let powerLosses: Int
        let disk: SimulatedFileSystem
    }

    /// Lets all sinks go on that rules have stopped. After a loss of power the next start does not say so
    /// again: what was begun is finished without.
    private func resume(
        _ machine: Machine, losingPowerAt operation: Int, _ seed: UInt64
    ) throws -> PipelineStatus {
        if case .done(let status) = try machine.run(losingPowerAt: operation, resuming: ["all"]) {
            return status
        }
        machine.reboot(seed: seed &+ UInt64(machine.boots) &* 0x9E37)
        let status = try machine.run()
        return status.stoppedSinks.isEmpty ? status : try machine.run(resuming: ["all"])
    }

    /// Plays the scenario; without `losses` nothing happens to it, else the power goes each time when the
    /// pipeline has made so many operations since the last time.
    ///
    /// `seed` decides what each loss of power leaves on the disk.
    func play(losses: [Int], seed: UInt64 = 0) throws -> Result {
        let machine = try Machine(settings, seed: seed &+ 1)
        var left = losses[...]
        var untilLoss = left.popFirst() ?? .max
        var operations = 0
        var status = PipelineStatus()
        for delivery in Scenario.deliveries {
            for index in delivery { try machine.deliver(files[index], as: "events_\(index).json") }
            var isDone = false
            while !isDone {
                let before = machine.disk.operationCount
                switch try machine.run(losingPowerAt: min(untilLoss, 1 << 40)) {
                case .done(let last):
                    status = last
                    isDone = true
                    untilLoss -= machine.disk.operationCount - before
                case .powerLost:
                    machine.reboot(seed: seed &+ UInt64(machine.boots) &* 0x9E37)
                    untilLoss = left.popFirst() ?? .max
                }
                operations += machine.disk.operationCount - (isDone ? before : 0)
            }
        }
        if settings.rules != nil {
            status = try resume(machine, losingPowerAt: min(untilLoss, 1 << 40), seed)
        }
        return Result(
            lake: try LakeContents(on: machine.disk), status: status, operations: operations,
            powerLosses: machine.boots, disk: machine.disk)
    }
}

extension PipelineStatus {
    /// Totals that a crash must not change.
    ///
    /// A table gives one change per key and epoch, so their number depends on where epochs end, and is left
    /// out.
    var totals: [String] {
        sources.map { "\($0.name): \($0.records) records, \($0.bytes) bytes, \($0.deadLetters) dead letters" }
            + relations.map { relation in
                (relation.isTable ? "" : "\(relation.rows) rows of ")
                    + "\(relation.name): \(relation.late) late, \(relation.duplicates) duplicates"
            }
    }
}
