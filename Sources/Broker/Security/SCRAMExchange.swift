/// The server's side of one SCRAM conversation (RFC 5802, RFC 7677): two messages come, two go.
struct SCRAMExchange: Sendable {
    enum Step: Equatable, Sendable {
        case more([UInt8])
        case done(user: String, [UInt8])
        case refused
    }

    private enum State: Sendable {
        case start
        case challenged(
            user: String, credential: SCRAMCredential?, nonce: String, transcript: String, header: String)
        case ended
    }

    private let hash: SHA2
    private let users: Users
    private let serverNonce: String
    private var state = State.start

    /// - Parameter nonce: printable, different for each conversation.
    init(_ hash: SHA2, _ users: Users, nonce: String) {
        self.hash = hash
        self.users = users
        serverNonce = nonce
    }

    mutating func take(_ message: [UInt8]) -> Step {
        guard let text = String(validating: message, as: UTF8.self) else { return refuse() }
        switch state {
        case .start: return begin(text)
        case .challenged(let user, let credential, let nonce, let transcript, let header):
            return finish(text, user, credential, nonce, transcript, header)
        case .ended: return .refused
        }
    }

    private mutating func refuse() -> Step {
        state = .ended
        return .refused
    }

    /// `n,,n=user,r=nonce`
    private mutating func begin(_ text: String) -> Step {
        let parts = text.split(separator: ",", maxSplits: 2, omittingEmptySubsequences: false)
        // No channel binding: what is bound to the channel, TLS does.
        guard parts.count == 3, parts[0] == "n" || parts[0] == "y" else { return refuse() }
        let bare = parts[2]
        let fields = Self.fields(bare)
        guard fields["m"] == nil, let name = fields["n"], let nonce = fields["r"], !nonce.isEmpty else {
            return refuse()
        }
        let user = Self.unescaped(name)
        let credential = users.credential(of: user, hash)
        // A stranger is told no other than a user: what he may not know is whether the name is there.
        let salt = users.salt(of: user, hash)
        let both = nonce + serverNonce
        let challenge =
            "r=\(both),s=\(Base64.encoded(salt)),i=\(credential?.iterations ?? SCRAMCredential.iterations)"
        state = .challenged(
            user: user, credential: credential, nonce: both, transcript: "\(bare),\(challenge)",
            header: "\(parts[0]),\(parts[1]),")
        return .more(Array(challenge.utf8))
    }

    /// `c=header,r=nonces,p=proof`
    private mutating func finish(
        _ text: String, _ user: String, _ credential: SCRAMCredential?, _ nonce: String, _ transcript: String,
        _ header: String
    ) -> Step {
        state = .ended
        guard let mark = text.firstRange(of: ",p=") else { return .refused }
        let fields = Self.fields(text[...])
        // librdkafka before 2.6.1 puts its own part in front once more; the rest is this conversation's.
        guard let credential, fields["r"]?.hasSuffix(nonce) == true, let bound = fields["c"],
            Base64.decoded(bound[...]) == Array(header.utf8), let proofText = fields["p"],
            let proof = Base64.decoded(proofText[...]), proof.count == hash.digestByteCount
        else { return .refused }
        let signed = Array("\(transcript),\(text[..<mark.lowerBound])".utf8)
        let signature = hash.authenticate(signed, key: credential.storedKey)
        let key = zip(proof, signature).map { $0 ^ $1 }
        guard Self.isEqual(hash.digest(key), credential.storedKey) else { return .refused }
        let verifier = hash.authenticate(signed, key: credential.serverKey)
        return .done(user: user, Array("v=\(Base64.encoded(verifier))".utf8))
    }

    private static func fields(_ text: Substring) -> [String: String] {
        var fields: [String: String] = [:]
        for part in text.split(separator: ",") {
            guard let sign = part.firstIndex(of: "=") else { continue }
            let name = String(part[..<sign])
            if fields[name] == nil { fields[name] = String(part[part.index(after: sign)...]) }
        }
        return fields
    }

    /// `=2C` is a comma and `=3D` an equals sign.
    private static func unescaped(_ name: String) -> String {
        name.replacing("=2C", with: ",").replacing("=3D", with: "=")
    }

    /// In a time that does not tell where they differ.
    static func isEqual(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        guard left.count == right.count, !left.isEmpty else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }
}
