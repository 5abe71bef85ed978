import Foundation
import Registry
import Storage
import Testing

@testable import RegistryService

/// Clients that others wrote, against a registry that is served; with MILLRACE_FULL=1 all of them.
@Suite("Clients of a registry")
struct RegistryClientsTests {
    private static let isFull = ProcessInfo.processInfo.environment["MILLRACE_FULL"] == "1"
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    private static let directory = NSTemporaryDirectory() + "registry-\(UUID().uuidString)"

    private static func run(_ arguments: [String]) throws -> (code: Int32, output: String) {
        let root = folder.appendingPathComponent("../..").standardizedFileURL
        let python = root.appendingPathComponent(".deps/venv/bin/python").path
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [folder.appendingPathComponent("registry_clients.py").path] + arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, output)
    }

    private static func registry() throws -> SchemaRegistry {
        try SchemaRegistry(storage: try RegistryLog(directory + "/schemas.log", LocalFileSystem()))
    }

    private static func configuration() -> RegistryServerConfiguration {
        var configuration = RegistryServerConfiguration(version: "0.1.0")
        configuration.port = 0
        return configuration
    }

    private static func texts(_ registry: SchemaRegistry) -> [String] {
        registry.all(includingDeleted: true).map {
            "\($0.version) \($0.schema.id) \($0.schema.definition) \(registry.level($0.version.subject))"
        }
    }

    @Test func theyGetTheDocumentedAnswersAndAllIsThereAfterARestart() throws {
        defer { try? FileManager.default.removeItem(atPath: Self.directory) }
        let registry = try Self.registry()
        let server = try RegistryServer(registry, Self.configuration())
        let (code, output) = try Self.run(
            ["http://127.0.0.1:\(server.port)"] + (Self.isFull ? ["full"] : []))
        server.stop()
        #expect(code == 0, "\(output)")
        let before = Self.texts(registry)
        #expect(before.count > 15)
        let again = try Self.registry()
        #expect(Self.texts(again) == before)
        #expect(again.highestID == registry.highestID)
    }

    @Test func usersNeedTheirPassword() throws {
        var configuration = Self.configuration()
        configuration.users = ["anna": "s3cret"]
        let server = try RegistryServer(SchemaRegistry(), configuration)
        defer { server.stop() }
        let (code, output) = try Self.run(["http://127.0.0.1:\(server.port)", "users"])
        #expect(code == 0, "\(output)")
    }
}
