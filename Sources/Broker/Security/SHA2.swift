import CTLS

/// The hash functions that SCRAM is made with, by OpenSSL.
///
/// They may be used after `load` has returned no reason against it; else they give nothing that anybody's
/// proof is equal to.
enum SHA2: Sendable {
    case sha256
    case sha512

    /// Why OpenSSL can't be used; nil: it can.
    static func load() -> String? { millrace_tls_load().map { String(cString: $0) } }

    var digestByteCount: Int { self == .sha256 ? 32 : 64 }
    private var bits: CInt { self == .sha256 ? 256 : 512 }

    private func filled(_ body: (UnsafeMutablePointer<UInt8>?) -> CInt) -> [UInt8] {
        var isDone = false
        let bytes = [UInt8](unsafeUninitializedCapacity: digestByteCount) { room, count in
            isDone = body(room.baseAddress) == 1
            count = isDone ? digestByteCount : 0
        }
        return bytes
    }

    func digest(_ message: [UInt8]) -> [UInt8] {
        filled { millrace_tls_digest(bits, message, message.count, $0) }
    }

    /// HMAC (RFC 2104).
    func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        filled { millrace_tls_authenticate(bits, key, key.count, message, message.count, $0) }
    }

    /// PBKDF2 (RFC 8018) for as many bytes as one digest has: SCRAM's `Hi`.
    func stretch(_ password: [UInt8], salt: [UInt8], iterations: Int) -> [UInt8] {
        filled {
            millrace_tls_stretch(
                bits, password, password.count, salt, salt.count, CInt(clamping: iterations), $0)
        }
    }
}
