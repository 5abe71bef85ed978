import CLibrdkafka
import Diagnostics
import Glibc

/// One client of a cluster: its handle, which it frees, and what its threads tell.
///
/// All calls may come from any thread.
final class KafkaHandle: @unchecked Sendable {
    enum Kind { case consumer, producer }

    let pointer: OpaquePointer
    private let kind: Kind
    let events: KafkaEvents
    /// The cluster, for messages.
    let place: String

    /// - Parameter own: properties that win over the settings'.
    init(
        _ kind: Kind, _ settings: KafkaSettings, own: [String: String],
        onInput: (@Sendable () -> Void)? = nil
    ) throws(KafkaError) {
        self.kind = kind
        place = settings.servers
        let tokens = try KafkaTokens(settings.properties)
        events = KafkaEvents(settings.servers, tokens: tokens, onInput: onInput)
        try Self.load()
        guard let conf = rd_kafka_conf_new() else { throw Self.noMemory }
        do throws(KafkaError) {
            try Self.configure(conf, settings, own)
        } catch {
            rd_kafka_conf_destroy(conf)
            throw error
        }
        rd_kafka_conf_set_opaque(conf, Unmanaged.passUnretained(events).toOpaque())
        rd_kafka_conf_set_error_cb(conf) { _, code, reason, opaque in
            guard let opaque else { return }
            let text = reason.map { String(cString: $0) } ?? ""
            Unmanaged<KafkaEvents>.fromOpaque(opaque).takeUnretainedValue()
                .note(rd_kafka_resp_err_t(Int32(code)), text)
        }
        let takesTokens = Self.takesTokens(settings.properties)
        // Whoever waits for an answer serves no callbacks: a thread of the library does.
        if takesTokens { rd_kafka_conf_enable_sasl_queue(conf, 1) }
        if tokens != nil {
            rd_kafka_conf_set_oauthbearer_token_refresh_cb(conf) { handle, _, opaque in
                guard let opaque, let handle else { return }
                Unmanaged<KafkaEvents>.fromOpaque(opaque).takeUnretainedValue().tokens?.refresh(handle)
            }
        }
        // What matters comes as an error; with 'kafka.debug' somebody wants to see the rest.
        if settings.properties["debug"] == nil {
            rd_kafka_conf_set_log_cb(conf) { _, _, _, _ in }
        }
        if kind == .producer {
            rd_kafka_conf_set_dr_msg_cb(conf) { _, message, opaque in
                guard let opaque, let message, message.pointee.err != RD_KAFKA_RESP_ERR_NO_ERROR else {
                    return
                }
                Unmanaged<KafkaEvents>.fromOpaque(opaque).takeUnretainedValue()
                    .fail(Int(bitPattern: message.pointee._private), message.pointee.err)
            }
        }
        var text = [CChar](repeating: 0, count: 512)
        let made = rd_kafka_new(
            kind == .consumer ? RD_KAFKA_CONSUMER : RD_KAFKA_PRODUCER, conf, &text, text.count)
        guard let made else {
            rd_kafka_conf_destroy(conf)
            throw .refused(
                Diagnostic(.config, "Kafka at \(settings.servers) can't be used: \(Self.text(text))"))
        }
        pointer = made
        if takesTokens, let error = rd_kafka_sasl_background_callbacks_enable(made) {
            rd_kafka_error_destroy(error)
        }
    }

    deinit { rd_kafka_destroy(pointer) }

    private static func takesTokens(_ properties: [String: String]) -> Bool {
        (properties["sasl.mechanisms"] ?? properties["sasl.mechanism"])?.uppercased() == "OAUTHBEARER"
    }

