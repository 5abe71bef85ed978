import CLibrdkafka
import Formats
import Glibc
import HTTPClient
import Synchronization

/// Fetches the bearer tokens by which a client says who it is (SASL OAUTHBEARER), by OAuth 2's grant of
/// client credentials (RFC 6749, section 4.4).
///
/// librdkafka has this only where it was built with libcurl, which Debian's was not; so it is done here for
/// all, under the library's names.
final class KafkaTokens: Sendable {
    /// A token and how long it is taken for.
    struct Token: Equatable {
        let text: String
        /// Milliseconds since the epoch.
        let end: Int64
    }

    enum Failure: Error, Equatable {
        /// The endpoint does not answer now.
        case away(String)
        /// It has said no, or nothing usable.
        case refused(String)

        var reason: String {
            switch self {
            case .away(let reason), .refused(let reason): return reason
            }
        }
    }

    private let endpoint: String
    private let client: String
    private let secret: String
    private let scope: String?
    /// Names and values that go along with the token.
    let extensions: [String]
    private let authorities: String?
    private let isEndpointAway = Mutex(false)

    private static let prefix = "sasl.oauthbearer."
    private static let own = [
        prefix + "method", prefix + "client.id", prefix + "client.secret", prefix + "scope",
        prefix + "extensions", prefix + "token.endpoint.url", "https.ca.location",
    ]
    private static let answerMilliseconds = 10_000
    /// Of a token whose issuer does not say for how long it holds.
    private static let standardSeconds: Int64 = 300

    /// Whether a property is for these tokens, and none that the library is told.
    static func owns(_ name: String, in properties: [String: String]) -> Bool {
        properties[prefix + "method"]?.lowercased() == "oidc" && own.contains(name)
    }

    /// nil where tokens do not come this way.
    ///
    /// - Throws: where a property is missing.
    init?(_ properties: [String: String]) throws(KafkaError) {
        guard properties[Self.prefix + "method"]?.lowercased() == "oidc" else { return nil }
        func required(_ name: String) throws(KafkaError) -> String {
            if let value = properties[Self.prefix + name], !value.isEmpty { return value }
            throw .refused(
                .init(
                    .missingProperty,
                    "'kafka.\(Self.prefix)method' is oidc, and 'kafka.\(Self.prefix)\(name)' is missing"))
        }
        endpoint = try required("token.endpoint.url")
        client = try required("client.id")
        secret = try required("client.secret")
        scope = properties[Self.prefix + "scope"]
        authorities = properties["https.ca.location"]
        let pairs = (properties[Self.prefix + "extensions"] ?? "").split(separator: ",")
        extensions = pairs.flatMap { pair -> [String] in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? parts.map { String($0) } : []
        }
    }

    /// Whether the last token did not come because its issuer does not answer.
    var isAway: Bool { isEndpointAway.withLock { $0 } }

    /// Gives the client a token, or says why there is none; the library asks again later.
    func refresh(_ handle: OpaquePointer) {
        do throws(Failure) {
            let token = try fetch()
            isEndpointAway.withLock { $0 = false }
            var text = [CChar](repeating: 0, count: 512)
            var pairs = extensions.map { UnsafePointer(strdup($0)) }
            defer { for pair in pairs { free(UnsafeMutablePointer(mutating: pair)) } }
            let code = rd_kafka_oauthbearer_set_token(
                handle, token.text, token.end, client, &pairs, pairs.count, &text, text.count)
            if code != RD_KAFKA_RESP_ERR_NO_ERROR {
                rd_kafka_oauthbearer_set_token_failure(handle, KafkaHandle.text(text))
            }
        } catch {
            isEndpointAway.withLock { if case .away = error { $0 = true } else { $0 = false } }
            rd_kafka_oauthbearer_set_token_failure(handle, error.reason)
        }
    }

    func fetch() throws(Failure) -> Token {
        var identity = HTTPIdentity()
        identity.user = Self.encoded(client)
        identity.password = Self.encoded(secret)
        identity.authorities = authorities
        var call = HTTPCall(url: endpoint, method: "POST")
        call.contentType = "application/x-www-form-urlencoded"
        call.timeoutMilliseconds = Self.answerMilliseconds
        call.body = "grant_type=client_credentials" + (scope.map { "&scope=" + Self.encoded($0) } ?? "")
        let asked = Self.seconds()
        let status: Int
        let body: [UInt8]
        do throws(HTTPFailure) {
            (status, body) = try HTTPTransfer(identity).answer(to: call)
        } catch {
            throw .away("no token: \(endpoint) does not answer: \(error.reason)")
        }
        let answer = try? JSONValue(parsing: body)
        guard status == 200 else {
            let words = answer?["error_description"]?.string ?? answer?["error"]?.string
            let reason = "no token: \(endpoint) answers \(status)" + (words.map { ": \($0)" } ?? "")
            throw status >= 500 || status == 429 ? .away(reason) : .refused(reason)
        }
        guard let text = answer?["access_token"]?.string, !text.isEmpty else {
            throw .refused("no token: the answer of \(endpoint) has no access_token")
        }
        let seconds = answer?["expires_in"]?.int64 ?? Self.standardSeconds
        return Token(text: text, end: (asked + min(max(1, seconds), 1 << 32)) * 1000)
    }

    private static func seconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec)
    }

    /// As forms have it.
    private static func encoded(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"), UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
