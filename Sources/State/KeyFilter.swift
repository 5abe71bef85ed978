import Columnar
import Glibc

/// Says of a key that it is surely not there, or perhaps: a Bloom filter whose bits for a key share a cache
/// line.
///
/// At 10 bits a key it is wrong about one absent key in seventy.
final class KeyFilter {
    static let bitsPerKey = 10
    private static let lineBytes = 64

    let lines: UnsafeMutableRawPointer
    let byteCount: Int
    private let lineCount: UInt64

    /// An empty filter for up to `count` keys.
    init(count: Int) {
        lineCount = UInt64(max(1, (count * KeyFilter.bitsPerKey + 511) / 512))
        byteCount = Int(lineCount) * KeyFilter.lineBytes
        lines = .allocate(byteCount: byteCount, alignment: KeyFilter.lineBytes)
        memset(lines, 0, byteCount)
    }

    /// A filter whose bytes the caller fills in; `byteCount` is a positive multiple of 64.
    init(byteCount: Int) {
        lineCount = UInt64(byteCount / KeyFilter.lineBytes)
        self.byteCount = byteCount
        lines = .allocate(byteCount: byteCount, alignment: KeyFilter.lineBytes)
    }

    deinit { lines.deallocate() }

    var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: lines, count: byteCount) }

    /// 64 bits that say where a key's bits are; independent of what chooses groups in memory.
    @inline(__always)
    static func hash(_ key: Fingerprint) -> UInt64 {
        Fingerprint.mix(key.low ^ 0x8EBC_6AF0_9C88_C6E3, key.high ^ 0x5899_65CC_7537_4CC3)
    }

    @inline(__always)
    func line(_ hash: UInt64) -> UnsafeMutableRawPointer {
        lines + Int(truncatingIfNeeded: hash.multipliedFullWidth(by: lineCount).high) &* KeyFilter.lineBytes
    }

    /// Six bit numbers of nine bits each.
    @inline(__always)
    private static func bits(_ hash: UInt64) -> UInt64 { hash &* 0xD6E8_FEB8_6659_FD93 }

    func add(_ key: Fingerprint) {
        let hash = KeyFilter.hash(key)
        let line = line(hash)
        var bits = KeyFilter.bits(hash) >> 10
        for _ in 0..<6 {
            let offset = Int(truncatingIfNeeded: bits & 63)
            let byte = line.load(fromByteOffset: offset, as: UInt8.self)
            line.storeBytes(of: byte | 1 &<< UInt8((bits &>> 6) & 7), toByteOffset: offset, as: UInt8.self)
            bits &>>= 9
        }
    }

    @inline(__always)
    func mayContain(_ hash: UInt64) -> Bool {
        let line = line(hash)
        var bits = KeyFilter.bits(hash) >> 10
        for _ in 0..<6 {
            let byte = line.load(fromByteOffset: Int(truncatingIfNeeded: bits & 63), as: UInt8.self)
            if byte & (1 &<< UInt8(truncatingIfNeeded: (bits &>> 6) & 7)) == 0 { return false }
            bits &>>= 9
        }
        return true
    }
}
