import Diagnostics
import Formats
import Foundation
import HTTP
import Registry
import RegistryService
import Testing

@testable import RegistryClient

/// A registry that is asked over HTTP.
@Suite struct RemoteRegistryTests {
    private static func record(_ fields: String) -> String {
        #"{"type":"record","name":"User","fields":[\#(fields)]}"#
    }

    private static let id = #"{"name":"id","type":"long"}"#
    private static let user = SchemaDefinition(record(id))
    private static let named = SchemaDefinition(
        record(id + #",{"name":"name","type":"string","default":"-"}"#))
    private static let strict = SchemaDefinition(record(id + #",{"name":"name","type":"string"}"#))

    private final class Served {
        let registry = SchemaRegistry()
        let server: RegistryServer
        var settings: [String: String]

        init(_ change: (inout RegistryServerConfiguration) -> Void = { _ in }) throws {
            var configuration = RegistryServerConfiguration(version: "0.1.0")
            configuration.port = 0
            change(&configuration)
            server = try RegistryServer(registry, configuration)
            settings = [
                "schema.registry.url":
                    "\(configuration.tls == nil ? "http" : "https")://127.0.0.1:\(server.port)/",
                "schema.registry.retry.timeout.ms": "0",
            ]
        }

        func remote(_ more: [String: String] = [:]) throws -> RemoteRegistry {
            RemoteRegistry(try #require(try RegistryConnection(settings.merging(more) { $1 })))
        }

        deinit { server.stop() }
    }

    @Test func itAnswersAsTheOneItAsks() throws {
        let served = try Served()
        let remote = try served.remote()
        #expect(try remote.latest("users-value") == nil)
        #expect(try remote.schema(id: 1) == nil)
        let subject = "a/b ü-value"
        let first = try remote.add(Self.user, to: subject)
        #expect(try remote.add(Self.user, to: subject) == first)
        let second = try remote.add(Self.named, to: subject)
        #expect(try remote.latest(subject)?.id == second)
        #expect(try remote.latest(subject)?.definition == Self.named)
        #expect(try remote.schemaIDs(of: subject) == [first, second])
        #expect(try remote.subjectNames() == [subject])
        #expect(served.registry.versions(subject).map(\.version) == [1, 2])
        let refused = #expect(throws: Diagnostic.self) {
            try remote.add(SchemaDefinition(#""int""#), to: subject)
        }
        #expect(refused?.code == .conflict)
        let invalid = #expect(throws: Diagnostic.self) { try remote.add(SchemaDefinition("{}"), to: subject) }
        #expect(invalid?.code == .invalidValue)
        try remote.remove(subject)
        try remote.remove(subject)
        try remote.remove("nobody")
        #expect(served.registry.subjects().isEmpty)
    }

    @Test func aSchemaIsFetchedOnceAndAnIDThatIsMissingIsNotAskedForEachTime() throws {
        let served = try Served()
        let id = try served.registry.register(Self.user, subject: "s").schemaID
        let remote = try served.remote()
        #expect(try remote.avroSchema(id: id).text == Self.user.text)
        #expect(throws: DecodeError.self) { try remote.avroSchema(id: 7) }
        served.server.stop()
        #expect(try remote.avroSchema(id: id).text == Self.user.text)
        let known = #expect(throws: DecodeError.self) { try remote.avroSchema(id: 7) }
        #expect(known?.code == .noSchema)
        let other = #expect(throws: DecodeError.self) { try remote.avroSchema(id: 8) }
        #expect(other?.code == .registryUnavailable)
        let json = #expect(throws: DecodeError.self) { try remote.checkJSONSchema(id: id) }
        #expect(json?.code == .noSchema)
    }

    @Test func schemasComeWithThoseTheyReferTo() throws {
        let served = try Served()
        try served.registry.register(Self.user, subject: "user")
        let list = SchemaDefinition(
            #"{"type":"array","items":"User"}"#,
            references: [SchemaReference(name: "User", subject: "user", version: 1)])
        let id = try served.registry.register(list, subject: "list").schemaID
        let avro = try served.remote().avroSchema(id: id)
        #expect(
            avro.canonicalForm
                == #"{"type":"array","items":\#(Self.user.text)}"#.replacing(
                    #"{"type":"record","name":"User""#, with: #"{"name":"User","type":"record""#))
        #expect(try served.remote().latest("list")?.references.count == 1)
    }

    @Test func whatIsTriedChangesNothing() throws {
        let served = try Served()
        let first = try served.registry.register(Self.user, subject: "s").schemaID
        let trial = try served.remote().trial()
        #expect(try trial.add(Self.user, to: "s") == first)
        let tried = try trial.add(Self.named, to: "s")
        #expect(tried < 0)
        #expect(try trial.latest("s")?.id == tried)
        #expect(try trial.schema(id: tried)?.definition == Self.named)
        #expect(throws: Diagnostic.self) { try trial.add(Self.strict, to: "s") }
        try trial.remove("s")
        #expect(try trial.latest("s") == nil)
        #expect(served.registry.versions("s").map(\.schemaID) == [first])
    }

    @Test func usersShowTheirPasswordAndNoErrorDoes() throws {
        let served = try Served { $0.users = ["anna": "s3cret"] }
        let name = "schema.registry.basic.auth.user.info"
        #expect(try served.remote([name: "anna:s3cret"]).subjectNames() == [])
        let inURL = try served.remote([
            "schema.registry.url": "http://anna:s3cret@127.0.0.1:\(served.server.port)"
        ])
        #expect(try inURL.subjectNames() == [])
        for settings in [[:], [name: "anna:wr0ng"]] {
            let error = #expect(throws: Diagnostic.self) { try served.remote(settings).subjectNames() }
            #expect(error?.code == .permission)
            #expect(error?.rendered().contains("wr0ng") == false)
        }
    }

    @Test func certificatesAreVerified() throws {
        let folder = NSTemporaryDirectory() + "registry-tls-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let openssl = Process()
        openssl.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        openssl.arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-subj",
            "/CN=registry", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", "\(folder)/key.pem",
            "-out", "\(folder)/certificate.pem",
        ]
        openssl.standardError = FileHandle.nullDevice
        try openssl.run()
        openssl.waitUntilExit()
        let certificate = try String(contentsOfFile: folder + "/certificate.pem", encoding: .utf8)
        let key = try String(contentsOfFile: folder + "/key.pem", encoding: .utf8)
        let served = try Served { $0.tls = HTTPConfiguration.TLS(certificate: certificate, key: key) }
        let name = "schema.registry.ssl.ca.location"
        #expect(try served.remote([name: folder + "/certificate.pem"]).subjectNames() == [])
        let error = #expect(throws: Diagnostic.self) { try served.remote().subjectNames() }
        #expect(error?.code == .config)
        #expect(error?.hint?.contains(name) == true)
    }

    @Test func anotherURLIsAskedWhereOneDoesNotAnswer() throws {
        let (gone, served) = (try Served(), try Served())
        gone.server.stop()
        let both = "http://127.0.0.1:\(gone.server.port), http://127.0.0.1:\(served.server.port)"
        let remote = try served.remote(["schema.registry.url": both])
        #expect(try remote.add(Self.user, to: "s") == 1)
    }

    @Test(arguments: [
        ("schema.registry.url", "ftp://x"), ("schema.registry.url", "127.0.0.1:8081"),
        ("schema.registry.ssl.keystore.location", "/etc/key.jks"),
        ("schema.registry.basic.auth.user.info", "anna"), ("schema.registry.urls", "http://x"),
        ("schema.registry.basic.auth.credentials.source", "SASL_INHERIT"),
        ("schema.registry.retry.timeout.ms", "soon"),
    ])
    func settingsThatCantBeAreRefused(name: String, value: String) {
        let settings = ["schema.registry.url": "http://x:1"].merging([name: value]) { $1 }
        #expect(throws: Diagnostic.self) { try RegistryConnection(settings) }
    }

    @Test func namesOfKsqlDBsServerAreTheSame() throws {
        #expect(try RegistryConnection(["ksql.schema.registry.url": "http://x:1/"])?.urls == ["http://x:1"])
        #expect(try RegistryConnection(["auto.offset.reset": "earliest"]) == nil)
    }
}
