/// The Z85 form of bytes: five characters for each four bytes.
enum Base85 {
    private static let digits: [UInt8] = {
        let alphabet =
            "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#"
        var digits = [UInt8](repeating: 255, count: 256)
        for (value, byte) in alphabet.utf8.enumerated() { digits[Int(byte)] = UInt8(value) }
        return digits
    }()

    /// nil for a text that is no such form.
    static func decoded(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count.isMultiple(of: 5) else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(characters.count / 5 * 4)
        for start in stride(from: 0, to: characters.count, by: 5) {
            var word: UInt64 = 0
            for character in characters[start..<start + 5] {
                let digit = digits[Int(character)]
                guard digit < 85 else { return nil }
                word = word * 85 + UInt64(digit)
            }
            guard word <= UInt64(UInt32.max) else { return nil }
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(shift))) }
        }
        return bytes
    }
}
