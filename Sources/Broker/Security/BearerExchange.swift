import Formats

/// The server's side of one OAUTHBEARER conversation (RFC 7628, KIP-255): a token comes; where it is refused
/// the client is told why, says that it has heard it, and fails.
struct BearerExchange: Sendable {
    enum Step: Equatable, Sendable {
        case more([UInt8])
        case done(user: String)
        case refused(String)
    }

    private let rules: TokenRules
    private let now: Int64
    /// Why the token was refused.
    private var reason: String?
    private var isEnded = false

    /// - Parameter now: milliseconds since the epoch.
    init(_ rules: TokenRules, now: Int64) {
        self.rules = rules
        self.now = now
    }

    private static let separator: UInt8 = 1

    mutating func take(_ message: [UInt8]) -> Step {
        if let reason {
            self.reason = nil
            isEnded = true
            return .refused(reason)
        }
        guard !isEnded else { return .refused("the conversation is over") }
        guard let (token, acting) = Self.token(in: message) else {
            isEnded = true
            return .refused("this is no message of OAUTHBEARER")
        }
        switch rules.judge(token, now: now) {
        case .accepted(let user):
            isEnded = true
            // A user acts for nobody else.
            guard acting.isEmpty || acting == user else { return .refused("the token is another user's") }
            return .done(user: user)
        case .refused(let why):
            reason = why
            return .more(Array(JSONValue.object([.init("status", "invalid_token")]).text.utf8))
        }
    }

    /// `n,a=user,` ^A `auth=Bearer TOKEN` ^A extensions, each with ^A behind, ^A
    private static func token(in message: [UInt8]) -> (token: String, acting: String)? {
        guard let text = String(validating: message, as: UTF8.self), message.last == separator else {
            return nil
        }
        let parts = text.utf8.split(separator: separator, omittingEmptySubsequences: false)
        // Behind the last extension are two separators.
        guard parts.count >= 4, parts[parts.count - 1].isEmpty, parts[parts.count - 2].isEmpty else {
            return nil
        }
        let header = String(parts[0]) ?? ""
        guard header.hasPrefix("n,") || header.hasPrefix("y,"), header.hasSuffix(",") else { return nil }
        let middle = header.dropFirst(2).dropLast()
        guard middle.isEmpty || middle.hasPrefix("a=") else { return nil }
        let acting = middle.dropFirst(2).replacing("=2C", with: ",").replacing("=3D", with: "=")
        var token: String?
        for part in parts[1..<(parts.count - 2)] {
            guard let entry = String(part), let sign = entry.firstIndex(of: "=") else { return nil }
            guard entry[..<sign] == "auth" else { continue }
            let value = entry[entry.index(after: sign)...]
            let words = value.split(separator: " ", maxSplits: 1)
            guard words.count == 2, words[0].lowercased() == "bearer", token == nil else { return nil }
            token = String(words[1])
        }
        return token.map { ($0, String(acting)) }
    }
}
