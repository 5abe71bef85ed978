import HTTP

/// `POST /inserts-stream`: rows as JSON objects, one on each line behind the one that names the target; an
/// acknowledgement for each, over HTTP/2 while others still come.
struct InsertsEndpoint: Endpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext, _ reply: HTTPReply) throws(ErrorReply) {
        let form = try AnswerForm(streamFor: request)
        guard let upload = request.upload else { throw ErrorReply(.badRequest, "the request has no body") }
        InsertStream(
            upload, context, form, errorType: MediaType.json(for: request), reply: reply
        ).run()
    }
}
