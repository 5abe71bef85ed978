import Diagnostics

/// Reads the single message transforms of a configuration, `transforms.NAME.…`, and their predicates.
struct TransformReader {
    let properties: ConnectorProperties
    /// What topic they are for: a predicate may ask for its name.
    let topic: String

    private static let package = "org.apache.kafka.connect.transforms."

    /// The transforms that are understood, with the properties of each.
    private static let known: [(name: String, settings: [String])] = [
        ("ReplaceField$Key", ["include", "exclude", "renames", "whitelist", "blacklist"]),
        ("ReplaceField$Value", ["include", "exclude", "renames", "whitelist", "blacklist"]),
        ("ValueToKey", ["fields", "replace.null.with.default"]),
        ("ExtractField$Key", ["field", "replace.null.with.default"]),
        ("HoistField$Key", ["field"]),
        ("InsertField$Key", inserting), ("InsertField$Value", inserting),
        ("TimestampConverter$Value", ["field", "target.type", "unix.precision", "format"]),
        ("RegexRouter", ["regex", "replacement"]),
        ("Filter", []),
        ("DropHeaders", ["headers"]), ("InsertHeader", ["header", "value.literal"]),
        ("SetSchemaMetadata$Key", metadata), ("SetSchemaMetadata$Value", metadata),
    ]
    private static let inserting = [
        "static.field", "static.value", "topic.field", "timestamp.field", "partition.field", "offset.field",
        "replace.null.with.default",
    ]
    private static let metadata = ["schema.name", "schema.version", "replace.null.with.default"]

    /// Those of Kafka Connect that compute values, with what does the same in SQL.
    private static let inSQL = [
        "Cast$Key": "CAST(…)", "Cast$Value": "CAST(…)", "Flatten$Key": "a->b AS a_b",
        "Flatten$Value": "a->b AS a_b", "MaskField$Key": "MASK(…)", "MaskField$Value": "MASK(…)",
        "TimestampConverter$Key": "PARSE_TIMESTAMP(…) or FORMAT_TIMESTAMP(…)",
        "ExtractField$Value": "a->b", "HoistField$Value": "STRUCT(…)", "HeaderFrom$Key": "the columns",
        "HeaderFrom$Value": "the columns", "TimestampRouter": "WITH (kafka_topic = …)",
    ]

    static let names = known.map { package + $0.name }
    static let predicateNames = ["RecordIsTombstone", "TopicNameMatches"].map {
        package + "predicates." + $0
    }

    /// All in order, each with its name.
    func transforms() throws(Diagnostic) -> [(name: String, transform: ConnectTransform)] {
        let names = list("transforms")
        let predicates = list("predicates")
        try checkNames(names, "transforms", "transform")
        try checkNames(predicates, "predicates", "predicate")
        var transforms: [(name: String, transform: ConnectTransform)] = []
        for name in names {
            let transform = try transform(name)
            if let applied = try applied(transform, name, predicates) { transforms.append((name, applied)) }
        }
        return transforms
    }

    private func list(_ property: String) -> [String] { Self.list(properties.text(property)) }

    private static func list(_ text: String?) -> [String] {
        (text ?? "").split(separator: ",").map { String($0.filter { !$0.isWhitespace }) }
            .filter { !$0.isEmpty }
    }

    /// Refuses properties of transforms that the list does not name.
    private func checkNames(_ names: [String], _ list: String, _ what: String) throws(Diagnostic) {
        for property in properties.names where property.hasPrefix(list + ".") {
            let rest = property.dropFirst(list.count + 1)
            if names.contains(where: { rest.hasPrefix($0.lowercased() + ".") }) { continue }
            let name = String(rest.prefix { $0 != "." })
            let suggestion = NearestName.suggestion(for: name, among: names)
            throw Diagnostic(
                .unknownProperty, "\(properties.owner) has no \(what) '\(name)'",
                at: properties.nameLocation(of: property),
                hint: suggestion.map { "did you mean '\($0)'?" } ?? "add it to '\(list)'")
        }
    }

