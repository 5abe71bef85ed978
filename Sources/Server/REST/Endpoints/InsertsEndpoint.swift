import Diagnostics
import Formats
import HTTP

/// `POST /inserts-stream`: rows as JSON objects, one on each line behind the one that names the target; an
/// acknowledgement for each.
struct InsertsEndpoint: Endpoint {
    func answer(_ request: HTTPRequest, _ context: RESTContext) throws(ErrorReply) -> HTTPResponse {
        try context.tally.time(.insert) { () throws(ErrorReply) -> HTTPResponse in
            let form = try AnswerForm(streamFor: request)
            var lines = request.body.split(separator: 0x0A).map(Array.init).filter { !Self.isBlank($0) }
            guard !lines.isEmpty else { throw ErrorReply(.badRequest, "the request's body is empty") }
            let head = try RequestBody.object(lines.removeFirst())
            guard let target = head["target"]?.string else {
                throw ErrorReply(.badRequest, "the first line lacks \"target\", the stream to insert into")
            }
            var session = Session()
            session.properties = try RequestBody.texts(head["properties"], "properties")
            let results = try insert(lines, target, session, context)
            context.tally.addRows(results.count, of: .insert)
            return Self.response(results, form)
        }
    }

    private static func isBlank(_ line: [UInt8]) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    }

    /// For each line nil, or what is wrong with it. Those that are no objects keep no other back.
    private func insert(
        _ lines: [[UInt8]], _ target: String, _ session: Session, _ context: RESTContext
    ) throws(ErrorReply) -> [ErrorReply?] {
        var results: [ErrorReply?] = []
        var rows: [JSONValue] = []
        var places: [Int] = []
        for (index, line) in lines.enumerated() {
            do throws(ErrorReply) {
                rows.append(try RequestBody.object(line))
                places.append(index)
                results.append(nil)
            } catch {
                results.append(error)
            }
        }
        do throws(Diagnostic) {
            let failures = try context.engine.insert(into: target, rows: rows, session)
            for (place, failure) in zip(places, failures) { results[place] = failure.map { ErrorReply($0) } }
        } catch {
            throw ErrorReply(error)
        }
        return results
    }

    private static func response(_ results: [ErrorReply?], _ form: AnswerForm) -> HTTPResponse {
        let out = ByteWriter(capacity: 32 * results.count + 16)
        var isArray = true
        if case .lines = form { isArray = false }
        if isArray { out.append("[") }
        for (index, failure) in results.enumerated() {
            if isArray, index > 0 { out.append(",\n") }
            var members: [JSONValue.Member] = [
                .init("status", failure == nil ? "ok" : "error"), .init("seq", .number(index)),
            ]
            if let failure {
                members.append(.init("error_code", .number(failure.code.rawValue)))
                members.append(.init("message", .string(failure.message)))
            }
            JSONValue.object(members).write(to: out)
            if !isArray { out.append("\n") }
        }
        if isArray { out.append("]\n") }
        return HTTPResponse(contentType: form.mediaType, body: .bytes(Array(out.bytes)))
    }
}
