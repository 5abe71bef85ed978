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
        let other = NSTemporaryDirectory() + "/other-\(UUID().uuidString).crt"
        defer { try? FileManager.default.removeItem(atPath: other) }
        let made = Process()
        made.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
        made.arguments = [
            "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=other", "-keyout", "/dev/null",
            "-out", other,
        ]
        made.standardError = FileHandle.nullDevice
        try made.run()
        made.waitUntilExit()
        #expect(
            try refusal("?sslmode=verify-full&sslrootcert=\(other)").contains("certificate verify failed"))
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
}
