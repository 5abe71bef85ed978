/// Delta's table properties that matter here, with their defaults.
///
/// Durations are in milliseconds.
public enum TableProperties {
    static func checkpointInterval(_ metadata: TableMetadata) -> Int64 {
        guard let text = metadata.configuration["delta.checkpointInterval"], let value = Int64(text),
            value > 0
        else { return DeltaTable.defaultCheckpointInterval }
        return value
    }

    /// Whether changed rows are also written as a feed of changes.
    static func hasChangeFeed(_ metadata: TableMetadata) -> Bool {
        metadata.configuration["delta.enableChangeDataFeed"] == "true"
    }

    /// A week, as Delta has it.
    static let defaultRetention: Int64 = 7 * 86_400_000

    /// How long a removed file is remembered and kept, in milliseconds.
    static func deletedFileRetention(_ metadata: TableMetadata) -> Int64 {
        metadata.configuration["delta.deletedFileRetentionDuration"].flatMap(interval) ?? defaultRetention
    }

    /// How old the log's commits may become, in milliseconds; nil where the table wants all of them kept.
    static func logRetention(_ metadata: TableMetadata) -> Int64? {
        if metadata.configuration["delta.enableExpiredLogCleanup"]?.lowercased() == "false" { return nil }
        return metadata.configuration["delta.logRetentionDuration"].flatMap(interval) ?? 30 * 86_400_000
    }

    /// How many leaf columns of a file have bounds.
    static func indexedColumns(_ metadata: TableMetadata) -> Int {
        guard let text = metadata.configuration["delta.dataSkippingNumIndexedCols"], let value = Int(text)
        else {
            return FileStats.defaultColumnLimit
        }
        return value < 0 ? Int.max : value
    }

    /// Whether the text is a value of one of the properties that are known here.
    public static func accepts(_ text: String, for name: String) -> Bool {
        switch name {
        case "delta.appendOnly", "delta.enableChangeDataFeed", "delta.enableExpiredLogCleanup",
            "delta.enableTypeWidening":
            return text == "true" || text == "false"
        case "delta.checkpointInterval": return Int64(text).map { $0 > 0 } ?? false
        case "delta.dataSkippingNumIndexedCols": return Int(text).map { $0 >= -1 } ?? false
        default: return interval(text) != nil
        }
    }

    /// What `accepts` wants, for errors.
    public static func expectation(of name: String) -> String {
        switch name {
        case "delta.appendOnly", "delta.enableChangeDataFeed", "delta.enableExpiredLogCleanup",
            "delta.enableTypeWidening":
            return "true or false"
        case "delta.checkpointInterval": return "a whole number of commits, at least 1"
        case "delta.dataSkippingNumIndexedCols": return "a number of columns, or -1 for all"
        default: return "an interval such as 'interval 7 days'"
        }
    }

    /// `interval 15 minutes`: the largest unit that needs no fraction.
    public static func intervalText(milliseconds: Int64) -> String {
        let units: [(Int64, String)] = [
            (86_400_000, "days"), (3_600_000, "hours"), (60_000, "minutes"), (1000, "seconds"),
        ]
        for (factor, unit) in units where milliseconds > 0 && milliseconds.isMultiple(of: factor) {
            return "interval \(milliseconds / factor) \(unit)"
        }
        return "interval \(milliseconds) milliseconds"
    }

    /// Milliseconds of `interval 30 days`; nil for what is none.
    static func interval(_ text: String) -> Int64? {
        var words = text.lowercased().split(separator: " ")[...]
        if words.first == "interval" { words.removeFirst() }
        let units: [Substring: Int64] = [
            "millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": 86_400_000,
            "week": 604_800_000,
        ]
        guard !words.isEmpty, words.count.isMultiple(of: 2) else { return nil }
        var total: Int64 = 0
        while let number = words.popFirst(), let unit = words.popFirst() {
            let name = unit.hasSuffix("s") ? unit.dropLast() : unit
            guard let count = Int64(number), let factor = units[name] else { return nil }
            let (part, overflow) = count.multipliedReportingOverflow(by: factor)
            guard !overflow else { return nil }
            total = total &+ part
        }
        return total
    }
}
