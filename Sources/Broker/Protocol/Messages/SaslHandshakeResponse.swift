// Made by scripts/kafka-messages from Kafka's message descriptions: change that, not this.

/// The answer to request 17.
struct SaslHandshakeResponse: Message {
    static let apiKey: Int16 = 17
    static let validVersions: ClosedRange<Int16> = 0...1
    static let firstFlexibleVersion: Int16 = .max

    var errorCode: Int16 = 0
    var mechanisms: [String] = []

    init() {}

    init(from reader: inout MessageReader, version: Int16) throws(MessageError) {
        let isFlexible = false
        errorCode = try reader.number(Int16.self)
        mechanisms = try reader.array(isFlexible) { element throws(MessageError) in
            try element.string(isFlexible)
        }
    }

    func write(to writer: inout MessageWriter, version: Int16) {
        let isFlexible = false
        writer.number(errorCode)
        writer.array(mechanisms, isFlexible) { $0.string($1, isFlexible) }
    }
}
