import Diagnostics

/// Reads the words behind a command's name as its description says.
///
/// `--flag value`, `--flag=value`, `-D name=value`, `-Dname=value`; flags and operands may mix; what follows
/// `--` is operands. A value that begins with a dash is written with `=`. No I/O.
struct ArgumentParser {
    let command: CommandDescription
    private var parsed: ParsedArguments
    private var operands: [String] = []

    private init(_ command: CommandDescription) {
        self.command = command
        parsed = ParsedArguments(command: command.name)
    }

    /// - Parameter environment: looks up an environment variable, for flags that are left out.
    /// - Throws: a `usage` diagnostic for anything that the description does not allow.
    static func parse(
        _ words: [String], as command: CommandDescription, environment: (String) -> String?
    ) throws(Diagnostic) -> ParsedArguments {
        var parser = ArgumentParser(command)
        try parser.take(words)
        // Help is for those who do not yet know what else is wanted.
        if parser.parsed.isSet("--help") { return parser.parsed }
        try parser.takeEnvironment(environment)
        try parser.checkOperands()
        return parser.parsed
    }

    private mutating func take(_ words: [String]) throws(Diagnostic) {
        var rest = words[...]
        while let word = rest.popFirst() {
            if word == "--" {
                operands += rest
                return
            }
            if word == "-h" {
                parsed.set("--help", "")
            } else if word.hasPrefix("-"), word != "-" {
                try takeFlag(word, &rest)
            } else {
                operands.append(word)
            }
        }
    }

    private mutating func takeFlag(_ word: String, _ rest: inout ArraySlice<String>) throws(Diagnostic) {
        let (name, attached) = split(word)
        guard let flag = command.flag(named: name) else { throw unknown(name) }
        switch flag.kind {
        case .toggle:
            guard attached == nil else {
                throw usage("\(name) takes no value", expected: "\(name) alone")
            }
            parsed.set(name, "")
        case .value(let what), .repeated(let what):
            let value: String
            if let attached {
                value = attached
            } else if let next = rest.first, !next.hasPrefix("-") || Double(next) != nil {
                value = rest.removeFirst()
            } else {
                throw usage(
                    "\(name) needs a value", expected: flag.usage,
                    hint: rest.first.map { "write \(name)=\($0) if \($0) is the \(what.lowercased())" })
            }
            if case .value = flag.kind, parsed.isSet(name) {
                throw usage("\(name) is given twice", expected: "one \(what)", hint: "leave one of them out")
            }
            parsed.set(name, value)
        }
    }

    /// `--lake=data` → `--lake`, `data`; `-Draw=data` → `-D`, `raw=data`.
    private func split(_ word: String) -> (name: String, value: String?) {
        if !word.hasPrefix("--"), word.count > 2, command.flag(named: String(word.prefix(2))) != nil {
            return (String(word.prefix(2)), String(word.dropFirst(2)))
        }
        guard let sign = word.firstIndex(of: "=") else { return (word, nil) }
        return (String(word[..<sign]), String(word[word.index(after: sign)...]))
    }

    private mutating func takeEnvironment(_ environment: (String) -> String?) throws(Diagnostic) {
        for flag in command.flags where !parsed.isSet(flag.name) {
            guard let name = flag.environmentName, let value = environment(name), !value.isEmpty else {
                continue
            }
            guard flag.kind == .toggle else {
                parsed.set(flag.name, value, from: name)
                continue
            }
            switch value.lowercased() {
            case "1", "true", "yes", "on": parsed.set(flag.name, "", from: name)
            case "0", "false", "no", "off": break
            default:
                throw usage(
                    "\(name)=\(value) in the environment is neither on nor off", expected: "1 or 0",
                    hint: "unset \(name), or set it to 1 for \(flag.name)")
            }
        }
    }

    private mutating func checkOperands() throws(Diagnostic) {
        var rest = operands[...]
        for operand in command.operands {
            switch operand.count {
            case .one, .oneOrMore:
                guard let first = rest.popFirst() else {
                    throw usage("\(operand.name) is missing", expected: "\(operand.name): \(operand.help)")
                }
                parsed.add(first, as: operand.name)
            case .optional, .zeroOrMore:
                if let first = rest.popFirst() { parsed.add(first, as: operand.name) }
            }
            guard [.oneOrMore, .zeroOrMore].contains(operand.count) else { continue }
            while let next = rest.popFirst() { parsed.add(next, as: operand.name) }
        }
        guard let extra = rest.first else { return }
        let takes = command.operands.map(\.usage).joined(separator: " ")
        throw usage(
            "\(extra) is one argument too many", expected: takes.isEmpty ? "flags only" : takes,
            hint: command.operands.contains { $0.name == "SQL" } ? "put the whole statement in quotes" : nil)
    }

    private func unknown(_ name: String) -> Diagnostic {
        let names = command.allFlags.map(\.name)
        return usage(
            "\(command.name) has no flag \(name)", expected: names.joined(separator: ", "),
            hint: NearestName.suggestion(for: name, among: names).map { "did you mean \($0)?" })
    }

    private func usage(_ message: String, expected: String, hint: String? = nil) -> Diagnostic {
        Diagnostic(
            .usage, message, expected: expected,
            hint: hint ?? "see millrace \(command.name) --help")
    }
}
