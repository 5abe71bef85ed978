/// What a client fetches again and again, so that it names only what has changed (KIP-227).
final class FetchSession: @unchecked Sendable {
    let number: Int32
    /// The next fetch must say this one.
    var epoch: Int32 = 1
    var lastUse: Int64 = 0
    /// A fetch is being answered: another one of the session would be the client's mistake.
    var isBusy = false
    private var byKey: [FetchedPartition.Key: FetchedPartition] = [:]
    /// Those that had something last stand at the end: the others come before them next time.
    private(set) var partitions: [FetchedPartition] = []

    init(_ number: Int32) { self.number = number }

    func take(_ key: FetchedPartition.Key, _ partition: FetchRequest.FetchPartition) {
        let known = byKey[key] ?? FetchedPartition(key)
        if byKey[key] == nil {
            byKey[key] = known
            partitions.append(known)
        }
        known.take(partition)
    }

    func forget(_ keys: Set<FetchedPartition.Key>) {
        guard !keys.isEmpty else { return }
        for key in keys { byKey[key] = nil }
        partitions.removeAll { keys.contains($0.key) }
    }

    func moveToEnd(_ keys: Set<FetchedPartition.Key>) {
        // Only where the answer was full does it matter who comes first.
        guard !keys.isEmpty, keys.count < partitions.count else { return }
        let moved = partitions.filter { keys.contains($0.key) }
        partitions.removeAll { keys.contains($0.key) }
        partitions += moved
    }

    func advance() { epoch = epoch == Int32.max ? 1 : epoch + 1 }
}
