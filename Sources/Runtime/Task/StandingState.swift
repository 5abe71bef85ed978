import Diagnostics
import State
import Storage

/// What a state directory says of its pipeline, without changing anything.
///
/// Whole and lasting only while the directory's lock is held; beside a pipeline at work it is a moment's
/// view.
public struct StandingState: Sendable {
    /// What the checkpoint of an epoch says beside keyed state.
    public struct Checkpoint: Sendable {
        /// Where sources are, by relation; each source's own description.
        public let positions: [String: [UInt8]]
        /// The last epoch with rows of each sink.
        public let sinkEpochs: [String: Int64]
        /// Rows of each relation since the directory was made.
        public let rows: [String: Int64]
    }

    public let directory: String
    /// Who the pipeline is in its targets.
    public let instance: String
    /// The last epoch that all sinks have; 0 when there is none.
    public let done: Int64
    /// The epochs behind it that were begun, ascending.
    public let open: [Int64]
    private let fileSystem: any FileSystem

    /// nil when nothing was ever run with the directory.
    public init?(_ directory: String, in fileSystem: any FileSystem) throws(Diagnostic) {
        self.directory = directory
        self.fileSystem = fileSystem
        do throws(StorageError) {
            guard try fileSystem.status(Path.join(directory, TaskInstance.fileName)) != nil else {
                return nil
            }
            instance = try TaskInstance.read(from: directory, fileSystem).id
        } catch {
            throw Diagnostic(
                .state, "the state directory \(directory) can't be read: \(error.reason) (\(error.path))",
                hint: "check its permissions, or give another one with --state")
        }
        let log = EpochLog(fileSystem: fileSystem, directory: Path.join(directory, "log"))
        var last: Int64 = 0
        var open: [Int64] = []
        do throws(StorageError) {
            guard try fileSystem.status(log.directory) != nil else { return nil }
            let epochs = try log.epochs()
            if let first = epochs.first { last = first - 1 }
            for number in epochs {
                // A log that goes meanwhile is of an epoch that is done.
                guard let bytes = try? fileSystem.read(log.path(of: number)) else { continue }
                if EpochLog.parse(bytes).content?.isDone == true {
                    last = number
                    open = []
                } else {
                    open.append(number)
                }
            }
        } catch {
            throw Diagnostic(.state, "the write-ahead log can't be listed: \(error.reason) (\(error.path))")
        }
        done = last
        self.open = open
    }

    /// Makes the pipeline's name and seed those of another directory, in which it is rebuilt.
    public func shareInstance(with other: String) throws(StorageError) {
        try fileSystem.createDirectory(other)
        try TaskInstance.read(from: directory, fileSystem).write(to: other, fileSystem)
    }

    /// What was kept at the end of an epoch: of the last one that is done, or of one whose state is on disk
    /// already while its sinks commit.
    public func checkpoint(of epoch: Int64) throws(Diagnostic) -> Checkpoint {
        // Before the first epoch there is nothing.
        if epoch == 0 { return Checkpoint(positions: [:], sinkEpochs: [:], rows: [:]) }
        let attachments: [String: [UInt8]]
        do throws(StateError) {
            attachments = try StateCheckpoint.attachments(
                of: Int(epoch), in: Path.join(directory, "state"), fileSystem)
        } catch {
            throw Diagnostic(.state, error.message, hint: error.hint)
        }
        guard let found = attachments[PipelineTask.attachment].flatMap({ TaskCheckpoint($0) }) else {
            throw Diagnostic(
                .incompatibleVersion,
                "the checkpoint of epoch \(epoch) in \(directory) is of another version",
                hint: "use the Millrace version that wrote it")
        }
        var rows: [String: Int64] = [:]
        let prefix = "relation/"
        for (name, totals) in found.counters where name.hasPrefix(prefix) {
            rows[String(name.dropFirst(prefix.utf8.count))] = Counters.count(.rows, in: totals)
        }
        return Checkpoint(positions: found.positions, sinkEpochs: found.sinkEpochs, rows: rows)
    }
}
