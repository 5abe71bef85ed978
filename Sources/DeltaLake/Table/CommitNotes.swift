/// What a sink keeps with its commits, under `millrace` in the commit's information: counts, by name.
///
/// ```
/// {"commitInfo":{…,"millrace":{"epoch":12,"notes":{"rows":980000,"late":12,"duplicates":20012}}}}
/// ```
/// Totals since the sink's state was made, so that the newest commit tells all.
public struct CommitNotes: Hashable, Sendable {
    public let epoch: Int64
    public let counts: [String: Int64]

    public init(epoch: Int64, counts: [String: Int64]) {
        self.epoch = epoch
        self.counts = counts
    }

    var value: LogValue {
        let numbers = counts.sorted { $0.key < $1.key }.map {
            LogValue.LogMember(name: $0.key, value: .integer($0.value))
        }
        return ["epoch": .integer(epoch), "notes": .object(numbers)]
    }
}
