import Diagnostics
import Formats
import HTTP
import Language
import Planning
import Server

// Requests that change something.
extension ConnectAnswering {
    /// Where a configuration comes from, for places in messages.
    static let document = "the request"

    func create(_ request: HTTPRequest) throws(ConnectRefusal) -> Answer {
        let body = try object(request)
        guard let name = body["name"]?.string, let config = body["config"], config.members != nil else {
            throw .badRequest("a connector has the members \"name\" and \"config\"")
        }
        var session = Session()
        if let word = body["initial_state"], !word.isNull {
            guard let text = word.string?.lowercased(), let state = ConnectorState(rawValue: text) else {
                throw .badRequest("initial_state is \(word.text): RUNNING, PAUSED or STOPPED is expected")
            }
            session.properties[ConnectorState.setting] = state.rawValue
        }
        let configuration = try self.configuration(config, named: name)
        if (try? connector(name)) != nil { throw ConnectRefusal(409, "Connector \(name) already exists") }
        try execute(configuration.statement, of: configuration, session)
        return Answer(status: 201, body: try connector(name).info, location: "/connectors/\(name)")
    }

    /// Makes a connector or puts it in the place of the one of that name.
    func replace(_ name: String, _ request: HTTPRequest) throws(ConnectRefusal) -> Answer {
        try replace(name, with: try object(request))
    }

    /// Changes single settings; null takes one away.
    func change(_ name: String, _ request: HTTPRequest) throws(ConnectRefusal) -> Answer {
        let patch = try object(request)
        var members = try connector(name).settings.map { JSONValue.Member($0.name, .string($0.value)) }
        for member in patch.members ?? [] {
            members.removeAll { $0.name == member.name }
            if !member.value.isNull { members.append(member) }
        }
        return try replace(name, with: .object(members))
    }

    private func replace(_ name: String, with config: JSONValue) throws(ConnectRefusal) -> Answer {
        let former = try? connector(name)
        let configuration = try self.configuration(config, named: name, keepingSecretsOf: former)
        try execute(configuration.replacement, of: configuration, Session())
        let isNew = former == nil
        return Answer(
            status: isNew ? 201 : 200, body: try connector(name).info,
            location: isNew ? "/connectors/\(name)" : nil)
    }

    func delete(_ name: String) throws(ConnectRefusal) -> Answer {
        _ = try connector(name)
        let drop = Drop(kind: .connector, name: Identifier(name, isQuoted: true))
        try execute(Statement(.drop(drop)))
        return .nothing(204)
    }

    /// Answered before the task is at rest, as Kafka Connect does; here it is.
    func set(_ state: ConnectorState, _ name: String) throws(ConnectRefusal) -> Answer {
        _ = try connector(name)
        let control = QueryControl(
            action: state == .running ? .resume : .pause,
            query: Identifier(PlanUnit.sinkPrefix + name, isQuoted: true))
        var session = Session()
        session.properties[ConnectorState.setting] = state.rawValue
        try execute(Statement(.queryControl(control)), session)
        return .nothing(state == .stopped ? 204 : 202)
    }

    func resetOffsets(_ name: String) throws(ConnectRefusal) -> Answer {
        guard try connector(name).isStopped else {
            throw .badRequest(
                "Connectors must be in the STOPPED state before their offsets can be modified: "
                    + "PUT /connectors/\(name)/stop")
        }
        do throws(Diagnostic) { try engine.forgetPositions(ofConnector: name) } catch {
            throw ConnectRefusal(error)
        }
        return .body(["message": "The offsets for this connector have been reset successfully"])
    }

    func restart(_ name: String, _ request: HTTPRequest) throws(ConnectRefusal) -> Answer {
        let view = try connector(name)
        let isOnlyFailed = request.query("onlyFailed")?.lowercased() == "true"
        let tellsTasks = request.query("includeTasks")?.lowercased() == "true"
        try restart(name, onlyFailed: isOnlyFailed)
        guard isOnlyFailed || tellsTasks else { return .nothing(204) }
        return .body((try? connector(name).status) ?? view.status, status: 202)
    }

    func restart(_ name: String, onlyFailed: Bool) throws(ConnectRefusal) {
        do throws(Diagnostic) { try engine.restart(connector: name, onlyFailed: onlyFailed) } catch {
            throw ConnectRefusal(error)
        }
    }

    // MARK: Statements

    /// The statement's own text is the tree's, so that the log has it.
    private func execute(_ statement: Statement, _ session: Session = Session()) throws(ConnectRefusal) {
        let whole = Statement(statement.kind, text: statement.finished)
        do throws(Diagnostic) { _ = try engine.execute(whole, session) } catch { throw ConnectRefusal(error) }
    }

    private func execute(
        _ statement: Statement, of configuration: ConnectConfiguration, _ session: Session
    ) throws(ConnectRefusal) {
        do throws(Diagnostic) {
            _ = try engine.execute(statement, session)
        } catch {
            guard ConnectRefusal(error).status == 400 else { throw ConnectRefusal(error) }
            let faults = ConfigurationFaults(configuration, engine)
            let list = faults.all.isEmpty ? [error.withoutPlace] : faults.all.map(\.text)
            throw .badRequest(
                "Connector configuration is invalid and contains the following \(list.count) error(s):\n"
                    + list.joined(separator: "\n")
                    + "\nYou can also find the above list of errors at the endpoint "
                    + "`/connector-plugins/{connectorType}/config/validate`")
        }
    }

    // MARK: Bodies

    func object(_ request: HTTPRequest) throws(ConnectRefusal) -> JSONValue {
        do throws(JSONSyntaxError) {
            let body = try JSONValue(parsing: request.body)
            if body.members != nil { return body }
        } catch {
            throw .badRequest("the request's body is no JSON: \(error.reason) at byte \(error.offset)")
        }
        throw .badRequest("the request's body is no JSON object")
    }

    /// - Parameter former: where a secret is given back as it was shown, it stays what it was.
    func configuration(
        _ config: JSONValue, named name: String, keepingSecretsOf former: ConnectorView? = nil
    ) throws(ConnectRefusal) -> ConnectConfiguration {
        var members: [JSONValue.Member] = []
        for member in config.members ?? [] {
            if member.name == "name" {
                guard member.value.isNull || member.value.string == name else {
                    throw .badRequest(
                        "Connector name configuration (\(member.value.string ?? member.value.text)) "
                            + "doesn't match connector name in the URL (\(name))")
                }
                continue
            }
            var value = member.value
            if let old = former?.settings.first(where: { $0.name == member.name })?.value,
                value.string == ConnectSettings.shown(member.name, old)
            {
                value = .string(old)
            }
            members.append(.init(member.name, value))
        }
        let whole: JSONValue = ["name": .string(name), "config": .object(members)]
        do throws(Diagnostic) {
            return try ConnectConfiguration(parsing: whole.text, file: Self.document)
        } catch {
            throw .badRequest(error.withoutPlace)
        }
    }
}
