/// Which bearer tokens a broker takes: JSON Web Tokens (RFC 7519) that somebody else has made.
public struct TokenSettings: Hashable, Sendable {
    /// A file with the public keys of who signs them (a JWK set, RFC 7517), read again when it changes; nil:
    /// no signed token is taken.
    public var keys: String?
    /// Takes tokens without a signature, which anybody can write: for trying things out.
    public var takesUnsigned = false
    /// What `iss` must be; nil is anything.
    public var issuer: String?
    /// What must be in `aud`; nil is anything.
    public var audience: String?
    /// The claim that has the user's name.
    public var principalClaim = "sub"
    /// How far the clocks of two machines may be apart.
    public var skewSeconds: Int64 = 30

    public init() {}
}
