/// What a pipeline's rules file asks for.
public struct QualityPlan: Sendable {
    public let rules: [QualityRule]
    /// Gets a row for each rule and epoch.
    public let results: Relation
    /// Gets the rows that are kept aside; nil where the file names no table for them.
    public let quarantine: Relation?
    /// The file of JSON lines that alerts are appended to; nil for none.
    public let alertsPath: String?

    /// The rules of one relation, in the file's order.
    public func rules(of relation: String) -> [QualityRule] { rules.filter { $0.relation.name == relation } }

    /// The same rules, which judge and keep rows aside, and tell nobody: for records that were judged before.
    var silent: QualityPlan {
        QualityPlan(
            rules: rules.map(\.silent), results: results,
            quarantine: rules.contains(where: \.isQuarantining) ? quarantine : nil, alertsPath: nil)
    }

    /// What plans are compared by.
    public var explanation: String {
        rules.map(\.explanation).joined(separator: "\n") + "\nalerts \(alertsPath ?? "")"
    }
}
