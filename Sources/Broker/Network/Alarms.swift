/// Calls functions at times of `SteadyClock`, from one thread: they must not wait for anything.
final class Alarms: @unchecked Sendable {
    typealias Body = @Sendable () -> Void

    private let signal = Signal()
    private let threads = BrokerThreads()
    /// A binary heap by time; what was cancelled stays in it until its time.
    private var heap: [(time: Int64, number: UInt64)] = []
    private var bodies: [UInt64: Body] = [:]
    private var number: UInt64 = 0
    private var isStopped = false

    init() { threads.start { [self] in work() } }

    /// Returns what cancels it.
    @discardableResult
    func set(at time: Int64, _ body: @escaping Body) -> UInt64 {
        signal.withLock {
            number += 1
            bodies[number] = body
            push((time, number))
            if heap[0].number == number { signal.wakeAll() }
            return number
        }
    }

    /// A call that has begun goes on.
    func cancel(_ number: UInt64) {
        signal.withLock {
            bodies[number] = nil
            // Many long waits that were answered early must not fill the memory.
            if heap.count > 64, heap.count > bodies.count * 4 { rebuild() }
        }
    }

    func stop() {
        signal.withLock {
            isStopped = true
            bodies = [:]
            signal.wakeAll()
        }
        threads.join()
    }

    private func work() {
        while let body = next() { body() }
    }

    private func next() -> Body? {
        signal.lock()
        defer { signal.unlock() }
        while !isStopped {
            guard let first = heap.first else {
                signal.wait()
                continue
            }
            if bodies[first.number] == nil {
                pop()
            } else if first.time <= SteadyClock.milliseconds {
                pop()
                return bodies.removeValue(forKey: first.number)
            } else {
                signal.wait(until: first.time)
            }
        }
        return nil
    }

    private func rebuild() {
        let kept = heap.filter { bodies[$0.number] != nil }
        heap.removeAll(keepingCapacity: true)
        for entry in kept { push(entry) }
    }

    private func push(_ entry: (time: Int64, number: UInt64)) {
        heap.append(entry)
        var index = heap.count - 1
        while index > 0, heap[index].time < heap[(index - 1) / 2].time {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var index = 0
        while true {
            var least = index
            for child in [2 * index + 1, 2 * index + 2]
            where child < heap.count && heap[child].time < heap[least].time { least = child }
            if least == index { return }
            heap.swapAt(index, least)
            index = least
        }
    }
}
