import Formats
import HTTP

/// `GET /v1/metadata` and `GET /v1/metadata/id`: version, and which cluster this is.
struct MetadataEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let id: JSONValue = [
            "id": "",
            "scope": [
                "path": [],
                "clusters": [
                    "kafka-cluster": .string(context.clusterID),
                    "ksql-cluster": .string(context.engine.configuration.serviceID),
                ],
            ],
        ]
        switch request.path {
        case "/v1/metadata/id": return HTTPResponse(json: id.text, for: request)
        case "/v1/metadata":
            let metadata: JSONValue = [
                "version": .string(context.configuration.version), "clusterId": id,
            ]
            return HTTPResponse(json: metadata.text, for: request)
        default: throw ErrorReply(.notFound, "there is no endpoint \(request.path)")
        }
    }
}
