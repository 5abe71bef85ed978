import Columnar
import State

/// An operator that keeps state by key, in shards which threads share out.
///
/// In a round, slots leave rows with it; then `processShard` takes them up, for each shard in the order of
/// slots: that is source order, whatever thread does it.
protocol StatefulOperator: AnyObject, Sendable {
    /// How many shard phases stand before this operator's in a round.
    var level: Int { get }
    /// Called for each shard, by any thread; one thread at a time for one shard.
    ///
    /// - Parameter watermark: behind the round's last row. What it closes is closed once the rows are in.
    func processShard(_ shard: Int, watermark: Int64) throws(StateError)
    /// After all levels: forgets the rows that all shards have taken up.
    func clear()
}

/// Room for the look-ups of one batch, reused.
struct StateScratch: ~Copyable {
    private(set) var slots = UnsafeMutablePointer<UInt32>.allocate(capacity: 1)
    private(set) var isNew = UnsafeMutablePointer<UInt8>.allocate(capacity: 1)
    private(set) var states = UnsafeMutablePointer<UnsafeMutableRawPointer>.allocate(capacity: 1)
    private(set) var rows = UnsafeMutablePointer<Int32>.allocate(capacity: 1)
    private(set) var fingerprints = UnsafeMutablePointer<Fingerprint>.allocate(capacity: 1)
    private(set) var starts = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
    private var capacity = 1

    init() {}

    /// Makes room for `count` rows; what was there is gone.
    mutating func reserve(_ count: Int) {
        guard count > capacity else { return }
        free()
        capacity = max(count, capacity * 2)
        slots = .allocate(capacity: capacity)
        isNew = .allocate(capacity: capacity)
        states = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
        fingerprints = .allocate(capacity: capacity)
        starts = .allocate(capacity: capacity)
    }

    private func free() {
        slots.deallocate()
        isNew.deallocate()
        states.deallocate()
        rows.deallocate()
        fingerprints.deallocate()
        starts.deallocate()
    }

    deinit { free() }
}
