// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// Request 17 of the Kafka protocol.
struct SaslHandshakeRequest: Message {
    static let apiKey: Int16 = 17
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = .max

    var mechanism: String = ""

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        mechanism = try reader.string(isFlexible)
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.string(mechanism, isFlexible)
    }
}
