/// Files in PEM form that a server speaks TLS with.
public struct TLSFiles: Hashable, Sendable {
    /// The server's certificate, with those that vouch for it behind it.
    public var certificate: String
    public var key: String
    /// Those who sign clients' certificates, which clients must then have; nil asks for none.
    public var clientAuthorities: String?

    public init(certificate: String, key: String, clientAuthorities: String? = nil) {
        self.certificate = certificate
        self.key = key
        self.clientAuthorities = clientAuthorities
    }
}
