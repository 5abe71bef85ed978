import Diagnostics
import Runtime
import Storage

/// The header lines of CSV files, which bronze does not keep: read from the files themselves.
final class FileHeaders {
    private let settings: @Sendable (_ path: String) -> FileSourceSettings
    private let fileSystem: any FileSystem
    private var known: [String: [UInt8]] = [:]

    /// - Parameter settings: those of the source, for one file.
    init(fileSystem: any FileSystem, settings: @escaping @Sendable (_ path: String) -> FileSourceSettings) {
        self.fileSystem = fileSystem
        self.settings = settings
    }

    /// Throws when the file is not there any more: then nobody can tell what its fields are.
    func header(of file: String) throws(Diagnostic) -> [UInt8] {
        if let header = known[file] { return header }
        if let header = try? read(file) {
            known[file] = header
            return header
        }
        throw Diagnostic(
            .notFound,
            "the header of \(file) can't be read, and bronze keeps the records alone: nobody can tell which "
                + "field is which",
            expected: "the CSV file at its place until it is replayed, or files without headers (header = "
                + "'false')",
            hint: "put the file back: its first line is enough")
    }

    private func read(_ file: String) throws(Diagnostic) -> [UInt8]? {
        guard (try? fileSystem.status(file)) ?? nil != nil else { return nil }
        let source = try FileSource(settings(file), fileSystem: fileSystem)
        try source.restore(nil)
        for range in try source.poll(maximumBytes: 1, isFinal: true) {
            for loader in try source.chunks(of: range, targetBytes: 1 << 16) {
                for chunk in try loader.load() {
                    if case .lines(_, let header?) = chunk.framing { return header }
                }
            }
        }
        return nil
    }
}
