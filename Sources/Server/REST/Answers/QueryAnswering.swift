import Diagnostics
import HTTP
import Language
import Planning

/// Answers the only query of a request.
struct QueryAnswering {
    private let context: RESTContext

    init(_ context: RESTContext) { self.context = context }

    func answer(_ body: RequestBody, _ form: AnswerForm) throws(ErrorReply) -> HTTPResponse {
        let script = try RequestScript(body.text, body.session.variables)
        // SET before the query acts on it, as in /ksql.
        var session = body.session
        var queries: [RequestScript.Step] = []
        for step in script.steps {
            switch step.statement.kind {
            case .set(let setting): session.properties[setting.name] = setting.value
            case .unset(let name): session.properties[name.text] = nil
            case .define, .undefine: break
            default: queries.append(step)
            }
        }
        guard queries.count == 1, let step = queries.first else {
            throw ErrorReply(
                Diagnostic(
                    .invalidStatement, "the request holds \(queries.count) statements",
                    expected: "one SELECT or PRINT"), statementText: StatementText.shown(script.text))
        }
        session.variables = step.variables
        do throws(Diagnostic) {
            return try answer(step.statement, session, form)
        } catch {
            throw ErrorReply(error, statementText: StatementText.shown(step.statement.text))
        }
    }

    private func answer(
        _ statement: Statement, _ session: Session, _ form: AnswerForm
    ) throws(Diagnostic) -> HTTPResponse {
        switch statement.kind {
        case .query(let query) where query.emission == nil:
            let answer = try context.tally.time(.pull) { () throws(Diagnostic) -> PullAnswer in
                try context.engine.pull(query, statement, session)
            }
            context.tally.addRows(answer.count, of: .pull)
            let isOfStream = context.engine.isStream(query.from.name.text)
            return WholeAnswer(form: form, answer: answer, isOfStream: isOfStream).response
        case .query(let query):
            return try stream(.push, form) { answer throws(Diagnostic) in
                try context.engine.push(query, statement, session, to: answer)
            }
        case .print(let print):
            return try stream(.print, .text) { answer throws(Diagnostic) in
                try context.engine.print(print, statement, session, to: answer)
            }
        default:
            throw Diagnostic(
                .invalidStatement, "this statement is no query", at: statement.location(of: statement.span),
                expected: "SELECT or PRINT", hint: "send it to /ksql")
        }
    }

    private func stream(
        _ kind: RequestTally.Kind, _ form: AnswerForm,
        _ start: (AnswerStream) throws(Diagnostic) -> PushQuery
    ) throws(Diagnostic) -> HTTPResponse {
        let context = context
        let answer = AnswerStream(form) { context.tally.addRows($0, of: kind) }
        let query = try context.tally.time(kind) { () throws(Diagnostic) -> PushQuery in try start(answer) }
        context.answers.add(answer, query.id)
        answer.begin(query.id, query.columns)
        answer.onEnd { context.answers.remove(query.id) }
        answer.stream.onClose {
            answer.terminate()
            query.cancel()
        }
        return HTTPResponse(
            contentType: answer.mediaType, headers: [("Cache-Control", "no-cache")],
            body: .stream(answer.stream))
    }
}

extension Engine {
    /// What a snapshot tells too, which looks at all queries and is not for each request.
    func isStream(_ name: String) -> Bool {
        state.withLock { $0.planner.plan.catalogue.relation(name)?.kind == .stream }
    }

    var pushQueryIDs: Set<String> { state.withLock { Set($0.pushes.keys) } }

    var lastSequence: Int64 { state.withLock { $0.sequence } }
}
