import CTLS
import Diagnostics

/// The certificate of a server, and whose clients it lets in.
final class TLSServer: @unchecked Sendable {
    private let server: OpaquePointer

    init(_ files: TLSFiles) throws(Diagnostic) {
        var failure = [CChar](repeating: 0, count: 256)
        guard let made = TLSServer.make(files, &failure) else {
            let reason = String(
                decoding: failure.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            throw Diagnostic(
                .config, "TLS can't be used: \(reason)",
                expected: "a certificate and its key in PEM form",
                hint: "check the files and their permissions")
        }
        server = made
    }

    private static func make(_ files: TLSFiles, _ failure: inout [CChar]) -> OpaquePointer? {
        guard let authorities = files.clientAuthorities else {
            return millrace_tls_server_make(files.certificate, files.key, nil, &failure)
        }
        return millrace_tls_server_make(files.certificate, files.key, authorities, &failure)
    }

    func accept(_ descriptor: CInt) -> OpaquePointer? { millrace_tls_accept(server, descriptor) }

    deinit { millrace_tls_server_free(server) }
}
