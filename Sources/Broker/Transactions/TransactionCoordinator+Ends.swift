import Diagnostics

/// How a decided transaction comes to its end.
extension TransactionCoordinator {
    /// What was decided becomes durable, then true.
    func carryOut(_ name: String, _ done: @escaping @Sendable (ErrorCode) -> Void) {
        state.withLock { $0.waiting[name, default: []].append(done) }
        flusher.flush(log) { [self] failure in
            if let failure { return finish(name, ErrorCode(failure)) }
            queue.run { [self] in writeMarks(name) }
        }
    }

    private func finish(_ name: String, _ code: ErrorCode) {
        for done in state.withLock({ $0.waiting.removeValue(forKey: name) ?? [] }) { done(code) }
    }

    /// Writes the marks of a decided transaction; what does not go now is tried again.
    func writeMarks(_ name: String) {
        guard let transaction = state.withLock({ $0.transactions[name] }), transaction.state.isPrepared else {
            return
        }
        let mark = TransactionMark(isCommit: transaction.state == .preparedCommit, coordinatorEpoch: 0)
        let marking = Marking { [self] failure in
            guard let failure else { return complete(name) }
            report(
                Diagnostic(
                    .io, "a mark of the transaction \(name) can't be written: \(failure.message)",
                    hint: "check the disk: it is tried again"))
            let wait = state.withLock { state in
                let attempts = state.unfinished[name]?.attempts ?? 0
                state.unfinished[name, default: Unfinished()].attempts += 1
                return TransactionCoordinator.wait(after: attempts)
            }
            later(wait) { [self] in writeMarks(name) }
        }
        let marked = state.withLock { $0.unfinished[name]?.marked ?? [] }
        for partition in transaction.partitions.subtracting(marked) {
            do throws(LogError) {
                guard let log = try write(mark, of: transaction, to: partition) else { continue }
                marking.expect()
                flusher.flush(log) { [self] failure in
                    if failure == nil { note(partition, isMarkedBy: name) }
                    marking.done(failure)
                }
            } catch {
                marking.expect()
                marking.done(error)
            }
        }
        marking.done(nil)
    }

    /// nil where the partition is gone, or the producer has a later epoch in it.
    private func write(
        _ mark: TransactionMark, of transaction: Transaction, to partition: TopicPartition
    ) throws(LogError) -> PartitionLog? {
        if partition.topic == GroupCoordinator.topicName {
            try groups.end(
                mark, producerID: transaction.producerID, epoch: transaction.epoch, now: clock())
            return groups.log
        }
        let log: PartitionLog
        do throws(TopicError) {
            log = try topics.log(partition.topic, Int(partition.partition))
        } catch .storage(let error) {
            throw .storage(error)
        } catch {
            return nil
        }
        do throws(LogError) {
            _ = try log.append(
                mark, producerID: transaction.producerID, producerEpoch: transaction.epoch, now: clock(),
                waits: false)
        } catch .fencedProducer, .fencedCoordinator {
            return nil
        }
        return log
    }

    private func note(_ partition: TopicPartition, isMarkedBy name: String) {
        state.withLock { _ = $0.unfinished[name, default: Unfinished()].marked.insert(partition) }
    }

    /// Twice as long each time: a log that takes nothing more does so until a start.
    static func wait(after attempts: Int) -> Int64 {
        min(retryMilliseconds << Int64(min(attempts, 16)), longestRetryMilliseconds)
    }

    private func later(
        _ milliseconds: Int64 = TransactionCoordinator.retryMilliseconds,
        _ body: @escaping @Sendable () -> Void
    ) {
        alarms.set(at: SteadyClock.milliseconds + milliseconds) { [queue] in queue.run(body) }
    }

    private func complete(_ name: String) {
        let now = clock()
        let failure = state.withLock { state -> LogError? in
            guard var transaction = state.transactions[name], transaction.state.isPrepared else { return nil }
            transaction.complete(now: now)
            do throws(LogError) { try keep(transaction, &state) } catch { return error }
            state.places[name, default: Places()].completed = log.bounds.logEnd
            state.unfinished[name] = nil
            return nil
        }
        if let failure {
            report(
                Diagnostic(
                    .io, "the end of the transaction \(name) can't be noted: \(failure.message)",
                    hint: "check the disk"))
            // A log that takes nothing more is mended by a start, which completes what was decided. The marks
            // are there: they need not be written again.
            if case .stopped = failure { return finish(name, ErrorCode(failure)) }
            return later { [self] in complete(name) }
        }
        // Not waited for here, but before anything new is in the transaction: were it lost, the marks would
        // be written again.
        flusher.flush(log)
        finish(name, .none)
    }
}
