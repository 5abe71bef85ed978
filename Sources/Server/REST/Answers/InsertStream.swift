import Diagnostics
import Formats
import HTTP

/// The rows of one request on their way into a topic, and their acknowledgements on their way back.
///
/// One piece of the request after the other is taken and answered, by whatever thread; while the client does
/// not read its acknowledgements no more is taken.
final class InsertStream: @unchecked Sendable {
    /// Bytes of one row.
    private static let lineLimit = 16 << 20
    /// Acknowledgements that may wait for the client before more rows are taken.
    private static let comfortableBytes = 256 << 10

    private struct Target {
        let name: String
        var session = Session()
    }

    private let upload: HTTPUpload
    private let context: RESTContext
    private let form: AnswerForm
    private let errorType: String
    /// Until the target is known to be good or bad.
    private var reply: HTTPReply?
    private var answer: HTTPStream?
    private var target: Target?
    /// A line whose end has not come.
    private var rest: [UInt8] = []
    private var sequence = 0

    init(
        _ upload: HTTPUpload, _ context: RESTContext, _ form: AnswerForm, errorType: String, reply: HTTPReply
    ) {
        self.upload = upload
        self.context = context
        self.form = form
        self.errorType = errorType
        self.reply = reply
    }

    func run() {
        upload.next { piece in
            switch piece {
            case .broken:
                self.reply = nil
                self.answer?.finish()
            case .bytes(let bytes, let isLast): self.take(bytes, isLast: isLast)
            }
        }
    }

    private func take(_ bytes: [UInt8], isLast: Bool) {
        do throws(ErrorReply) {
            var lines = try self.lines(bytes, isLast: isLast)
            if target == nil, !lines.isEmpty { target = try Self.target(lines.removeFirst(), context) }
            guard let target else {
                if isLast { throw ErrorReply(.badRequest, "the request's body is empty") }
                return run()
            }
            send(insert(lines, target), isLast: isLast)
        } catch {
            fail(error)
        }
    }

    /// The lines that are whole now and not blank.
    private func lines(_ bytes: [UInt8], isLast: Bool) throws(ErrorReply) -> [[UInt8]] {
        // Only what is new is searched, so that a long line costs no more than its length.
        var start = 0
        var lines: [[UInt8]] = []
        for index in bytes.indices where bytes[index] == 0x0A {
            lines.append(rest + bytes[start..<index])
            rest = []
            start = index + 1
        }
        rest += bytes[start...]
        if isLast {
            lines.append(rest)
            rest = []
        }
        guard rest.count <= Self.lineLimit else {
            throw ErrorReply(.badRequest, "a line of the request has more than \(Self.lineLimit) bytes")
        }
        return lines.filter { !Self.isBlank($0) }
    }

    private static func isBlank(_ line: [UInt8]) -> Bool {
        line.allSatisfy { $0 == 0x20 || $0 == 0x0D || $0 == 0x09 }
    }

    private static func target(_ line: [UInt8], _ context: RESTContext) throws(ErrorReply) -> Target {
        let head = try RequestBody.object(line)
        guard let name = head["target"]?.string else {
            throw ErrorReply(.badRequest, "the first line lacks \"target\", the stream to insert into")
        }
        var target = Target(name: name)
        target.session.properties = try RequestBody.texts(head["properties"], "properties")
        do throws(Diagnostic) {
            // No row yet: whether it is there and takes rows.
            _ = try context.engine.insert(into: name, rows: [], target.session)
        } catch {
            throw ErrorReply(error)
        }
        return target
    }

    // MARK: Rows

    /// For each line nil, or what is wrong with it. Those that are no objects keep no other back.
    private func insert(_ lines: [[UInt8]], _ target: Target) -> [ErrorReply?] {
        guard !lines.isEmpty else { return [] }
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
            let failures = try context.tally.time(.insert) { () throws(Diagnostic) -> [Diagnostic?] in
                try context.engine.insert(into: target.name, rows: rows, target.session)
            }
            for (place, failure) in zip(places, failures) { results[place] = failure.map { ErrorReply($0) } }
        } catch {
            for place in places { results[place] = ErrorReply(error) }
        }
        context.tally.addRows(results.count, of: .insert)
        return results
    }

    // MARK: Answers

    private var isArray: Bool {
        if case .lines = form { return false }
        return true
    }

    private func send(_ results: [ErrorReply?], isLast: Bool) {
        let out = ByteWriter(capacity: 32 * results.count + 16)
        if isArray, reply != nil { out.append("[") }
        for failure in results {
            if isArray, sequence > 0 { out.append(",\n") }
            append(failure, to: out)
            sequence += 1
            if !isArray { out.append("\n") }
        }
        if isArray, isLast { out.append("]\n") }
        let bytes = Array(out.bytes)
        if let reply {
            self.reply = nil
            if isLast { return reply.send(HTTPResponse(contentType: form.mediaType, body: .bytes(bytes))) }
            // Bounded by the bytes that are waited for before a next piece is taken.
            let answer = HTTPStream(limit: Int.max)
            self.answer = answer
            reply.send(HTTPResponse(contentType: form.mediaType, body: .stream(answer)))
        }
        guard let answer else { return }
        if !bytes.isEmpty { answer.write(bytes) }
        if isLast { return answer.finish() }
        answer.onRoom(below: Self.comfortableBytes) { if !answer.isClosed { self.run() } }
    }

    private func append(_ failure: ErrorReply?, to out: ByteWriter) {
        var members: [JSONValue.Member] = [
            .init("status", failure == nil ? "ok" : "error"), .init("seq", .number(sequence)),
        ]
        if let failure {
            members.append(.init("error_code", .number(failure.code.rawValue)))
            members.append(.init("message", .string(failure.message)))
        }
        JSONValue.object(members).write(to: out)
    }

    /// Nothing of the request is taken any more.
    private func fail(_ failure: ErrorReply) {
        if let reply {
            self.reply = nil
            return reply.send(failure.response(errorType))
        }
        let out = ByteWriter(capacity: 256)
        if isArray, sequence > 0 { out.append(",\n") }
        append(failure, to: out)
        out.append(isArray ? "]\n" : "\n")
        answer?.finish(with: Array(out.bytes))
    }
}
