/// The 128 bits by which a topic, or a directory, is known whatever its name.
struct Identifier: Hashable, Sendable {
    var high: UInt64
    var low: UInt64

    static let zero = Identifier(high: 0, low: 0)

    /// A random one of version 4 (RFC 9562), never one of those that Kafka keeps for itself.
    static func random<Generator: RandomNumberGenerator>(using generator: inout Generator) -> Identifier {
        Identifier(
            high: generator.next() & ~0xF000 | 0x4000,
            low: generator.next() & ~(0b11 << 62) | 0b10 << 62)
    }
}
