import CGnuTLS
import Glibc

/// A socket behind TLS.
final class TLSChannel: ByteChannel {
    /// How far the handshake is.
    enum Handshake {
        case done
        case wait(SocketEvents)
        case failed
    }

    let descriptor: CInt
    private let credentials: TLSCredentials
    private var session: gnutls_session_t?

    /// - Returns: nil without memory.
    init?(_ descriptor: CInt, _ credentials: TLSCredentials) {
        self.descriptor = descriptor
        self.credentials = credentials
        let flags = UInt32(GNUTLS_SERVER) | GNUTLS_NONBLOCK.rawValue | GNUTLS_NO_SIGNAL.rawValue
        guard gnutls_init(&session, flags) == 0, let session else { return nil }
        guard gnutls_priority_set(session, credentials.priority) == 0,
            gnutls_credentials_set(
                session, GNUTLS_CRD_CERTIFICATE, credentials.certificate.map { UnsafeMutableRawPointer($0) })
                == 0,
            Self.offer(["h2", "http/1.1"], session) == 0
        else {
            gnutls_deinit(session)
            self.session = nil
            return nil
        }
        gnutls_transport_set_int2(session, descriptor, descriptor)
    }

    deinit { if let session { gnutls_deinit(session) } }

    private static func offer(_ names: [String], _ session: gnutls_session_t) -> CInt {
        TLSCredentials.withDatum(names[0]) { first in
            TLSCredentials.withDatum(names[1]) { second in
                // The client's order is left aside.
                gnutls_alpn_set_protocols(
                    session, [first, second], 2, GNUTLS_ALPN_SERVER_PRECEDENCE.rawValue)
            }
        }
    }

    func handshake() -> Handshake {
        while true {
            let code = gnutls_handshake(session)
            if code == 0 { return .done }
            if code == GNUTLS_E_AGAIN || code == GNUTLS_E_INTERRUPTED {
                return .wait(gnutls_record_get_direction(session) == 0 ? .reading : .writing)
            }
            if gnutls_error_is_fatal(code) != 0 { return .failed }
        }
    }

    /// Whether client and server agreed on HTTP/2.
    var isHTTP2: Bool {
        var name = gnutls_datum_t()
        guard gnutls_alpn_get_selected_protocol(session, &name) == 0 else { return false }
        return UnsafeBufferPointer(start: name.data, count: Int(name.size)).elementsEqual("h2".utf8)
    }

    func read(into target: UnsafeMutableRawBufferPointer) -> ChannelOutcome {
        outcome(gnutls_record_recv(session, target.baseAddress, target.count))
    }

    func write(_ bytes: UnsafeRawBufferPointer) -> ChannelOutcome {
        outcome(gnutls_record_send(session, bytes.baseAddress, bytes.count))
    }

    private func outcome(_ count: Int) -> ChannelOutcome {
        if count > 0 { return .bytes(count) }
        // New handshakes on an open connection are nothing that HTTP needs.
        return count == Int(GNUTLS_E_AGAIN) || count == Int(GNUTLS_E_INTERRUPTED) ? .wait : .closed
    }

    func close() {
        gnutls_bye(session, GNUTLS_SHUT_WR)
        Glibc.close(descriptor)
    }
}
