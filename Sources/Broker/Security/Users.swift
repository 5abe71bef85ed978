import Synchronization

/// Who may connect, and what proves it.
final class Users: Sendable {
    private let passwords: [String: String]
    /// nil where no tokens are taken.
    let tokens: TokenRules?
    private let salt: [UInt8]
    /// By user; all of a hash function are made when one is first asked for. It takes a few milliseconds
    /// each, and the time of a single one would tell that there is such a user.
    private let credentials = Mutex<[SHA2: [String: SCRAMCredential]]>([:])

    init(_ passwords: [String: String], tokens: TokenRules? = nil) {
        self.passwords = passwords
        self.tokens = tokens
        var random = SystemRandomNumberGenerator()
        salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Whether clients must say who they are.
    var isNeeded: Bool { !mechanisms.isEmpty }

    /// The ways in which they can.
    var mechanisms: [SASLMechanism] {
        (passwords.isEmpty ? [] : [.plain, .scram256, .scram512]) + (tokens == nil ? [] : [.bearer])
    }

    /// SASL PLAIN (RFC 4616): `authorised NUL user NUL password`; nil where it is wrong.
    func user(plain message: [UInt8]) -> String? {
        let parts = message.split(separator: 0, omittingEmptySubsequences: false).map(Array.init)
        guard parts.count == 3 else { return nil }
        let user = String(decoding: parts[1], as: UTF8.self)
        // A user acts for nobody else.
        guard parts[0].isEmpty || parts[0] == parts[1], let password = passwords[user] else { return nil }
        return SCRAMExchange.isEqual(Array(password.utf8), parts[2]) ? user : nil
    }

    func credential(of user: String, _ hash: SHA2) -> SCRAMCredential? {
        credentials.withLock {
            if $0[hash] == nil {
                $0[hash] = Dictionary(
                    uniqueKeysWithValues: passwords.map {
                        ($0.key, SCRAMCredential($0.value, salt: salt(of: $0.key, hash), hash))
                    })
            }
            return $0[hash]?[user]
        }
    }

    /// A name's own salt, made anew at each start; names that nobody has get theirs in the same way.
    func salt(of name: String, _ hash: SHA2) -> [UInt8] {
        Array(hash.digest(salt + Array(name.utf8)).prefix(16))
    }
}
