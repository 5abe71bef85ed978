import Diagnostics
import Storage

/// A file of `name = value` lines; `#` begins a line of comment.
struct SettingsFile: Sendable {
    let path: String
    private(set) var values: [String: String] = [:]
    private var places: [String: SourceLocation] = [:]

    static func read(_ path: String) throws(Diagnostic) -> SettingsFile {
        let bytes: [UInt8]
        do throws(StorageError) {
            bytes = try LocalFileSystem().read(path)
        } catch {
            throw Diagnostic(
                .io, "the settings file \(path) can't be read: \(error.reason)",
                hint: "check the path that --config gives")
        }
        return try SettingsFile(path, text: String(decoding: bytes, as: UTF8.self))
    }

    /// - Throws: the first line that is none.
    init(_ path: String, text: String) throws(Diagnostic) {
        self.path = path
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let trimmed = Self.trimmed(line)
            if trimmed.isEmpty || trimmed.hasPrefix("#") { continue }
            let place = SourceLocation(
                file: path, line: index + 1, column: 1, length: line.utf8.count,
                sourceLine: SecretMask.masked(String(line)))
            guard let sign = trimmed.firstIndex(of: "="), sign != trimmed.startIndex else {
                throw Diagnostic(
                    .config, "the line is no setting", at: place, expected: "name = value",
                    hint: "begin a line of comment with #")
            }
            let name = String(Self.trimmed(trimmed[..<sign]))
            values[name] = String(Self.trimmed(trimmed[trimmed.index(after: sign)...]))
            places[name] = place
        }
    }

    /// What is in a file that a setting names.
    static func text(of path: String, _ name: String) throws(Diagnostic) -> String {
        do throws(StorageError) {
            return String(decoding: try LocalFileSystem().read(path), as: UTF8.self)
        } catch {
            throw Diagnostic(
                .io, "\(path) can't be read: \(error.reason)", hint: "check the path that \(name) gives")
        }
    }

    func location(of name: String) -> SourceLocation? { places[name] }

    private static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.first, first.isWhitespace { text.removeFirst() }
        while let last = text.last, last.isWhitespace { text.removeLast() }
        return text
    }
}
