/// A client in a group, as the group knows it.
struct GroupMember: Equatable, Sendable {
    struct Subscription: Equatable, Sendable {
        let name: String
        let metadata: [UInt8]
    }

    let identifier: String
    /// The name of a static member, which outlives its process (KIP-345).
    var instance: String?
    var clientID = ""
    var host = ""
    var sessionMilliseconds: Int64
    var rebalanceMilliseconds: Int64
    /// In the order of the client's preference.
    var subscriptions: [Subscription]
    var assignment: [UInt8] = []
    /// When it is taken for dead, unless it is heard of before.
    var deadline: Int64 = 0
    /// Where its answer to JoinGroup goes, while the group waits for the others.
    var joining: Int?
    /// Where its answer to SyncGroup goes, while the group waits for the leader.
    var syncing: Int?
    /// It has not been given the present generation yet.
    var awaitsSync = false

    func metadata(_ name: String) -> [UInt8] {
        subscriptions.first { $0.name == name }?.metadata ?? []
    }
}
