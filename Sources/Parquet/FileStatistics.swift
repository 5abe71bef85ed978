import CParquet
import Columnar

/// Reads the bounds of a finished file's columns from its footer, joined over its row groups.
enum FileStatistics {
    static func read(
        _ file: OpaquePointer, leaves: [ParquetType.Leaf], nullCounts: [Int], hasNaN: [Bool]
    ) -> [ColumnStatistics] {
        let groups = Int(millrace_parquet_file_row_groups(file))
        guard Int(millrace_parquet_file_leaves(file)) == leaves.count else { return [] }
        var result: [ColumnStatistics] = []
        for (index, leaf) in leaves.enumerated() {
            guard let names = leaf.names else { continue }
            let isUnordered = leaf.type == .double && hasNaN[leaf.top]
            let bounds = isUnordered ? nil : bounds(file, leaf: index, type: leaf.type, groups: groups)
            result.append(
                ColumnStatistics(
                    path: names, type: leaf.type, nullCount: names.count == 1 ? nullCounts[leaf.top] : nil,
                    minimum: bounds?.minimum, maximum: bounds?.maximum))
        }
        // A top-level ARRAY or MAP has no bounds, but its NULLs are counted.
        for leaf in leaves where !result.contains(where: { $0.path == [leaf.topName] }) {
            switch leaf.topType {
            case .array, .map:
                result.append(
                    ColumnStatistics(
                        path: [leaf.topName], type: leaf.topType, nullCount: nullCounts[leaf.top],
                        minimum: nil,
                        maximum: nil))
            default: break
            }
        }
        return result
    }

    private static func bounds(
        _ file: OpaquePointer, leaf: Int, type: DataType, groups: Int
    ) -> (minimum: Value, maximum: Value)? {
        var result: (minimum: Value, maximum: Value)?
        for group in 0..<groups {
            var statistics = millrace_parquet_statistics()
            var error: UnsafeMutablePointer<CChar>?
            guard millrace_parquet_file_statistics(file, Int64(group), Int64(leaf), &statistics, &error)
            else {
                _ = takeReason(error)
                return nil
            }
            guard statistics.has_bounds else {
                // A group of NULLs alone has no bounds and widens none; any other makes them unknown.
                if statistics.has_null_count, isAllNull(file, statistics, group) { continue }
                return nil
            }
            let minimum = UnsafeRawBufferPointer(
                start: statistics.minimum, count: Int(statistics.minimum_count))
            let maximum = UnsafeRawBufferPointer(
                start: statistics.maximum, count: Int(statistics.maximum_count))
            guard let low = value(minimum, type: type, physical: statistics.physical),
                let high = value(maximum, type: type, physical: statistics.physical)
            else { return nil }
            result =
                result.map {
                    (
                        ValueOrder.isLess(low, $0.minimum) ? low : $0.minimum,
                        ValueOrder.isLess($0.maximum, high) ? high : $0.maximum
                    )
                } ?? (low, high)
        }
        return result
    }

    private static func isAllNull(
        _ file: OpaquePointer, _ statistics: millrace_parquet_statistics, _ group: Int
    ) -> Bool {
        statistics.null_count == millrace_parquet_file_rows(file, Int64(group))
    }

    /// A value in plain encoding. Bounds of text that is not UTF-8 are given up.
    static func value(_ bytes: UnsafeRawBufferPointer, type: DataType, physical: Int32) -> Value? {
        switch type {
        case .boolean: return bytes.first.map { .boolean($0 != 0) }
        case .integer: return integer(bytes, Int32.self).map { .integer($0) }
        case .date: return integer(bytes, Int32.self).map { .date($0) }
        case .bigint: return integer(bytes, Int64.self).map { .bigint($0) }
        case .timestamp:
            return integer(bytes, Int64.self).map { .timestamp(Civil.floorDivide($0, 1000)) }
        case .double: return integer(bytes, UInt64.self).map { .double(Double(bitPattern: $0)) }
        case .decimal(_, let scale):
            return decimal(bytes, physical: physical).map { .decimal($0, scale: scale) }
        case .string, .time: return String(validating: bytes, as: UTF8.self).map { .string($0) }
        case .bytes: return .bytes(Array(bytes))
        case .array, .map, .structure: return nil
        }
    }

    private static func integer<Integer: FixedWidthInteger>(
        _ bytes: UnsafeRawBufferPointer, _: Integer.Type
    ) -> Integer? {
        guard bytes.count == MemoryLayout<Integer>.size else { return nil }
        return Integer(littleEndian: bytes.loadUnaligned(as: Integer.self))
    }

    private static func decimal(_ bytes: UnsafeRawBufferPointer, physical: Int32) -> Int128? {
        switch UInt32(bitPattern: physical) {
        case MILLRACE_PARQUET_INT32.rawValue: return integer(bytes, Int32.self).map { Int128($0) }
        case MILLRACE_PARQUET_INT64.rawValue: return integer(bytes, Int64.self).map { Int128($0) }
        default:
            guard let first = bytes.first, bytes.count <= 16 else { return nil }
            return bytes.dropFirst().reduce(Int128(Int8(bitPattern: first))) { $0 << 8 | Int128($1) }
        }
    }
}
