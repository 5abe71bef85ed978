import Broker
import Diagnostics
import Foundation
import Kafka
import Runtime
import Testing

@testable import Connectors

/// Source and sink on a cluster that wants TLS, certificates of clients and passwords.
@Suite struct SecureClusterTests {
    /// Files that openssl makes: an authority, and what it has signed for a server and a client.
    private struct Certificates {
        let folder: String

        struct Unavailable: Error { let words: [String] }

        init() throws {
            folder = NSTemporaryDirectory() + "kafka-tls-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try "subjectAltName=DNS:localhost,IP:127.0.0.1".write(
                toFile: self["names"], atomically: true, encoding: .utf8)
            let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
            try Self.openssl(
                ["req", "-x509"] + key + ["-subj", "/CN=authority", "-keyout", self["ca.key"]]
                    + ["-out", self["ca.pem"]])
            for name in ["server", "client"] {
                try Self.openssl(
                    ["req"] + key + ["-subj", "/CN=\(name)", "-keyout", self[name + ".key"]]
                        + ["-out", self[name + ".csr"]])
                try Self.openssl(
                    ["x509", "-req", "-in", self[name + ".csr"], "-CA", self["ca.pem"]]
                        + ["-CAkey", self["ca.key"], "-CAcreateserial", "-extfile", self["names"]]
                        + ["-out", self[name + ".pem"]])
            }
        }

        subscript(_ name: String) -> String { folder + "/" + name }

        private static func openssl(_ words: [String]) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = ["openssl"] + words
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw Unavailable(words: words) }
        }

        func tls(asksClients: Bool) -> TLSFiles {
            TLSFiles(
                certificate: self["server.pem"], key: self["server.key"],
                clientAuthorities: asksClients ? self["ca.pem"] : nil)
        }
    }

    /// A way to be let in, and one not to be.
    struct Entry: CustomTestStringConvertible, Sendable {
        let testDescription: String
        var asksClients = false
        var passwords: [String: String] = [:]
        /// Values with `@` in front are files of the certificates.
        let right: [String: String]
        let wrong: [String: String]
    }

    private static let encrypted = ["security.protocol": "SSL", "ssl.ca.location": "@ca.pem"]

    static let entries =
        [
            Entry(testDescription: "TLS", right: encrypted, wrong: ["security.protocol": "SSL"]),
            Entry(
                testDescription: "certificates of clients", asksClients: true,
                right: encrypted.merging(
                    ["ssl.certificate.location": "@client.pem", "ssl.key.location": "@client.key"]
                ) { $1 },
                wrong: encrypted),
        ]
        + ["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"].map { mechanism in
            func login(_ password: String) -> [String: String] {
                encrypted.merging([
                    "security.protocol": "SASL_SSL", "sasl.mechanisms": mechanism,
                    "sasl.username": "shop", "sasl.password": password,
                ]) { $1 }
            }
            return Entry(
                testDescription: mechanism + " behind TLS", passwords: ["shop": "a=b, c"],
                right: login("a=b, c"), wrong: login("another-secret"))
        }

    @Test(arguments: entries) func `an epoch is written and read, and who may not is told why`(
        _ entry: Entry
    ) throws {
        let files = try Certificates()
        let cluster = try BrokerCluster(
            ["t": 1], passwords: entry.passwords, tls: files.tls(asksClients: entry.asksClients))
        func settings(_ properties: [String: String]) -> KafkaSettings {
            KafkaSettings(
                servers: "localhost:\(cluster.server.address.port)",
                properties: properties.mapValues { $0.hasPrefix("@") ? files[String($0.dropFirst())] : $0 })
        }
        let writer = KafkaEpochWriter(
            settings(entry.right), KafkaNewTopic("t", partitions: 1), applicationID: "me/sink",
            isTransactional: true)
        try writer.open()
        let value = Array("hidden".utf8)
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
        func source(_ properties: [String: String]) -> KafkaSourceSettings {
            var source = KafkaSourceSettings(
                cluster: settings(properties), topic: "t", relation: "T", group: "g")
            source.patience = 4_000
            return source
        }
        #expect(try SourceReading(source(entry.right)).readAll() == ["0 0 5 - hidden []"])
        let problem = #expect(throws: Diagnostic.self) { try SourceReading(source(entry.wrong)) }
        let text = problem.map { "\($0)" } ?? ""
        #expect(text.contains("localhost"), "\(text)")
        #expect(!text.contains("another-secret"), "\(text)")
    }
}
