import Diagnostics
import Formats
import Glibc
import HTTPClient
import Synchronization

/// Asks a registry over HTTP, again and again where it does not answer.
final class RegistryRequests: Sendable {
    /// What the registry says.
    enum Answer {
        case value(JSONValue)
        /// With Confluent's number, such as 40403, and what it says.
        case refused(status: Int, code: Int, message: String)
    }

    /// Connections that wait for work; each is at work for one thread at a time.
    private final class Idle: @unchecked Sendable {
        var transfers: [HTTPTransfer] = []
    }

    private struct Outage {
        var until: Int64 = 0
        var reason: Diagnostic?
    }

    let connection: RegistryConnection
    private let idle = Mutex(Idle())
    private let outage = Mutex(Outage())
    private static let mediaType = "application/vnd.schemaregistry.v1+json"
    private static let firstPauseMilliseconds = 100
    private static let longestPauseMilliseconds = 5000
    /// After a registry was asked in vain it is not asked again for so long.
    private static let restMilliseconds: Int64 = 1000

    init(_ connection: RegistryConnection) { self.connection = connection }

    /// - Throws: when no answer came in all the time that there is.
    func ask(
        _ path: String, method: String? = nil, body: JSONValue? = nil
    ) throws(Diagnostic) -> Answer {
        if let resting = outage.withLock({ $0.until > Self.now ? $0.reason : nil }) { throw resting }
        let end = Self.now + Int64(connection.patienceMilliseconds)
        var pause = Self.firstPauseMilliseconds
        while true {
            var failure: Diagnostic?
            for url in connection.urls {
                do throws(Diagnostic) {
                    return try once(url, path, method, body)
                } catch {
                    guard error.code == .unavailable else { throw error }
                    failure = error
                }
            }
            guard Self.now + Int64(pause) < end else {
                let reason = failure ?? Diagnostic(.unavailable, "no schema registry answers")
                outage.withLock { $0 = Outage(until: Self.now + Self.restMilliseconds, reason: reason) }
                throw reason
            }
            usleep(UInt32(pause) * 1000)
            pause = min(pause * 2, Self.longestPauseMilliseconds)
        }
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    private func once(
        _ url: String, _ path: String, _ method: String?, _ body: JSONValue?
    ) throws(Diagnostic) -> Answer {
        var call = HTTPCall(url: url + path, method: method, body: body?.text)
        call.contentType = Self.mediaType
        call.accept = "\(Self.mediaType), application/vnd.schemaregistry+json, application/json"
        call.timeoutMilliseconds = connection.timeoutMilliseconds
        let transfer = idle.withLock { $0.transfers.popLast() } ?? HTTPTransfer(connection.identity)
        let answer: (status: Int, body: [UInt8])
        do throws(HTTPFailure) {
            answer = try transfer.answer(to: call)
        } catch {
            throw Self.diagnostic(error, url)
        }
        keep(transfer)
        let json = try? JSONValue(parsing: answer.body)
        if (200..<300).contains(answer.status), let json { return .value(json) }
        let message = json?["message"]?.string ?? ""
        switch answer.status {
        case 401, 403:
            throw Diagnostic(
                .permission, "the schema registry \(url) does not let \(who) in: HTTP \(answer.status)",
                hint: "set schema.registry.basic.auth.user.info to USER:PASSWORD")
        case 429, 500...:
            throw Diagnostic(
                .unavailable, "the schema registry \(url) answers HTTP \(answer.status): \(message)")
        default:
            guard let code = json?["error_code"]?.int else {
                throw Diagnostic(
                    .config, "\(url) is no schema registry: it answers HTTP \(answer.status)",
                    hint: "correct schema.registry.url; the usual port is 8081")
            }
            return .refused(status: answer.status, code: code, message: message)
        }
    }

    private var who: String {
        connection.identity.user ?? (connection.identity.token == nil ? "you" : "the token")
    }

    private func keep(_ transfer: sending HTTPTransfer) {
        let box = Idle()
        box.transfers = [transfer]
        idle.withLock { idle in if idle.transfers.count < 4 { idle.transfers += box.transfers } }
    }

    private static func diagnostic(_ failure: HTTPFailure, _ url: String) -> Diagnostic {
        switch failure.code {
        case 0:
            return Diagnostic(
                .config, "libcurl can't be loaded: \(failure.reason)",
                hint: "install it: apt install libcurl4")
        case 1, 3:
            return Diagnostic(.config, "\(url) is no address of a schema registry")
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91:
            return Diagnostic(
                .config, "no secure connection to the schema registry \(url): \(failure.reason)",
                hint: failure.code == 60
                    ? "schema.registry.ssl.ca.location names a file with the certificate of its authority"
                    : "check the address and the certificates")
        case 28:
            return Diagnostic(.unavailable, "the schema registry \(url) does not answer in time")
        default:
            return Diagnostic(
                .unavailable, "the schema registry \(url) can't be asked: \(failure.reason)",
                hint: "check schema.registry.url, and that the registry runs")
        }
    }
}
