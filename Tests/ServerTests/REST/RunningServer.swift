import Diagnostics
import Formats
import Foundation
import Synchronization
import Testing

@testable import Server

/// A server over a directory of its own, which goes with it.
final class RunningServer {
    let directory: String
    let engine: Engine
    let server: RESTServer
    private var isStopped = false

    init(users: [String: String] = [:], version: String = "0.1.0") throws {
        directory = NSTemporaryDirectory() + "rest-\(UUID().uuidString)"
        engine = try Engine(EngineConfiguration(directory: directory + "/server"))
        var configuration = RESTConfiguration(version: version)
        configuration.port = 0
        configuration.users = users
        configuration.properties = ["listeners": "http://127.0.0.1:8088"]
        let asked = Asked()
        server = try RESTServer(engine, configuration) { asked.note() }
        self.asked = asked
    }

    private let asked: Asked
    var isAskedToEnd: Bool { asked.isNoted }

    private final class Asked: Sendable {
        private let state = Mutex(false)

        func note() { state.withLock { $0 = true } }
        var isNoted: Bool { state.withLock { $0 } }
    }

    func stop() {
        guard !isStopped else { return }
        isStopped = true
        server.stop()
        engine.stop()
        try? FileManager.default.removeItem(atPath: directory)
    }

    deinit { stop() }

    func open(
        _ method: String, _ path: String, _ body: String = "", headers: [String: String] = [:]
    ) throws -> RESTClient {
        let client = try RESTClient(port: server.port)
        client.send(method, path, body, headers: headers)
        return client
    }

    func get(_ path: String, headers: [String: String] = [:]) throws -> RESTClient.Response {
        try open("GET", path, headers: headers).response()
    }

    func post(
        _ path: String, _ body: JSONValue, headers: [String: String] = [:]
    ) throws -> RESTClient.Response {
        try open("POST", path, body.text, headers: headers).response()
    }

    /// What `/ksql` says to statements.
    @discardableResult
    func ksql(_ text: String, properties: JSONValue = [:]) throws -> (status: Int, body: JSONValue) {
        let response = try post("/ksql", ["ksql": .string(text), "streamsProperties": properties])
        return (response.status, try JSONValue(parsing: response.body))
    }

    /// Waits until the text that a request is answered with satisfies a condition; for a minute at most.
    func wait(
        for what: String, _ path: String, _ body: JSONValue, _ condition: (String) -> Bool
    ) throws -> String {
        let end = ContinuousClock.now + .seconds(60)
        var last = ""
        while ContinuousClock.now < end {
            last = try post(path, body).body
            if condition(last) { return last }
            usleep(20_000)
        }
        Issue.record("\(what) has not come: \(last)")
        return last
    }
}
