import Diagnostics
import State
import Storage

// Tables made anew from what was kept of the input: the same operators and epochs, but no end of input is
// waited for, and what comes out becomes the checkpoint of the pipeline that goes on.
extension PipelineTask {
    /// Takes up an empty state directory. Comes first; `takeAll` and `conclude` follow.
    public func startRebuilding() throws(Diagnostic) {
        try recover()
        board.update { $0.phase = .running }
    }

    /// Takes all input that is there and commits it. May be called again for what has come since.
    ///
    /// Throws `cancelled` when `stop` was called meanwhile.
    public func takeAll() throws(Diagnostic) {
        var hasMore = true
        while hasMore {
            hasMore = false
            for index in sources.indices {
                if board.isStopRequested {
                    throw Diagnostic(.cancelled, "stopped before its end: nothing has changed")
                }
                if pending?.isFinished == true { try settle() }
                let room = configuration.epochBytes - (epoch?.bytes ?? 0)
                let ranges = try sources[index].source.poll(
                    maximumBytes: max(1, min(room, stepBytes)), isFinal: true)
                guard !ranges.isEmpty else { continue }
                hasMore = true
                try begin()
                for range in ranges {
                    try persisting("the write-ahead log") { () throws(StorageError) in
                        try self.epoch?.log.append(source: index, range)
                    }
                    epoch?.bytes += range.byteCount
                }
                try process(ranges, of: index)
                if let epoch, epoch.bytes >= configuration.epochBytes { try commit() }
            }
            publish()
        }
        if epoch != nil { try commit() }
        try settle(mergesState: false)
        committers.drain(commitJobs)
        publish()
    }

    /// Makes what was rebuilt the checkpoint of an epoch of the pipeline, which is done.
    ///
    /// - Parameters:
    ///   - number: behind all epochs that the pipeline or this task has begun.
    ///   - positions: of the pipeline's own sources, by relation.
    ///   - sinkEpochs: the last epoch with rows that each sink's target has then.
    public func conclude(
        as number: Int64, positions: [String: [UInt8]], sinkEpochs: [String: Int64]
    ) throws(Diagnostic) {
        guard let flow, let checkpoint else { return }
        precondition(number > ended && epoch == nil && pending == nil, "epochs ascend and have ended")
        drain()
        var current = currentCheckpoint(flow, [:])
        current.positions = positions
        current.sinkEpochs = sinkEpochs
        checkpoint.attachments = [Self.attachment: current.bytes]
        checkpoint.attachments[Self.rulesAttachment] = ruleBook?.bytes
        checkpoint.attachments[Self.viewsAttachment] = viewBytes
        var makeStateDurable: (@Sendable () throws(StateError) -> Void)?
        try persistingState { () throws(StateError) in
            makeStateDurable = try checkpoint.end(epoch: Int(number), spread: workers.forEach)
        }
        if let makeStateDurable { try persistingState(makeStateDurable) }
        let content = EpochLog.Content(
            epoch: number, clock: environment.clock(), planFingerprint: plan.fingerprint)
        try persisting("the write-ahead log") { () throws(StorageError) in
            let writer = try log.begin(content)
            try writer.seal()
            try writer.finish()
            for former in try log.epochs() where former < number { try log.remove(former) }
            try environment.fileSystem.synchroniseDirectory(log.directory)
        }
        try stateful { () throws(StateError) in try checkpoint.discard(before: Int(number)) }
        ended = number
        board.update { $0.phase = .stopped }
    }

    /// Returns when no thread of the task writes to its directory or its targets any more; `run` or `takeAll`
    /// has returned before.
    public func drain() {
        if ownsThreads { workers.drainBackground() } else { workers.drain(mergeJobs) }
        committers.drain(commitJobs)
    }
}
