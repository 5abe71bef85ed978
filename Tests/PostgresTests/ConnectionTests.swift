import Diagnostics
import Foundation
import TestKit
import Testing

@testable import Postgres

/// Sessions with a server that takes only encrypted connections and SCRAM.
@Suite(
    "Connections", .serialized, .enabled(if: PostgresServer.isHere, "\(PostgresServer.isMissing)"))
struct ConnectionTests {
    private static let server = Result { try PostgresServer(tls: true) }

    private func connect(_ more: String, password: String? = nil) throws -> PostgresConnection {
        let server = try Self.server.get()
        return try PostgresConnection(
            try PostgresAddress(
                "postgresql://app@localhost:\(server.port)/postgres" + more,
                password: password ?? server.password))
    }

    private func refusal(_ more: String, password: String? = nil) throws -> String {
        let error = try #require(
            #expect(throws: PostgresError.self) { try connect(more, password: password) })
        guard case .refused(let diagnostic) = error else {
            Issue.record("it would wait: \(error)")
            return ""
        }
        #expect(!diagnostic.rendered().contains(password ?? "no password"))
        return diagnostic.message
    }

    @Test func certificatesAreVerified() throws {
        let server = try Self.server.get()
        let connection = try connect("?sslmode=verify-full&sslrootcert=\(server.certificate)")
        let found = try connection.query("SELECT ssl, version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        #expect(found.rows.first?.first == "t")
    }

    @Test func aServerWithAnotherCertificateIsRefused() throws {
        let other = try Self.selfSigned("other")
        defer {
            for path in [other.certificate, other.key] { try? FileManager.default.removeItem(atPath: path) }
        }
        #expect(
            try refusal("?sslmode=verify-full&sslrootcert=\(other.certificate)").contains(
                "certificate verify failed"))
    }

