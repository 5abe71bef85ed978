extension Property.Value {
    /// The value as plain text, as a setting from a file or a command line would be: `'3'` and `3` are
    /// both `3`. `nil` for NULL.
    public var text: String? {
        switch self {
        case .null: nil
        case .boolean(let value): value ? "true" : "false"
        case .integer(let value): String(value)
        case .decimal(let text): text
        case .double(let value): String(value)
        case .string(let text): text
        case .timeSpan(let period): "\(period.amount) \(period.unit.rawValue)"
        }
    }
}
