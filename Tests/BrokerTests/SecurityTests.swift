import Testing

@testable import Broker

@Suite("Users of a broker")
struct SecurityTests {
    private func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }

    @Test("hashes are those of FIPS 180-4")
    func hashes() {
        #expect(
            hexadecimal(SHA2.sha256.digest(Array("abc".utf8)))
                == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        #expect(
            hexadecimal(SHA2.sha512.digest(Array("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
        // Around the lengths at which another block begins.
        for count in [55, 56, 63, 64, 111, 112, 127, 128, 129] {
            #expect(SHA2.sha256.digest([UInt8](repeating: 97, count: count)).count == 32)
            #expect(SHA2.sha512.digest([UInt8](repeating: 97, count: count)).count == 64)
        }
        #expect(
            hexadecimal(SHA2.sha256.digest([UInt8](repeating: 97, count: 64)))
                == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb")
    }

    @Test("base 64 comes back as it went")
    func base64() {
        for count in 0..<9 {
            let bytes = (0..<count).map { UInt8($0 * 37 & 255) }
            #expect(Base64.decoded(Base64.encoded(bytes)[...]) == bytes)
        }
        #expect(Base64.encoded(Array("pencil".utf8)) == "cGVuY2ls")
        #expect(Base64.decoded("a") == nil)
        #expect(Base64.decoded("=abc") == nil)
    }

    /// The conversation of RFC 7677, section 3.
    @Test("SCRAM-SHA-256 proves as the RFC has it")
    func scram() throws {
        let salt = try #require(Base64.decoded("W22ZaJ0SNY7soEsUEjb6gQ=="))
        let credential = SCRAMCredential("pencil", salt: salt, .sha256)
        let first = "n=user,r=rOprNGfwEbeRWgbNEkqO"
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let challenge = "r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"
        let signed = Array("\(first),\(challenge),c=biws,r=\(nonce)".utf8)
        let verifier = SHA2.sha256.authenticate(signed, key: credential.serverKey)
        #expect(Base64.encoded(verifier) == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
        let signature = SHA2.sha256.authenticate(signed, key: credential.storedKey)
        let proof = try #require(Base64.decoded("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ="))
        let key = zip(proof, signature).map { $0 ^ $1 }
        #expect(SHA2.sha256.digest(key) == credential.storedKey)
    }

    @Test("a conversation ends with the user, or with nothing", arguments: [SHA2.sha256, .sha512])
    func conversation(hash: SHA2) throws {
        let users = Users(["user": "pencil"])
        for (user, password, nonces, isRight) in [
            ("user", "pencil", "clientserver", true), ("user", "crayon", "clientserver", false),
            ("nobody", "pencil", "clientserver", false),
            // As older librdkafka has it, and as somebody has it who has not heard the challenge.
            ("user", "pencil", "clientclientserver", true), ("user", "pencil", "client", false),
        ] {
            var exchange = SCRAMExchange(hash, users, nonce: "server")
            guard case .more(let challenge) = exchange.take(Array("n,,n=\(user),r=client".utf8)) else {
                Issue.record("no challenge")
                continue
            }
            let text = String(decoding: challenge, as: UTF8.self)
            let fields = text.split(separator: ",")
            let salt = try #require(Base64.decoded(fields[1].dropFirst(2)))
            let credential = SCRAMCredential(password, salt: salt, hash)
            let bare = "c=\(Base64.encoded(Array("n,,".utf8))),r=\(nonces)"
            let signed = Array("n=\(user),r=client,\(text),\(bare)".utf8)
            let salted = hash.stretch(Array(password.utf8), salt: salt, iterations: 4096)
            let clientKey = hash.authenticate(Array("Client Key".utf8), key: salted)
            let signature = hash.authenticate(signed, key: credential.storedKey)
            let proof = zip(clientKey, signature).map { $0 ^ $1 }
            let step = exchange.take(Array("\(bare),p=\(Base64.encoded(proof))".utf8))
            if isRight {
                let verifier = hash.authenticate(signed, key: credential.serverKey)
                #expect(step == .done(user: "user", Array("v=\(Base64.encoded(verifier))".utf8)))
            } else {
                #expect(step == .refused)
            }
            #expect(exchange.take([]) == .refused)
        }
    }

    private func salt(of name: String, _ users: Users) throws -> String {
        var exchange = SCRAMExchange(.sha256, users, nonce: "server")
        guard case .more(let challenge) = exchange.take(Array("n,,n=\(name),r=client".utf8)) else {
            return ""
        }
        let fields = String(decoding: challenge, as: UTF8.self).split(separator: ",")
        return String(try #require(fields.first { $0.hasPrefix("s=") }))
    }

    @Test("the salt of a name that nobody has can't be told from a user's")
    func salts() throws {
        let (one, other) = (Users(["user": "pencil"]), Users(["user": "pencil"]))
        for name in ["user", "nobody"] {
            #expect(try salt(of: name, one) == salt(of: name, one))
            #expect(try salt(of: name, one) != salt(of: name, other), "nobody can compute it")
        }
    }

    @Test("plain passwords are compared whole")
    func plain() {
        let users = Users(["user": "pencil"])
        #expect(users.user(plain: Array("\0user\0pencil".utf8)) == "user")
        #expect(users.user(plain: Array("\0user\0pencils".utf8)) == nil)
        #expect(users.user(plain: Array("other\0user\0pencil".utf8)) == nil)
        #expect(users.user(plain: Array("user".utf8)) == nil)
    }
}
