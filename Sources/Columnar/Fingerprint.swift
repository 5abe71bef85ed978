/// A seeded 128-bit hash of a key, which stands for the key wherever state is looked up.
///
/// Two different keys share one with a probability of about n² ÷ 2¹²⁹ among n keys: 10⁻²⁵ at ten million.
/// The seed is the instance's, so nobody can prepare colliding keys.
@frozen public struct Fingerprint: Hashable, Sendable {
    public var low: UInt64
    public var high: UInt64

    @inlinable public init(low: UInt64, high: UInt64) {
        self.low = low
        self.high = high
    }

    @inlinable public static func == (left: Fingerprint, right: Fingerprint) -> Bool {
        left.low == right.low && left.high == right.high
    }

    /// The fingerprint of this key together with a number, such as a window's start.
    @inlinable public func combined(with number: Int64) -> Fingerprint {
        let word = UInt64(bitPattern: number)
        return Fingerprint(
            low: Fingerprint.mix(low ^ 0x9E37_79B9_7F4A_7C15, word ^ 0xD6E8_FEB8_6659_FD93) &+ high,
            high: Fingerprint.mix(high ^ 0xA076_1D64_78BD_642F, word ^ 0xE703_7ED1_A0B4_28DB) ^ low)
    }

    @inlinable public func combined(with other: Fingerprint) -> Fingerprint {
        Fingerprint(
            low: Fingerprint.mix(low ^ 0x8EBC_6AF0_9C88_C6E3, other.low ^ 0x5899_65CC_7537_4CC3)
                &+ other.high,
            high: Fingerprint.mix(high ^ 0x1D8E_4E27_C47D_124F, other.high ^ 0xEB44_ACCA_B455_D165) ^ low)
    }

    /// The two halves of the 128-bit product, folded.
    @inlinable public static func mix(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// The fingerprint of a byte string. `seed` is where a key's earlier columns left off.
    @inlinable public static func of(
        _ start: UnsafeRawPointer, _ length: Int, seed: Fingerprint
    ) -> Fingerprint {
        var low = seed.low ^ UInt64(truncatingIfNeeded: length) &* 0xA076_1D64_78BD_642F
        var high = seed.high ^ UInt64(truncatingIfNeeded: length) &* 0xE703_7ED1_A0B4_28DB
        var position = start
        var left = length
        while left > 16 {
            let a = position.loadUnaligned(as: UInt64.self)
            let b = (position + 8).loadUnaligned(as: UInt64.self)
            // Both factors carry the secret state: no chosen block can make a product zero.
            let first = mix(low ^ a, high ^ b)
            high = mix(high ^ a ^ 0x8EBC_6AF0_9C88_C6E3, low ^ b ^ 0x5899_65CC_7537_4CC3)
            low = first
            position += 16
            left -= 16
        }
        let (a, b) = tail(position, left)
        return finish(low: low, high: high, a, b)
    }

    @inlinable static func finish(low: UInt64, high: UInt64, _ a: UInt64, _ b: UInt64) -> Fingerprint {
        let first = mix(low ^ a, high ^ b)
        let second = mix(high ^ a ^ 0x1D8E_4E27_C47D_124F, low ^ b ^ 0xEB44_ACCA_B455_D165)
        return Fingerprint(
            low: mix(first ^ 0x9E37_79B9_7F4A_7C15, second ^ low),
            high: mix(second ^ 0xD6E8_FEB8_6659_FD93, first ^ high))
    }

    /// The last up to 16 bytes as two words, without reading outside of them.
    @inlinable static func tail(_ start: UnsafeRawPointer, _ length: Int) -> (UInt64, UInt64) {
        if length >= 8 {
            return (start.loadUnaligned(as: UInt64.self), (start + length - 8).loadUnaligned(as: UInt64.self))
        }
        if length >= 4 {
            let first = UInt64(start.loadUnaligned(as: UInt32.self))
            return (first | UInt64((start + length - 4).loadUnaligned(as: UInt32.self)) << 32, 0)
        }
        if length == 0 { return (0, 0) }
        let first = UInt64(start.load(as: UInt8.self))
        let middle = UInt64((start + length / 2).load(as: UInt8.self))
        let last = UInt64((start + length - 1).load(as: UInt8.self))
        return (first | middle << 8 | last << 16, 0)
    }

    /// The fingerprint of a short view's two words.
    @inlinable static func of(view: StringView, seed: Fingerprint) -> Fingerprint {
        finish(low: seed.low, high: seed.high, view.low, view.high)
    }
}
