import Broker
import Columnar
import Diagnostics
import Storage

/// How far a topic has been read: the next offset of each partition.
struct TopicPosition {
    let topic: TopicIdentity
    var next: [Int64]
    /// The last record that was read of a partition, where the topic's identity does not tell it from another
    /// one of its name.
    var marks: [Int: RecordMark] = [:]

    private static let version: UInt8 = 1
    private static let versionWithMarks: UInt8 = 2

    init(topic: TopicIdentity, next: [Int64], marks: [Int: RecordMark] = [:]) {
        self.topic = topic
        self.next = next
        self.marks = marks
    }

    var encoded: [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(marks.isEmpty ? Self.version : Self.versionWithMarks)
        encoder.add(topic.high)
        encoder.add(topic.low)
        encoder.add(UInt32(next.count))
        for offset in next { encoder.add(offset) }
        if marks.isEmpty { return encoder.bytes }
        encoder.add(UInt32(marks.count))
        for (partition, mark) in marks.sorted(by: { $0.key < $1.key }) {
            encoder.add(UInt32(partition))
            encoder.add(mark.offset)
            mark.print.add(to: &encoder)
        }
        return encoder.bytes
    }

    init(_ bytes: [UInt8]) throws(Diagnostic) {
        var decoder = BinaryDecoder(bytes)
        do throws(BinaryDecoder.Failure) {
            let version = try decoder.number(UInt8.self)
            guard version == Self.version || version == Self.versionWithMarks else {
                throw BinaryDecoder.Failure()
            }
            topic = TopicIdentity(
                high: try decoder.number(UInt64.self), low: try decoder.number(UInt64.self))
            next = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                try decoder.number(Int64.self)
            }
            if version == Self.versionWithMarks {
                let all = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                    let partition = Int(try decoder.number(UInt32.self))
                    let offset = try decoder.number(Int64.self)
                    return (partition, RecordMark(offset: offset, print: try Fingerprint(from: &decoder)))
                }
                marks = Dictionary(all) { $1 }
            }
            guard decoder.isAtEnd else { throw BinaryDecoder.Failure() }
        } catch {
            throw Diagnostic(
                .incompatibleVersion, "the checkpoint's position in a topic can't be read",
                hint: "it was written by another version: run that one, or start with a new state directory")
        }
    }
}
