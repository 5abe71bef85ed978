import CLibrdkafka
import Diagnostics

/// Why a cluster could not do what it was asked, told by what the caller does next.
public enum KafkaError: Error, Sendable {
    /// The cluster is away or changes its leaders: wait and try again; nothing is lost.
    case unavailable(Diagnostic)
    /// Somebody must do something first: stop.
    case refused(Diagnostic)
    /// What was asked for is not there.
    case absent(Diagnostic)
    /// Another producer has taken this one's place: it must write no more.
    case fenced(Diagnostic)

    public var diagnostic: Diagnostic {
        switch self {
        case .unavailable(let diagnostic), .refused(let diagnostic), .absent(let diagnostic),
            .fenced(let diagnostic):
            return diagnostic
        }
    }

    /// Whether the same call may do better later.
    public var isPassing: Bool { if case .unavailable = self { true } else { false } }

    private static let absences: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART, RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC,
        RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION,
    ]
    private static let refusals: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR__SSL, RD_KAFKA_RESP_ERR__INVALID_ARG,
        RD_KAFKA_RESP_ERR__UNSUPPORTED_FEATURE, RD_KAFKA_RESP_ERR__NOT_CONFIGURED,
        RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM,
        RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
        RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_UNSUPPORTED_VERSION,
        RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS, RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION,
        RD_KAFKA_RESP_ERR_INVALID_PARTITIONS, RD_KAFKA_RESP_ERR_INVALID_REPLICATION_FACTOR,
        RD_KAFKA_RESP_ERR_INVALID_CONFIG, RD_KAFKA_RESP_ERR_INVALID_REQUEST,
        RD_KAFKA_RESP_ERR_POLICY_VIOLATION, RD_KAFKA_RESP_ERR_SECURITY_DISABLED,
        RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE,
    ]
    private static let fences: [rd_kafka_resp_err_t] = [
        RD_KAFKA_RESP_ERR__FENCED, RD_KAFKA_RESP_ERR_PRODUCER_FENCED,
        RD_KAFKA_RESP_ERR_INVALID_PRODUCER_EPOCH,
    ]

    /// - Parameters:
    ///   - what: what was tried, such as `the topic orders can't be read`.
    ///   - reason: the library's words.
    init(_ code: rd_kafka_resp_err_t, _ what: String, _ reason: String) {
        let message = "\(what): \(reason)"
        if Self.fences.contains(code) {
            self = .fenced(
                Diagnostic(
                    .conflict, message,
                    hint: "another process works with the same state (then stop one of the two), or a "
                        + "transaction took longer than 'kafka.transaction.timeout.ms': start again, nothing "
                        + "is lost"))
        } else if Self.absences.contains(code) {
            self = .absent(Diagnostic(.notFound, message))
        } else if Self.refusals.contains(code) {
            self = .refused(Diagnostic(.config, message, hint: Self.advice(code)))
        } else {
            self = .unavailable(
                Diagnostic(
                    .unavailable, message,
                    hint: "start the cluster or check host and port; a pipeline tries again by itself"))
        }
    }

    private static func advice(_ code: rd_kafka_resp_err_t) -> String? {
        switch code {
        case RD_KAFKA_RESP_ERR__AUTHENTICATION, RD_KAFKA_RESP_ERR_SASL_AUTHENTICATION_FAILED,
            RD_KAFKA_RESP_ERR_UNSUPPORTED_SASL_MECHANISM:
            return "check 'kafka.security.protocol', 'kafka.sasl.mechanisms', 'kafka.sasl.username' and "
                + "'kafka.sasl.password', or 'kafka.sasl.oauthbearer.…'"
        case RD_KAFKA_RESP_ERR__SSL:
            return "check 'kafka.ssl.ca.location', 'kafka.ssl.certificate.location' and "
                + "'kafka.ssl.key.location'"
        case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED, RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED,
            RD_KAFKA_RESP_ERR_TRANSACTIONAL_ID_AUTHORIZATION_FAILED:
            return "give the cluster's user the right to do it"
        case RD_KAFKA_RESP_ERR_INVALID_TRANSACTION_TIMEOUT:
            return "set 'kafka.transaction.timeout.ms' to no more than the cluster's "
                + "transaction.max.timeout.ms"
        default: return nil
        }
    }

    static func text(_ code: rd_kafka_resp_err_t) -> String {
        rd_kafka_err2str(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
    }
}
