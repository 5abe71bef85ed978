import Diagnostics

/// Reads a configuration of Kafka Connect's JDBC sink: which relations it takes, and what is to be made of
/// their records.
struct ConnectReader {
    let name: String
    let properties: ConnectorProperties
    let catalogue: Catalogue

    /// One for each topic.
    ///
    /// - Throws: names that nobody knows, and what can't be done here.
    func sinks() throws(Diagnostic) -> [SinkPlan] {
        try checkNames()
        try refuseWhatIsNotDone()
        let found = try topics()
        var sinks: [SinkPlan] = []
        for (topic, relation) in found {
            for side in ConverterCheck.Side.allCases {
                try ConverterCheck(side: side, properties: properties, relation: relation).run()
            }
            let transforms = try TransformReader(properties: properties, topic: topic).transforms()
            let connect = ConnectSink(topic: topic, transforms: transforms, withoutEffect: withoutEffect)
            _ = try connect.record(of: relation, properties)
            sinks.append(
                SinkPlan(
                    name: found.count == 1 ? name : "\(name).\(topic)", connector: name,
                    connectorClass: ConnectClass.jdbcSink, from: relation, properties: properties,
                    connect: connect))
        }
        return sinks
    }

    // MARK: Names

    private static let converters = ["key.converter.", "value.converter.", "header.converter."]

    private func checkNames() throws(Diagnostic) {
        for name in properties.names where ConnectSettings.byName[name] == nil {
            if ConnectSettings.clientPrefixes.contains(where: { name.hasPrefix($0) }) { continue }
            if name.hasPrefix("transforms.") || name.hasPrefix("predicates.") { continue }
            if let prefix = Self.converters.first(where: { name.hasPrefix($0) }) {
                let rest = String(name.dropFirst(prefix.count))
                if ConnectSettings.converter.contains(rest) { continue }
                if ConnectSettings.converterPrefixes.contains(where: { rest.hasPrefix($0) }) { continue }
            }
            throw unknown(name)
        }
    }

    private func unknown(_ name: String) -> Diagnostic {
        let all =
            ConnectSettings.jdbcSink.map(\.name)
            + Self.converters.flatMap { prefix in ConnectSettings.converter.map { prefix + $0 } }
        let suggestion = NearestName.suggestion(for: name, among: all)
        return Diagnostic(
            .unknownProperty, "\(properties.owner) has no property '\(name)'",
            at: properties.nameLocation(of: name),
            hint: suggestion.map { "did you mean '\($0)'?" }
                ?? "remove it: Kafka Connect passes over names that it does not know, and they do nothing")
    }

    /// Names of settings that were given and make no difference.
    private var withoutEffect: [String] {
        properties.names.filter { name in
            if let setting = ConnectSettings.byName[name] { return setting.isWithoutEffect }
            if name.hasSuffix(".converter.schemas.enable") { return false }
            return Self.converters.contains { name.hasPrefix($0) }
                || ConnectSettings.clientPrefixes.contains { name.hasPrefix($0) }
        }
    }

    // MARK: What is not done

    private func refuseWhatIsNotDone() throws(Diagnostic) {
        if let zone = properties.text("db.timezone"),
            !["utc", "etc/utc", "z", "gmt"].contains(zone.lowercased())
        {
            throw properties.invalid(
                "db.timezone", zone, expected: "'UTC': times are instants, and PostgreSQL keeps them as such")
        }
        if let dialect = properties.text("dialect.name"), !dialect.isEmpty,
            !dialect.lowercased().hasPrefix("postgresql")
        {
            throw properties.invalid(
                "dialect.name", dialect, expected: "'PostgreSqlDatabaseDialect', or nothing")
        }
        if let fields = properties.text("timestamp.fields.list"), !fields.isEmpty {
            throw properties.invalid(
                "timestamp.fields.list", fields, expected: "nothing",
                hint: "make them times in SQL: CREATE STREAM … AS SELECT FROM_UNIXTIME(…)")
        }
        let reset = "consumer.override.auto.offset.reset"
        if let start = properties.text(reset), start.lowercased() != "earliest" {
            throw properties.invalid(
                reset, start, expected: "'earliest': a connector begins at a topic's beginning")
        }
        if let mode = properties.text("pk.mode"), mode.lowercased() == "kafka" {
            throw properties.invalid(
                "pk.mode", mode, expected: "'none', 'record_key' or 'record_value'",
                hint: "rows need no coordinates of their messages to stand there once: an epoch is one "
                    + "transaction")
        }
    }

