import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import HTTP

/// Both protocols behind TLS, asked for by curl with a certificate that openssl makes; without the two
/// nothing is tested.
@Suite("TLS")
struct TLSTests {
    private static func run(_ program: String, _ arguments: [String]) throws -> (code: Int32, output: String)
    {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private let folder = NSTemporaryDirectory() + "tls-\(UUID().uuidString)"

    /// Nil where a program is missing.
    private func certificate() throws -> HTTPConfiguration.TLS? {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let made = try Self.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                "-keyout", folder + "/key.pem", "-out", folder + "/chain.pem", "-subj", "/CN=localhost",
                "-addext", "subjectAltName=DNS:localhost",
            ])
        guard made.code == 0, try Self.run("curl", ["--version"]).output.contains("HTTP2") else {
            print("no openssl or no curl with HTTP/2: TLS is not tested")
            return nil
        }
        return .init(
            certificate: try String(contentsOfFile: folder + "/chain.pem", encoding: .utf8),
            key: try String(contentsOfFile: folder + "/key.pem", encoding: .utf8))
    }

    private func curl(_ server: HTTPServer, _ path: String, _ more: [String]) throws -> String {
        let result = try Self.run(
            "curl",
            [
                "-sS", "-m", "60", "--cacert", folder + "/chain.pem", "-w", " %{http_version}",
                "https://localhost:\(server.port)\(path)",
            ] + more)
        #expect(result.code == 0, "\(result.output)")
        return result.output
    }

    @Test("clients get the protocol that they ask for, with large bodies and streams")
    func protocols() throws {
        guard let tls = try certificate() else { return }
        defer { try? FileManager.default.removeItem(atPath: folder) }
        var configuration = HTTPConfiguration()
        configuration.tls = tls
        let ended = Mutex(0)
        let server = try HTTPServer(
            configuration, execute: { work in Thread.detachNewThread { work() } },
            handler: { request, reply in
                switch request.path {
                case "/stream":
                    let stream = HTTPStream(limit: 4 << 20)
                    stream.write([UInt8](repeating: 65, count: 3_000_000))
                    stream.finish(with: Array("end".utf8))
                    reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
                case "/endless":
                    let stream = HTTPStream()
                    stream.write("first")
                    stream.onClose { ended.withLock { $0 += 1 } }
                    reply.send(HTTPResponse(contentType: "text/plain", body: .stream(stream)))
                default:
                    reply.send(HTTPResponse(contentType: "text/plain", text: "\(request.body.count)."))
                }
            })
        defer { server.stop() }
        let file = folder + "/body"
        try Data(repeating: 66, count: 2_000_000).write(to: URL(fileURLWithPath: file))
        for (flag, version) in [("--http1.1", "1.1"), ("--http2", "2")] {
            #expect(try curl(server, "/", [flag]) == "0. \(version)")
            #expect(try curl(server, "/", [flag, "--data-binary", "@" + file]) == "2000000. \(version)")
            let text = try curl(server, "/stream", [flag])
            #expect(text.count == 3_000_003 + 1 + version.count)
            #expect(text.hasSuffix("Aend \(version)"))
            // A client that goes away is noticed.
            let before = ended.withLock { $0 }
            let gone = try Self.run(
                "curl",
                [
                    "-sS", "-m", "1", "--cacert", folder + "/chain.pem", flag,
                    "https://localhost:\(server.port)/endless",
                ])
            #expect(gone.code == 28 && gone.output.contains("first"))
            let end = Date(timeIntervalSinceNow: 60)
            while ended.withLock({ $0 }) == before, Date() < end { usleep(5000) }
            #expect(ended.withLock { $0 } == before + 1)
        }
        // Who speaks no TLS at all is sent away.
        let plain = try RawClient(port: server.port)
        plain.get("/")
        #expect(!plain.readToEnd().contains("HTTP/1.1 200"))
    }

    @Test("a certificate that is none is told")
    func wrongCertificate() throws {
        var configuration = HTTPConfiguration()
        configuration.tls = .init(certificate: "no certificate", key: "no key")
        #expect {
            _ = try HTTPServer(configuration, execute: { $0() }, handler: { _, _ in })
        } throws: { error in
            (error as? Diagnostic)?.message.hasPrefix("the HTTP server can't use its certificate: ") == true
        }
    }
}
