/// The third word of every entry, behind its key: the expiry in its upper 56 bits, flags in the lower 8.
///
/// Expiries beyond ±2⁵⁵ ms (a million years) are the same as that bound; the upper one reads as `Int64.max`.
@usableFromInline enum EntryWord {
    /// The slot holds an entry.
    @usableFromInline static let used: Int64 = 1
    /// The entry was removed and is kept until nobody needs to know that.
    @usableFromInline static let removed: Int64 = 2
    /// Differs from what is on disk.
    @usableFromInline static let dirty: Int64 = 4
    /// Is among the changes of this epoch.
    @usableFromInline static let listed: Int64 = 8
    /// Some version of it is on disk.
    @usableFromInline static let stored: Int64 = 16
    /// On disk there may be an older version that expires later: only a tombstone may replace this one.
    @usableFromInline static let masks: Int64 = 32
    /// Was used since the sweep came by.
    @usableFromInline static let referenced: Int64 = 64
    /// Is about to leave memory.
    static let leaving: Int64 = 128

    @usableFromInline static let changed = dirty | listed
    static let flags: Int64 = 255
    @usableFromInline static let latest = Int64.max >> 8
    private static let earliest = Int64.min >> 8

    @usableFromInline static func expiry(_ word: Int64) -> Int64 {
        let expiry = word >> 8
        return expiry == latest ? .max : expiry
    }

    /// The expiry in its place, without flags.
    static func encoded(_ expiry: Int64) -> Int64 {
        min(max(expiry, earliest), latest) << 8
    }

    /// The greatest word that an entry dead by `watermark` can have. What never expires is above all bounds.
    static func bound(_ watermark: Int64) -> Int64 { min(encoded(watermark), (latest - 1) << 8) | flags }
}
