import Columnar

/// Fingerprints of rows.
enum RowKeys {
    static func fingerprints(_ columns: [Column], count: Int, seed: Fingerprint) -> [Fingerprint] {
        [Fingerprint](unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress {
                KeyHash.fingerprints(of: columns, count: count, seed: seed, into: base)
            }
            filled = count
        }
    }
}
