import Formats
import HTTP

/// `GET /is_valid_property/{name}`: whether a request may set a property.
struct PropertyEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        let name = String(request.path.dropFirst("/is_valid_property/".count))
        guard !name.isEmpty else { throw ErrorReply(.badRequest, "the path lacks the property's name") }
        if context.configuration.properties[name] != nil || name == "ksql.service.id" {
            throw ErrorReply(.badRequest, "\(name) is a setting of the server, which requests can't change")
        }
        return HTTPResponse(json: "true", for: request)
    }
}