    // MARK: Transforms

    private func transform(_ name: String) throws(Diagnostic) -> ConnectTransform {
        let prefix = "transforms.\(name.lowercased())."
        let type = try type(prefix, among: Self.known.map(\.name))
        guard let known = Self.known.first(where: { $0.name == type }) else { return .nothing }
        let settings = known.settings + ["type", "predicate", "negate"]
        for property in properties.names where property.hasPrefix(prefix) {
            let rest = String(property.dropFirst(prefix.count))
            if settings.contains(rest) { continue }
            let suggestion = NearestName.suggestion(for: rest, among: settings)
            throw Diagnostic(
                .unknownProperty, "the transform \(name), a \(type), has no property '\(rest)'",
                at: properties.nameLocation(of: property),
                hint: suggestion.map { "did you mean '\(prefix)\($0)'?" } ?? "remove it")
        }
        let side: ConnectTransform.Side = type.hasSuffix("$Key") ? .key : .value
        switch type.prefix(while: { $0 != "$" }) {
        case "ReplaceField": return try replaceField(prefix, side)
        case "ValueToKey":
            return .valueToKey(Self.list(try properties.required(prefix + "fields", example: "ID")))
        case "ExtractField": return .extractKey(try properties.required(prefix + "field", example: "ID"))
        case "HoistField": return .hoistKey(try properties.required(prefix + "field", example: "ID"))
        case "InsertField": return try insertField(prefix, side)
        case "TimestampConverter": return try timestampConverter(prefix)
        case "RegexRouter":
            return .route(
                pattern: try properties.required(prefix + "regex", example: "(.*)_avro"),
                replacement: properties.text(prefix + "replacement") ?? "")
        case "Filter": return .dropAll
        default: return .nothing
        }
    }

    private func type(_ prefix: String, among names: [String]) throws(Diagnostic) -> String {
        let property = prefix + "type"
        let given = try properties.required(property, example: Self.package + "ReplaceField$Value")
        let short = given.hasPrefix(Self.package) ? String(given.dropFirst(Self.package.count)) : given
        if names.contains(short) { return short }
        if let statement = Self.inSQL[short] {
            throw Diagnostic(
                .unsupported, "the transform \(given) is not done by connectors here",
                at: properties.location(of: property),
                hint: "do it in SQL, with \(statement): CREATE STREAM … AS SELECT …")
        }
        let all = names.map { Self.package + $0 }
        let suggestion = NearestName.suggestion(for: given, among: all + names)
        throw Diagnostic(
            .unsupported, "there is no '\(given)' here", at: properties.location(of: property),
            expected: suggestion == nil ? "one of " + names.joined(separator: ", ") : nil,
            hint: suggestion.map { "did you mean '\($0)'?" } ?? "do it in SQL: CREATE STREAM … AS SELECT …")
    }

    private func replaceField(
        _ prefix: String, _ side: ConnectTransform.Side
    ) throws(Diagnostic) -> ConnectTransform {
        var renames: [(from: String, to: String)] = []
        for pair in list(prefix + "renames") {
            let parts = pair.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else {
                throw properties.invalid(prefix + "renames", pair, expected: "OLD:NEW,OLD:NEW")
            }
            renames.append((parts[0], parts[1]))
        }
        // By their names of before Kafka 2.8, too.
        return .replaceFields(
            side, include: list(prefix + "include") + list(prefix + "whitelist"),
            exclude: list(prefix + "exclude") + list(prefix + "blacklist"), renames: renames)
    }

