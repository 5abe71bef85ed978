import Broker
import Diagnostics
import Storage

/// Records of one partition, from an offset to below another.
struct TopicRange {
    let topic: TopicIdentity
    let partition: Int
    let offsets: Range<Int64>

    /// Names the range among others of its topic.
    struct Place: Hashable {
        let partition: Int
        let offset: Int64
    }

    var place: Place { Place(partition: partition, offset: offsets.lowerBound) }

    private static let version: UInt8 = 1

    init(topic: TopicIdentity, partition: Int, offsets: Range<Int64>) {
        self.topic = topic
        self.partition = partition
        self.offsets = offsets
    }

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(Self.version)
        encoder.add(topic.high)
        encoder.add(topic.low)
        encoder.add(UInt32(partition))
        encoder.add(offsets.lowerBound)
        encoder.add(offsets.upperBound)
        return encoder.bytes
    }

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt8.self) == Self.version else { throw BinaryDecoder.Failure() }
            topic = TopicIdentity(
                high: try decoder.number(UInt64.self), low: try decoder.number(UInt64.self))
            partition = Int(try decoder.number(UInt32.self))
            let (from, to) = (try decoder.number(Int64.self), try decoder.number(Int64.self))
            guard decoder.isAtEnd, 0 <= from, from <= to else { throw BinaryDecoder.Failure() }
            offsets = from..<to
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "a logged range of a topic can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
    }
}
