import Diagnostics
import Glibc

/// The statements of earlier shells, one a line, in a file that only its owner can read.
///
/// Several shells may append to it at once. What looks like a password never gets there.
struct HistoryFile: Sendable {
    let path: String

    private static let mostEntries = 2000

    /// `$XDG_STATE_HOME/millrace/history`, else `~/.millrace_history`; nil without a home.
    static func standard(_ environment: (String) -> String?) -> HistoryFile? {
        if let state = environment("XDG_STATE_HOME"), state.hasPrefix("/") {
            let folder = state + "/millrace"
            _ = mkdir(state, 0o700)
            _ = mkdir(folder, 0o700)
            return HistoryFile(path: folder + "/history")
        }
        guard let home = environment("HOME"), !home.isEmpty else { return nil }
        return HistoryFile(path: home + "/.millrace_history")
    }

    /// The entries, oldest first; none when there is no file.
    func entries() -> [String] {
        guard let file = fopen(path, "re") else { return [] }
        defer { fclose(file) }
        var lines: [String] = []
        var bytes: [UInt8] = []
        while case let byte = getc(file), byte != EOF {
            if byte == 0x0A {
                lines.append(Self.decoded(String(decoding: bytes, as: UTF8.self)))
                bytes.removeAll(keepingCapacity: true)
            } else {
                bytes.append(UInt8(truncatingIfNeeded: byte))
            }
        }
        if lines.count > 2 * Self.mostEntries { rewrite(lines.suffix(Self.mostEntries)) }
        return lines.suffix(Self.mostEntries)
    }

    /// Appends an entry; a file that can't be written is passed over: history is a comfort.
    func append(_ entry: String) {
        guard SecretMask.masked(entry) == entry else { return }
        write([entry], to: path, flags: O_APPEND)
    }

    private func rewrite(_ entries: ArraySlice<String>) {
        let new = "\(path).\(getpid())"
        write(Array(entries), to: new, flags: O_TRUNC)
        rename(new, path)
    }

    private func write(_ entries: [String], to path: String, flags: CInt) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, 0o600)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // A file that an earlier program left open to others.
        _ = fchmod(descriptor, 0o600)
        // One write, so that two shells never mix their lines.
        let bytes = Array(entries.map { Self.encoded($0) + "\n" }.joined().utf8)
        _ = Glibc.write(descriptor, bytes, bytes.count)
    }

    /// A statement of several lines as one, which is edited more easily; comments and quotes keep theirs.
    static func folded(_ text: String) -> String {
        let lines = text.split(whereSeparator: \.isNewline).map { line in
            var line = line
            while line.first?.isWhitespace == true { line.removeFirst() }
            while line.last?.isWhitespace == true { line.removeLast() }
            return line
        }
        let hasComment = text.contains("--")
        var hasOpenQuote = false
        for line in text.split(whereSeparator: \.isNewline).dropLast() {
            let quotes = line.count { $0 == "'" }
            if quotes % 2 == 1 { hasOpenQuote = true }
        }
        if hasComment || hasOpenQuote { return text }
        var entry = ""
        for line in lines where !line.isEmpty { entry += (entry.isEmpty || line == ";" ? "" : " ") + line }
        return entry
    }

    /// On one line: a line end is `\n`, a backslash `\\`.
    static func encoded(_ entry: String) -> String {
        var text = ""
        for scalar in entry.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": break
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    static func decoded(_ line: String) -> String {
        var text = ""
        var isEscaped = false
        for scalar in line.unicodeScalars {
            if isEscaped {
                text.unicodeScalars.append(scalar == "n" ? "\n" : scalar)
                isEscaped = false
            } else if scalar == "\\" {
                isEscaped = true
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
