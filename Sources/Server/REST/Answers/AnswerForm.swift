import Columnar
import Formats
import HTTP
import Planning

/// The shapes that answers to queries come in.
enum AnswerForm: Sendable {
    /// Of `/query`: an array of objects, one on each line: a header, rows, a message.
    case objects(mediaType: String)
    /// `application/vnd.ksqlapi.delimited.v1` of `/query-stream`: a header object, then arrays, on lines.
    case lines
    /// `application/json` of `/query-stream`: an array of the header and the rows.
    case array
    /// Of PRINT: lines of text.
    case text

    /// The shape that a request to `/query-stream` wants.
    init(streamFor request: HTTPRequest) throws(ErrorReply) {
        let accepted = request.headers["accept"] ?? "*/*"
        if accepted.contains(MediaType.ksql) {
            self = .objects(mediaType: MediaType.ksql)
        } else if request.accepts(MediaType.delimited) {
            self = .lines
        } else if request.accepts(MediaType.json) {
            self = .array
        } else {
            throw ErrorReply(
                .notAcceptable, "answers are \(MediaType.delimited) or \(MediaType.json), not \(accepted)")
        }
    }

    var mediaType: String {
        switch self {
        case .objects(let mediaType): mediaType
        case .lines: MediaType.delimited
        case .array: MediaType.json
        case .text: MediaType.text
        }
    }

    /// What is written before the first row.
    func begin(_ queryID: String, _ columns: [AnswerPlan.Column], to out: ByteWriter) {
        switch self {
        case .objects:
            let header: JSONValue = [
                "header": ["queryId": .string(queryID), "schema": .string(columns.schemaText)]
            ]
            out.append("[")
            header.write(to: out)
        case .lines, .array:
            let header: JSONValue = [
                "queryId": .string(queryID),
                "columnNames": .array(columns.map { .string($0.name) }),
                "columnTypes": .array(columns.map { .string($0.type.sql) }),
            ]
            if case .array = self { out.append("[") }
            header.write(to: out)
            if case .lines = self { out.append("\n") }
        case .text: break
        }
    }

    /// Between the header or a row and what follows it. Clients that read lines must not wait for the next
    /// row to see one, so a stream of objects writes it at once.
    func separate(_ out: ByteWriter) {
        switch self {
        case .objects, .array: out.append(",\n")
        case .lines, .text: break
        }
    }

    func append(
        row: Int, of batch: EncodedBatch, by encoder: AnswerEncoder, isDeleted: Bool, to out: ByteWriter
    ) {
        switch self {
        case .objects:
            out.append("{\"row\":{\"columns\":")
            encoder.append(row: row, of: batch, to: out)
            if isDeleted { out.append(",\"tombstone\":true") }
            out.append("}}")
        case .lines:
            encoder.append(row: row, of: batch, to: out)
            out.append("\n")
        case .array: encoder.append(row: row, of: batch, to: out)
        case .text: break
        }
    }

    /// The object that says why an answer ends early.
    func append(_ failure: ErrorReply, to out: ByteWriter) {
        switch self {
        case .objects:
            let object: JSONValue = ["errorMessage": failure.json]
            object.write(to: out)
        case .lines:
            failure.json.write(to: out)
            out.append("\n")
        case .array: failure.json.write(to: out)
        case .text: out.append(failure.message + "\n")
        }
    }
}
