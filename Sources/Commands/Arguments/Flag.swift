/// A flag of a command: how it is written, what it takes and what help says of it.
struct Flag: Sendable {
    enum Kind: Sendable, Equatable {
        /// Given or not: `--once`.
        case toggle
        /// Takes one value, called so in help: `--for 60s`, `--for=60s`.
        case value(String)
        /// May be given many times, each with a value, also without a blank: `-D name=value`, `-Dname=value`.
        case repeated(String)
    }

    let name: String
    let kind: Kind
    let help: String

    init(_ name: String, _ kind: Kind, _ help: String) {
        self.name = name
        self.kind = kind
        self.help = help
    }

    /// As help lists it: `--for DURATION`.
    var usage: String {
        switch kind {
        case .toggle: name
        case .value(let value), .repeated(let value): "\(name) \(value)"
        }
    }

    /// The environment variable that stands for the flag where it is left out; nil for flags that repeat.
    var environmentName: String? {
        guard name.hasPrefix("--"), kind.isSettable else { return nil }
        let letters = name.dropFirst(2).map { $0 == "-" ? "_" : String($0).uppercased() }
        return "MILLRACE_" + letters.joined()
    }
}

extension Flag.Kind {
    fileprivate var isSettable: Bool { if case .repeated = self { false } else { true } }
}
