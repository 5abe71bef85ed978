import Columnar
import Foundation
import State
import Storage

/// A task's state and its models, on a disk that may fail, and the models of the epochs to which it can go
/// back.
struct TaskPair {
    static let directory = "/state"

    private(set) var files: SimulatedFileSystem
    private(set) var checkpoint: StateCheckpoint
    private(set) var pairs: [StorePair]
    private let layouts: [StateLayout]
    private let budget: Int
    private var epoch = 0
    /// What was written and can be loaded: models and time by epoch. Empty: only the start can be gone back
    /// to.
    private var written: [Int: (models: [StoreModel], time: Int64)] = [:]
    private var dice: Dice
    private var background: [@Sendable () throws -> Void] = []
    private var log: [String] = []

    /// What happened so far.
    var story: String { log.joined(separator: "\n") }

    init(seed: UInt64, files: SimulatedFileSystem) throws {
        self.files = files
        var dice = Dice(seed)
        var layouts: [StateLayout] = []
        for layout in KeyedStateStoreTests.layouts where layouts.isEmpty || dice.oneIn(2) {
            layouts.append(layout)
        }
        self.layouts = layouts
        budget = [30_000, 60_000, 120_000, 10_000_000][dice.below(4)]
        let domain = [30, 400, 4000][dice.below(3)]
        checkpoint = StateCheckpoint(
            directory: TaskPair.directory, fileSystem: files, memory: StateMemory(budgetBytes: budget))
        pairs = []
        self.dice = dice
        for layout in layouts { pairs.append(StorePair(checkpoint.addStore(layout), domain: domain)) }
        try checkpoint.startEmpty()
    }

    /// A step; what is wrong, in words.
    mutating func step() throws -> String? {
        do {
            return try trouble()
        } catch {
            guard let storage = TaskPair.diskError(error), !storage.isPowerLoss else { throw error }
            // Whatever it was, the task goes back to its last epoch and runs on.
            log.append("\(error)")
            for _ in 0..<10 {
                do {
                    try restart()
                    return nil
                } catch {
                    if TaskPair.isPowerLoss(error) { throw error }
                }
            }
            return "no way to restart"
        }
    }

    /// The disk's part in an error.
    static func diskError(_ error: any Error) -> StorageError? {
        if let error = error as? StateError, case .storage(let storage) = error { return storage }
        return error as? StorageError
    }

    static func isPowerLoss(_ error: any Error) -> Bool { diskError(error)?.isPowerLoss == true }

    private mutating func trouble() throws -> String? {
        let number = dice.below(pairs.count)
        if let problem = try pairs[number].step(&dice) {
            return "\(pairs[number].store.layout.name): \(problem)"
        }
        if dice.oneIn(6) { try checkpoint.maintain() }
        if dice.oneIn(8), let merge = checkpoint.pendingMerge() { background.append(merge) }
        if dice.oneIn(4), let merge = background.popLast() { try merge() }
        if dice.oneIn(10) { return try endEpoch() }
        return nil
    }

    private mutating func endEpoch() throws -> String? {
        for pair in pairs {
            if let problem = try pair.compareChanges() { return "\(pair.store.layout.name): \(problem)" }
        }
        epoch += 1
        checkpoint.attachments["epoch"] = Array("\(epoch)".utf8)
        do {
            try checkpoint.write(epoch: epoch)
        } catch {
            if TaskPair.isPowerLoss(error) { throw error }
            log.append("again: \(error)")
            try checkpoint.write(epoch: epoch)
        }
        written[epoch] = (pairs.map(\.model), pairs[0].time)
        for number in pairs.indices {
            pairs[number].model.endEpoch()
            written[epoch]?.models[number].endEpoch()
        }
        log.append("wrote \(epoch), \(checkpoint.fileCount) files")
        if dice.oneIn(3) { return nil }
        written = written.filter { $0.key >= epoch }
        try checkpoint.discard(before: epoch)
        return nil
    }

    /// Takes the power and starts again.
    mutating func crash(seed: UInt64) throws {
        files = files.crash(seed: seed)
        try restart()
    }

    /// Loads one of the epochs to which the state can go back.
    mutating func restart() throws {
        background = []
        checkpoint = StateCheckpoint(
            directory: TaskPair.directory, fileSystem: files, memory: StateMemory(budgetBytes: budget))
        let domain = pairs[0].domain
        pairs = layouts.map { StorePair(checkpoint.addStore($0), domain: domain) }
        guard let epoch = written.keys.sorted().randomElement(using: &dice) else {
            log.append("start empty")
            self.epoch = 0
            try checkpoint.startEmpty()
            for number in pairs.indices { pairs[number].time = 0 }
            return
        }
        // Once that is tried the others may be gone.
        written = written.filter { $0.key == epoch }
        log.append("load \(epoch) of \(written.keys.sorted())")
        let report = try checkpoint.load(epoch: epoch)
        precondition(report == StateLoad.complete, "no store is new or gone")
        precondition(checkpoint.attachments["epoch"] == Array("\(epoch)".utf8), "attachments are kept")
        guard let (models, time) = written[epoch] else { return }
        for number in pairs.indices {
            pairs[number].model = models[number]
            pairs[number].time = max(time, models[number].time)
        }
        self.epoch = epoch
    }

    func compareAll() throws -> String? {
        for pair in pairs {
            if let problem = try pair.compareAll() { return "\(pair.store.layout.name): \(problem)" }
        }
        return nil
    }
}

extension StoreModel {
    /// No time that is tried next may lie at or before what is retired.
    var time: Int64 { watermark == .min ? 0 : watermark }
}

extension StateLoad {
    static let complete = StateLoad(added: [], dropped: [])
}
