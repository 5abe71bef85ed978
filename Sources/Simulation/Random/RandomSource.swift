/// A reproducible stream of random numbers: xoshiro256** (Blackman and Vigna, 2018), seeded by SplitMix64.
///
/// The same seed gives the same numbers on every machine: only integer and basic IEEE arithmetic is
/// used, no function of the C library. Not for secrets.
struct RandomSource: Sendable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64

    init(seed: UInt64) {
        // SplitMix64 spreads even small seeds over all 256 bits, so the state is never all zeros.
        s0 = Self.mixed(seed, step: 1)
        s1 = Self.mixed(seed, step: 2)
        s2 = Self.mixed(seed, step: 3)
        s3 = Self.mixed(seed, step: 4)
    }

    /// Continues from a state, of which not all words may be zero.
    init(state s0: UInt64, _ s1: UInt64, _ s2: UInt64, _ s3: UInt64) {
        precondition(s0 | s1 | s2 | s3 != 0, "xoshiro256** cannot leave the state of zeros")
        self.s0 = s0
        self.s1 = s1
        self.s2 = s2
        self.s3 = s3
    }

    /// The `step`-th number of SplitMix64 that starts at `seed`: also a hash of `seed`.
    static func mixed(_ seed: UInt64, step: UInt64 = 1) -> UInt64 {
        var z = seed &+ step &* 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z &>> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z &>> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z &>> 31)
    }

    @inline(__always)
    mutating func next() -> UInt64 {
        let product = s1 &* 5
        let result = ((product &<< 7) | (product &>> 57)) &* 9
        let shifted = s1 &<< 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= shifted
        s3 = (s3 &<< 45) | (s3 &>> 19)
        return result
    }

    /// A number in `0 ..< 1` with 53 random bits.
    @inline(__always)
    mutating func unit() -> Double {
        Double(next() &>> 11) * 0x1p-53
    }

    /// True with the given probability.
    @inline(__always)
    mutating func chance(_ probability: Double) -> Bool {
        unit() < probability
    }

    /// A number in `0 ..< bound` for `1 <= bound <= 2³²`; its bias, at most `bound`/2³², does no harm.
    @inline(__always)
    mutating func below(_ bound: Int) -> Int {
        Int(truncatingIfNeeded: ((next() &>> 32) &* UInt64(truncatingIfNeeded: bound)) &>> 32)
    }

    /// A number in the range, both ends included; ranges are shorter than 2³².
    @inline(__always)
    mutating func within(_ range: ClosedRange<Int64>) -> Int64 {
        range.lowerBound &+ Int64(truncatingIfNeeded: below(Int(range.upperBound &- range.lowerBound) &+ 1))
    }
}