    private static func selfSigned(_ name: String) throws -> (certificate: String, key: String) {
        let path = NSTemporaryDirectory() + "/\(name)-\(UUID().uuidString)"
        let made = Process()
        made.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        made.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=\(name)", "-keyout",
            path + ".key", "-out", path + ".crt",
        ]
        made.standardError = FileHandle.nullDevice
        try made.run()
        made.waitUntilExit()
        return (path + ".crt", path + ".key")
    }

    /// The certificate is right, and the server is called otherwise.
    @Test func aServerOfAnotherNameIsRefused() throws {
        let server = try Self.server.get()
        func connect(_ mode: String) throws {
            _ = try PostgresConnection(
                try PostgresAddress(
                    "postgresql://app@elsewhere:\(server.port)/postgres?hostaddr=127.0.0.1&sslmode=\(mode)"
                        + "&sslrootcert=\(server.certificate)", password: server.password))
        }
        try connect("verify-ca")
        let error = #expect(throws: PostgresError.self) { try connect("verify-full") }
        guard case .refused(let diagnostic) = error else {
            Issue.record("it would wait: \(String(describing: error))")
            return
        }
        #expect(diagnostic.message.contains("does not match host name \"elsewhere\""))
    }

    /// A database that takes no password.
    @Test func aClientIsKnownByItsCertificate() throws {
        let server = try Self.server.get()
        if try server.sql("SELECT count(*) FROM pg_database WHERE datname = 'certificates'") == "0" {
            try server.sql("CREATE DATABASE certificates")
        }
        func connect(_ more: String, user: String = "app") throws -> PostgresConnection {
            try PostgresConnection(
                try PostgresAddress(
                    "postgresql://\(user)@localhost:\(server.port)/certificates?sslmode=verify-full"
                        + "&sslrootcert=\(server.certificate)" + more, password: "not asked for"))
        }
        func refusal(_ more: String, user: String = "app") throws -> String {
            let error = #expect(throws: PostgresError.self) { try connect(more, user: user) }
            guard case .refused(let diagnostic) = error else {
                Issue.record("it would wait: \(String(describing: error))")
                return ""
            }
            return diagnostic.message
        }
        let ours = "&sslcert=\(server.folder)/client.crt&sslkey=\(server.folder)/client.key"
        let found = try connect(ours).query(
            "SELECT client_dn, ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        #expect(found.rows == [["/CN=app", "t"]])
        #expect(try refusal("&sslcert=/nowhere&sslkey=/nowhere").contains("valid client certificate"))
        #expect(try refusal(ours, user: "postgres").contains("certificate authentication failed"))
        let other = try Self.selfSigned("app")
        defer {
            for path in [other.certificate, other.key] { try? FileManager.default.removeItem(atPath: path) }
        }
        chmod(other.key, 0o600)
        let message = try refusal("&sslcert=\(other.certificate)&sslkey=\(other.key)")
        #expect(message.contains("unknown ca"))
    }

    @Test func scramIsWhatTheServerAsksFor() throws {
        // Channel binding is a part of SCRAM alone.
        let connection = try connect("?sslmode=require&channel_binding=require")
        #expect(try connection.query("SELECT 1").value == "1")
    }

    @Test func plainConnectionsAreRefused() throws {
        #expect(try refusal("?sslmode=disable").contains("no pg_hba.conf entry"))
    }

    @Test func aWrongPasswordIsRefusedAndNotShown() throws {
        let message = try refusal("?sslmode=require", password: "wrong-and-secret")
        #expect(message.contains("password authentication failed for user \"app\""))
        #expect(!message.contains("wrong-and-secret"))
    }

    @Test func anUnknownDatabaseIsRefused() throws {
        let server = try Self.server.get()
        let address = try PostgresAddress(
            "postgresql://app@127.0.0.1:\(server.port)/none", password: server.password)
        let error = #expect(throws: PostgresError.self) { try PostgresConnection(address) }
        #expect(error?.diagnostic.hint == "create the database, or name another in the URL")
    }

    @Test func aServerThatIsNotThereIsWaitedFor() throws {
        let error = #expect(throws: PostgresError.self) {
            try PostgresConnection(try PostgresAddress("postgresql://app@127.0.0.1:1/none"))
        }
        guard case .unavailable = error else {
            Issue.record("it is not waited for")
            return
        }
    }

    /// Somebody takes the connection and says nothing.
    @Test func aServerThatDoesNotAnswerIsGivenUpInTime() throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(listener) }
        var place = sockaddr_in()
        place.sin_family = sa_family_t(AF_INET)
        place.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        withUnsafeMutablePointer(to: &place) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = bind(listener, $0, size)
                _ = listen(listener, 1)
                _ = getsockname(listener, $0, &size)
            }
        }
        let port = UInt16(bigEndian: place.sin_port)
        let error = #expect(throws: PostgresError.self) {
            try PostgresConnection(
                try PostgresAddress("postgresql://app@127.0.0.1:\(port)/x?connect_timeout=1"))
        }
        #expect(error?.diagnostic.message.contains("does not answer within 1 seconds") == true)
    }

    @Test func aStatementThatTakesTooLongIsBrokenOff() throws {
        let server = try Self.server.get()
        func connect(_ more: String) throws -> PostgresConnection {
            try PostgresConnection(
                try PostgresAddress(
                    "postgresql://app@localhost:\(server.port)/postgres" + more, password: server.password),
                statementMilliseconds: 50)
        }
        let connection = try connect("")
        let error = #expect(throws: PostgresError.self) { try connection.query("SELECT pg_sleep(60)") }
        guard case .unavailable(let diagnostic) = error else {
            Issue.record("it is not tried again")
            return
        }
        #expect(diagnostic.message.contains("statement timeout"))
        #expect(try connection.query("SELECT 1").value == "1")
        // What the address says counts.
        let patient = try connect("?options=-cstatement_timeout%3D77000")
        #expect(try patient.query("SHOW statement_timeout").value == "77s")
    }
}