    // MARK: Topics

    private func topics() throws(Diagnostic) -> [(topic: String, relation: Relation)] {
        let listed = (properties.text("topics") ?? "").split(separator: ",")
            .map { String($0.filter { !$0.isWhitespace }) }.filter { !$0.isEmpty }
        let pattern = properties.text("topics.regex").flatMap { $0.isEmpty ? nil : $0 }
        if let pattern, !listed.isEmpty {
            throw Diagnostic(
                .invalidValue, "\(properties.owner) has both 'topics' and 'topics.regex'",
                at: properties.nameLocation(of: "topics.regex"), hint: "remove '\(pattern)', or the list")
        }
        if let from = properties.text("from"), !from.isEmpty {
            let relation = try relation(named: from)
            if listed.count > 1 {
                throw properties.invalid(
                    "from", from, expected: "one of 'topics' beside it, or 'topics' alone")
            }
            return [(listed.first ?? relation.topic?.name ?? relation.name.lowercased(), relation)]
        }
        if let pattern { return try topics(like: pattern) }
        guard !listed.isEmpty else {
            _ = try properties.required("topics", example: knownTopics.first ?? "events")
            return []
        }
        var found: [(topic: String, relation: Relation)] = []
        for topic in listed where !found.contains(where: { $0.topic == topic }) {
            found.append((topic, try relation(of: topic)))
        }
        return found
    }

    private func relation(named name: String) throws(Diagnostic) -> Relation {
        if let relation = catalogue.relation(name) ?? catalogue.relation(name.uppercased()) {
            return relation
        }
        let suggestion = NearestName.suggestion(for: name, among: catalogue.order)
        throw Diagnostic(
            .unknownSource, "there is no stream or table \(name)", at: properties.location(of: "from"),
            expected: catalogue.order.isEmpty ? nil : "one of " + catalogue.order.joined(separator: ", "),
            hint: suggestion.map { "did you mean \($0)?" } ?? "create it first")
    }

    private var knownTopics: [String] {
        var names: [String] = []
        for name in catalogue.order {
            guard let topic = catalogue.relation(name)?.topic?.name, !names.contains(topic) else { continue }
            names.append(topic)
        }
        return names
    }

    /// The relation whose records the topic has; a relation that has none goes by its name.
    private func relation(of topic: String) throws(Diagnostic) -> Relation {
        let all = catalogue.order.compactMap { catalogue.relation($0) }.filter { $0.topic?.name == topic }
        // Who else declares the topic reads what a query writes there.
        let made = all.filter { $0.source == nil }
        let found = made.isEmpty ? all : made
        if found.count > 1 {
            throw Diagnostic(
                .invalidValue,
                "the topic \(topic) is that of " + found.map(\.name).joined(separator: " and "),
                at: properties.location(of: "topics"),
                hint: "say which is meant: 'from' = '\(found[0].name)'")
        }
        if let relation = found.first { return relation }
        if let relation = catalogue.relation(topic) ?? catalogue.relation(topic.uppercased()) {
            return relation
        }
        let known = knownTopics
        let suggestion = NearestName.suggestion(for: topic, among: known + catalogue.order)
        throw Diagnostic(
            .unknownSource, "no stream or table has the topic \(topic)",
            at: properties.location(of: properties.text("topics") == nil ? "topics.regex" : "topics"),
            expected: known.isEmpty ? nil : "one of " + known.joined(separator: ", "),
            hint: suggestion.map { "did you mean \($0)?" }
                ?? "declare it: CREATE STREAM … (…) WITH (kafka_topic = '\(topic)', value_format = '…')")
    }

    private func topics(
        like pattern: String
    ) throws(Diagnostic) -> [(topic: String, relation: Relation)] {
        guard let regex = try? Regex(pattern) else {
            throw properties.invalid("topics.regex", pattern, expected: "a regular expression")
        }
        var found: [(topic: String, relation: Relation)] = []
        for topic in knownTopics where (try? regex.wholeMatch(in: topic)) != nil {
            found.append((topic, try relation(of: topic)))
        }
        guard found.isEmpty else { return found }
        throw Diagnostic(
            .unknownSource, "no topic of a stream or table fits '\(pattern)'",
            at: properties.location(of: "topics.regex"),
            expected: knownTopics.isEmpty ? nil : "some of " + knownTopics.joined(separator: ", "))
    }
}