    /// A field of milliseconds as a time.
    private func timestampConverter(_ prefix: String) throws(Diagnostic) -> ConnectTransform {
        let type = try properties.required(prefix + "target.type", example: "Timestamp")
        guard type == "Timestamp" else {
            throw properties.invalid(
                prefix + "target.type", type, expected: "'Timestamp'",
                hint: "do it in SQL, with FORMAT_TIMESTAMP(…): CREATE STREAM … AS SELECT …")
        }
        let precision = properties.text(prefix + "unix.precision") ?? "milliseconds"
        guard precision == "milliseconds" else {
            throw properties.invalid(prefix + "unix.precision", precision, expected: "'milliseconds'")
        }
        return .timestamp(try properties.required(prefix + "field", example: "CREATED_AT"))
    }

    private func insertField(
        _ prefix: String, _ side: ConnectTransform.Side
    ) throws(Diagnostic) -> ConnectTransform {
        for place in ["partition.field", "offset.field"] where properties.text(prefix + place) != nil {
            throw Diagnostic(
                .unsupported, "connectors do not insert '\(place)' here",
                at: properties.location(of: prefix + place),
                hint: "select ROWPARTITION or ROWOFFSET: CREATE STREAM … AS SELECT …")
        }
        let given = ["static.field", "topic.field", "timestamp.field"].filter {
            properties.text(prefix + $0) != nil
        }
        guard given.count == 1, let only = given.first, var name = properties.text(prefix + only) else {
            throw Diagnostic(
                .invalidValue, "the transform inserts \(given.isEmpty ? "nothing" : "several fields")",
                at: properties.location(of: prefix + "type"),
                expected: "one of 'static.field', 'topic.field' and 'timestamp.field'",
                hint: "one transform for each field")
        }
        // ! and ? say whether it may be NULL, which it never is.
        if name.hasSuffix("!") || name.hasSuffix("?") { name.removeLast() }
        switch only {
        case "static.field":
            let text = try properties.required(prefix + "static.value", example: "shop")
            return .insert(side, name: name, content: .text(text))
        case "topic.field": return .insert(side, name: name, content: .topic)
        default: return .insert(side, name: name, content: .rowTime)
        }
    }

    // MARK: Predicates

    /// What the transform does to records of the topic, with the predicate that it may have; nil for nothing.
    private func applied(
        _ transform: ConnectTransform, _ name: String, _ predicates: [String]
    ) throws(Diagnostic) -> ConnectTransform? {
        let property = "transforms.\(name.lowercased()).predicate"
        guard let predicate = properties.text(property) else { return transform }
        guard predicates.contains(predicate) else {
            let suggestion = NearestName.suggestion(for: predicate, among: predicates)
            throw properties.invalid(
                property, predicate, expected: "one of 'predicates'",
                hint: suggestion.map { "did you mean '\($0)'?" })
        }
        let negate = try properties.boolean("transforms.\(name.lowercased()).negate", default: false)
        let prefix = "predicates.\(predicate.lowercased())."
        let given = try properties.required(prefix + "type", example: Self.predicateNames[0])
        switch given.split(separator: ".").last {
        case "TopicNameMatches":
            let pattern = try properties.required(prefix + "pattern", example: "orders.*")
            guard let regex = try? Regex(pattern) else {
                throw properties.invalid(prefix + "pattern", pattern, expected: "a regular expression")
            }
            return ((try? regex.wholeMatch(in: topic)) != nil) != negate ? transform : nil
        case "RecordIsTombstone":
            if case .dropAll = transform { return negate ? transform : .dropDeletions }
            if negate { return transform }
            guard transform.changesKeys else { return nil }
            throw Diagnostic(
                .unsupported, "the transform \(name) is for keys of records without a value only",
                at: properties.location(of: property), hint: "a row is deleted by the key that it has")
        default:
            let suggestion = NearestName.suggestion(for: given, among: Self.predicateNames)
            throw Diagnostic(
                .unsupported, "there is no predicate '\(given)' here",
                at: properties.location(of: prefix + "type"),
                expected: Self.predicateNames.joined(separator: ", "),
                hint: suggestion.map { "did you mean '\($0)'?" }
                    ?? "filter in SQL: CREATE STREAM … AS SELECT … WHERE …")
        }
    }
}
