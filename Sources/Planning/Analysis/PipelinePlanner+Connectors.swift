import Diagnostics
import Language

/// Connectors: which relation goes where.
extension PipelinePlanner {
    /// What reads is a stream or table here, with its place in the WITH clause.
    private func refusal(ofSource create: CreateConnector, _ statement: Statement) -> Diagnostic {
        let named = create.properties.first { $0.name.lowercased() == "connector.class" }
        let what = (named?.value.text).map { " '\($0)'" } ?? ""
        return Diagnostic(
            .unsupported, "there is no source connector class\(what): streams and tables read by themselves",
            at: named.map { statement.location(of: $0.span) } ?? statement.location(of: statement.span),
            expected: "files, or a topic of the server",
            hint: "CREATE STREAM \(create.name.text) (…) WITH (connector = 'files', path = '…', "
                + "value_format = 'JSON') reads files; WITH (kafka_topic = '…', …) a topic"
        )
    }

    mutating func add(_ create: CreateConnector, _ statement: Statement) throws(Diagnostic) {
        guard create.direction == .sink else {
            throw refusal(ofSource: create, statement)
        }
        let name = create.name.text
        if plan.sinks.contains(where: { $0.connector == name }), !create.orReplace {
            if create.ifNotExists { return }
            throw Diagnostic(
                .duplicateSource, "a sink connector \(name) exists already",
                at: statement.location(of: create.name.span),
                hint: "choose another name, or CREATE OR REPLACE")
        }
        // Its state is in a folder of its name.
        if name.isEmpty || name.hasPrefix(".") || name.contains("/") || name.utf8.contains(where: { $0 < 32 })
        {
            throw Diagnostic(
                .invalidValue, "'\(name)' is no name for a connector",
                at: statement.location(of: create.name.span),
                expected: "a name without slashes that does not begin with a point")
        }
        let properties = ConnectorProperties(
            create.properties, of: statement, owner: "the sink connector \(name)")
        let connectorClass = ConnectClass.normalized(
            try properties.required("connector.class", example: "delta"))
        if connectorClass == ConnectClass.jdbcSink {
            let reader = ConnectReader(name: name, properties: properties, catalogue: plan.catalogue)
            try append(try reader.sinks(), at: create, statement)
            return
        }
        let from = try properties.required("from", example: "events")
        guard let relation = plan.catalogue.relation(from) ?? plan.catalogue.relation(from.uppercased())
        else {
            let suggestion = NearestName.suggestion(for: from, among: plan.catalogue.order)
            throw Diagnostic(
                .unknownSource, "there is no stream or table \(from.uppercased())",
                at: properties.location(of: "from"),
                expected: "one of " + plan.catalogue.order.joined(separator: ", "),
                hint: suggestion.map { "did you mean \($0)?" })
        }
        let sink = SinkPlan(
            name: name, connectorClass: connectorClass, from: relation, properties: properties)
        try append([sink], at: create, statement)
    }

    private mutating func append(
        _ sinks: [SinkPlan], at create: CreateConnector, _ statement: Statement
    ) throws(Diagnostic) {
        let others = plan.sinks.filter { $0.connector != create.name.text }
        for sink in sinks where others.contains(where: { $0.name == sink.name }) {
            throw Diagnostic(
                .duplicateSource, "the sink \(sink.name) exists already",
                at: statement.location(of: create.name.span), hint: "choose another name")
        }
        plan.sinks = others + sinks
    }
}
