/// What the log of groups holds, in the form that Kafka has for it.
///
/// Keys: version 0 or 1 a group's offset of a partition, version 2 the group itself. No value: it is gone.
enum GroupRecord {
    case offset(group: String, TopicPartition, CommittedOffset?)
    case group(String, ConsumerGroup?)

    /// - Parameter now: of the clock by which sessions end.
    init?(key: [UInt8], value: [UInt8]?, now: Int64) {
        do throws(MessageError) {
            guard let read = try GroupRecord.read(key, value, now: now) else { return nil }
            self = read
        } catch {
            return nil
        }
    }

    private static func read(
        _ key: [UInt8], _ value: [UInt8]?, now: Int64
    ) throws(MessageError) -> GroupRecord? {
        try MessageReader.reading(key) { key throws(MessageError) -> GroupRecord? in
            let version = try key.number(Int16.self)
            let group = try key.string(false)
            switch version {
            case 0, 1:
                let partition = TopicPartition(
                    topic: try key.string(false), partition: try key.number(Int32.self))
                return .offset(
                    group: group, partition, try value.map { value throws(MessageError) in try offset(value) }
                )
            case 2:
                return .group(
                    group,
                    try value.map { value throws(MessageError) in
                        try self.group(group, value, now: now)
                    })
            default: return nil
            }
        }
    }

    private static func offset(_ value: [UInt8]) throws(MessageError) -> CommittedOffset {
        try MessageReader.reading(value) { value throws(MessageError) in
            let version = try value.number(Int16.self)
            guard (0...3).contains(version) else { throw .malformed("version \(version) of an offset") }
            var offset = CommittedOffset(offset: try value.number())
            if version == 3 { offset.leaderEpoch = try value.number() }
            offset.metadata = try value.string(false)
            offset.committedAt = try value.number()
            return offset
        }
    }

    private static func group(
        _ name: String, _ value: [UInt8], now: Int64
    ) throws(MessageError) -> ConsumerGroup {
        try MessageReader.reading(value) { value throws(MessageError) in
            let version = try value.number(Int16.self)
            guard version == 3 else { throw .malformed("version \(version) of a group") }
            var group = ConsumerGroup(name)
            group.protocolType = try value.string(false)
            if group.protocolType?.isEmpty == true { group.protocolType = nil }
            group.generation = try value.number()
            group.protocolName = try value.nullableString(false)
            group.leader = try value.nullableString(false)
            _ = try value.number(Int64.self)
            let chosen = group.protocolName ?? ""
            let members = try value.array(false) { value throws(MessageError) in
                try member(&value, chosen, now: now)
            }
            for member in members {
                group.members[member.identifier] = member
                group.order.append(member.identifier)
            }
            group.state = members.isEmpty ? .empty : .stable
            return group
        }
    }

    private static func member(
        _ value: inout MessageReader, _ chosen: String, now: Int64
    ) throws(MessageError) -> GroupMember {
        let identifier = try value.string(false)
        let instance = try value.nullableString(false)
        let clientID = try value.string(false)
        let host = try value.string(false)
        let rebalance = try value.number(Int32.self)
        let session = try value.number(Int32.self)
        let subscription = try value.bytes(false)
        var member = GroupMember(
            identifier: identifier, sessionMilliseconds: Int64(session),
            rebalanceMilliseconds: Int64(rebalance),
            subscriptions: [.init(name: chosen, metadata: subscription)])
        member.instance = instance
        member.clientID = clientID
        member.host = host
        member.assignment = try value.bytes(false)
        member.deadline = now + member.sessionMilliseconds
        return member
    }

    // MARK: Writing

    var key: [UInt8] {
        var writer = MessageWriter()
        switch self {
        case .offset(let group, let partition, _):
            writer.number(Int16(1))
            writer.string(group, false)
            writer.string(partition.topic, false)
            writer.number(partition.partition)
        case .group(let group, _):
            writer.number(Int16(2))
            writer.string(group, false)
        }
        return writer.bytes
    }

    /// - Parameter now: milliseconds since the epoch.
    func value(now: Int64) -> [UInt8]? {
        switch self {
        case .offset(_, _, let offset): offset.map(GroupRecord.encoded)
        case .group(_, let group): group.map { GroupRecord.encoded($0, now: now) }
        }
    }

    private static func encoded(_ offset: CommittedOffset) -> [UInt8] {
        var writer = MessageWriter()
        writer.number(Int16(3))
        writer.number(offset.offset)
        writer.number(offset.leaderEpoch)
        writer.string(offset.metadata, false)
        writer.number(offset.committedAt)
        return writer.bytes
    }

    private static func encoded(_ group: ConsumerGroup, now: Int64) -> [UInt8] {
        var writer = MessageWriter()
        writer.number(Int16(3))
        writer.string(group.protocolType ?? "", false)
        writer.number(group.generation)
        writer.string(group.protocolName, false)
        writer.string(group.leader, false)
        writer.number(now)
        let chosen = group.protocolName ?? ""
        writer.array(group.order.compactMap { group.members[$0] }, false) { writer, member in
            writer.string(member.identifier, false)
            writer.string(member.instance, false)
            writer.string(member.clientID, false)
            writer.string(member.host, false)
            writer.number(Int32(clamping: member.rebalanceMilliseconds))
            writer.number(Int32(clamping: member.sessionMilliseconds))
            writer.bytes(member.metadata(chosen), false)
            writer.bytes(member.assignment, false)
        }
        return writer.bytes
    }
}
