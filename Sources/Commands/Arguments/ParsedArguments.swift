import Diagnostics
import Simulation

/// The flags and operands of one call, as text, with readers that name the flag in their errors.
struct ParsedArguments: Sendable, Equatable {
    /// The name of the command they are for.
    let command: String
    private var flags: [String: [String]] = [:]
    private var operands: [String: [String]] = [:]
    /// Flags that were taken from the environment, and from which variable.
    private var origins: [String: String] = [:]

    init(command: String) { self.command = command }

    mutating func set(_ flag: String, _ value: String, from variable: String? = nil) {
        flags[flag, default: []].append(value)
        if let variable { origins[flag] = variable }
    }

    mutating func add(_ operand: String, as name: String) { operands[name, default: []].append(operand) }

    func isSet(_ flag: String) -> Bool { flags[flag] != nil }

    func text(_ flag: String) -> String? { flags[flag]?.last }

    /// The same, but nil where it comes from the environment.
    func typed(_ flag: String) -> String? { origins[flag] == nil ? text(flag) : nil }

    func texts(_ flag: String) -> [String] { flags[flag] ?? [] }

    func operand(_ name: String) -> String? { operands[name]?.first }

    func all(_ name: String) -> [String] { operands[name] ?? [] }

    /// The value of a flag as `read` understands it; nil when the flag is left out.
    ///
    /// - Throws: what `read` throws, saying where the value comes from if it was not typed.
    func value<Value>(
        _ flag: String, _ read: (String) throws(Diagnostic) -> Value
    ) throws(Diagnostic) -> Value? {
        guard let text = text(flag) else { return nil }
        do throws(Diagnostic) {
            return try read(text)
        } catch {
            guard let variable = origins[flag] else { throw error }
            var told = error
            told.hint =
                "the value comes from \(variable) in the environment" + (error.hint.map { "; \($0)" } ?? "")
            throw told
        }
    }

    func duration(_ flag: String) throws(Diagnostic) -> Duration? {
        try value(flag) { text throws(Diagnostic) in try DurationText.parse(text, flag: flag) }
    }

    /// Bytes.
    func size(_ flag: String) throws(Diagnostic) -> Int? {
        try value(flag) { text throws(Diagnostic) in try ByteSizeText.parse(text, flag: flag) }
    }

    func integer(_ flag: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
        try value(flag) { text throws(Diagnostic) in
            guard let number = Int(text.filter { $0 != "_" }), range.contains(number) else {
                throw Diagnostic(
                    .usage, "\(flag) \(text) is out of range or no whole number",
                    expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
            }
            return number
        }
    }

    /// A fraction from 0 to 1.
    func share(_ flag: String) throws(Diagnostic) -> Double? {
        try value(flag) { text throws(Diagnostic) in
            guard let number = Double(text), (0...1).contains(number) else {
                throw Diagnostic(
                    .usage, "\(flag) \(text) is not a fraction", expected: "a number from 0 to 1; 0.02 is 2 %"
                )
            }
            return number
        }
    }

    func choice<Choice: CaseIterable & RawRepresentable<String>>(
        _ flag: String, as type: Choice.Type
    ) throws(Diagnostic) -> Choice? {
        try value(flag) { text throws(Diagnostic) in
            if let choice = Choice(rawValue: text.lowercased()) { return choice }
            let names = Choice.allCases.map(\.rawValue)
            throw Diagnostic(
                .usage, "\(flag) \(text) is unknown", expected: "one of \(names.joined(separator: ", "))",
                hint: NearestName.suggestion(for: text, among: names).map { "did you mean \($0)?" })
        }
    }

    /// The pairs of a flag such as `-D name=value`; the last of several with one name counts.
    func pairs(_ flag: String) throws(Diagnostic) -> [String: String] {
        var pairs: [String: String] = [:]
        for text in texts(flag) {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw Diagnostic(
                    .usage, "\(flag) \(text) is not a name with its value", expected: "\(flag) name=value",
                    hint: "such as \(flag) lake=data")
            }
            pairs[String(parts[0])] = String(parts[1])
        }
        return pairs
    }
}
