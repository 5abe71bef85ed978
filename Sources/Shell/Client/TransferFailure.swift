import Diagnostics

/// Why no answer came, told so that a person knows what to do.
struct TransferFailure {
    /// libcurl's CURLcode.
    let code: Int
    let reason: String
    /// HTTP's status, 0 when not even that came.
    let status: Int

    func diagnostic(for address: ServerAddress, seconds: Int) -> Diagnostic {
        let url = address.url
        switch code {
        case 0:
            return Diagnostic(
                .unavailable, "libcurl can't be loaded: \(reason)",
                hint: "install it: apt install libcurl4")
        case 1, 3:
            return Diagnostic(
                .usage, "\(url) is no address of a server", expected: "http://HOST:PORT or https://HOST:PORT")
        case 5, 6:
            return Diagnostic(
                .unavailable, "the host of \(url) is unknown: \(text)",
                hint: "check the name; --server and MILLRACE_SERVER say where the server is")
        case 7:
            return Diagnostic(
                .unavailable, "nothing listens at \(url)",
                hint: address.isLocal
                    ? "start a server with millrace serve, or name another with --server URL"
                    : "check the address and the port, and that the server runs")
        case 28 where status == 0 && reason.contains("onnect"):
            return Diagnostic(
                .unavailable, "\(url) does not answer",
                hint: "check the address, and that no firewall stands in between")
        case 28:
            return Diagnostic(
                .unavailable, "no answer from \(url) within \(seconds) seconds",
                hint: "the statement may be done all the same: look with SHOW QUERIES or SHOW STREAMS")
        case 35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91: return tls(url)
        case 8:
            return Diagnostic(
                .unavailable, "what listens at \(url) does not speak HTTP",
                hint: "is it the port of a broker? REST is at 8088 by default")
        case 52:
            return Diagnostic(
                .unavailable, "\(url) closed the connection without an answer",
                hint: url.hasPrefix("http:") ? "does it want https:// in its address?" : nil)
        default:
            return Diagnostic(
                .unavailable,
                status == 0 ? "\(url) can't be asked: \(text)" : "the connection to \(url) broke: \(text)",
                hint: "does the server still run?")
        }
    }

    private func tls(_ url: String) -> Diagnostic {
        if code == 35, reason.contains("wrong version number") || reason.contains("packet length") {
            return Diagnostic(
                .unavailable, "\(url) does not speak TLS", hint: "write http:// in its address")
        }
        return Diagnostic(
            .unavailable, "no secure connection to \(url): \(text)",
            hint: code == 60
                ? "SSL_CERT_FILE names a file with the certificate of its authority"
                : "check the address and the server's certificate")
    }

    private var text: String { reason.isEmpty ? "error \(code)" : reason }
}
