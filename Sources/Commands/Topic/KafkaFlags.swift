import Connectors
import Diagnostics
import Kafka
import Planning

/// What commands are told about a Kafka cluster.
enum KafkaFlags {
    static let servers = Flag("--bootstrap-servers", .value("HOSTS"), "the Kafka cluster: HOST:PORT,…")
    static let property = Flag(
        "--property", .repeated("NAME=VALUE"), "a property of librdkafka, such as security.protocol=SSL")

    /// The cluster that flags and environment name.
    static func settings(
        servers: String?, properties: [String: String]
    ) throws(Diagnostic) -> KafkaSettings {
        var options: [String: String] = [:]
        for (name, value) in properties { options["kafka." + name] = value }
        let access = KafkaAccess(servers: servers, settings: Settings())
        if let settings = try access.settings(for: options) { return settings }
        throw Diagnostic(
            .usage, "no Kafka cluster is named", expected: "--bootstrap-servers HOST:PORT",
            hint: "such as localhost:9092; MILLRACE_BOOTSTRAP_SERVERS in the environment says it once")
    }
}
