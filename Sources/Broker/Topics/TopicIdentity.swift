/// What tells a topic from others that had its name before.
public struct TopicIdentity: Hashable, Sendable, CustomStringConvertible {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// 32 hexadecimal digits.
    public var description: String {
        [high, low].map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 16 - digits.utf8.count) + digits
        }.joined()
    }

    init(_ identifier: Identifier) { self.init(high: identifier.high, low: identifier.low) }

    var identifier: Identifier { Identifier(high: high, low: low) }
}
