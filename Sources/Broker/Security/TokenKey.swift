import CTLS
import Formats

/// A public key that tokens are signed with.
struct TokenKey: Equatable, Sendable {
    /// As tokens name it (RFC 7518).
    enum Algorithm: String, Sendable {
        /// RSASSA-PKCS1-v1_5 with SHA-256.
        case rs256 = "RS256"
        /// ECDSA with P-256 and SHA-256.
        case es256 = "ES256"
    }

    let id: String?
    let algorithm: Algorithm
    /// SubjectPublicKeyInfo (RFC 5280), in DER.
    private let encoded: [UInt8]

    private static let leastModulusBits = 2048
    private static let coordinateByteCount = 32

    /// A key of a JWK set; nil where it is of another kind, or for something else.
    init?(_ key: JSONValue) {
        id = key["kid"]?.string
        if let use = key["use"]?.string, use != "sig" { return nil }
        func number(_ name: String) -> [UInt8]? {
            key[name]?.string.flatMap { Base64.decoded(url: $0[...]) }
        }
        switch key["kty"]?.string {
        case "RSA":
            guard let modulus = number("n"), let exponent = number("e"), !exponent.isEmpty,
                modulus.drop(while: { $0 == 0 }).count * 8 >= Self.leastModulusBits
            else { return nil }
            algorithm = .rs256
            encoded = DER.sequence(
                DER.sequence(DER.rsaEncryption, DER.null),
                DER.bits(DER.sequence(DER.unsigned(modulus), DER.unsigned(exponent))))
        case "EC":
            guard key["crv"]?.string == "P-256", let x = number("x"), let y = number("y"),
                x.count == Self.coordinateByteCount, y.count == Self.coordinateByteCount
            else { return nil }
            algorithm = .es256
            encoded = DER.sequence(DER.sequence(DER.ecPublicKey, DER.p256), DER.bits([4] + x + y))
        default: return nil
        }
        if let named = key["alg"]?.string, named != algorithm.rawValue { return nil }
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        var signature = signature
        if algorithm == .es256 {
            // Both numbers, one behind the other (RFC 7518, section 3.4).
            guard signature.count == 2 * Self.coordinateByteCount else { return false }
            signature = DER.sequence(
                DER.unsigned(Array(signature.prefix(Self.coordinateByteCount))),
                DER.unsigned(Array(signature.suffix(Self.coordinateByteCount))))
        }
        return millrace_tls_verify(
            encoded, encoded.count, message, message.count, signature, signature.count) == 1
    }
}
