import Columnar
import Formats
import Parquet

/// The statistics of a data file in the form of the log: `{"numRecords":…,"minValues":{…},…}`.
enum FileStats {
    /// How many leaf columns have bounds, unless a table says otherwise.
    static let defaultColumnLimit = 32

    static func json(rowCount: Int, statistics: [ColumnStatistics]) -> String {
        var minimums = StatsTree()
        var maximums = StatsTree()
        var nullCounts = StatsTree()
        for column in statistics {
            if let count = column.nullCount { nullCounts.set(column.path, .integer(Int64(count))) }
            // Both or none: a bound on one side makes readers guess what the other one is.
            if let low = column.minimum.flatMap(minimum), let high = column.maximum.flatMap(maximum) {
                minimums.set(column.path, low)
                maximums.set(column.path, high)
            }
        }
        let value: JSONValue = [
            "numRecords": .integer(Int64(rowCount)), "minValues": minimums.jsonValue,
            "maxValues": maximums.jsonValue, "nullCount": nullCounts.jsonValue,
        ]
        return value.text
    }

    /// `numRecords` of a file's statistics.
    static func rowCount(_ stats: String?) -> Int? {
        stats.flatMap { JSONValue.parse($0) }?["numRecords"]?.int64.map { Int(truncatingIfNeeded: $0) }
    }

    /// The bounds of a top-level column, as far as they are known; text may be wider than the values are.
    static func bounds(
        _ stats: JSONValue, column: String, type: DataType
    ) -> (minimum: Value, maximum: Value)? {
        guard let low = stats["minValues"]?[column].flatMap({ value($0, type: type) }),
            let high = stats["maxValues"]?[column].flatMap({ value($0, type: type) })
        else { return nil }
        return (low, high)
    }

    private static func value(_ value: JSONValue, type: DataType) -> Value? {
        switch value {
        case .string(let text): return PartitionValue.value(text, type: type).flatMap { $0.isNull ? nil : $0 }
        case .number(let text):
            guard type.isNumeric else { return nil }
            return PartitionValue.value(text, type: type)
        case .boolean(let value): return type == .boolean ? .boolean(value) : nil
        default: return nil
        }
    }

    // MARK: Values

    private static let textLimit = 32

    private static func minimum(_ value: Value) -> JSONValue? {
        if case .string(let text) = value { return .string(String(text.unicodeScalars.prefix(textLimit))) }
        return exact(value)
    }

    private static func maximum(_ value: Value) -> JSONValue? {
        guard case .string(let text) = value else { return exact(value) }
        var prefix = String.UnicodeScalarView()
        let highest: Unicode.Scalar = "\u{10FFFF}"
        for scalar in text.unicodeScalars {
            // What is cut off must sort before the mark that takes its place.
            if prefix.count >= textLimit, scalar != highest {
                prefix.append(highest)
                return .string(String(prefix))
            }
            prefix.append(scalar)
        }
        return .string(text)
    }

    private static func exact(_ value: Value) -> JSONValue? {
        switch value {
        case .integer(let value): return .integer(Int64(value))
        case .bigint(let value): return .integer(value)
        case .double(let value): return value.isFinite ? .number(String(value)) : nil
        case .decimal(let unscaled, let scale): return .number(Decimals.text(unscaled, scale: scale))
        case .date(let days):
            let year = Civil.date(days: Int(days)).year
            return (0...9999).contains(year) ? .string(Civil.dateText(days: Int(days))) : nil
        case .timestamp(let milliseconds):
            let days = Civil.floorDivide(milliseconds, Civil.millisecondsPerDay)
            guard (0...9999).contains(Civil.date(days: Int(days)).year) else { return nil }
            return .string(Civil.timestampText(milliseconds: milliseconds) + "Z")
        default: return nil
        }
    }
}

/// Values by path: the members of a STRUCT lie in an object of their own.
private struct StatsTree {
    private var leaves: [(name: String, value: JSONValue)] = []
    private var branches: [(name: String, tree: StatsTree)] = []

    mutating func set(_ path: [String], _ value: JSONValue) {
        guard let first = path.first else { return }
        if path.count == 1 {
            leaves.append((first, value))
        } else if let index = branches.firstIndex(where: { $0.name == first }) {
            branches[index].tree.set(Array(path[1...]), value)
        } else {
            var tree = StatsTree()
            tree.set(Array(path[1...]), value)
            branches.append((first, tree))
        }
    }

    var jsonValue: JSONValue {
        .object(
            leaves.map { JSONValue.Member($0.name, $0.value) }
                + branches.map { JSONValue.Member($0.name, $0.tree.jsonValue) })
    }
}
