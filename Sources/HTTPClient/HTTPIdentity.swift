/// Who asks a server, and whom the client trusts.
public struct HTTPIdentity: Sendable, Equatable {
    /// For HTTP's basic authentication.
    public var user: String?
    public var password: String?
    /// Sent as a bearer token.
    public var token: String?
    /// A file of certificates that are trusted, beside the system's.
    public var authorities: String?
    /// PEM files by which the client shows who it is.
    public var certificate: String?
    public var key: String?
    public var keyPassword: String?

    public init() {}
}
