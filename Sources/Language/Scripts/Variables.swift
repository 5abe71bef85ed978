/// The variables that `${name}` refers to, by name with case ignored.
///
/// A value given from outside (`-D name=value`) wins over every DEFINE of that name, and no UNDEFINE
/// takes it away.
public struct Variables: Hashable, Sendable {
    private struct Entry: Hashable {
        let name: String
        let value: String
    }

    private var defined: [String: Entry] = [:]
    private var overrides: [String: Entry] = [:]
    private var used: Set<String> = []

    public init(overrides: [String: String] = [:]) {
        // Sorted, so that of two names that differ only in case the same one wins each time.
        for (name, value) in overrides.sorted(by: { $0.key < $1.key }) {
            self.overrides[name.uppercased()] = Entry(name: name, value: value)
        }
    }

    public mutating func define(_ name: String, as value: String) {
        defined[name.uppercased()] = Entry(name: name, value: value)
    }

    /// Returns whether there was such a variable.
    @discardableResult
    public mutating func undefine(_ name: String) -> Bool {
        defined.removeValue(forKey: name.uppercased()) != nil
    }

    /// The value that a reference stands for, or `nil`.
    public func value(of name: String) -> String? {
        let key = name.uppercased()
        return (overrides[key] ?? defined[key])?.value
    }

    /// All variables with their values, in the order of their names, as SHOW VARIABLES lists them.
    public var all: [(name: String, value: String)] {
        defined.merging(overrides) { _, override in override }
            .sorted { $0.key < $1.key }
            .map { ($0.value.name, $0.value.value) }
    }

    /// Overrides that nothing has referred to or defined yet: probably misspelt on the command line.
    public var unusedOverrides: [String] {
        overrides.filter { !used.contains($0.key) && defined[$0.key] == nil }.values.map(\.name).sorted()
    }

    mutating func markUsed(_ name: String) { used.insert(name.uppercased()) }
}
