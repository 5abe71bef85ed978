import Diagnostics

extension TopicProperties {
    static let partitionRange = 1...10_000

    /// What `retention_ms` says: milliseconds, -1 is for ever.
    static func retention(_ properties: ConnectorProperties) throws(Diagnostic) -> Int64? {
        guard let number = try properties.integer("retention_ms", in: -1...Int.max), number >= 0 else {
            return nil
        }
        return Int64(number)
    }
}
