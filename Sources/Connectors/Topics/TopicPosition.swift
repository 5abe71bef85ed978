import Broker
import Diagnostics
import Storage

/// How far a topic has been read: the next offset of each partition.
struct TopicPosition {
    let topic: TopicIdentity
    var next: [Int64]

    private static let version: UInt8 = 1

    init(topic: TopicIdentity, next: [Int64]) {
        self.topic = topic
        self.next = next
    }

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.version)
        encoder.add(topic.high)
        encoder.add(topic.low)
        encoder.add(UInt32(next.count))
        for offset in next { encoder.add(offset) }
        return encoder.bytes
    }

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt8.self) == Self.version else { throw BinaryDecoder.Failure() }
            topic = TopicIdentity(
                high: try decoder.number(UInt64.self), low: try decoder.number(UInt64.self))
            next = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                try decoder.number(Int64.self)
            }
            guard decoder.isAtEnd else { throw BinaryDecoder.Failure() }
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "the checkpoint's position in a topic can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
    }
}
