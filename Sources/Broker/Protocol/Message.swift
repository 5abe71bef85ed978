/// A request, a response or a header of the Kafka protocol, made from its published description.
protocol Message: Equatable, Sendable {
    /// Of requests and responses; -1 for others.
    static var apiKey: Int16 { get }
    /// Versions that Kafka 4 speaks; older ones can be read and written as far as the description has them.
    static var validVersions: ClosedRange<Int16> { get }
    /// From here on lengths are compact and fields may be tagged (KIP-482); `Int16.max` if never.
    static var firstFlexibleVersion: Int16 { get }

    init()
    /// Reads; what follows is left.
    init(from reader: inout MessageReader, version: Int16) throws(MessageError)
    func write(to writer: inout MessageWriter, version: Int16)
}

extension Message {
    /// Reads a message that takes up all the bytes.
    init(
        _ bytes: [UInt8], version: Int16, elementLimit: Int = MessageReader.elementLimit
    ) throws(MessageError) {
        var result: Result<Self, MessageError> = .failure(.incomplete)
        bytes.withUnsafeBytes { bytes in
            do throws(MessageError) {
                var reader = MessageReader(bytes, elementLimit: elementLimit)
                let message = try Self(from: &reader, version: version)
                guard reader.remaining == 0 else {
                    throw .malformed("\(reader.remaining) bytes behind the message")
                }
                result = .success(message)
            } catch {
                result = .failure(error)
            }
        }
        self = try result.get()
    }

    func encoded(version: Int16) -> [UInt8] {
        var writer = MessageWriter()
        write(to: &writer, version: version)
        return writer.bytes
    }
}

/// A tagged field that this program does not know: kept, and written again.
struct UnknownTag: Equatable, Sendable {
    let tag: UInt32
    let bytes: [UInt8]
}
