import Foundation
import Storage
import Synchronization
import Testing

@testable import Broker

@Suite("Logs that wait for the disk together")
struct FlusherTests {
    fileprivate final class Place {
        let files = SimulatedFileSystem()
        let pool: OpenFiles
        var logs: [PartitionLog] = []
        let queue = WorkQueue(threads: 2)
        let flusher: Flusher

        init(logs count: Int) throws {
            pool = OpenFiles(files, directory: "/", limit: 1000)
            flusher = Flusher(queue)
            for number in 0..<count { logs.append(try PartitionLog.open("/p-\(number)", pool)) }
        }

        /// Writes a record into each log, and returns what each flush said, and the operations that all took.
        ///
        /// - Parameter failing: operations that fail, counted from the first of the flush.
        func flushAll(failing: [Int] = []) throws -> (failures: [LogError?], operations: Int) {
            let answers = Mutex<[Int: LogError?]>([:])
            // The threads are held up until all logs wait.
            let gate = DispatchSemaphore(value: 0)
            for _ in 0..<2 { queue.run { gate.wait() } }
            for log in logs { _ = try log.append(try SampleRequests.batch(["a"]), now: 1, waits: false) }
            let before = files.operationCount
            for operation in failing { files.failAt(before + operation, FlusherTests.badDisk) }
            for (number, log) in logs.enumerated() {
                flusher.flush(log) { failure in answers.withLock { $0[number] = .some(failure) } }
            }
            for _ in 0..<2 { gate.signal() }
            #expect(waitUntil { answers.withLock { $0.count } == logs.count })
            return (
                answers.withLock { answers in logs.indices.map { answers[$0] ?? nil } },
                files.operationCount - before
            )
        }
    }

    fileprivate static let badDisk = StorageError.unavailable(path: "", reason: "input/output error")

    @Test("take one call where they are many")
    func together() throws {
        let place = try Place(logs: 50)
        defer { place.queue.stop() }
        let (failures, operations) = try place.flushAll()
        #expect(failures.allSatisfy { $0 == nil })
        #expect(operations == 1)
        #expect(place.logs.allSatisfy { $0.bounds.highWatermark == 1 })
        for seed in 0..<5 as Range<UInt64> {
            let files = place.files.crash(seed: seed)
            let pool = OpenFiles(files, directory: "/")
            for number in place.logs.indices {
                #expect(try PartitionLog.open("/p-\(number)", pool).bounds.logEnd == 1)
            }
        }
    }

    @Test("are asked one by one where that call fails, and those that fail take nothing more")
    func failure() throws {
        let place = try Place(logs: 50)
        defer { place.queue.stop() }
        // The call for all, and that for one of the files.
        let (failures, operations) = try place.flushAll(failing: [1, 30])
        #expect(operations == 51)
        let failed = failures.indices.filter { failures[$0] != nil }
        #expect(failed.count == 1)
        for (number, log) in place.logs.enumerated() {
            let isStopped = failed.contains(number)
            #expect((log.stopReason != nil) == isStopped)
            #expect(log.bounds.highWatermark == (isStopped ? 0 : 1))
            if isStopped {
                #expect(throws: LogError.self) { try log.append(try SampleRequests.batch(["b"]), now: 1) }
            }
        }
        // It is not believed again.
        #expect(try place.flushAllThatWork(except: failed) >= 50 - failed.count)
    }

    @Test("do not forget the error of a file that was met before")
    func keptError() throws {
        let place = try Place(logs: 20)
        defer { place.queue.stop() }
        for log in place.logs { _ = try log.append(try SampleRequests.batch(["a"]), now: 1, waits: false) }
        // Somebody needs the descriptor.
        place.files.failAt(place.files.operationCount + 1, FlusherTests.badDisk)
        #expect(!place.logs[7].active.file.closeIfIdle())
        var failed: [Int] = []
        PartitionLog.synchronise(together: place.logs) { log, _, failure in
            if failure != nil, let number = place.logs.firstIndex(where: { $0 === log }) {
                failed.append(number)
            }
        }
        #expect(failed == [7])
        #expect(place.logs[7].stopReason != nil)
        #expect(place.logs[6].bounds.highWatermark == 1)
    }

    @Test("are durable before their files are closed for others")
    func closing() throws {
        let files = SimulatedFileSystem()
        let pool = OpenFiles(files, directory: "/", limit: 40)
        var settings = LogSettings()
        settings.flush = .after(bytes: 1 << 30, milliseconds: 1 << 40)
        let logs = try (0..<40).map { try PartitionLog.open("/p-\($0)", pool, settings) }
        for log in logs { _ = try log.append(try SampleRequests.batch(["a"]), now: 1) }
        let more = try PartitionLog.open("/more", pool, settings)
        let before = files.operationCount
        _ = try more.append(try SampleRequests.batch(["a"]), now: 1)
        // Opening and writing it, and one call for those that were closed.
        #expect(files.operationCount - before == 3)
        #expect(pool.openCount == 30)
        let again = OpenFiles(files.crash(seed: 3), directory: "/")
        let kept = try (0..<40).filter {
            try PartitionLog.open("/p-\($0)", again, settings).bounds.logEnd == 1
        }
        #expect(kept.count >= 11)
    }

    @Test("serve a flush that another one covers without a second one")
    func covered() throws {
        let place = try Place(logs: 1)
        defer { place.queue.stop() }
        let log = place.logs[0]
        _ = try log.append(try SampleRequests.batch(["a"]), now: 1, waits: false)
        let before = place.files.operationCount
        let count = Mutex(0)
        for _ in 0..<100 {
            place.flusher.flush(log, upTo: 1) { failure in
                #expect(failure == nil)
                count.withLock { $0 += 1 }
            }
        }
        #expect(waitUntil { count.withLock { $0 } == 100 })
        #expect(place.files.operationCount - before == 1)
    }
}

extension FlusherTests.Place {
    /// The operations that flushing the others takes.
    fileprivate func flushAllThatWork(except failed: [Int]) throws -> Int {
        logs = logs.indices.filter { !failed.contains($0) }.map { logs[$0] }
        return try flushAll().operations
    }
}
