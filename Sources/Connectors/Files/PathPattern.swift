import Diagnostics
import Storage

/// Which files below a directory belong to a source.
///
/// A directory is walked from `root` with the set of places in the pattern that its path may stand at, so
/// that `**` needs no backtracking: `root` has `start`, a directory in it `states(in:entering:)`.
struct PathPattern: Sendable {
    private enum Part: Sendable {
        case anyDirectories
        case name([NamePattern])
    }

    /// The directory above the first wildcard.
    let root: String
    private var parts: [Part] = []
    /// A single file was named, so its name may even look hidden.
    private let onlyName: String?

    /// Understands `path` as a file, a directory (then files in it that match `filePatterns`) or a glob.
    init(_ path: String, filePatterns: [String], in fileSystem: any FileSystem) throws(Diagnostic) {
        guard !path.isEmpty else {
            throw Diagnostic(
                .invalidValue, "'path' is empty", expected: "a file, a directory or a pattern",
                hint: "set path = 'data/raw/events/*.json'")
        }
        let trimmed = Self.trimmed(path)
        var status: FileStatus?
        do throws(StorageError) {
            status = try fileSystem.status(trimmed)
        } catch {
            throw Diagnostic(.io, "cannot look at \(trimmed): \(error.reason)", hint: "check its permissions")
        }
        if let status, status.isSpecial {
            throw Diagnostic(
                .invalidValue, "\(trimmed) is a pipe, a socket or a device, not a file",
                expected: "a file, a directory or a pattern",
                hint: "write what comes from it to files in a directory, and name that")
        }
        if let status, status.isDirectory {
            root = trimmed
            onlyName = nil
            parts = [.name(try Self.patterns(filePatterns, of: path))]
        } else if status != nil {
            root = Path.directory(of: trimmed)
            onlyName = Path.name(of: trimmed)
        } else {
            onlyName = nil
            let names = trimmed.split(separator: "/", omittingEmptySubsequences: true).map(String.init)
            let fixed = names.prefix { !Self.hasWildcard($0) }
            guard fixed.count < names.count else { throw MissingPath.diagnostic(trimmed, in: fileSystem) }
            let start = fixed.joined(separator: "/")
            root = trimmed.hasPrefix("/") ? "/" + start : start.isEmpty ? "." : start
            for name in names[fixed.count...] {
                if name == "**" {
                    parts.append(.anyDirectories)
                } else {
                    parts.append(.name(try Self.patterns([name], of: path)))
                }
            }
            // `data/**` means the files below `data`.
            if names.last == "**" { parts.append(.name(try Self.patterns(["*"], of: path))) }
            try verifyRoot(in: fileSystem)
        }
    }

    /// Throws when the directory above the first wildcard is not there.
    func verifyRoot(in fileSystem: any FileSystem) throws(Diagnostic) {
        let status = try? fileSystem.status(root)
        if status == nil { throw MissingPath.diagnostic(root, in: fileSystem) }
        if status?.isDirectory == false {
            throw Diagnostic(.notFound, "\(root) is a file, not a directory", hint: "check 'path'")
        }
    }

    /// The places at which the walk of `root` starts.
    var start: [Int] { onlyName == nil ? closure([0]) : [] }

    func matchesFile(_ name: String, in states: [Int]) -> Bool {
        if let onlyName { return name == onlyName }
        guard case .name(let patterns)? = parts.last, states.contains(parts.count - 1) else { return false }
        return patterns.contains { $0.matches(name) }
    }

    /// The places in a directory `name` of a directory with `states`; empty when nothing in it can match.
    func states(in states: [Int], entering name: String) -> [Int] {
        var next: [Int] = []
        for state in states {
            switch parts[state] {
            case .anyDirectories: if !NamePattern.isHidden(name) { next.append(state) }
            case .name(let patterns):
                if state < parts.count - 1, patterns.contains(where: { $0.matches(name) }) {
                    next.append(state + 1)
                }
            }
        }
        return closure(next)
    }

    /// `**` may stand for no directory at all.
    private func closure(_ states: [Int]) -> [Int] {
        var all: [Int] = []
        for state in states {
            var next = state
            while !all.contains(next) {
                all.append(next)
                guard case .anyDirectories = parts[next], next + 1 < parts.count else { break }
                next += 1
            }
        }
        return all
    }

    private static func hasWildcard(_ name: String) -> Bool {
        name.utf8.contains { "*?[{".utf8.contains($0) }
    }

    private static func trimmed(_ path: String) -> String {
        var path = Substring(path)
        while path.utf8.count > 1, path.hasSuffix("/") { path = path.dropLast() }
        return String(path)
    }

    private static func patterns(_ texts: [String], of path: String) throws(Diagnostic) -> [NamePattern] {
        var patterns: [NamePattern] = []
        for text in texts {
            guard let alternatives = NamePattern.alternatives(text) else {
                throw Diagnostic(
                    .invalidValue, "a brace in '\(path)' is not closed or holds a slash",
                    expected: "{a,b} inside one part of the path", hint: "write \\{ for a brace in a name")
            }
            for alternative in alternatives {
                guard let pattern = NamePattern(alternative) else {
                    throw Diagnostic(
                        .invalidValue, "a bracket in '\(path)' is not closed", expected: "[a-z] or [!a-z]",
                        hint: "write \\[ for a bracket in a name")
                }
                patterns.append(pattern)
            }
        }
        return patterns
    }
}
