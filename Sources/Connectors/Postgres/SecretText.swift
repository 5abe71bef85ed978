import Diagnostics
import Glibc
import Storage

/// A property's text that may stand elsewhere: `${env:NAME}`, `${file:PATH}` or `${file:PATH:KEY}`.
///
/// A file is the secret itself, its line end left out, or lines of `KEY=secret`.
enum SecretText {
    /// Whether the text says where the secret is.
    static func isReference(_ text: String) -> Bool { text.hasPrefix("${") && text.hasSuffix("}") }

    static func resolve(
        _ text: String, in fileSystem: any FileSystem, _ fault: (String) -> Diagnostic
    ) throws(Diagnostic) -> String {
        guard isReference(text) else { return text }
        let parts = text.dropFirst(2).dropLast().split(separator: ":", maxSplits: 2).map(String.init)
        switch (parts.first, parts.count) {
        case ("env", 2):
            guard let value = getenv(parts[1]) else {
                throw fault("the environment has no variable \(parts[1])")
            }
            return String(cString: value)
        case ("file", 2): return try content(of: parts[1], in: fileSystem, fault)
        case ("file", 3):
            let lines = try content(of: parts[1], in: fileSystem, fault).split(separator: "\n")
            let mark = parts[2] + "="
            guard let line = lines.first(where: { $0.hasPrefix(mark) }) else {
                throw fault("the file \(parts[1]) has no line that begins with \(mark)")
            }
            return String(line.dropFirst(mark.count))
        default: throw fault("it is none of ${env:NAME}, ${file:PATH} and ${file:PATH:KEY}")
        }
    }

    private static func content(
        of path: String, in fileSystem: any FileSystem, _ fault: (String) -> Diagnostic
    ) throws(Diagnostic) -> String {
        do throws(StorageError) {
            let text = String(decoding: try fileSystem.read(path), as: UTF8.self)
            return text.hasSuffix("\n") ? String(text.dropLast()) : text
        } catch {
            throw fault("the file \(path) can't be read: \(error.reason)")
        }
    }
}
