/// What proves a user by SCRAM (RFC 5802), made from the password, which it does not tell.
struct SCRAMCredential: Sendable, Equatable {
    static let iterations = 4096

    let salt: [UInt8]
    let iterations: Int
    let storedKey: [UInt8]
    let serverKey: [UInt8]

    init(_ password: String, salt: [UInt8], iterations: Int = SCRAMCredential.iterations, _ hash: SHA2) {
        self.salt = salt
        self.iterations = iterations
        let salted = hash.stretch(Array(password.utf8), salt: salt, iterations: iterations)
        storedKey = hash.digest(hash.authenticate(Array("Client Key".utf8), key: salted))
        serverKey = hash.authenticate(Array("Server Key".utf8), key: salted)
    }
}
