/// SaslHandshake, SaslAuthenticate: on the connection's own thread, as they change its session.
extension RequestRouter {
    func saslHandshake(_ request: SaslHandshakeRequest, _ call: Call) {
        var response = SaslHandshakeResponse()
        response.mechanisms = users.mechanisms.map(\.rawValue)
        guard users.isNeeded, call.connection.session.user == nil else {
            response.errorCode = ErrorCode.illegalSASLState.rawValue
            return call.answer(response)
        }
        // In version 0 what follows has no request around it, which no client of today does.
        guard let mechanism = SASLMechanism(rawValue: request.mechanism), call.version >= 1,
            users.mechanisms.contains(mechanism)
        else {
            response.errorCode = ErrorCode.unsupportedSASLMechanism.rawValue
            return call.answer(response)
        }
        switch mechanism {
        case .plain: call.connection.session.proof = .plain
        case .scram256: call.connection.session.proof = .scram(SCRAMExchange(.sha256, users, nonce: nonce()))
        case .scram512: call.connection.session.proof = .scram(SCRAMExchange(.sha512, users, nonce: nonce()))
        case .bearer:
            guard let tokens = users.tokens else { break }
            call.connection.session.proof = .bearer(BearerExchange(tokens, now: clock()))
        }
        call.answer(response)
    }

    private func nonce() -> String {
        var random = SystemRandomNumberGenerator()
        return (0..<3).map { _ in String(random.next(), radix: 36) }.joined()
    }

    func saslAuthenticate(_ request: SaslAuthenticateRequest, _ call: Call) {
        var response = SaslAuthenticateResponse()
        response.errorMessage = nil
        var reason = "the user or the password is wrong"
        switch call.connection.session.proof {
        case .none:
            response.errorCode = ErrorCode.illegalSASLState.rawValue
            response.errorMessage = "SaslHandshake comes first"
            return call.answer(response)
        case .plain:
            call.connection.session.proof = .none
            call.connection.session.user = users.user(plain: request.authBytes)
        case .scram(var exchange):
            switch exchange.take(request.authBytes) {
            case .more(let challenge):
                call.connection.session.proof = .scram(exchange)
                response.authBytes = challenge
                return call.answer(response)
            case .done(let user, let verifier):
                call.connection.session.user = user
                response.authBytes = verifier
            case .refused: break
            }
            call.connection.session.proof = .none
        case .bearer(var exchange):
            switch exchange.take(request.authBytes) {
            case .more(let answer):
                call.connection.session.proof = .bearer(exchange)
                response.authBytes = answer
                return call.answer(response)
            case .done(let user): call.connection.session.user = user
            case .refused(let why): reason = why
            }
            call.connection.session.proof = .none
        }
        guard call.connection.session.user != nil else {
            response.errorCode = ErrorCode.saslAuthenticationFailed.rawValue
            response.errorMessage = reason
            return call.answerLast(response)
        }
        call.answer(response)
    }
}
