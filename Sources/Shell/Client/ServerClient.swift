import Diagnostics
import Formats

/// Speaks ksqlDB's REST API to one server. For one thread.
///
/// All methods throw what hindered an answer, or what the server refuses; then the place counts within the
/// statement that was sent. Ctrl-C ends each of them with the code `cancelled`.
final class ServerClient {
    let address: ServerAddress
    private let transfer: Transfer
    /// Servers of ksqlDB take `/query-stream` only over HTTP/2; they are asked at `/query` from then on.
    private var usesQuery = false

    /// Milliseconds for a statement: a server may wait long for others.
    private static let statementTimeout = 120_000
    private static let infoTimeout = 5000

    init(_ address: ServerAddress) {
        self.address = address
        transfer = Transfer(address)
    }

    static let cancelled = Diagnostic(.cancelled, "interrupted")

    func info() throws(Diagnostic) -> ServerInfo {
        let value = try whole(Transfer.Call(path: "/info", timeout: Self.infoTimeout))
        guard let info = value["KsqlServerInfo"] else {
            throw Refusal(status: 200, body: "").diagnostic(for: address)
        }
        return ServerInfo(
            version: info["version"]?.string ?? "", serviceID: info["ksqlServiceId"]?.string ?? "",
            status: info["serverStatus"]?.string ?? "")
    }

    /// Has statements done; answers with one entity each.
    func execute(
        _ sql: String, _ settings: RequestSettings, timeout: Int? = nil
    ) throws(Diagnostic) -> [JSONValue] {
        var members = [
            JSONValue.Member("ksql", .string(sql)),
            JSONValue.Member("streamsProperties", RequestSettings.object(settings.properties)),
            JSONValue.Member("sessionVariables", RequestSettings.object(settings.variables)),
        ]
        if let sequence = settings.sequence {
            members.append(.init("commandSequenceNumber", .number(sequence)))
        }
        let value = try whole(
            Transfer.Call(
                path: "/ksql", body: JSONValue.object(members).text,
                timeout: timeout ?? Self.statementTimeout))
        return value.array ?? [value]
    }

    /// Asks a pull or push query and hands over its answer as it comes.
    ///
    /// - Returns: whether it was ended from here, by Ctrl-C or by `receive` or `tick` answering false.
    func query(
        _ sql: String, _ settings: RequestSettings, tick: @escaping () -> Bool,
        receive: @escaping (AnswerPart) -> Bool
    ) throws(Diagnostic) -> Bool {
        let ending = try lines(usesQuery ? old(sql, settings) : new(sql, settings), receive, tick)
        switch ending {
        case .refused(let refusal):
            let text = refusal.body.uppercased()
            let wantsOther = text.contains("HTTP2") || text.contains("HTTP/2") || refusal.status == 404
            guard !usesQuery, wantsOther else { throw refusal.diagnostic(for: address) }
            usesQuery = true
            return try query(sql, settings, tick: tick, receive: receive)
        case .done(let isStopped): return isStopped
        }
    }

    /// PRINT: hands over the lines as they come.
    func print(
        _ sql: String, _ settings: RequestSettings, tick: @escaping () -> Bool,
        receive: @escaping (String) -> Bool
    ) throws(Diagnostic) -> Bool {
        let ending = try texts(old(sql, settings), receive, tick)
        switch ending {
        case .refused(let refusal): throw refusal.diagnostic(for: address)
        case .done(let isStopped): return isStopped
        }
    }

    // MARK: Requests

    private func new(_ sql: String, _ settings: RequestSettings) -> Transfer.Call {
        let body: JSONValue = [
            "sql": .string(sql), "properties": RequestSettings.object(settings.properties),
            "sessionVariables": RequestSettings.object(settings.variables),
        ]
        return Transfer.Call(
            // The first tells of rows of tables that are gone; not all servers have it here.
            path: "/query-stream", body: body.text,
            accept: "application/vnd.ksql.v1+json, application/vnd.ksqlapi.delimited.v1;q=0.5")
    }

    private func old(_ sql: String, _ settings: RequestSettings) -> Transfer.Call {
        let body: JSONValue = [
            "ksql": .string(sql), "streamsProperties": RequestSettings.object(settings.properties),
            "sessionVariables": RequestSettings.object(settings.variables),
        ]
        return Transfer.Call(path: "/query", body: body.text, accept: "application/vnd.ksql.v1+json")
    }

    // MARK: Answers

    private enum Streamed {
        case done(isStopped: Bool)
        case refused(Refusal)
    }

    private func whole(_ call: Transfer.Call) throws(Diagnostic) -> JSONValue {
        var body: [UInt8] = []
        let ending = try transfer.run(call) { _, bytes in
            body.append(contentsOf: bytes)
            return true
        }
        if ending.isStopped { throw Self.cancelled }
        let text = String(decoding: body, as: UTF8.self)
        guard ending.status == 200, let value = try? JSONValue(parsing: text) else {
            throw Refusal(status: ending.status, body: text).diagnostic(for: address)
        }
        return value
    }

    private func lines(
        _ call: Transfer.Call, _ receive: @escaping (AnswerPart) -> Bool, _ tick: @escaping () -> Bool
    ) throws(Diagnostic) -> Streamed {
        var reader = AnswerReader()
        var failure: Diagnostic?
        let ending = try texts(
            call,
            { line in
                for part in reader.parts(of: line) {
                    if case .failure(let diagnostic) = part {
                        failure = diagnostic
                        return false
                    }
                    guard receive(part) else { return false }
                }
                return true
            }, tick)
        if let failure { throw failure }
        return ending
    }

    private func texts(
        _ call: Transfer.Call, _ receive: @escaping (String) -> Bool, _ tick: @escaping () -> Bool
    ) throws(Diagnostic) -> Streamed {
        var buffer = LineBuffer()
        var refusal: [UInt8] = []
        let ending = try transfer.run(
            call,
            receive: { status, bytes in
                guard status == 200 else {
                    refusal.append(contentsOf: bytes)
                    return true
                }
                return buffer.append(bytes).allSatisfy(receive)
            }, tick: tick)
        if ending.isStopped { return .done(isStopped: true) }
        guard ending.status == 200 else {
            return .refused(
                Refusal(status: ending.status, body: String(decoding: refusal, as: UTF8.self)))
        }
        if let last = buffer.end() { _ = receive(last) }
        return .done(isStopped: false)
    }
}