    static func text(_ characters: [CChar]) -> String {
        String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static let noMemory = KafkaError.unavailable(
        Diagnostic(.unavailable, "there is no memory for a Kafka client"))

    private static func load() throws(KafkaError) {
        guard let failure = millrace_librdkafka_load() else { return }
        throw .refused(
            Diagnostic(
                .unavailable, "librdkafka can't be loaded: \(String(cString: failure))",
                hint: "install it: apt install librdkafka1"))
    }

    // MARK: Properties

    private static func configure(
        _ conf: OpaquePointer, _ settings: KafkaSettings, _ own: [String: String]
    ) throws(KafkaError) {
        let standard = ["client.id": "millrace", "bootstrap.servers": settings.servers]
        for (name, value) in settings.properties.sorted(by: { $0.key < $1.key }) {
            if KafkaSettings.reserved.contains(name) {
                throw .refused(
                    Diagnostic(
                        .unknownProperty, "'kafka.\(name)' is set by Millrace itself",
                        hint: "remove it: offsets and transactions belong to the epochs"))
            }
            if KafkaTokens.owns(name, in: settings.properties) { continue }
            try set(name, value, conf)
        }
        for (name, value) in standard.merging(own, uniquingKeysWith: { $1 })
        where settings.properties[name] == nil {
            try set(name, value, conf)
        }
    }

    private static func set(
        _ name: String, _ value: String, _ conf: OpaquePointer
    ) throws(KafkaError) {
        var text = [CChar](repeating: 0, count: 512)
        switch rd_kafka_conf_set(conf, name, value, &text, text.count) {
        case RD_KAFKA_CONF_OK: return
        case RD_KAFKA_CONF_UNKNOWN:
            let suggestion = NearestName.suggestion(for: name, among: names(conf))
            throw .refused(
                Diagnostic(
                    .unknownProperty, "there is no property 'kafka.\(name)': \(Self.text(text))",
                    hint: suggestion.map { "did you mean 'kafka.\($0)'?" } ?? "remove it"))
        default:
            // The library's text may repeat the value.
            let reason = isSecret(name) ? "it can't be used" : Self.text(text)
            throw .refused(
                Diagnostic(.invalidValue, "the property 'kafka.\(name)' has no usable value: \(reason)"))
        }
    }

    /// Whether a property's value is for nobody's eyes.
    static func isSecret(_ name: String) -> Bool {
        ["password", "secret", "pem", "jaas", "token"].contains { part in
            name.split(separator: ".").contains { $0 == part }
        } || name == "sasl.oauthbearer.config"
    }

    private static func names(_ conf: OpaquePointer) -> [String] {
        // What has no value of its own is not in the library's list.
        var names = [
            "security.protocol", "sasl.mechanisms", "sasl.username", "sasl.password", "ssl.ca.location",
            "ssl.certificate.location", "ssl.key.location", "ssl.key.password", "ssl.ca.pem",
            "ssl.certificate.pem", "ssl.key.pem", "ssl.cipher.suites", "sasl.oauthbearer.config",
            "sasl.oauthbearer.client.id", "sasl.oauthbearer.client.secret",
            "sasl.oauthbearer.token.endpoint.url", "sasl.oauthbearer.scope", "client.rack", "debug",
            "statistics.interval.ms", "compression.type", "acks", "linger.ms", "batch.size",
        ]
        var count = 0
        guard let list = rd_kafka_conf_dump(conf, &count) else { return names }
        defer { rd_kafka_conf_dump_free(list, count) }
        for index in stride(from: 0, to: count, by: 2) {
            if let name = list[index] { names.append(String(cString: name)) }
        }
        return names
    }

    // MARK: Answers

    /// An error with what is known of the reason.
    func error(_ code: rd_kafka_resp_err_t, _ what: String, _ reason: String? = nil) -> KafkaError {
        let isUnreached =
            code == RD_KAFKA_RESP_ERR__TRANSPORT || code == RD_KAFKA_RESP_ERR__TIMED_OUT
            || code == RD_KAFKA_RESP_ERR__ALL_BROKERS_DOWN
        // A consumer's come with its messages.
        if isUnreached, kind == .producer { rd_kafka_poll(pointer, 0) }
        if isUnreached, let known = events.connectionError {
            return refusal(what) ?? KafkaError(code, what, known.reason)
        }
        return KafkaError(code, what, reason ?? KafkaError.text(code))
    }

    /// What was last heard of a connection, if it is a refusal: only that tells more than that nobody
    /// answers.
    func refusal(_ what: String) -> KafkaError? {
        guard let known = events.connectionError,
            known.code == RD_KAFKA_RESP_ERR__AUTHENTICATION || known.code == RD_KAFKA_RESP_ERR__SSL
        else { return nil }
        return KafkaError(known.code, what, known.reason)
    }

    func check(_ code: rd_kafka_resp_err_t, _ what: @autoclosure () -> String) throws(KafkaError) {
        if code != RD_KAFKA_RESP_ERR_NO_ERROR { throw error(code, what()) }
    }

    /// The cluster's own name; nil where it does not tell one in time.
    func clusterID(milliseconds: Int) -> String? {
        guard let text = rd_kafka_clusterid(pointer, Int32(milliseconds)) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }

    /// How many partitions a topic has, and those that nobody leads at the moment.
    func partitions(
        of topic: String, milliseconds: Int
    ) throws(KafkaError) -> (count: Int, leaderless: [Int]) {
        let what = "the topic \(topic) in Kafka at \(place) can't be looked up"
        guard let handle = rd_kafka_topic_new(pointer, topic, nil) else {
            throw error(rd_kafka_last_error(), what)
        }
        defer { rd_kafka_topic_destroy(handle) }
        var metadata: UnsafePointer<rd_kafka_metadata>?
        try check(rd_kafka_metadata(pointer, 0, handle, &metadata, Int32(milliseconds)), what)
        guard let metadata else { throw error(RD_KAFKA_RESP_ERR__FAIL, what) }
        defer { rd_kafka_metadata_destroy(metadata) }
        guard metadata.pointee.topic_cnt == 1, let found = metadata.pointee.topics?.pointee else {
            throw error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what)
        }
        try check(found.err, what)
        var leaderless: [Int] = []
        for index in 0..<Int(found.partition_cnt) {
            let partition = found.partitions[index]
            if partition.leader < 0 { leaderless.append(Int(partition.id)) }
        }
        guard found.partition_cnt > 0 else { throw error(RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, what) }
        return (Int(found.partition_cnt), leaderless)
    }
}
