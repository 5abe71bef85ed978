import Columnar
import Diagnostics
import Formats
import HTTP
import Planning
import Runtime

/// Brings the rows of a push query or of PRINT to a client as they come.
///
/// Rows may come before the header is known; they wait. A client that stays behind by more than the stream's
/// bound is cut off, which `hasRoom` lets the engine prevent.
final class AnswerStream: AnswerReceiver, @unchecked Sendable {
    /// Bytes that may wait for the client before the engine should give it no more.
    private static let comfortableBytes = 1 << 20
    let stream: HTTPStream
    private let form: AnswerForm
    private let count: @Sendable (Int) -> Void
    private let monitor = Monitor()
    // All below is guarded by `monitor`.
    private let out = ByteWriter()
    private var encoder: AnswerEncoder?
    private var types: [DataType] = []
    private var hasBegun = false
    private var isOver = false
    private var whenOver: (@Sendable () -> Void)?

    /// - Parameters:
    ///   - limit: bytes that may wait for the client; beyond them it is given up.
    ///   - count: told how many rows were taken.
    init(_ form: AnswerForm, limit: Int = 64 << 20, count: @escaping @Sendable (Int) -> Void) {
        self.form = form
        self.count = count
        stream = HTTPStream(limit: limit)
    }

    var mediaType: String { form.mediaType }

    /// Whether the client keeps up.
    var hasRoom: Bool { stream.waitingBytes < Self.comfortableBytes }

    var waitingBytes: Int { stream.waitingBytes }

    /// Called once when no more rows are taken; at once if that is so.
    func onEnd(_ body: @escaping @Sendable () -> Void) {
        monitor.withLock {
            if isOver { body() } else { whenOver = body }
        }
    }

    /// The monitor is held.
    private func close() {
        isOver = true
        whenOver?()
        whenOver = nil
    }

    /// Writes the header, and what has come meanwhile.
    func begin(_ queryID: String, _ columns: [AnswerPlan.Column]) {
        monitor.withLock {
            let early = Array(out.bytes)
            out.removeAll()
            form.begin(queryID, columns, to: out)
            if case .objects = form { form.separate(out) }
            let header = Array(out.bytes)
            out.removeAll()
            hasBegun = true
            if !header.isEmpty { stream.write(header) }
            if !early.isEmpty { stream.write(early) }
            if isOver { stream.finish() }
        }
    }

    func receive(_ columns: [Column], count: Int, deleted: Bitmap?) -> Bool {
        self.count(count)
        return monitor.withLock {
            guard !isOver, !stream.isClosed else { return false }
            if case .text = form {
                appendLines(columns, count)
            } else {
                append(columns, count, deleted)
            }
            return send()
        }
    }

    private func append(_ columns: [Column], _ count: Int, _ deleted: Bitmap?) {
        let types = columns.map(\.type)
        let known = encoder.flatMap { self.types == types ? $0 : nil }
        let encoder = known ?? AnswerEncoder(types)
        self.encoder = encoder
        self.types = types
        let batch = encoder.layOut(columns, count: count)
        for row in 0..<count {
            if case .array = form { form.separate(out) }
            form.append(row: row, of: batch, by: encoder, isDeleted: deleted?[row] ?? false, to: out)
            if case .objects = form { form.separate(out) }
        }
    }

    private func appendLines(_ columns: [Column], _ count: Int) {
        guard let lines = columns.first else { return }
        for row in 0..<count {
            out.append(lines.string(at: row))
            out.append("\n")
        }
    }

    /// Hands on what was written; false where the client has gone or is too far behind.
    private func send() -> Bool {
        guard hasBegun else { return out.count <= stream.limit }
        defer { out.removeAll() }
        guard out.count > 0 else { return true }
        switch stream.write(Array(out.bytes)) {
        case .taken: return true
        case .closed:
            close()
            return false
        case .full:
            close()
            out.removeAll()
            finish(
                with: Diagnostic(
                    .limit, "the client reads more slowly than rows come",
                    hint: "read faster, or ask for fewer rows"))
            return false
        }
    }

    func end(_ failure: Diagnostic?) {
        monitor.withLock {
            guard !isOver else { return }
            close()
            finish(with: failure, message: failure == nil ? "Limit Reached" : nil)
        }
    }

    /// Ends an answer whose query somebody has ended.
    func terminate() {
        monitor.withLock {
            guard !isOver else { return }
            close()
            finish(with: nil, message: "Query terminated")
        }
    }

    /// The monitor is held. Without a header yet the rest waits for it.
    private func finish(with failure: Diagnostic?, message: String? = nil) {
        if case .array = form, failure != nil { form.separate(out) }
        if let failure {
            form.append(ErrorReply(failure), to: out)
        } else if case .objects = form, let message {
            let object: JSONValue = ["finalMessage": .string(message)]
            object.write(to: out)
        }
        switch form {
        case .objects, .array: out.append("]\n")
        case .lines, .text: break
        }
        guard hasBegun else { return }
        stream.finish(with: Array(out.bytes))
        out.removeAll()
    }
}
