/// JoinGroup, SyncGroup, Heartbeat, LeaveGroup, and what is told of groups.
extension RequestRouter {
    func joinGroup(_ request: JoinGroupRequest, _ call: Call) {
        var refusal: ErrorCode?
        if request.groupID.isEmpty { refusal = .invalidGroupID }
        let session = Int64(request.sessionTimeoutMs)
        if !settings.sessionMilliseconds.contains(session) { refusal = .invalidSessionTimeout }
        if let refusal {
            return call.answer(RequestRouter.response(.init(code: refusal, member: request.memberID), call))
        }
        var join = ConsumerGroup.Join()
        join.member = request.memberID
        join.instance = request.groupInstanceID
        join.clientID = call.clientID
        join.host = "/" + call.connection.host
        join.sessionMilliseconds = session
        let rebalance = Int64(request.rebalanceTimeoutMs)
        join.rebalanceMilliseconds = rebalance < 0 ? session : rebalance
        join.protocolType = request.protocolType
        join.subscriptions = request.protocols.map { .init(name: $0.name, metadata: $0.metadata) }
        join.needsName = call.version >= 4
        join.canSkipAssignment = call.version >= 9
        groups.join(request.groupID, join) { call.answer(RequestRouter.response($0, call)) }
    }

    private static func response(_ joined: GroupEffect.Joined, _ call: Call) -> JoinGroupResponse {
        var response = JoinGroupResponse()
        response.errorCode = joined.code.rawValue
        response.generationID = joined.generation
        response.protocolType = joined.protocolType
        // Before version 7 it cannot be null.
        response.protocolName = joined.protocolName ?? (call.version < 7 ? "" : nil)
        response.leader = joined.leader
        response.skipAssignment = joined.skipsAssignment
        response.memberID = joined.member
        response.members = joined.members.map {
            var member = JoinGroupResponse.JoinGroupResponseMember()
            member.memberID = $0.identifier
            member.groupInstanceID = $0.instance
            member.metadata = $0.metadata
            return member
        }
        return response
    }

    func syncGroup(_ request: SyncGroupRequest, _ call: Call) {
        var sync = ConsumerGroup.Sync()
        sync.member = request.memberID
        sync.instance = request.groupInstanceID
        sync.generation = request.generationID
        sync.protocolType = request.protocolType
        sync.protocolName = request.protocolName
        sync.assignments = Dictionary(
            request.assignments.map { ($0.memberID, $0.assignment) }, uniquingKeysWith: { $1 })
        groups.sync(request.groupID, sync) { synced in
            var response = SyncGroupResponse()
            response.errorCode = synced.code.rawValue
            response.protocolType = synced.protocolType
            response.protocolName = synced.protocolName
            response.assignment = synced.assignment
            call.answer(response)
        }
    }

    func heartbeat(_ request: HeartbeatRequest, _ call: Call) {
        var response = HeartbeatResponse()
        let code: ErrorCode? = groups.withGroup(request.groupID) { group, now, _ in
            (group.heartbeat(request.memberID, request.groupInstanceID, request.generationID, now: now), [])
        }
        response.errorCode = (code ?? .unknownMemberID).rawValue
        call.answer(response)
    }

    func leaveGroup(_ request: LeaveGroupRequest, _ call: Call) {
        var response = LeaveGroupResponse()
        var members = request.members
        if call.version < 3 {
            var member = LeaveGroupRequest.MemberIdentity()
            member.memberID = request.memberID
            members = [member]
        }
        let codes: [ErrorCode] =
            groups.withGroup(request.groupID) { group, now, _ in
                var codes: [ErrorCode] = []
                var effects: [GroupEffect] = []
                for member in members {
                    let (code, more) = group.leave(member.memberID, member.groupInstanceID, now: now)
                    codes.append(code)
                    effects += more
                }
                return (codes, effects)
            } ?? members.map { _ in .unknownMemberID }
        if call.version < 3 {
            response.errorCode = (codes.first ?? .unknownMemberID).rawValue
        } else {
            response.members = zip(members, codes).map {
                var member = LeaveGroupResponse.MemberResponse()
                member.memberID = $0.memberID
                member.groupInstanceID = $0.groupInstanceID
                member.errorCode = $1.rawValue
                return member
            }
        }
        call.answer(response)
    }

    // MARK: Looking

    func describeGroups(_ request: DescribeGroupsRequest, _ call: Call) {
        var response = DescribeGroupsResponse()
        response.groups = request.groups.map { name in
            var entry = DescribeGroupsResponse.DescribedGroup()
            entry.groupID = name
            guard let group = groups.group(name) else {
                // From version 6 on a missing group is an error.
                if call.version >= 6 {
                    entry.errorCode = ErrorCode.groupIDNotFound.rawValue
                    entry.errorMessage = "there is no group '\(name)'"
                }
                entry.groupState = "Dead"
                return entry
            }
            entry.groupState = group.state.rawValue
            entry.protocolType = group.protocolType ?? ""
            entry.protocolData = group.state == .stable ? group.protocolName ?? "" : ""
            entry.members = group.order.compactMap { group.members[$0] }.map { member in
                var described = DescribeGroupsResponse.DescribedGroupMember()
                described.memberID = member.identifier
                described.groupInstanceID = member.instance
                described.clientID = member.clientID
                described.clientHost = member.host
                if group.state == .stable {
                    described.memberMetadata = member.metadata(group.protocolName ?? "")
                    described.memberAssignment = member.assignment
                }
                return described
            }
            return entry
        }
        call.answer(response)
    }

    func listGroups(_ request: ListGroupsRequest, _ call: Call) {
        var response = ListGroupsResponse()
        let states = Set(request.statesFilter.map { $0.lowercased() })
        let types = Set(request.typesFilter.map { $0.lowercased() })
        response.groups = groups.all.compactMap { group in
            guard states.isEmpty || states.contains(group.state.rawValue.lowercased()),
                types.isEmpty || types.contains("classic")
            else { return nil }
            var entry = ListGroupsResponse.ListedGroup()
            entry.groupID = group.name
            entry.protocolType = group.protocolType ?? ""
            entry.groupState = group.state.rawValue
            entry.groupType = "classic"
            return entry
        }
        call.answer(response)
    }

    func deleteGroups(_ request: DeleteGroupsRequest, _ call: Call) {
        var response = DeleteGroupsResponse()
        response.results = request.groupsNames.map {
            var result = DeleteGroupsResponse.DeletableGroupResult()
            result.groupID = $0
            result.errorCode = groups.delete($0).rawValue
            return result
        }
        let answer = response
        groups.flush { _ in call.answer(answer) }
    }
}
