import Broker
import Columnar
import Diagnostics
import Storage

/// Records of one partition, from an offset to below another.
struct TopicRange {
    let topic: TopicIdentity
    let partition: Int
    let offsets: Range<Int64>
    /// Of the last record, at the last offset, where the topic's identity does not tell it from another one
    /// of its name.
    var print: Fingerprint?

    /// Names the range among others of its topic.
    struct Place: Hashable {
        let partition: Int
        let offset: Int64
    }

    var place: Place { Place(partition: partition, offset: offsets.lowerBound) }

    /// The last record.
    var mark: RecordMark? { print.map { RecordMark(offset: offsets.upperBound - 1, print: $0) } }

    private static let version: UInt8 = 1
    private static let versionWithPrint: UInt8 = 2

    init(topic: TopicIdentity, partition: Int, offsets: Range<Int64>, print: Fingerprint? = nil) {
        self.topic = topic
        self.partition = partition
        self.offsets = offsets
        self.print = print
    }

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(print == nil ? Self.version : Self.versionWithPrint)
        encoder.add(topic.high)
        encoder.add(topic.low)
        encoder.add(UInt32(partition))
        encoder.add(offsets.lowerBound)
        encoder.add(offsets.upperBound)
        print?.add(to: &encoder)
        return encoder.bytes
    }

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            let version = try decoder.number(UInt8.self)
            guard version == Self.version || version == Self.versionWithPrint else {
                throw BinaryDecoder.Failure()
            }
            topic = TopicIdentity(
                high: try decoder.number(UInt64.self), low: try decoder.number(UInt64.self))
            partition = Int(try decoder.number(UInt32.self))
            let (from, to) = (try decoder.number(Int64.self), try decoder.number(Int64.self))
            if version == Self.versionWithPrint { print = try Fingerprint(from: &decoder) }
            guard decoder.isAtEnd, 0 <= from, from <= to else { throw BinaryDecoder.Failure() }
            offsets = from..<to
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "a logged range of a topic can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
    }
}
