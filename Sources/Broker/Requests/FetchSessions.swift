import Synchronization

/// The fetch sessions of all clients; when there are too many the one unused for longest goes.
final class FetchSessions: Sendable {
    enum Answer {
        /// Without a session: all partitions are in the request, and in the answer.
        case whole([FetchedPartition])
        /// - isNew: all partitions are in the answer.
        case session(FetchSession, isNew: Bool)
        case refused(ErrorCode)
    }

    private struct State {
        var sessions: [Int32: FetchSession] = [:]
        var random = SystemRandomNumberGenerator()
        var uses: Int64 = 0
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) { self.limit = limit }

    var count: Int { state.withLock { $0.sessions.count } }

    func open(_ request: FetchRequest) -> Answer {
        if request.sessionEpoch <= 0 {
            if request.sessionID != 0 { close(request.sessionID) }
            return request.sessionEpoch == 0 ? begin(request) : .whole(FetchSessions.partitions(request))
        }
        return state.withLock { state in
            guard let session = state.sessions[request.sessionID] else {
                return .refused(.fetchSessionIDNotFound)
            }
            guard session.epoch == request.sessionEpoch, !session.isBusy else {
                return .refused(.invalidFetchSessionEpoch)
            }
            session.advance()
            session.isBusy = true
            state.uses += 1
            session.lastUse = state.uses
            session.forget(FetchSessions.forgotten(request))
            for topic in request.topics {
                for partition in topic.partitions {
                    session.take(FetchSessions.key(topic, partition.partition), partition)
                }
            }
            return .session(session, isNew: false)
        }
    }

    private func begin(_ request: FetchRequest) -> Answer {
        state.withLock { state in
            if state.sessions.count >= limit {
                let idle = state.sessions.values.filter { !$0.isBusy }
                guard let oldest = idle.min(by: { $0.lastUse < $1.lastUse }) else {
                    return .whole(FetchSessions.partitions(request))
                }
                state.sessions[oldest.number] = nil
            }
            var number: Int32
            repeat {
                number = Int32.random(in: 1...Int32.max, using: &state.random)
            } while state.sessions[number]
                != nil
            let session = FetchSession(number)
            session.isBusy = true
            state.uses += 1
            session.lastUse = state.uses
            for topic in request.topics {
                for partition in topic.partitions {
                    session.take(FetchSessions.key(topic, partition.partition), partition)
                }
            }
            state.sessions[number] = session
            return .session(session, isNew: true)
        }
    }

    private func close(_ number: Int32) { state.withLock { _ = $0.sessions.removeValue(forKey: number) } }

    /// The fetch has been answered.
    func finish(_ session: FetchSession, _ served: Set<FetchedPartition.Key>) {
        state.withLock { _ in
            session.moveToEnd(served)
            session.isBusy = false
        }
    }

    private static func key(_ topic: FetchRequest.FetchTopic, _ partition: Int32) -> FetchedPartition.Key {
        .init(topic: topic.topic, topicID: topic.topicID, partition: partition)
    }

    private static func partitions(_ request: FetchRequest) -> [FetchedPartition] {
        request.topics.flatMap { topic in
            topic.partitions.map {
                let partition = FetchedPartition(key(topic, $0.partition))
                partition.take($0)
                return partition
            }
        }
    }

    private static func forgotten(_ request: FetchRequest) -> Set<FetchedPartition.Key> {
        var keys: Set<FetchedPartition.Key> = []
        for topic in request.forgottenTopicsData {
            for partition in topic.partitions {
                keys.insert(.init(topic: topic.topic, topicID: topic.topicID, partition: partition))
            }
        }
        return keys
    }
}
