import Diagnostics
import Formats

/// Judges bearer tokens: JSON Web Tokens in their compact form (RFC 7515, RFC 7519), signed with RS256 or
/// ES256 by a key that is known, and meant for this broker.
final class TokenRules: Sendable {
    enum Verdict: Equatable, Sendable {
        case accepted(user: String)
        case refused(String)
    }

    private let settings: TokenSettings
    /// nil where no signed token is taken.
    private let keys: TokenKeys?

    /// - Throws: where the file of keys can't be used.
    init(_ settings: TokenSettings, report: @escaping @Sendable (Diagnostic) -> Void) throws(Diagnostic) {
        self.settings = settings
        guard let path = settings.keys else {
            keys = nil
            return
        }
        if let reason = SHA2.load() {
            throw Diagnostic(
                .unavailable, "tokens can't be checked: \(reason)", hint: "install OpenSSL (libssl3)")
        }
        keys = try TokenKeys(path, report: report)
    }

    /// - Parameter now: milliseconds since the epoch.
    func judge(_ token: String, now: Int64) -> Verdict {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64.decoded(url: parts[2])
        else { return .refused("the token is no signed JSON Web Token") }
        if let reason = reasonAgainst(head, signature, Array("\(parts[0]).\(parts[1])".utf8)) {
            return .refused(reason)
        }
        if let reason = reasonAgainst(claims, now: now) { return .refused(reason) }
        guard let user = claims[settings.principalClaim]?.string, !user.isEmpty else {
            return .refused("the token names nobody: it has no \(settings.principalClaim)")
        }
        return .accepted(user: user)
    }

    private static func object(_ part: Substring) -> JSONValue? {
        guard let bytes = Base64.decoded(url: part), let value = try? JSONValue(parsing: bytes),
            let members = value.members
        else { return nil }
        // Who reads the first and who reads the last of two would see different tokens.
        return Set(members.map(\.name)).count == members.count ? value : nil
    }

    private func reasonAgainst(_ head: JSONValue, _ signature: [UInt8], _ signed: [UInt8]) -> String? {
        // What must be understood, and is not.
        if head["crit"] != nil { return "the token has extensions that are not known here" }
        guard let name = head["alg"]?.string else { return "the token does not say how it is signed" }
        if name == "none" {
            return settings.takesUnsigned && signature.isEmpty ? nil : "the token is not signed"
        }
        guard let algorithm = TokenKey.Algorithm(rawValue: name), let keys else {
            return "tokens signed with \(name) are not taken"
        }
        let found = keys.find(algorithm, id: head["kid"]?.string)
        if found.isEmpty { return "the key that the token is signed with is not known" }
        return found.contains { $0.verifies(signature, of: signed) } ? nil : "the token's signature is wrong"
    }

    private func reasonAgainst(_ claims: JSONValue, now: Int64) -> String? {
        let skew = Double(settings.skewSeconds)
        let seconds = Double(now) / 1000
        guard let end = claims["exp"]?.double else { return "the token does not say when it ends" }
        if seconds >= end + skew { return "the token is over" }
        for name in ["nbf", "iat"] {
            guard let claim = claims[name] else { continue }
            guard let start = claim.double else { return "the token's \(name) is no time" }
            if seconds < start - skew { return "the token does not hold yet" }
        }
        if let issuer = settings.issuer, claims["iss"]?.string != issuer {
            return "the token is of another issuer"
        }
        if let audience = settings.audience {
            let all = claims["aud"]?.array ?? claims["aud"].map { [$0] } ?? []
            if !all.contains(where: { $0.string == audience }) { return "the token is for others" }
        }
        return nil
    }
}
