/// What the broker knows of the client at the other end.
struct ConnectionSession {
    enum Proof {
        case none
        case plain
        case scram(SCRAMExchange)
        case bearer(BearerExchange)
    }

    /// Whom it has proved to be; nil before that, and where nobody has to.
    var user: String?
    /// What it is about to prove itself by.
    var proof = Proof.none
}
