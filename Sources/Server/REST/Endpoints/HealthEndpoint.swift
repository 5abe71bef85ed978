import Formats
import HTTP

/// `GET /healthcheck`: whether statements and queries work. A failed query is its own matter, and SHOW
/// QUERIES tells of it.
struct HealthEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let isRunning = context.engine.snapshot.refused.isEmpty
        let healthy: JSONValue = ["isHealthy": true]
        let health: JSONValue = [
            "isHealthy": true,
            "details": [
                "metastore": healthy, "kafka": healthy,
                // Statements of an earlier run that could not be taken up do not stop new ones.
                "commandRunner": ["isHealthy": true, "isDegraded": .boolean(!isRunning)],
            ],
            "serverState": "READY",
        ]
        return HTTPResponse(json: health.text, for: request)
    }
}
