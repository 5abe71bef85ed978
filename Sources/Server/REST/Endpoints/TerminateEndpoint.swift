import Diagnostics
import Formats
import HTTP
import Language
import Planning

/// `POST /ksql/terminate`: ends all queries, drops what statements have made, deletes the topics that the
/// request lists, and ends the server.
struct TerminateEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let body: JSONValue = request.body.isEmpty ? [:] : try RequestBody.object(request.body)
        let patterns = (body["deleteTopicList"]?.array ?? []).compactMap(\.string)
        do throws(Diagnostic) {
            let matches = try patterns.map { pattern throws(Diagnostic) in try TopicPattern(pattern) }
            for push in context.engine.snapshot.pushQueries { _ = context.endPush(push.id) }
            try drop(context.engine, deleting: matches)
        } catch {
            throw ErrorReply(error)
        }
        let entity = CurrentStatus(
            commandID: "terminate/CLUSTER/execute",
            status: CommandStatus(message: "the server ends", queryID: nil), sequence: -1)
        context.shutDown()
        return HTTPResponse(json: entity.json("TERMINATE CLUSTER;").text, for: request)
    }

    private func drop(_ engine: Engine, deleting patterns: [TopicPattern]) throws(Diagnostic) {
        let session = Session()
        func run(_ text: String) throws(Diagnostic) {
            _ = try engine.execute(try Parser.statement(text), session)
        }
        for name in engine.snapshot.connectorStatements.keys { try run("DROP CONNECTOR \(quoted(name));") }
        for query in engine.snapshot.plan.queries { try run("TERMINATE \(quoted(query.id));") }
        let plan = engine.snapshot.plan
        for name in plan.catalogue.order.reversed() {
            guard let relation = plan.catalogue.relation(name) else { continue }
            let isDeleted = relation.topic.map { topic in patterns.contains { $0.matches(topic.name) } }
            let end = isDeleted == true && !relation.isReadOnly ? " DELETE TOPIC" : ""
            try run("DROP \(relation.kind.rawValue) IF EXISTS \(quoted(name))\(end);")
        }
        for name in plan.catalogue.types.keys { try run("DROP TYPE IF EXISTS \(quoted(name));") }
    }

    private func quoted(_ name: String) -> String { Identifier(name, isQuoted: true).formatted }
}
