import Synchronization

/// Who may connect, and what proves it.
final class Users: Sendable {
    private struct Known: Hashable {
        let user: String
        let is512: Bool
    }

    private let passwords: [String: String]
    private let salt: [UInt8]
    /// Made when they are first asked for: it takes a few milliseconds.
    private let credentials = Mutex<[Known: SCRAMCredential]>([:])

    init(_ passwords: [String: String]) {
        self.passwords = passwords
        var random = SystemRandomNumberGenerator()
        salt = (0..<16).map { _ in UInt8.random(in: 0...255, using: &random) }
    }

    /// Whether clients must say who they are.
    var isNeeded: Bool { !passwords.isEmpty }

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
        guard let password = passwords[user] else { return nil }
        let key = Known(user: user, is512: hash == .sha512)
        if let known = credentials.withLock({ $0[key] }) { return known }
        // Each user's own salt, though it is made anew at each start.
        let own = Array(hash.digest(salt + Array(user.utf8)).prefix(16))
        let made = SCRAMCredential(password, salt: own, hash)
        return credentials.withLock {
            let known = $0[key] ?? made
            $0[key] = known
            return known
        }
    }
}
