import Foundation
import Storage
import Testing

/// A file system with a directory in it to test in.
final class Place: Sendable, CustomTestStringConvertible {
    let fileSystem: any FileSystem
    let root: String
    private let isTemporary: Bool

    init(isLocal: Bool) throws {
        isTemporary = isLocal
        if isLocal {
            root = NSTemporaryDirectory() + "millrace-" + UUID().uuidString
            fileSystem = LocalFileSystem()
        } else {
            root = "/tests"
            fileSystem = SimulatedFileSystem()
        }
        try fileSystem.createDirectory(root)
    }

    deinit {
        if isTemporary { try? FileManager.default.removeItem(atPath: root) }
    }

    func path(_ name: String) -> String { Path.join(root, name) }

    var testDescription: String { isTemporary ? "local" : "simulated" }
}

extension FileSystem {
    func writeText(_ text: String, to path: String, synchronised: Bool = true) throws {
        let file = try create(path)
        try file.writeText(text)
        if synchronised { try file.synchronise() }
        file.close()
    }

    func text(_ path: String) throws -> String { String(decoding: try read(path), as: UTF8.self) }
}

extension WritableFile {
    func writeText(_ text: String) throws { try Array(text.utf8).withUnsafeBytes { try write($0) } }
}
