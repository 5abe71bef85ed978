import HTTP

/// `POST /query-stream`: a SELECT, answered as lines of arrays or as one array.
struct QueryStreamEndpoint: WholeEndpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        try QueryAnswering(context).answer(
            RequestBody(request.body), AnswerForm(streamFor: request))
    }
}
