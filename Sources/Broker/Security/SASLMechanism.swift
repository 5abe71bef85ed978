/// The ways in which a client can prove who it is.
enum SASLMechanism: String, CaseIterable, Sendable {
    case plain = "PLAIN"
    case scram256 = "SCRAM-SHA-256"
    case scram512 = "SCRAM-SHA-512"
    case bearer = "OAUTHBEARER"
}
