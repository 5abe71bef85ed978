/// An argument without a flag, known by its place.
struct Operand: Sendable {
    enum Count: Sendable {
        case one
        case optional
        case oneOrMore
        case zeroOrMore
    }

    let name: String
    let count: Count
    let help: String

    init(_ name: String, _ help: String, _ count: Count = .one) {
        self.name = name
        self.count = count
        self.help = help
    }

    /// As a usage line shows it: `FILE.sql…`, `[PIPELINE]`.
    var usage: String {
        switch count {
        case .one: name
        case .optional: "[\(name)]"
        case .oneOrMore: "\(name)…"
        case .zeroOrMore: "[\(name)…]"
        }
    }
}
