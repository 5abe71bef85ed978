import Connectors
import DeltaLake
import Diagnostics
import Planning
import Runtime
import Storage

extension Machine {
    /// Rebuilds the tables from bronze by this machine's statements, and swaps.
    func replay() throws {
        let files = settings.wrap(disk)
        let replay = try Replay(
            try ShopPipeline.plan(settings.statements), from: "bronze_lake", configuration: configuration,
            fileSystem: files, environment: environment(files), tables: tableEnvironment,
            // There is no other process on a simulated disk.
            lock: { _, _ in Held() })
        defer { replay.end() }
        try replay.start()
        try replay.rebuild()
        var owner = ""
        guard try replay.takeState(owner: &owner) else { return }
        try replay.swap()
    }

    private final class Held {}

    /// Whether the power went at the operation of this number, counted from now, or else all was done.
    func replay(losingPowerAt operation: Int) throws -> Bool {
        let last = disk.operationCount + operation
        disk.crashAt(last)
        do {
            try replay()
            if disk.operationCount < last {
                disk.crashAt(.max)
                return false
            }
        } catch {
            guard disk.operationCount >= last else { throw error }
        }
        return true
    }

    /// What a start of the pipeline does first; whether there was a swap to finish.
    func finishSwap() throws -> Bool {
        try ReplaySwap.finishPending(
            in: Machine.stateDirectory, fileSystem: settings.wrap(disk), environment: tableEnvironment)
    }

    /// Whether a swap was ever made.
    var hasSwapped: Bool {
        ((try? disk.status(Path.join(Machine.stateDirectory, "replayed"))) ?? nil) != nil
    }
}
