import Columnar
import Expressions
import Planning

/// Keys to look up together: those with the same bounds of windows.
struct KeyValues {
    let columns: [Column]
    let count: Int
    let bounds: WindowBounds

    /// The values of look-ups; each key once, also where several name it.
    static func of(_ lookups: [KeyLookup], _ relation: Relation, clock: Int64) -> [KeyValues] {
        let context = EvaluationContext(clock: clock)
        var wanted: [[Value]: WindowBounds] = [:]
        var order: [[Value]] = []
        for lookup in lookups {
            let keys = CompiledExpressions(lookup.keys).evaluate([], count: 1, context: context)
            guard keys.allSatisfy({ $0.isValid(0) }), let bounds = bounds(of: lookup, context) else {
                continue
            }
            let key = keys.map { $0.value(at: 0) }
            if let known = wanted[key] {
                wanted[key] = known.around(bounds)
            } else {
                wanted[key] = bounds
                order.append(key)
            }
        }
        var groups: [(bounds: WindowBounds, keys: [[Value]])] = []
        for key in order {
            guard let bounds = wanted[key] else { continue }
            if let index = groups.firstIndex(where: { $0.bounds == bounds }) {
                groups[index].keys.append(key)
            } else {
                groups.append((bounds, [key]))
            }
        }
        return groups.map { group in
            let columns = relation.keys.enumerated().map { index, column in
                let builder = ColumnBuilder(type: column.type, capacity: group.keys.count)
                for key in group.keys { builder.append(key[index]) }
                return builder.finish()
            }
            return KeyValues(columns: columns, count: group.keys.count, bounds: group.bounds)
        }
    }

    /// nil where no window lies so.
    private static func bounds(of lookup: KeyLookup, _ context: EvaluationContext) -> WindowBounds? {
        guard !lookup.windows.isEmpty else { return .all }
        let values = CompiledExpressions(lookup.windows.map(\.value)).evaluate(
            [], count: 1, context: context)
        var ranges: [PseudoColumn: (low: Int64, high: Int64)] = [:]
        for (window, value) in zip(lookup.windows, values) {
            guard value.isValid(0) else { return nil }
            let time = value.int64s[0]
            var range = ranges[window.bound] ?? (.min, .max)
            switch window.comparison {
            case .equal: range = (max(range.low, time), min(range.high, time))
            case .less where time == .min, .greater where time == .max: return nil
            case .less: range.high = min(range.high, time - 1)
            case .lessOrEqual: range.high = min(range.high, time)
            case .greater: range.low = max(range.low, time + 1)
            case .greaterOrEqual: range.low = max(range.low, time)
            case .notEqual: break
            }
            guard range.low <= range.high else { return nil }
            ranges[window.bound] = range
        }
        var bounds = WindowBounds()
        if let range = ranges[.windowStart] { bounds.starts = range.low...range.high }
        if let range = ranges[.windowEnd] { bounds.ends = range.low...range.high }
        return bounds
    }
}

extension WindowBounds {
    /// The least bounds that hold both.
    func around(_ other: WindowBounds) -> WindowBounds {
        func around(_ a: ClosedRange<Int64>, _ b: ClosedRange<Int64>) -> ClosedRange<Int64> {
            min(a.lowerBound, b.lowerBound)...max(a.upperBound, b.upperBound)
        }
        return WindowBounds(starts: around(starts, other.starts), ends: around(ends, other.ends))
    }
}
