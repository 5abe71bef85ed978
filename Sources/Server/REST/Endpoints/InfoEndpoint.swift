import Formats
import HTTP

/// `GET /info`: version and names.
struct InfoEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let info: JSONValue = [
            "KsqlServerInfo": [
                "version": .string(context.configuration.version),
                "kafkaClusterId": .string(context.clusterID),
                "ksqlServiceId": .string(context.engine.configuration.serviceID),
                "serverStatus": "RUNNING",
            ]
        ]
        return HTTPResponse(json: info.text, for: request)
    }
}

extension RESTContext {
    /// What stands where ksqlDB tells the id of its Kafka cluster: topics are in the process.
    var clusterID: String { "millrace" }
}
