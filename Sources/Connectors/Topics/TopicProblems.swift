import Broker
import Diagnostics

/// What a person is told of a topic that can't be read as it was.
struct TopicProblems: Sendable {
    let topic: String
    let relation: String

    func deleted(_ partition: Int, from offset: Int64, _ start: Int64) -> Diagnostic {
        Diagnostic(
            .notFound,
            "records of topic \(topic), partition \(partition), from offset \(offset) on were deleted before "
                + "\(relation) had read them",
            expected: "offset \(offset); the first that is there is \(start)",
            hint: "let the topic keep them longer (retention.ms, retention.bytes), and start the query anew")
    }

    func truncated(_ partition: Int, from offset: Int64, _ end: Int64) -> Diagnostic {
        Diagnostic(
            .notFound,
            "topic \(topic), partition \(partition), ends at offset \(end), but \(relation) has read up to "
                + "\(offset): its end was lost",
            expected: "offset \(offset)",
            hint: "restore the topic, or start the query anew; topics that are flushed lazily lose their end "
                + "when the machine loses power")
    }

    /// The topic has gone, or another one has its name.
    var replaced: Diagnostic {
        Diagnostic(
            .notFound, "the topic \(topic) was deleted and made anew since \(relation) has read it",
            expected: "the topic that it was", hint: "drop the query and create it again")
    }

    /// The same, of a topic in a cluster.
    var replacedInCluster: Diagnostic {
        Diagnostic(
            replaced.code, replaced.message, expected: replaced.expected,
            hint: "start over with another --state directory and new targets, or let 'auto.offset.reset' "
                + "say where it goes on with the new topic")
    }

    /// The partition has another record where its last one was, and others are as they were.
    func rewritten(_ partition: Int, from offset: Int64) -> Diagnostic {
        Diagnostic(
            .notFound,
            "topic \(topic), partition \(partition), has another record at offset \(offset) than \(relation) "
                + "has read: its end was lost and written anew",
            expected: "the record that it was",
            hint: "start the query anew, or let 'auto.offset.reset' say where it goes on; a partition loses "
                + "its end when a replica that lags behind becomes its leader (unclean.leader.election)")
    }

    /// Tasks share the topic by the keys of its records, and these go to other partitions now.
    func repartitioned(_ count: Int, _ expected: Int) -> Diagnostic {
        Diagnostic(
            .state,
            "topic \(topic) has \(count) partitions, and had \(expected) when the service that reads it as "
                + "\(relation) was made: records of a key go to another partition, and task, now",
            expected: "\(expected) partitions",
            hint: "nothing is lost: start a service of another name with a new --state directory and new "
                + "targets, which reads the topic from its start, or one process without --service")
    }

    /// The checkpoint is of a topic of that name in another cluster.
    var elsewhere: Diagnostic {
        Diagnostic(
            .state, "the checkpoint of \(relation) is of a topic \(topic) in another Kafka cluster",
            hint: "name that cluster ('bootstrap.servers'), or start over with another --state directory")
    }

    /// Records of an epoch that is run again have gone meanwhile.
    func compacted(_ partition: Int, _ offsets: Range<Int64>) -> Diagnostic {
        Diagnostic(
            .notFound,
            "records of topic \(topic), partition \(partition), offsets \(offsets.lowerBound) to "
                + "\(offsets.upperBound - 1), which \(relation) had begun to read, were compacted away since",
            hint: "let the topic keep them longer (min.compaction.lag.ms)")
    }

    var gone: Diagnostic {
        Diagnostic(
            .notFound, "the topic \(topic), which \(relation) reads, is not there",
            hint: "create the topic, or drop the query")
    }

    func telling<Answer>(
        _ partition: Int = 0, _ offset: Int64 = 0, _ body: () throws(TopicStoreError) -> Answer
    ) throws(Diagnostic) -> Answer {
        do throws(TopicStoreError) {
            return try body()
        } catch {
            switch error {
            case .unknown: throw gone
            case .outOfRange(let start, let end):
                throw offset < start
                    ? deleted(partition, from: offset, start) : truncated(partition, from: offset, end)
            default: throw error.diagnostic
            }
        }
    }
}
