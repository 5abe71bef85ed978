/// Draws waiting times: exponential with mean 1, from 4,096 quantiles, so never above about 9.
///
/// The logarithm is computed here by a series: the C library's may differ in the last bit from one
/// version to the next, and with it a simulated time.
struct ExponentialTable: Sendable {
    private static let size = 4096
    private let quantiles: [Double]

    init() {
        quantiles = (0..<Self.size).map { -Self.logarithm((Double($0) + 0.5) / Double(Self.size)) }
    }

    @inline(__always)
    func draw(_ random: inout RandomSource) -> Double {
        quantiles[Int(truncatingIfNeeded: random.next() &>> 52)]
    }

    /// ln x = e·ln 2 + 2·artanh((m − 1)/(m + 1)) for x = m·2ᵉ, 1 ≤ m < 2.
    private static func logarithm(_ x: Double) -> Double {
        let ratio = (x.significand - 1) / (x.significand + 1)
        let square = ratio * ratio
        var power = ratio
        var sum = 0.0
        var odd = 1.0
        while odd < 40 {
            sum += power / odd
            power *= square
            odd += 2
        }
        return Double(x.exponent) * 0.693_147_180_559_945_3 + 2 * sum
    }
}
