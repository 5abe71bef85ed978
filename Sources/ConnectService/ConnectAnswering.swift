import Diagnostics
import Formats
import HTTP
import Language
import Planning
import Server

/// Answers requests by asking the engine, and by statements that it does: whoever made a connector, it is
/// in the server's log of statements.
struct ConnectAnswering: Sendable {
    let engine: Engine
    let configuration: ConnectServerConfiguration

    init(_ engine: Engine, _ configuration: ConnectServerConfiguration) {
        self.engine = engine
        self.configuration = configuration
    }

    /// What a request is answered with, where it can be.
    struct Answer {
        var status = 200
        var body: JSONValue?
        var location: String?

        static func body(_ body: JSONValue, status: Int = 200) -> Answer {
            Answer(status: status, body: body)
        }
        static func nothing(_ status: Int) -> Answer { Answer(status: status) }
    }

    func answer(_ request: HTTPRequest) throws(ConnectRefusal) -> HTTPResponse {
        guard request.accepts("application/json") else {
            throw ConnectRefusal(406, "HTTP 406 Not Acceptable")
        }
        guard let route = ConnectRoute(request.path) else { throw .notFound }
        let method = request.method == "HEAD" ? "GET" : request.method
        // Nothing that a web page could send to this machine by itself changes anything here.
        if method != "GET", !request.body.isEmpty, request.contentType != "application/json" {
            throw ConnectRefusal(
                415, "HTTP 415 Unsupported Media Type: send Content-Type: application/json")
        }
        guard let answer = try answer(method, route, request) else { throw .wrongMethod }
        var headers: [(name: String, value: String)] = []
        if let location = answer.location { headers.append(("Location", location)) }
        guard let body = answer.body else { return HTTPResponse(status: answer.status, headers: headers) }
        return HTTPResponse(
            status: answer.status, contentType: "application/json", headers: headers, text: body.text)
    }

    /// nil for a method that the path does not have.
    private func answer(
        _ method: String, _ route: ConnectRoute, _ request: HTTPRequest
    ) throws(ConnectRefusal) -> Answer? {
        switch (method, route) {
        case ("GET", .root):
            return .body([
                "version": .string(configuration.version), "commit": "millrace",
                "kafka_cluster_id": "millrace",
            ])
        case ("GET", .health):
            return .body([
                "status": "healthy",
                "message": "Worker has completed startup and is ready to handle requests.",
            ])
        case ("GET", .connectors): return .body(list(request))
        case ("POST", .connectors): return try create(request)
        case ("GET", .connector(let name)): return .body(try connector(name).info)
        case ("DELETE", .connector(let name)): return try delete(name)
        case ("GET", .config(let name)): return .body(try connector(name).config)
        case ("PUT", .config(let name)): return try replace(name, request)
        case ("PATCH", .config(let name)): return try change(name, request)
        case ("GET", .status(let name)): return .body(try connector(name).status)
        case ("GET", .topics(let name)):
            let topics = try connector(name).topics
            return .body(.object([.init(name, ["topics": .array(topics.map { .string($0) })])]))
        case ("PUT", .resetTopics(let name)):
            // They are those of its configuration.
            _ = try connector(name)
            return .nothing(200)
        case ("GET", .offsets(let name)): return .body(try offsets(name))
        case ("DELETE", .offsets(let name)): return try resetOffsets(name)
        case ("GET", .tasks(let name)): return .body(try connector(name).taskConfigs)
        case ("GET", .taskStatus(let name, let task)): return .body(try taskStatus(name, task))
        case ("POST", .restartTask(let name, let task)):
            _ = try taskStatus(name, task)
            try restart(name, onlyFailed: false)
            return .nothing(204)
        case ("PUT", .pause(let name)): return try set(.paused, name)
        case ("PUT", .resume(let name)): return try set(.running, name)
        case ("PUT", .stop(let name)): return try set(.stopped, name)
        case ("POST", .restart(let name)): return try restart(name, request)
        case ("GET", .plugins): return .body(plugins(request))
        case ("GET", .pluginConfig(let name)): return .body(try pluginConfig(name))
        case ("PUT", .validate(let name)): return .body(try validate(name, request))
        case ("GET", .loggers): return .body(["root": Self.logger])
        case ("GET", .logger(let name)):
            guard name == "root" else { throw ConnectRefusal(404, "Logger \(name) not found.") }
            return .body(Self.logger)
        default: return nil
        }
    }

    /// There is one, and what it tells can't be set.
    private static let logger: JSONValue = ["level": "INFO", "last_modified": .null]

    // MARK: What is there

    var views: [ConnectorView] {
        let snapshot = engine.snapshot
        return snapshot.connectorStatements.keys.sorted().compactMap {
            ConnectorView($0, in: snapshot, worker: configuration.worker)
        }
    }

    func connector(_ name: String) throws(ConnectRefusal) -> ConnectorView {
        guard let view = ConnectorView(name, in: engine.snapshot, worker: configuration.worker) else {
            throw .unknown(name)
        }
        return view
    }

    private func list(_ request: HTTPRequest) -> JSONValue {
        let expanded = request.query.filter { $0.name == "expand" }.map(\.value)
        guard expanded.contains("status") || expanded.contains("info") else {
            return .array(views.map { .string($0.name) })
        }
        return .object(
            views.map { view in
                var members: [JSONValue.Member] = []
                if expanded.contains("status") { members.append(.init("status", view.status)) }
                if expanded.contains("info") { members.append(.init("info", view.info)) }
                return .init(view.name, .object(members))
            })
    }

    private func taskStatus(_ name: String, _ task: String) throws(ConnectRefusal) -> JSONValue {
        let view = try connector(name)
        guard let number = Int(task) else { throw .notFound }
        guard let status = view.taskStatus(number) else {
            throw ConnectRefusal(404, "No status found for task \(name)-\(number)")
        }
        return status
    }

    private func offsets(_ name: String) throws(ConnectRefusal) -> JSONValue {
        let view = try connector(name)
        var offsets: [JSONValue] = []
        for sink in view.sinks {
            guard let topic = sink.from.topic?.name else { continue }
            let positions: [Int: Int64]?
            do throws(Diagnostic) { positions = try engine.positions(of: sink) } catch {
                throw ConnectRefusal(error)
            }
            for (partition, offset) in (positions ?? [:]).sorted(by: { $0.key < $1.key }) {
                offsets.append([
                    "partition": ["kafka_topic": .string(topic), "kafka_partition": .number(partition)],
                    "offset": ["kafka_offset": .number(offset)],
                ])
            }
        }
        return ["offsets": .array(offsets)]
    }
}
