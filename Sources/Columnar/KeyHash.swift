/// Fingerprints of keys that consist of one or more columns.
public enum KeyHash {
    /// One fingerprint for each row of `columns`, which have `count` rows.
    ///
    /// Rows are equal as SQL's GROUP BY has it: NULL equals NULL, −0.0 equals 0.0, all NaN are one. A key
    /// of one type never shares its fingerprint with the same digits of another type on purpose; types do
    /// not take part.
    /// - Parameter out: room for `count` fingerprints.
    public static func fingerprints(
        of columns: [Column], count: Int, seed: Fingerprint, into out: UnsafeMutablePointer<Fingerprint>
    ) {
        for row in 0..<count { out[row] = seed }
        for column in columns { fold(column, count: count, into: out) }
    }

    /// Folds the column's values into the fingerprints of the columns before it.
    static func fold(_ column: Column, count: Int, into out: UnsafeMutablePointer<Fingerprint>) {
        switch column.type {
        case .string, .bytes: foldText(column, count: count, into: out)
        case .integer, .date, .time:
            let values = column.int32s
            for row in 0..<count { out[row] = out[row].combined(with: Int64(values[row])) }
        case .bigint, .timestamp:
            let values = column.int64s
            for row in 0..<count { out[row] = out[row].combined(with: values[row]) }
        case .double:
            let values = column.doubles
            for row in 0..<count {
                let value = values[row]
                let canonical = value == 0 ? 0 : value.isNaN ? Double.nan : value
                out[row] = out[row].combined(with: Int64(bitPattern: canonical.bitPattern))
            }
        case .decimal:
            let values = column.decimals
            for row in 0..<count {
                let value = values[row]
                out[row] = out[row].combined(with: Int64(truncatingIfNeeded: value))
                    .combined(with: Int64(truncatingIfNeeded: value >> 64))
            }
        case .boolean:
            let bits = column.booleans
            for row in 0..<count { out[row] = out[row].combined(with: bits[row] ? 1 : 0) }
        case .array, .map: foldLists(column, count: count, into: out)
        case .structure: for member in column.children { fold(member, count: count, into: out) }
        }
        if let validity = column.validity {
            for row in 0..<count where !validity[row] {
                out[row] = out[row].combined(with: Int64.min + 0x5EED)
            }
        }
    }

    private static func foldText(
        _ column: Column, count: Int, into out: UnsafeMutablePointer<Fingerprint>
    ) {
        let views = column.views
        let bases = column.dataBases
        for row in 0..<count {
            let view = views[row]
            if view.isInline {
                out[row] = Fingerprint.of(view: view, seed: out[row])
            } else {
                out[row] = Fingerprint.of(
                    bases[view.bufferIndex] + view.offset, view.length, seed: out[row])
            }
        }
    }

    private static func foldLists(
        _ column: Column, count: Int, into out: UnsafeMutablePointer<Fingerprint>
    ) {
        let offsets = column.offsets
        for child in column.children {
            let inner = UnsafeMutablePointer<Fingerprint>.allocate(capacity: max(1, child.count))
            defer { inner.deallocate() }
            let seed = Fingerprint(low: 0x243F_6A88_85A3_08D3, high: 0x1319_8A2E_0370_7344)
            fingerprints(of: [child], count: child.count, seed: seed, into: inner)
            for row in 0..<count {
                out[row] = out[row].combined(with: Int64(offsets[row + 1] - offsets[row]))
                for element in offsets[row]..<offsets[row + 1] {
                    out[row] = out[row].combined(with: inner[Int(element)])
                }
            }
        }
    }
}
