import Formats
import HTTP

/// `GET /status` and `GET /status/{type}/{name}/{action}`: how statements ended.
struct StatusEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let all = context.statuses.all(context.engine.snapshot)
        let id = request.path.dropFirst("/status".count).drop { $0 == "/" }.filter { $0 != "`" }
        if id.isEmpty {
            let members = all.sorted { $0.key < $1.key }.map {
                JSONValue.Member($0.key, .string($0.value.word))
            }
            let statuses: JSONValue = ["commandStatuses": .object(members)]
            return HTTPResponse(json: statuses.text, for: request)
        }
        guard let status = all.first(where: { $0.key.filter { $0 != "`" } == id })?.value else {
            throw ErrorReply(.notFound, "there is no command \(id)")
        }
        return HTTPResponse(json: status.json.text, for: request)
    }
}
