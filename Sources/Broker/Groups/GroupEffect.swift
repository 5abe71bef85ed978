/// What a change of a group asks its surroundings to do.
enum GroupEffect: Equatable, Sendable {
    struct Joined: Equatable, Sendable {
        var code = ErrorCode.none
        var generation: Int32 = -1
        var protocolType: String?
        var protocolName: String?
        var leader = ""
        var member = ""
        var skipsAssignment = false
        /// For the leader alone.
        var members: [(identifier: String, instance: String?, metadata: [UInt8])] = []

        static func == (left: Joined, right: Joined) -> Bool {
            left.code == right.code && left.generation == right.generation
                && left.protocolName == right.protocolName && left.leader == right.leader
                && left.member == right.member
                && left.members.map(\.identifier) == right.members.map(\.identifier)
        }
    }

    struct Synced: Equatable, Sendable {
        var code = ErrorCode.none
        var protocolType: String?
        var protocolName: String?
        var assignment: [UInt8] = []
    }

    /// Answers a JoinGroup.
    case joined(Int, Joined)
    /// Answers a SyncGroup.
    case synced(Int, Synced)
    /// The group is to be kept as it is now, before its members are told.
    case store
}
