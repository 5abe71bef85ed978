/// The few of ASN.1's encodings (X.690) that public keys and signatures are made of.
enum DER {
    static let null: [UInt8] = [5, 0]
    /// 1.2.840.113549.1.1.1
    static let rsaEncryption: [UInt8] = [6, 9, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 1, 1, 1]
    /// 1.2.840.10045.2.1
    static let ecPublicKey: [UInt8] = [6, 7, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 2, 1]
    /// 1.2.840.10045.3.1.7
    static let p256: [UInt8] = [6, 8, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 3, 1, 7]

    static func sequence(_ parts: [UInt8]...) -> [UInt8] { tagged(0x30, parts.flatMap { $0 }) }

    /// All bits of these bytes.
    static func bits(_ bytes: [UInt8]) -> [UInt8] { tagged(3, [0] + bytes) }

    /// A number that is not negative, the highest byte first.
    static func unsigned(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array(bytes.drop { $0 == 0 })
        // The first bit is the sign.
        return tagged(2, (digits.first ?? 0x80) & 0x80 == 0 ? digits : [0] + digits)
    }

    private static func tagged(_ tag: UInt8, _ content: [UInt8]) -> [UInt8] {
        var length: [UInt8] = []
        var rest = content.count
        while rest > 0 {
            length.insert(UInt8(rest & 255), at: 0)
            rest >>= 8
        }
        if content.count < 0x80 { return [tag, UInt8(content.count)] + content }
        return [tag, 0x80 | UInt8(length.count)] + length + content
    }
}
