import Diagnostics
import Kafka

/// `millrace topic`: looks at the topics of a Kafka cluster, makes and deletes them, reads and writes them.
struct TopicCommand: Command {
    static let description = CommandDescription(
        name: "topic",
        summary: "list, describe, create, delete, consume or produce topics of a Kafka cluster",
        about: "For daily use beside a pipeline. Reading commits nothing, so no consumer group notices.",
        topics: [
            ("list", "all topics: partitions, replicas"),
            ("describe", "partitions with leaders, replicas and offsets; properties that were set"),
            ("create", "make a topic"),
            ("delete", "delete a topic with all that it holds"),
            ("consume", "print the records of a topic, up to its end or for ever"),
            ("produce", "write the lines of the input, each as a record"),
        ],
        operands: [Operand("WHAT", "one of these"), Operand("TOPIC", "the topic's name", .optional)],
        flags: [
            KafkaFlags.servers, KafkaFlags.property,
            Flag("--all", .toggle, "list: the cluster's own topics too"),
            Flag("--partitions", .value("N"), "create: how many (1)"),
            Flag("--replicas", .value("N"), "create: brokers that keep each (as the cluster says)"),
            Flag(
                "--config", .repeated("NAME=VALUE"),
                "create: a property of the topic, such as retention.ms=-1"),
            Flag("--from", .value("PLACE"), "consume: earliest, latest, an offset or a time (earliest)"),
            Flag("--partition", .value("N"), "consume, produce: only this one"),
            Flag("--limit", .value("N"), "consume: how many records"),
            Flag("--follow", .toggle, "consume: wait for more, until Ctrl-C"),
            Flag("--values", .toggle, "consume: print values alone"),
            Flag("--key-separator", .value("TEXT"), "produce: what stands between key and value of a line"),
            Flag("--json", .toggle, "print JSON; consume: one object for each record"),
        ],
        examples: [
            .init("what a cluster has", "millrace topic list --bootstrap-servers localhost:9092"),
            .init(
                "a topic for a pipeline to write to",
                "millrace topic create page_views --partitions 6 --config retention.ms=604800000 "
                    + "--bootstrap-servers localhost:9092"),
            .init(
                "the newest records as they come",
                "millrace topic consume page_views --from latest --follow "
                    + "--bootstrap-servers localhost:9092"),
            .init(
                "lines of KEY:VALUE into a topic",
                "millrace topic produce page_views --key-separator : --bootstrap-servers localhost:9092 "
                    + "<events.txt"),
        ])

    private let subject: TopicSubject
    private let topic: String
    private let servers: String?
    private let properties: [String: String]
    private let showsAll: Bool
    private let creation: KafkaNewTopic
    private let reading: TopicReading
    private let separator: String?
    private let partition: Int?
    private let isJSON: Bool

    init(_ arguments: ParsedArguments) throws(Diagnostic) {
        subject = try TopicSubject(
            arguments, of: "topic", about: "topics", sharing: "the cluster's")
        topic = arguments.operand("TOPIC") ?? ""
        guard subject.needsTopic == !topic.isEmpty else {
            throw Diagnostic(
                .usage, subject.needsTopic ? "TOPIC is missing" : "\(topic) is one argument too many",
                expected: "millrace topic \(subject.rawValue)\(subject.needsTopic ? " TOPIC" : "")")
        }
        servers = arguments.text("--bootstrap-servers")
        properties = try arguments.pairs("--property")
        showsAll = arguments.isSet("--all")
        creation = KafkaNewTopic(
            topic, partitions: try arguments.integer("--partitions", in: 1...100_000) ?? 1,
            replicas: try arguments.integer("--replicas", in: 1...100),
            configuration: try arguments.pairs("--config"))
        partition = try arguments.integer("--partition", in: 0...100_000)
        reading = try TopicReading(arguments, topic: topic, partition: partition)
        separator = arguments.text("--key-separator")
        if separator == "" {
            throw Diagnostic(
                .usage, "--key-separator is empty", expected: "what stands between key and value")
        }
        isJSON = arguments.isSet("--json")
    }

    func run(_ console: Console, _ launcher: (any PipelineLaunching)?) throws(Diagnostic) -> ExitCode {
        let settings = try KafkaFlags.settings(servers: servers, properties: properties)
        do throws(KafkaError) {
            switch subject {
            case .list: try TopicListing(settings, showsAll: showsAll).print(console, isJSON)
            case .describe: try TopicListing(settings, showsAll: true).describe(topic, console, isJSON)
            case .create:
                try KafkaTopics(settings).create(creation)
                done(console, "created", "created \(topic), partitions: \(creation.partitions)")
            case .delete:
                try KafkaTopics(settings).delete(topic)
                done(console, "deleted", "deleted \(topic)")
            case .consume: try reading.run(settings, console, isJSON)
            case .produce:
                let count = try TopicWriting(topic, separator, partition).run(settings)
                console.errors.line(count == 1 ? "1 record written" : "\(count) records written")
            }
        } catch {
            throw error.diagnostic
        }
        return .done
    }

    private func done(_ console: Console, _ what: String, _ text: String) {
        console.output.line(isJSON ? "{\"\(what)\":\(JSONText.quoted(topic))}" : text)
    }
}
