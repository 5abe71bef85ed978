import Diagnostics

/// What a command with several subjects can do, one of which its first operand names.
protocol CommandSubject: RawRepresentable<String>, CaseIterable {
    /// The flags that say something here, beside those that all subjects share.
    var flags: Set<String> { get }
}

extension CommandSubject {
    /// - Parameters:
    ///   - command: of the program, such as `table`.
    ///   - things: what it is about, such as "topics".
    ///   - shared: the flags that all subjects share, for people.
    /// - Throws: where the operand names none, or a flag belongs to another.
    init(
        _ arguments: ParsedArguments, of command: String, about things: String, sharing shared: String
    ) throws(Diagnostic) {
        let name = arguments.operand("WHAT") ?? ""
        guard let subject = Self(rawValue: name) else {
            let names = Self.allCases.map(\.rawValue)
            throw Diagnostic(
                .usage, "there is nothing called \(name) to do with \(things)",
                expected: names.joined(separator: ", "),
                hint: NearestName.suggestion(for: name, among: names).map {
                    "did you mean millrace \(command) \($0)?"
                } ?? "see millrace \(command) --help")
        }
        let all = Self.allCases.reduce(into: Set<String>()) { $0.formUnion($1.flags) }
        for flag in all.subtracting(subject.flags).sorted() where arguments.isSet(flag) {
            throw Diagnostic(
                .usage, "\(flag) says nothing to \(name)",
                expected: subject.flags.isEmpty
                    ? "no flag but \(shared)" : subject.flags.sorted().joined(separator: ", "),
                hint: "leave it out")
        }
        self = subject
    }
}
