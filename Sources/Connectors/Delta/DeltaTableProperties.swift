import DeltaLake
import Diagnostics
import Planning

/// The table properties of a `delta` sink: what its own options say, and Delta's that stand beside them.
struct DeltaTableProperties: Sendable {
    /// What a new table gets.
    let ofNewTable: [String: String]
    /// What the statement says, and so a table that is there must have too.
    let asked: [String: String]

    /// Replaced files are kept for so long, in milliseconds.
    ///
    /// Enough to look at any moment of a demo, and little enough that a table of which an epoch a second
    /// writes some megabytes anew takes a few gigabytes.
    private static let retention: Int64 = 15 * 60_000
    /// Commits are kept for so long, in milliseconds: some 20,000 of them at an epoch a second.
    private static let logRetention: Int64 = 6 * 3_600_000

    private static let fileDuration = "delta.deletedFileRetentionDuration"
    private static let logDuration = "delta.logRetentionDuration"

    init(_ options: DeltaSinkOptions) {
        var asked = options.tableProperties
        if let retention = options.retention {
            asked[Self.fileDuration] = TableProperties.intervalText(milliseconds: retention)
        }
        if let retention = options.logRetention {
            asked[Self.logDuration] = TableProperties.intervalText(milliseconds: retention)
        }
        self.asked = asked
        let standard = [
            Self.fileDuration: TableProperties.intervalText(milliseconds: Self.retention),
            Self.logDuration: TableProperties.intervalText(milliseconds: Self.logRetention),
        ]
        ofNewTable = standard.merging(asked) { _, given in given }
    }

    /// Delta's table properties that mean something here.
    static let known = [
        "delta.appendOnly", "delta.checkpointInterval", "delta.dataSkippingNumIndexedCols",
        "delta.deletedFileRetentionDuration", "delta.enableChangeDataFeed", "delta.enableExpiredLogCleanup",
        "delta.enableTypeWidening", "delta.logRetentionDuration",
    ]

    /// Delta's properties among those of the statement, which knows names in any case.
    static func read(_ properties: ConnectorProperties) throws(Diagnostic) -> [String: String] {
        var found: [String: String] = [:]
        for name in known {
            guard let text = properties.text(name.lowercased()) else { continue }
            guard TableProperties.accepts(text, for: name) else {
                throw properties.invalid(
                    name.lowercased(), text, expected: TableProperties.expectation(of: name))
            }
            found[name] = text
        }
        return found
    }
}
