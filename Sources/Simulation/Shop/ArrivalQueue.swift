/// Events on the way: written once already and to be repeated, or held back to arrive late.
///
/// Bounded: a full queue takes no more, and so memory stays bounded at any rate.
struct ArrivalQueue: Sendable {
    static let capacity = 1 << 18

    private var heap = TimerHeap()
    private var events: [ShopEvent] = []
    private var free: [Int] = []

    var count: Int { heap.count }
    var isFull: Bool { heap.count >= Self.capacity }

    /// When the first event is due; far in the future when there is none.
    var firstDue: Int64 { heap.first?.time ?? .max }

    mutating func insert(_ event: ShopEvent, due: Int64) {
        if let slot = free.popLast() {
            events[slot] = event
            heap.insert(slot: slot, at: due)
        } else {
            heap.insert(slot: events.count, at: due)
            events.append(event)
        }
    }

    /// Takes out the event that is due first.
    mutating func popFirst() -> ShopEvent? {
        guard let slot = heap.first?.slot else { return nil }
        heap.removeFirst()
        free.append(slot)
        return events[slot]
    }

    mutating func removeAll() { self = ArrivalQueue() }
}
