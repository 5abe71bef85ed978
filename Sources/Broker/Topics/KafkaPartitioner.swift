/// Where Kafka's clients put a record with a key: murmur2 of the key's bytes, without the sign bit, modulo
/// the number of partitions.
public enum KafkaPartitioner {
    public static func partition(of key: UnsafeRawBufferPointer, among count: Int) -> Int {
        Int(murmur2(key) & 0x7FFF_FFFF) % count
    }

    public static func partition(of key: [UInt8], among count: Int) -> Int {
        key.withUnsafeBytes { partition(of: $0, among: count) }
    }

    /// MurmurHash2 by Austin Appleby, with the seed of Kafka's Java client.
    static func murmur2(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        let factor: UInt32 = 0x5BD1_E995
        var hash: UInt32 = 0x9747_B28C ^ UInt32(truncatingIfNeeded: bytes.count)
        let words = bytes.count / 4
        for word in 0..<words {
            var part = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: word &* 4, as: UInt32.self))
            part = part &* factor
            part ^= part >> 24
            hash = hash &* factor ^ (part &* factor)
        }
        let tail = words * 4
        switch bytes.count - tail {
        case 3:
            hash ^= UInt32(bytes[tail + 2]) << 16
            fallthrough
        case 2:
            hash ^= UInt32(bytes[tail + 1]) << 8
            fallthrough
        case 1: hash = (hash ^ UInt32(bytes[tail])) &* factor
        default: break
        }
        hash = (hash ^ (hash >> 13)) &* factor
        return hash ^ (hash >> 15)
    }
}
