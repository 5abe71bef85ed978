import Formats
import HTTP

/// The answer to a pull query in the form that the client wants.
struct WholeAnswer {
    let form: AnswerForm
    let answer: PullAnswer
    /// Whether it was read from a stream, whose answer says that it is whole.
    let isOfStream: Bool

    private var message: String? {
        guard isOfStream else { return nil }
        return answer.isLimited ? "Limit Reached" : "Query Completed"
    }

    var response: HTTPResponse {
        let out = ByteWriter(capacity: 256 + answer.count * 64)
        form.begin(answer.queryID, answer.columns, to: out)
        let encoder = AnswerEncoder(answer.columns.map(\.type))
        let batch = encoder.layOut(answer.values, count: answer.count)
        for row in 0..<answer.count {
            form.separate(out)
            form.append(row: row, of: batch, by: encoder, isDeleted: false, to: out)
        }
        if case .objects = form, let message {
            form.separate(out)
            let object: JSONValue = ["finalMessage": .string(message)]
            object.write(to: out)
        }
        switch form {
        case .objects, .array: out.append("]\n")
        case .lines, .text: break
        }
        return HTTPResponse(contentType: form.mediaType, body: .bytes(Array(out.bytes)))
    }
}
