/// The hash functions of FIPS 180-4 that SCRAM is made with, and what is made from them.
enum SHA2: Sendable {
    case sha256
    case sha512

    var digestByteCount: Int { self == .sha256 ? 32 : 64 }
    private var blockByteCount: Int { self == .sha256 ? 64 : 128 }

    func digest(_ message: [UInt8]) -> [UInt8] {
        switch self {
        case .sha256: SHA2.digest256(message)
        case .sha512: SHA2.digest512(message)
        }
    }

    /// RFC 2104.
    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        var block = key.count > blockByteCount ? digest(key) : key
        block += [UInt8](repeating: 0, count: blockByteCount - block.count)
        return digest(block.map { $0 ^ 0x5c } + digest(block.map { $0 ^ 0x36 } + message))
    }

    /// PBKDF2 (RFC 8018) for as many bytes as one digest has: SCRAM's `Hi`.
    func stretch(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        var last = authenticate(salt + [0, 0, 0, 1], key: password)
        var result = last
        for _ in 1..<max(iterations, 1) {
            last = authenticate(last, key: password)
            for index in result.indices { result[index] ^= last[index] }
        }
        return result
    }

    /// The message with its end mark and its length in bits.
    private static func padded(_ message: [UInt8], block: Int, length: Int) -> [UInt8] {
        var padded = message + [0x80]
        while padded.count % block != block - length { padded.append(0) }
        padded += [UInt8](repeating: 0, count: length - 8)
        let bits = UInt64(message.count) &* 8
        for shift in stride(from: UInt64(56), through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
        return padded
    }

    private static func word<Word: FixedWidthInteger>(_ bytes: [UInt8], at place: Int, _: Word.Type) -> Word {
        var word: Word = 0
        for index in place..<place + Word.bitWidth / 8 { word = word << 8 | Word(bytes[index]) }
        return word
    }

    private static func bytes<Word: FixedWidthInteger>(_ words: [Word]) -> [UInt8] {
        words.flatMap { word in
            (0..<Word.bitWidth / 8).map {
                UInt8(truncatingIfNeeded: word >> Word(Word.bitWidth - 8 - $0 * 8))
            }
        }
    }

    private static func rotated<Word: FixedWidthInteger>(_ word: Word, _ count: Int) -> Word {
        word >> Word(count) | word << Word(Word.bitWidth - count)
    }

    private static func digest256(_ message: [UInt8]) -> [UInt8] {
        var state = SHA2Table.start256
        let padded = padded(message, block: 64, length: 8)
        var words = [UInt32](repeating: 0, count: 64)
        for block in stride(from: 0, to: padded.count, by: 64) {
            for index in 0..<16 { words[index] = word(padded, at: block + index * 4, UInt32.self) }
            for index in 16..<64 {
                let (old, new) = (words[index - 15], words[index - 2])
                let first = rotated(old, 7) ^ rotated(old, 18) ^ old >> 3
                let second = rotated(new, 17) ^ rotated(new, 19) ^ new >> 10
                words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
            }
            round(&state, words, SHA2Table.constants256, (6, 11, 25), (2, 13, 22))
        }
        return bytes(state)
    }

    private static func digest512(_ message: [UInt8]) -> [UInt8] {
        var state = SHA2Table.start512
        let padded = padded(message, block: 128, length: 16)
        var words = [UInt64](repeating: 0, count: 80)
        for block in stride(from: 0, to: padded.count, by: 128) {
            for index in 0..<16 { words[index] = word(padded, at: block + index * 8, UInt64.self) }
            for index in 16..<80 {
                let (old, new) = (words[index - 15], words[index - 2])
                let first = rotated(old, 1) ^ rotated(old, 8) ^ old >> 7
                let second = rotated(new, 19) ^ rotated(new, 61) ^ new >> 6
                words[index] = words[index - 16] &+ first &+ words[index - 7] &+ second
            }
            round(&state, words, SHA2Table.constants512, (14, 18, 41), (28, 34, 39))
        }
        return bytes(state)
    }

    private static func round<Word: FixedWidthInteger>(
        _ state: inout [Word], _ words: [Word], _ constants: [Word], _ upper: (Int, Int, Int),
        _ lower: (Int, Int, Int)
    ) {
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in words.indices {
            let mixed = rotated(e, upper.0) ^ rotated(e, upper.1) ^ rotated(e, upper.2)
            let choice = e & f ^ ~e & g
            let first = h &+ mixed &+ choice &+ constants[index] &+ words[index]
            let other = rotated(a, lower.0) ^ rotated(a, lower.1) ^ rotated(a, lower.2)
            let second = other &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] = state[index] &+ value }
    }
}
