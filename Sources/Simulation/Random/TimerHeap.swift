/// What is due when: a binary heap of slots ordered by time, the earliest first.
struct TimerHeap: Sendable {
    struct Entry: Sendable {
        var time: Int64
        var slot: Int
    }

    private var entries: [Entry] = []

    var count: Int { entries.count }

    /// The earliest entry.
    var first: Entry? { entries.first }

    mutating func insert(slot: Int, at time: Int64) {
        var index = entries.count
        let entry = Entry(time: time, slot: slot)
        entries.append(entry)
        while index > 0 {
            let parent = (index - 1) / 2
            if entries[parent].time <= time { break }
            entries[index] = entries[parent]
            index = parent
        }
        entries[index] = entry
    }

    /// Removes the earliest entry; the heap must not be empty.
    mutating func removeFirst() {
        let last = entries.removeLast()
        if !entries.isEmpty { sink(last) }
    }

    /// Gives the earliest entry a later time: cheaper than removing and inserting it.
    mutating func postponeFirst(to time: Int64) {
        sink(Entry(time: time, slot: entries[0].slot))
    }

    /// Moves every entry, so that the order stays as it is.
    mutating func shift(by milliseconds: Int64) {
        for index in entries.indices { entries[index].time &+= milliseconds }
    }

    private mutating func sink(_ entry: Entry) {
        entries.withUnsafeMutableBufferPointer { heap in
            var index = 0
            while true {
                var child = 2 * index + 1
                if child >= heap.count { break }
                if child + 1 < heap.count, heap[child + 1].time < heap[child].time { child += 1 }
                if heap[child].time >= entry.time { break }
                heap[index] = heap[child]
                index = child
            }
            heap[index] = entry
        }
    }
}
