import Broker
import Diagnostics
import Foundation
import Kafka
import Runtime
import TestKit
import Testing

@testable import Connectors

/// Source, sink and topics on a cluster that wants bearer tokens (SASL OAUTHBEARER).
@Suite struct TokenClusterTests {
    private func settings(_ cluster: BrokerCluster, _ properties: [String: String]) -> KafkaSettings {
        KafkaSettings(
            servers: cluster.servers,
            properties: ["security.protocol": "SASL_PLAINTEXT", "sasl.mechanisms": "OAUTHBEARER"].merging(
                properties
            ) { $1 })
    }

    private func oidc(_ issuer: TokenIssuer) -> [String: String] {
        [
            "sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "me",
            "sasl.oauthbearer.client.secret": "very secret", "sasl.oauthbearer.scope": "read write",
            "sasl.oauthbearer.token.endpoint.url": issuer.url, "sasl.oauthbearer.extensions": "shop=a",
        ]
    }

    private func write(_ settings: KafkaSettings, _ text: String) throws {
        let writer = KafkaEpochWriter(
            settings, KafkaNewTopic("t", partitions: 1), applicationID: "me/sink", isTransactional: true)
        try writer.open()
        let value = Array(text.utf8)
        try writer.append(epoch: 1) { outlet throws(KafkaError) in
            var failure: KafkaError?
            value.withUnsafeBytes { bytes in
                do throws(KafkaError) {
                    try outlet.send(0, key: nil, value: bytes, timestamp: 5, partition: 0, copies: true)
                } catch { failure = error }
            }
            if let failure { throw failure }
        } beforeCommit: { (_: [Int: String]) throws(SinkError) in
        }
    }

    private func source(_ settings: KafkaSettings, patience: Int = 60_000) -> KafkaSourceSettings {
        var source = KafkaSourceSettings(cluster: settings, topic: "t", relation: "T", group: "g")
        source.patience = patience
        return source
    }

    @Test func `tokens of an issuer let source and sink in, and are renewed`() throws {
        let issuer = try TokenIssuer()
        defer { issuer.stop() }
        var tokens = TokenSettings()
        tokens.keys = issuer.keys
        tokens.issuer = "test"
        tokens.audience = "kafka"
        let cluster = try BrokerCluster(["t": 1], tokens: tokens)
        let settings = settings(cluster, oidc(issuer))
        try write(settings, "hidden")
        #expect(try KafkaTopics(settings).topic("t").partitions.count == 1)
        issuer.set(seconds: 2)
        let reading = try SourceReading(source(settings))
        #expect(try reading.readAll() == ["0 0 5 - hidden []"])
        let request = try #require(issuer.requests.first)
        #expect(
            request.contains("Authorization: Basic \(Data("me:very%20secret".utf8).base64EncodedString())"))
        #expect(request.hasSuffix("grant_type=client_credentials&scope=read%20write"))
        // Nobody has to read for that.
        let before = issuer.given
        let end = Date(timeIntervalSinceNow: 30)
        while issuer.given < before + 2, Date() < end { usleep(20_000) }
        #expect(issuer.given >= before + 2)
    }

    @Test func `who has no token that holds is told why`() throws {
        let issuer = try TokenIssuer()
        defer { issuer.stop() }
        var tokens = TokenSettings()
        tokens.keys = issuer.keys
        tokens.audience = "others"
        let cluster = try BrokerCluster(["t": 1], tokens: tokens)
        func problem(_ properties: [String: String]) -> String {
            let found = #expect(throws: Diagnostic.self) {
                try SourceReading(source(settings(cluster, properties), patience: 30_000))
            }
            return found.map { "\($0)" } ?? ""
        }
        let missing = problem(["sasl.oauthbearer.method": "oidc", "sasl.oauthbearer.client.id": "me"])
        #expect(missing.contains("'kafka.sasl.oauthbearer.token.endpoint.url' is missing"), "\(missing)")
        let refused = problem(oidc(issuer))
        #expect(
            refused.contains("invalid_token") || refused.contains("the token is for others"), "\(refused)")
        // Five seconds each.
        guard Effort.isFull else { return }
        let unsigned = problem([
            "enable.sasl.oauthbearer.unsecure.jwt": "true", "sasl.oauthbearer.config": "principal=shop",
        ])
        #expect(unsigned.contains("not signed"), "\(unsigned)")
        issuer.set(status: 401)
        let unknown = problem(oidc(issuer))
        #expect(unknown.contains("nobody of that name"), "\(unknown)")
        #expect(!unknown.contains("very secret"))
        let password = problem([
            "sasl.mechanisms": "PLAIN", "sasl.username": "shop", "sasl.password": "secret",
        ])
        #expect(password.contains("OAUTHBEARER") || password.contains("PLAIN"), "\(password)")
    }

    /// The library asks again after ten seconds.
    @Test(.enabled(if: Effort.isFull)) func `an issuer that is away is waited for`() throws {
        let issuer = try TokenIssuer()
        defer { issuer.stop() }
        var tokens = TokenSettings()
        tokens.keys = issuer.keys
        let cluster = try BrokerCluster(["t": 1], tokens: tokens)
        issuer.set(status: 503)
        Thread.detachNewThread {
            usleep(1_000_000)
            issuer.set(status: 200)
        }
        #expect(try SourceReading(source(settings(cluster, oidc(issuer)))).readAll().isEmpty)
    }

    @Test func `tokens that nobody signs work where the broker takes them`() throws {
        var tokens = TokenSettings()
        tokens.takesUnsigned = true
        let cluster = try BrokerCluster(["t": 1], tokens: tokens)
        let settings = settings(
            cluster,
            ["enable.sasl.oauthbearer.unsecure.jwt": "true", "sasl.oauthbearer.config": "principal=shop"])
        try write(settings, "open")
        #expect(try SourceReading(source(settings)).readAll() == ["0 0 5 - open []"])
    }
}
