import Columnar

/// The bytes of a text, for what reads bytes.
enum TextBytes {
    static func read<Result>(_ text: String, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// A number that tells texts apart, the same on every machine.
    static func fingerprint(_ text: String) -> UInt64 {
        read(text) { bytes in
            guard let base = bytes.baseAddress else { return 0 }
            return Fingerprint.of(base, bytes.count, seed: Fingerprint(low: 1, high: 2)).low
        }
    }
}
