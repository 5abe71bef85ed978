import CGnuTLS
import Diagnostics

/// A certificate with its key, and which versions of TLS and which protocols behind it are offered.
final class TLSCredentials: @unchecked Sendable {
    /// What HTTP/2 wants, and what is not given up by now.
    private static let priorities = "NORMAL:-VERS-TLS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

    private(set) var certificate: gnutls_certificate_credentials_t?
    private(set) var priority: gnutls_priority_t?

    init(_ texts: HTTPConfiguration.TLS) throws(Diagnostic) {
        var code = gnutls_certificate_allocate_credentials(&certificate)
        if code == 0 {
            code = Self.withDatum(texts.certificate) { chain in
                Self.withDatum(texts.key) { key in
                    gnutls_certificate_set_x509_key_mem(certificate, &chain, &key, GNUTLS_X509_FMT_PEM)
                }
            }
        }
        if code >= 0 { code = gnutls_priority_init(&priority, Self.priorities, nil) }
        guard code >= 0 else {
            throw Diagnostic(
                .io, "the HTTP server can't use its certificate: \(String(cString: gnutls_strerror(code)))",
                hint: "check that certificate and key are PEM texts that belong together")
        }
    }

    deinit {
        gnutls_certificate_free_credentials(certificate)
        gnutls_priority_deinit(priority)
    }

    static func withDatum<Result>(_ text: String, _ body: (inout gnutls_datum_t) -> Result) -> Result {
        var bytes = Array(text.utf8)
        return bytes.withUnsafeMutableBufferPointer { bytes in
            var datum = gnutls_datum_t(data: bytes.baseAddress, size: UInt32(clamping: bytes.count))
            return body(&datum)
        }
    }
}
