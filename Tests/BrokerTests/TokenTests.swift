import Diagnostics
import Foundation
import Synchronization
import Testing

@testable import Broker

@Suite("Bearer tokens of a broker")
struct TokenTests {
    /// The examples of RFC 7515, appendices A.2 and A.3: the same claims, signed in two ways.
    private static let claims =
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    private static let signedByRSA =
        "eyJhbGciOiJSUzI1NiJ9.\(claims)."
        + "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
        + "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
        + "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
        + "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"
    private static let signedByEC =
        "eyJhbGciOiJFUzI1NiJ9.\(claims)."
        + "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q"
    private static let modulus =
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt"
        + "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX"
        + "ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5"
        + "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"
    private static let rsaKey =
        #"{"kty": "RSA", "kid": "a", "e": "AQAB", "n": ""# + modulus + "\"}"
    private static let ecKey = #"""
        {"kty": "EC", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
         "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}
        """#
    /// Before the examples end.
    private static let then: Int64 = 1_300_819_000_000

    private let path = NSTemporaryDirectory() + "jwks-\(UUID().uuidString)"

    private func write(_ keys: String...) throws {
        try "{\"keys\": [\(keys.joined(separator: ","))]}".write(
            toFile: path, atomically: false, encoding: .utf8)
    }

    private func rules(
        _ change: (inout TokenSettings) -> Void = { _ in },
        report: @escaping @Sendable (Diagnostic) -> Void = { _ in }
    ) throws -> TokenRules {
        var settings = TokenSettings()
        settings.keys = path
        settings.principalClaim = "iss"
        change(&settings)
        return try TokenRules(settings, report: report)
    }

    private func unsigned(_ head: String, _ claims: String, signature: String = "") -> String {
        func part(_ text: String) -> String {
            Base64.encoded(Array(text.utf8)).replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
        return "\(part(head)).\(part(claims)).\(signature)"
    }

    @Test("signatures are judged as RFC 7515 has them")
    func signatures() throws {
        try write(Self.rsaKey, Self.ecKey)
        let rules = try rules()
        for token in [Self.signedByRSA, Self.signedByEC] {
            #expect(rules.judge(token, now: Self.then) == .accepted(user: "joe"))
            // Another letter anywhere makes another token.
            for place in [30, 60, token.utf8.count - 20] {
                var bytes = Array(token.utf8)
                bytes[place] = bytes[place] == UInt8(ascii: "A") ? UInt8(ascii: "B") : UInt8(ascii: "A")
                let broken = String(decoding: bytes, as: UTF8.self)
                if case .accepted = rules.judge(broken, now: Self.then) { Issue.record("taken: \(broken)") }
            }
        }
        // The signature of one kind by the key of the other.
        try write(Self.ecKey)
        let others = try self.rules()
        #expect(
            others.judge(Self.signedByRSA, now: Self.then)
                == .refused("the key that the token is signed with is not known"))
    }

    @Test("times, issuer, audience and user must be what is asked for")
    func claims() throws {
        try write(Self.rsaKey)
        #expect(try rules().judge(Self.signedByRSA, now: 1_300_819_409_000) == .accepted(user: "joe"))
        #expect(try rules().judge(Self.signedByRSA, now: 1_300_819_410_000) == .refused("the token is over"))
        let issuer = try rules { $0.issuer = "jim" }
        #expect(issuer.judge(Self.signedByRSA, now: Self.then) == .refused("the token is of another issuer"))
        let audience = try rules { $0.audience = "kafka" }
        #expect(audience.judge(Self.signedByRSA, now: Self.then) == .refused("the token is for others"))
        let nobody = try rules { $0.principalClaim = "sub" }
        #expect(
            nobody.judge(Self.signedByRSA, now: Self.then)
                == .refused("the token names nobody: it has no sub"))
    }

    @Test("tokens that nobody has signed are taken only where that is said")
    func unsigned() throws {
        try write(Self.rsaKey)
        let strict = try rules()
        let none = unsigned(#"{"alg":"none"}"#, #"{"iss":"eve","exp":9999999999}"#)
        #expect(strict.judge(none, now: Self.then) == .refused("the token is not signed"))
        // The public key taken for a secret, a known trick.
        let secret = unsigned(#"{"alg":"HS256"}"#, #"{"iss":"eve","exp":9999999999}"#, signature: "AAAA")
        #expect(strict.judge(secret, now: Self.then) == .refused("tokens signed with HS256 are not taken"))
        let open = try rules {
            $0.keys = nil
            $0.takesUnsigned = true
            $0.audience = "kafka"
        }
        func judge(_ claims: String, head: String = #"{"alg":"none"}"#) -> TokenRules.Verdict {
            open.judge(unsigned(head, claims), now: 1_000_000)
        }
        #expect(judge(#"{"iss":"eve","exp":2000,"aud":"kafka"}"#) == .accepted(user: "eve"))
        #expect(judge(#"{"iss":"eve","exp":2e3,"aud":["x","kafka"],"nbf":1020}"#) == .accepted(user: "eve"))
        for wrong in [
            #"{"iss":"eve","aud":"kafka"}"#, #"{"iss":"eve","exp":"2000","aud":"kafka"}"#,
            #"{"iss":"eve","exp":2000,"aud":"kafka2"}"#,
            #"{"iss":"eve","exp":2000,"aud":"kafka","nbf":1040}"#,
            #"{"iss":"","exp":2000,"aud":"kafka"}"#, #"{"iss":7,"exp":2000,"aud":"kafka"}"#,
            #"{"iss":"eve","exp":1,"exp":2000,"aud":"kafka"}"#, #"[]"#, "",
        ] {
            if case .accepted = judge(wrong) { Issue.record("taken: \(wrong)") }
        }
        #expect(
            judge(#"{"iss":"eve","exp":2000,"aud":"kafka"}"#, head: #"{"alg":"none","crit":["exp"]}"#)
                == .refused("the token has extensions that are not known here"))
        #expect(
            open.judge(
                unsigned(#"{"alg":"none"}"#, #"{"iss":"e","exp":2000,"aud":"kafka"}"#, signature: "AAAA"),
                now: 1) == .refused("the token is not signed"))
        for text in ["", ".", "..", "a.b.c", "e30.e30.", "e30.e30", "====.e30.", "e30.e30.e30.e30"] {
            if case .accepted = open.judge(text, now: 1) { Issue.record("taken: \(text)") }
        }
    }

    @Test("keys are read again when their file changes, and the former hold on where it is broken")
    func rotation() throws {
        let reports = Mutex(0)
        try write(Self.ecKey)
        let rules = try rules(report: { _ in reports.withLock { $0 += 1 } })
        #expect(rules.judge(Self.signedByRSA, now: Self.then) != .accepted(user: "joe"))
        try write(Self.rsaKey, Self.ecKey)
        #expect(rules.judge(Self.signedByRSA, now: Self.then) == .accepted(user: "joe"))
        try "{".write(toFile: path, atomically: false, encoding: .utf8)
        for _ in 0..<3 {
            #expect(rules.judge(Self.signedByRSA, now: Self.then) == .accepted(user: "joe"))
        }
        #expect(reports.withLock { $0 } == 1)
        for keys in [#"{"kty":"RSA","e":"AQAB","n":"AQAB"}"#, #"{"kty":"oct","k":"AQAB"}"#] {
            try write(keys)
            #expect(throws: Diagnostic.self) { try self.rules() }
        }
        try FileManager.default.removeItem(atPath: path)
        #expect(throws: Diagnostic.self) { try self.rules() }
    }

    @Test("a conversation ends with the user, or with the reason after the client has heard of it")
    func conversation() throws {
        try write(Self.rsaKey)
        let rules = try rules()
        func exchange(now: Int64 = Self.then) -> BearerExchange { BearerExchange(rules, now: now) }
        func message(_ header: String, _ token: String, _ rest: String = "") -> [UInt8] {
            Array("\(header)\u{1}auth=Bearer \(token)\u{1}\(rest)\u{1}".utf8)
        }
        for header in ["n,,", "n,a=joe,"] {
            var exchange = exchange()
            #expect(exchange.take(message(header, Self.signedByRSA)) == .done(user: "joe"))
            #expect(exchange.take(message(header, Self.signedByRSA)) == .refused("the conversation is over"))
        }
        var extended = exchange()
        #expect(
            extended.take(message("n,,", Self.signedByRSA, "shop=a\u{1}b=c=d\u{1}")) == .done(user: "joe"))
        var other = exchange()
        #expect(
            other.take(message("n,a=eve,", Self.signedByRSA)) == .refused("the token is another user's"))
        var late = exchange(now: Self.then * 2)
        #expect(
            late.take(message("n,,", Self.signedByRSA)) == .more(Array(#"{"status":"invalid_token"}"#.utf8)))
        #expect(late.take([1]) == .refused("the token is over"))
        for wrong in [
            "", "n,,", "n,,\u{1}\u{1}", "p=tls,,\u{1}auth=Bearer x\u{1}\u{1}",
            "n,,\u{1}auth=Basic x\u{1}\u{1}",
        ] {
            var exchange = exchange()
            guard case .refused = exchange.take(Array(wrong.utf8)) else {
                Issue.record("taken: \(wrong)")
                continue
            }
        }
    }
}
