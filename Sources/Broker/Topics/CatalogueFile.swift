import Storage

/// The catalogue on disk: all topics in one file, written beside and renamed, with a CRC.
struct CatalogueFile {
    /// Directories of topics that are being deleted carry their id, so that the name is free at once.
    var topics: [Topic] = []

    private static let magic: UInt64 = 0x3230_5350_4F54_524D  // "MRTOPS02"

    /// The file of topics, each as `encoded(_:)` has it.
    static func encoded(_ topics: [[UInt8]]) -> [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(CatalogueFile.magic)
        encoder.add(UInt32(topics.count))
        for topic in topics { encoder.add(contentsOf: topic) }
        encoder.add(CRC32C.checksum(encoder.bytes))
        return encoder.bytes
    }

    static func encoded(_ topic: Topic) -> [UInt8] {
        var encoder = BinaryEncoder()
        encoder.add(topic.name)
        encoder.add(topic.identifier.high)
        encoder.add(topic.identifier.low)
        encoder.add(UInt32(topic.partitionCount))
        encoder.add(UInt32(topic.configuration.values.count))
        for (name, value) in topic.configuration.values.sorted(by: { $0.key < $1.key }) {
            encoder.add(name)
            encoder.add(value)
        }
        encoder.add(UInt32(topic.writers.count))
        for (name, identifier) in topic.writers.sorted(by: { $0.value < $1.value }) {
            encoder.add(name)
            encoder.add(identifier)
        }
        return encoder.bytes
    }

    /// nil where the bytes are damaged.
    init?(_ bytes: [UInt8]) {
        guard bytes.count > 4 else { return nil }
        let body = Array(bytes[..<(bytes.count - 4)])
        var end = BinaryDecoder(Array(bytes[(bytes.count - 4)...]))
        guard let sum = try? end.number(UInt32.self), sum == CRC32C.checksum(body) else { return nil }
        var decoder = BinaryDecoder(body)
        do throws(BinaryDecoder.Failure) {
            guard try decoder.number(UInt64.self) == CatalogueFile.magic else { return nil }
            topics = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                let name = try decoder.text()
                let identifier = Identifier(
                    high: try decoder.number(UInt64.self), low: try decoder.number(UInt64.self))
                let count = Int(try decoder.number(UInt32.self))
                let pairs = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                    (try decoder.text(), try decoder.text())
                }
                let values = Dictionary(pairs, uniquingKeysWith: { $1 })
                // Written by a version that knew more: what this one does not know is left out.
                var configuration = TopicConfiguration()
                for (name, value) in values { try? configuration.set(name, value) }
                let writers = try decoder.list { decoder throws(BinaryDecoder.Failure) in
                    (try decoder.text(), try decoder.number(Int64.self))
                }
                return Topic(
                    name: name, identifier: identifier, partitionCount: count, configuration: configuration,
                    writers: Dictionary(writers, uniquingKeysWith: { $1 }))
            }
        } catch {
            return nil
        }
    }
}
