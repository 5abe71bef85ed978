import Columnar

/// Whether a value can lie between a file's bounds. Text bounds may be cut, but only so that they are wider.
enum KeyBounds {
    static func mayContain(_ value: Value, _ bounds: (minimum: Value, maximum: Value)) -> Bool {
        // Bounds say nothing of NULLs.
        if value.isNull { return true }
        return !isLess(value, bounds.minimum) && !isLess(bounds.maximum, value)
    }

    private static func isLess(_ left: Value, _ right: Value) -> Bool {
        switch (left, right) {
        case (.integer(let a), .integer(let b)), (.date(let a), .date(let b)): return a < b
        case (.bigint(let a), .bigint(let b)), (.timestamp(let a), .timestamp(let b)): return a < b
        case (.double(let a), .double(let b)): return a < b
        case (.decimal(let a, let s), .decimal(let b, let t)): return s == t && a < b
        case (.string(let a), .string(let b)): return a.utf8.lexicographicallyPrecedes(b.utf8)
        default: return false
        }
    }
}
