import Diagnostics

/// How a broker's network side is kept.
public struct BrokerSettings: Sendable {
    /// Where it listens; port 0 takes any that is free.
    public var address = BrokerAddress(host: "127.0.0.1", port: 9092)
    /// Where clients are told to connect; nil is where it listens.
    public var advertised: BrokerAddress?
    /// Whether a topic that a client asks for, and that is not there, is made.
    public var createsTopics = true
    /// Of topics whose makers do not say.
    public var defaultPartitions = 1
    /// Settings that new topics get where their makers do not say, by Kafka's names.
    public var topicDefaults: [String: String] = [:]
    /// Passwords by user. With any, clients must say who they are, by SASL (PLAIN, SCRAM-SHA-256 or -512).
    public var passwords: [String: String] = [:]
    /// Which bearer tokens say who somebody is (SASL OAUTHBEARER); nil: none.
    public var tokens: TokenSettings?
    /// nil: connections are not encrypted.
    public var tls: TLSFiles?
    /// Threads that wait for connections and answer them.
    public var threads = 4
    /// Groups without members are forgotten so long after their last commit.
    public var groupRetentionMilliseconds: Int64 = 7 * 86_400_000
    /// How long the first rebalance of a group waits for more members.
    public var gatherMilliseconds: Int64 = 200
    /// Told of what nobody else hears of.
    public var report: @Sendable (Diagnostic) -> Void = { _ in }

    var connections = ConnectionLimits()
    var fetchSessions = 1000
    /// Of one answer, at most.
    var fetchByteCount = 55 << 20
    var sessionMilliseconds: ClosedRange<Int64> = 1000...1_800_000

    public init() {}

    /// Why a value cannot be taken for a topic's setting; nil: it can.
    public static func reasonAgainst(topicSetting name: String, _ value: String) -> String? {
        var configuration = TopicConfiguration()
        do throws(TopicConfiguration.Refusal) {
            try configuration.set(name, value)
            return nil
        } catch {
            return error.reason
        }
    }

    /// Clients that may be connected at a time.
    public var maximumConnections: Int {
        get { connections.connections }
        set { connections.connections = newValue }
    }

    /// Bytes of one request, at most.
    public var maximumRequestBytes: Int {
        get { connections.requestByteCount }
        set { connections.requestByteCount = newValue }
    }

    /// Bytes of all requests and answers that are under way, about.
    public var maximumBytesInFlight: Int {
        get { connections.totalBytes }
        set { connections.totalBytes = newValue }
    }

    /// A connection is closed when nothing has come or gone for so long.
    public var idleMilliseconds: Int64 {
        get { connections.idleMilliseconds }
        set { connections.idleMilliseconds = newValue }
    }
}
