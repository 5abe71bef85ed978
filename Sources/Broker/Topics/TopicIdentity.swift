/// What tells a topic from others that had its name before.
public struct TopicIdentity: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    init(_ identifier: Identifier) { self.init(high: identifier.high, low: identifier.low) }

    var identifier: Identifier { Identifier(high: high, low: low) }
}
