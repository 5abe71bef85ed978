import Diagnostics
import Formats
import HTTP
import Language

/// `POST /ksql`: any statements but queries, checked all together and then done one after the other.
struct StatementsEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        try context.tally.time(.statement) { () throws(ErrorReply) -> HTTPResponse in
            let body = try RequestBody(request.body)
            if let sequence = body.commandSequence { try require(sequence, context) }
            let script = try RequestScript(body.text, body.session.variables)
            try check(script, body.session, context)
            let entities = try run(script, body.session, context)
            return HTTPResponse(json: JSONValue.array(entities).text, for: request)
        }
    }

    /// Statements are done before they are answered, so one that is not there has not been sent.
    private func require(_ sequence: Int64, _ context: RESTContext) throws(ErrorReply) {
        let last = context.engine.lastSequence
        guard sequence > last else { return }
        throw ErrorReply(
            .commandTimeout,
            "the statement with the sequence number \(sequence) has not come; the last one is \(last)")
    }

    private func check(
        _ script: RequestScript, _ session: Session, _ context: RESTContext
    ) throws(ErrorReply) {
        for statement in script.statements {
            switch statement.kind {
            case .query, .print:
                let diagnostic = StatementRunner.misplaced(statement)
                var reply = ErrorReply(.queryEndpoint, diagnostic.answer)
                reply.statementText = StatementText.shown(statement.text)
                reply.diagnostic = diagnostic
                throw reply
            default: break
            }
        }
        // Push queries are no part of the plan that the engine checks against, and what only asks is refused
        // when it is its turn.
        let pushes = context.engine.pushQueryIDs
        let statements = script.statements.filter { statement in
            switch statement.kind {
            case .explain: return false
            case .queryControl(let control): return control.query.map { !pushes.contains($0.text) } ?? true
            default: return true
            }
        }
        do throws(Diagnostic) {
            try context.engine.check(statements, session)
        } catch {
            throw ErrorReply(error, statementText: script.shown(error))
        }
    }

    private func run(
        _ script: RequestScript, _ session: Session, _ context: RESTContext
    ) throws(ErrorReply) -> [JSONValue] {
        var runner = StatementRunner(context, session)
        var entities: [JSONValue] = []
        for step in script.steps {
            do throws(Diagnostic) {
                if let entity = try runner.run(step) { entities.append(entity) }
            } catch {
                throw ErrorReply(
                    error, statementText: StatementText.shown(step.statement.text), entities: entities)
            }
        }
        return entities
    }
}
